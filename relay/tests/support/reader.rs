//! Somebody who looks at every page on every screen, with the accessibility checker at hand.

use ledger_chromium::Screen;
use serde_json::{Value, json};

use super::browser_files::axe;
use super::person::Person;

const WIDE: Screen = Screen {
    width: 1_280,
    height: 900,
    dark: false,
};
const DARK: Screen = Screen { dark: true, ..WIDE };
const NARROW: Screen = Screen {
    width: 360,
    height: 740,
    dark: false,
};

/// What axe finds wrong, in a few words each, once the page has taken note of its size.
const FOUND: &str = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))).then(() => Promise.all(document.getAnimations().map(one => one.finished))).then(() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(({violations}) => violations.map(({id, nodes}) => `${id}: ${nodes.map(one => one.html.slice(0, 160)).join(' | ')}`)))";
/// What does not fit the width.
const TOO_WIDE: &str = "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.scroll')).map(one => one.outerHTML.slice(0, 120))";
const OPEN_ALL: &str = "for (const one of document.querySelectorAll('details')) one.open = true";

/// Somebody who is signed in, with the checker at hand.
pub(crate) struct Reader {
    pub(crate) person: Person,
    pub(crate) origin: String,
    axe: String,
    wrong: Vec<String>,
}

impl Reader {
    pub(crate) fn at(origin: &str) -> Self {
        let mut person = Person::sit_down();
        person.chromium.screen(WIDE).unwrap();
        Self {
            person,
            origin: origin.to_owned(),
            axe: axe(),
            wrong: Vec::new(),
        }
    }

    pub(crate) fn sign_in(&mut self) {
        self.open("/sign-in");
        self.look("sign-in");
        self.person.fill("#email", "canaria@example.com");
        self.person.fill("#password", "correct horse battery");
        self.person.click("form[method=post] button", "header.top");
    }

    pub(crate) fn open(&mut self, path: &str) {
        let address = format!("{}{path}", self.origin);
        self.person.chromium.open(&address).unwrap();
    }

    pub(crate) fn see(&mut self, name: &str, path: &str) {
        self.open(path);
        self.look(name);
    }

    pub(crate) fn run(&mut self, script: &str) -> Value {
        self.person.chromium.run(script).unwrap()
    }

    fn picture(&mut self, name: &str, kind: &str) {
        self.person.page_picture(&format!("{name}-{kind}"));
    }

    /// Looks at a page on every screen.
    pub(crate) fn look(&mut self, name: &str) {
        self.picture(name, "wide");
        self.run(OPEN_ALL);
        let script = self.axe.clone();
        self.run(&script);
        for screen in [WIDE, DARK, NARROW] {
            self.person.chromium.screen(screen).unwrap();
            let found = self.run(FOUND);
            for one in found.as_array().unwrap() {
                let line = format!(
                    "{name} {}{}: {one}",
                    screen.width,
                    if screen.dark { " dark" } else { "" }
                );
                self.wrong.push(line);
            }
        }
        self.picture(name, "narrow");
        if self.run(TOO_WIDE) != json!([]) {
            let wide = self.run(TOO_WIDE);
            self.wrong
                .push(format!("{name} does not fit 360 px: {wide}"));
        }
        self.person.chromium.screen(DARK).unwrap();
        self.picture(name, "dark");
        self.person.chromium.screen(WIDE).unwrap();
        self.person.chromium.print().unwrap();
        self.picture(name, "print");
        self.person.chromium.screen(WIDE).unwrap();
    }

    /// Fails with everything that was found.
    pub(crate) fn assert_nothing_wrong(&self) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }
}
