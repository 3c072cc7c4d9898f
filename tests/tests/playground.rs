//! The playground in Chromium: it decides, compares, fits narrow screens, and breaks no policy.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should fail where it stands"
)]

use ledger_chromium::{Chromium, Screen};
use ledger_tests::file_server::FileServer;
use ledger_tests::hosts::artefact;
use ledger_tests::playground;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Waits for the sample of the address, or fails after a while.
const READY: &str = "new Promise((resolve, reject) => {
    const start = Date.now();
    const look = () => {
        if (document.body.dataset.ready === 'yes') return resolve(true);
        if (Date.now() - start > 30000) return reject(new Error(document.body.innerText));
        setTimeout(look, 20);
    };
    look();
})";

const DESKTOP: Screen = Screen {
    width: 1600,
    height: 1000,
    dark: false,
};

/// The page, opened at a sample.
struct Page {
    chromium: Chromium,
    server: FileServer,
    _folder: TempDir,
}

impl Page {
    fn open(sample: &str, screen: Screen) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("playground");
        playground::write(&artefact("LEDGER_BROWSER").unwrap(), &target).unwrap();
        let server = FileServer::start(&target, 0).unwrap();
        let chromium = Chromium::start().unwrap();
        let mut page = Self {
            chromium,
            server,
            _folder: folder,
        };
        page.show(sample, screen);
        page
    }

    fn show(&mut self, sample: &str, screen: Screen) {
        self.chromium.screen(screen).unwrap();
        self.chromium.open("about:blank").unwrap();
        let address = self.server.url(&format!("/#{sample}"));
        self.chromium.open(&address).unwrap();
        self.run(READY);
    }

    fn run(&mut self, script: &str) -> Value {
        self.chromium.run(script).unwrap()
    }

    fn text(&mut self, selector: &str) -> String {
        let selector = json!(selector);
        let script = format!(
            "[...document.querySelectorAll({selector})].map(one => one.innerText).join('\\n')"
        );
        self.run(&script).as_str().unwrap().to_owned()
    }

    /// Chooses a setting and its value in the form, as a person would.
    fn change(&mut self, pointer: &str, value: &str) {
        let (pointer, value) = (json!(pointer), json!(value));
        self.run(&format!(
            "(() => {{
                const knob = document.getElementById('knob');
                knob.value = {pointer};
                knob.dispatchEvent(new Event('change'));
                const choice = document.getElementById('knob-choice');
                if (choice.hidden) document.getElementById('knob-value').value = {value};
                else choice.value = [...choice.options].find(one => one.text === {value}).value;
                document.getElementById('knobs').requestSubmit();
            }})()"
        ));
    }

    /// A picture, when a folder for pictures is named.
    fn picture(&mut self, name: &str) {
        if let Some(folder) = std::env::var_os("LEDGER_PICTURES") {
            fs::create_dir_all(&folder).unwrap();
            let file = Path::new(&folder).join(format!("{name}.png"));
            self.chromium.picture(&file).unwrap();
        }
    }
}

#[test]
fn a_sample_is_decided_and_a_changed_setting_stands_beside_it() {
    let mut page = Page::open("invoice/discounted_shipping_becomes_a_line", DESKTOP);
    assert!(page.text(".verdict").contains("Invoice 000000058"));
    let headings = page.text(".decision > section > h3");
    for heading in ["Contact", "Sales invoice", "Lines", "VAT"] {
        assert!(headings.contains(heading), "{headings}");
    }
    page.picture("desktop");

    page.change("/policy/sync_since", "2027-01-01");
    let verdicts = page.text(".verdict .badge");
    assert!(
        verdicts.contains("Post") && verdicts.contains("Skip"),
        "{verdicts}"
    );
    let compared = page.text(".comparison h2");
    assert_eq!(compared, "The document is skipped instead of posted");
    assert!(page.text("#changes").contains("/policy/sync_since"));
    page.picture("two-decisions");

    page.change("/policy/sync_since", "");
    page.change("/policy/customer_name_priority", "Person");
    page.change("/policy/invoice_number_prefix", "UK-");
    assert!(page.text(".comparison").contains("UK-000000058"));
    page.picture("two-plans");
    page.chromium.assert_no_problems().unwrap();
}

