//! Somebody in front of Chromium, whose actions are counted.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use ledger_chromium::{Chromium, Screen};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);
/// The most that a picture of the documentation has.
const MOST_BYTES: u64 = 150_000;

/// Somebody in front of the browser, whose actions are counted.
pub(crate) struct Person {
    pub(crate) chromium: Chromium,
    pub(crate) actions: Vec<String>,
    pictures: usize,
}

impl Person {
    pub(crate) fn sit_down() -> Self {
        let mut chromium = Chromium::start().unwrap();
        let screen = Screen {
            width: 1_100,
            height: 900,
            dark: false,
        };
        chromium.screen(screen).unwrap();
        Self {
            chromium,
            actions: Vec::new(),
            pictures: 0,
        }
    }

    /// Types into a field.
    pub(crate) fn fill(&mut self, selector: &str, text: &str) {
        self.actions.push(format!("type into {selector}"));
        let field = json!(selector);
        let focused = format!("document.querySelector({field}).focus()");
        self.chromium.run(&focused).unwrap();
        for character in text.chars() {
            self.chromium.press(&character.to_string()).unwrap();
        }
    }

    /// Presses a button or follows a link, and waits for what comes.
    pub(crate) fn click(&mut self, selector: &str, until: &str) {
        self.actions.push(format!("click {selector}"));
        let what = json!(selector);
        let clicked = format!("window.isOld = true; document.querySelector({what}).click()");
        self.chromium.run(&clicked).unwrap();
        self.wait_for(until, "!window.isOld && ");
    }

    /// Waits for an element, over however many pages.
    pub(crate) fn wait(&mut self, selector: &str) {
        self.wait_for(selector, "");
    }

    fn wait_for(&mut self, selector: &str, also: &str) {
        let end = Instant::now() + PATIENCE;
        let what = json!(selector);
        let there = format!(
            "{also}document.readyState === 'complete' && document.querySelector({what}) !== null"
        );
        // Between two pages a script may fail.
        while self.chromium.run(&there).ok() != Some(Value::Bool(true)) {
            let page = self.chromium.run("location.href + document.body.innerText");
            assert!(Instant::now() < end, "no {selector} at {page:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn text(&mut self, selector: &str) -> String {
        let what = json!(selector);
        let text = self
            .chromium
            .run(&format!("document.querySelector({what}).innerText"));
        text.unwrap().as_str().unwrap().to_owned()
    }

    /// A picture of a step: the whole page, and for the documentation the screen at one element.
    pub(crate) fn step_picture(&mut self, name: &str, place: &str) {
        self.pictures += 1;
        let name = format!("setup-{}-{name}", self.pictures);
        self.chromium.picture(&file(&name)).unwrap();
        let place = json!(place);
        let shown = format!("document.querySelector({place}).scrollIntoView()");
        self.chromium.run(&shown).unwrap();
        let guide = file(&format!("guide/{name}"));
        self.chromium.screenful(&guide).unwrap();
        let size = std::fs::metadata(&guide).unwrap().len();
        assert!(size <= MOST_BYTES, "{name} has {size} bytes");
        self.chromium.run("scrollTo(0, 0)").unwrap();
    }

    /// A picture of a page, which has its name.
    pub(crate) fn page_picture(&mut self, name: &str) {
        self.chromium
            .picture(&file(&format!("pages/{name}")))
            .unwrap();
    }
}

fn file(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
    let file = folder.join(format!("{name}.png"));
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    file
}
