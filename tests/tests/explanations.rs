//! The readable pages of `golden/explanations`, and what holds for the page of every case.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use ledger_core::explain::explain;
use ledger_core::rule_id::RuleId;
use ledger_core::translate;
use ledger_tests::advice::{Explanation, explain_case};
use ledger_tests::corpus::{self, Case};
use ledger_tests::root;

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in corpus::folders(&root().join("golden/cases")).unwrap() {
        for folder in corpus::folders(&kind).unwrap() {
            cases.push(Case::load_unfinished(&folder).unwrap());
        }
    }
    cases
}

#[test]
fn every_page_is_what_is_printed() {
    let mut wrong = Vec::new();
    for page in Explanation::load().unwrap() {
        let actual = explain_case(&page.name).unwrap();
        if actual != page.expected {
            wrong.push(format!("{}: got\n{actual}", page.file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_line_is_wider_than_a_hundred_and_twenty_columns() {
    for case in cases() {
        for line in explain(&case.event, &case.settings).lines() {
            assert!(line.chars().count() <= 120, "{}: {line}", case.name);
            assert!(!line.ends_with(' '), "{}: {line:?}", case.name);
        }
    }
}

/// What the plan sends and what fired is on the page, whatever else is.
#[test]
fn every_page_names_the_total_the_rules_and_the_warnings() {
    for case in cases() {
        let page = explain(&case.event, &case.settings);
        let decision = translate(&case.event, &case.settings);
        let document: serde_json::Value = serde_json::from_str(&decision.to_json()).unwrap();
        for rule in RuleId::ALL
            .iter()
            .filter(|rule| decision.fired.contains(**rule))
        {
            assert!(page.contains(rule.info().id), "{}: {page}", case.name);
        }
        for warning in &decision.warnings {
            assert!(
                page.contains(warning.code.as_str()),
                "{}: {page}",
                case.name
            );
        }
        let steps = document
            .pointer("/plan/steps")
            .and_then(|steps| steps.as_array());
        for step in steps.into_iter().flatten() {
            if let Some(total) = step.pointer("/expect/total_amount") {
                assert!(
                    page.contains(total.as_str().unwrap()),
                    "{}: {page}",
                    case.name
                );
            }
        }
        for field in ["code", "reason"] {
            if let Some(code) = document.get(field) {
                assert!(
                    page.contains(code.as_str().unwrap()),
                    "{}: {page}",
                    case.name
                );
            }
        }
    }
}

#[test]
fn any_text_has_a_page() {
    for text in ["", "{}", "[]", "null", "\u{0}", "{\"schema\":\"1\"}"] {
        let page = explain(text, text);
        assert!(page.starts_with("REJECT the document\n"), "{page}");
    }
}