#[test]
fn every_knob_can_be_set_to_each_of_its_choices() {
    let mut page = Page::open("invoice/domestic_sale_with_taxed_shipping", DESKTOP);
    let wrong = page.run(
        "(async () => {
            const core = await import('/core.js');
            const { KNOBS, choices, withValue } = await import('/knobs.js');
            const settings = JSON.parse(document.getElementById('settings').value);
            const wrong = [];
            for (const pointer of Object.values(KNOBS).flatMap(Object.keys)) {
                const values = choices(pointer, settings)?.map(({ value }) => value) ?? [null];
                for (const value of values) {
                    const text = JSON.stringify(withValue(settings, pointer, value));
                    const codes = JSON.parse(core.validate(text)).map(({ code }) => code);
                    const malformed = ['unknown_field', 'wrong_type', 'unknown_value', 'invalid_json'];
                    if (codes.some((code) => malformed.includes(code))) wrong.push([pointer, value, codes]);
                }
            }
            return wrong;
        })()",
    );
    // Text fields that must not be null are never set to null by an empty field.
    let wrong: Vec<_> = wrong.as_array().unwrap().clone();
    assert_eq!(wrong, Vec::<Value>::new());
}

#[test]
fn a_rejection_says_what_where_and_what_to_do_and_leads_to_the_place() {
    let mut page = Page::open("rejected/float_money", DESKTOP);
    let shown = page.text(".decision");
    for part in [
        "Reject",
        "money_not_a_string",
        "What to do",
        "/invoice/grand_total",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    page.picture("rejected");
    let selected = page.run(
        "(() => {
            document.querySelector('.decision .pointer').click();
            const { value, selectionStart: start, selectionEnd: end } = document.getElementById('event');
            return value.slice(start, end);
        })()",
    );
    assert_eq!(selected, "35.99");
    page.chromium.assert_no_problems().unwrap();
}

#[test]
fn a_failure_of_the_core_is_shown_and_the_page_goes_on() {
    let mut page = Page::open("invoice/domestic_sale_with_taxed_shipping", DESKTOP);
    let message = page.run(
        "import('/core.js').then(core => { try { core.panicDrill(); } catch (error) { return error.message; } })",
    );
    assert!(message.as_str().unwrap().contains("a drill, not a mistake"));
    page.change("/policy/invoice_number_prefix", "UK-");
    assert!(page.text(".comparison").contains("UK-000000033"));
}

#[test]
fn the_samples_are_found_by_keyboard() {
    let mut page = Page::open("invoice/domestic_sale_with_taxed_shipping", DESKTOP);
    for key in ["/", "g", "i", "f", "t"] {
        page.chromium.press(key).unwrap();
    }
    let listed = page.text("#sample-list");
    assert!(listed.to_lowercase().contains("gift"), "{listed}");
    page.picture("samples");
    page.chromium.press("ArrowDown").unwrap();
    page.chromium.press("Enter").unwrap();
    page.run("new Promise(resolve => setTimeout(resolve, 500))");
    let open = page.run("document.getElementById('samples').open");
    assert_eq!(open, false);
    let hash = page.run("location.hash");
    assert_ne!(hash, "#invoice/domestic_sale_with_taxed_shipping");
    page.chromium.assert_no_problems().unwrap();
}

#[test]
fn nothing_is_cut_on_any_screen_and_every_field_has_a_name() {
    let mut page = Page::open("credit_note/gift_card_is_refunded_to_its_account", DESKTOP);
    for (name, width, dark) in [
        ("narrow", 360, false),
        ("narrow-dark", 360, true),
        ("middle", 1024, false),
        ("dark", 1600, true),
        ("wide", 2200, false),
    ] {
        let screen = Screen {
            width,
            height: 900,
            dark,
        };
        page.show("credit_note/gift_card_is_refunded_to_its_account", screen);
        page.picture(name);
        page.change("/policy/gift_card_bank_account_id", "none");
        let cut = page.run("document.documentElement.scrollWidth - innerWidth");
        assert!(cut.as_i64().unwrap() <= 0, "{name}: {cut} px are cut");
        page.picture(&format!("{name}-two"));
    }
    let nameless = page.run(
        "[...document.querySelectorAll('input, select, textarea, button')]
            .filter(one => !one.ariaLabel && !one.ariaLabelledByElements?.length && !one.labels?.length && !one.innerText.trim() && !one.textContent.trim())
            .map(one => one.outerHTML)",
    );
    assert_eq!(nameless, json!([]));
    page.chromium.print().unwrap();
    page.picture("print");
    page.chromium.assert_no_problems().unwrap();
}
