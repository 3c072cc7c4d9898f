//! What the core says to people is the same through the component, byte for byte.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use ledger_core::explain::explain;
use ledger_tests::advice::{self, Advice, PolicyCase, ResponseCase};
use ledger_tests::corpus;
use ledger_tests::hosts::artefact;
use ledger_wasm_host::{Limits, Translator};

fn component() -> Translator {
    Translator::load(artefact("LEDGER_COMPONENT").unwrap()).unwrap()
}

#[test]
fn problems_of_settings() {
    let component = component();
    for (folder, case) in advice::load::<PolicyCase>().unwrap() {
        let answer =
            component.validate_settings_within(&Limits::default(), &case.settings, &case.tier);
        assert_eq!(answer.unwrap(), case.answer(), "{}", folder.display());
    }
}

#[test]
fn causes_of_replies() {
    let component = component();
    for (folder, case) in advice::load::<ResponseCase>().unwrap() {
        let answer =
            component.explain_reply_within(&Limits::default(), &case.reply, &case.plan, &case.step);
        assert_eq!(answer.unwrap(), case.answer(), "{}", folder.display());
    }
}

#[test]
fn pages_of_every_case() {
    let component = component();
    for case in corpus::load().unwrap() {
        let page = component.explain_within(&Limits::default(), &case.event, &case.settings);
        let expected = explain(&case.event, &case.settings);
        assert_eq!(page.unwrap(), expected, "{}", case.name);
    }
}
