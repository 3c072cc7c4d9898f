//! What the core says to people is the same through the component and in the browser, byte for byte.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use ledger_core::explain::{explain, sections};
use ledger_tests::advice::{self, Advice, PolicyCase, ResponseCase};
use ledger_tests::corpus;
use ledger_tests::hosts::{Browser, artefact};
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
        let structure =
            component.explain_sections_within(&Limits::default(), &case.event, &case.settings);
        let expected = sections(&case.event, &case.settings);
        assert_eq!(structure.unwrap(), expected, "{}", case.name);
    }
}

#[test]
fn problems_of_settings_in_the_browser() {
    let cases = advice::load::<PolicyCase>().unwrap();
    let calls: Vec<_> = cases
        .iter()
        .map(|(_, case)| vec![case.settings.as_str(), case.tier.as_str()])
        .collect();
    let answers = Browser::open().unwrap().call("validate", &calls).unwrap();
    assert_eq!(answers.len(), cases.len());
    for ((folder, case), answer) in cases.iter().zip(answers) {
        assert_eq!(answer, case.answer(), "{}", folder.display());
    }
}

#[test]
fn pages_of_every_case_in_the_browser() {
    let cases = corpus::load().unwrap();
    let calls: Vec<_> = cases
        .iter()
        .map(|case| vec![case.event.as_str(), case.settings.as_str()])
        .collect();
    let browser = Browser::open().unwrap();
    let pages = browser.call("explain", &calls).unwrap();
    let structures = browser.call("explainSections", &calls).unwrap();
    assert_eq!((pages.len(), structures.len()), (cases.len(), cases.len()));
    for ((case, page), structure) in cases.iter().zip(pages).zip(structures) {
        assert_eq!(page, explain(&case.event, &case.settings), "{}", case.name);
        let expected = sections(&case.event, &case.settings);
        assert_eq!(structure, expected, "{}", case.name);
    }
}

#[test]
fn the_browser_describes_the_native_core() {
    let browser = Browser::open().unwrap();
    let answer = browser.call("describe", &[Vec::new()]).unwrap();
    assert_eq!(answer, [ledger_core::describe().to_json()]);
}

#[test]
fn a_panic_in_the_browser_is_an_error_and_the_next_call_works() {
    let browser = Browser::open().unwrap();
    let failed = browser.call("panicDrill", &[Vec::new()]).unwrap_err();
    let message = failed.to_string();
    assert!(message.contains("CoreError"), "{message}");
    assert!(message.contains("a drill, not a mistake"), "{message}");
    // Many failures leave nothing behind either.
    let script =
        "Array.from({ length: 500 }, () => { try { core.panicDrill(); } catch {} }).length";
    assert_eq!(browser.run(script).unwrap(), 500);
    let answer = browser.call("describe", &[Vec::new()]).unwrap();
    assert_eq!(answer, [ledger_core::describe().to_json()]);
}
