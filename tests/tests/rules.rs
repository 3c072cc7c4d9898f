//! The rule table, the codes and the corpus hold each other to account.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail where it stands"
)]

use ledger_core::codes::{Reject, Skip, Warning};
use ledger_core::rule_id::{RuleId, RuleSet};
use ledger_core::{translate, translate_with};
use ledger_harness::reference::is_up_to_date;
use ledger_tests::{corpus, decisions_page, root, rules_page};
use std::collections::BTreeSet;
use std::fs;

#[test]
fn every_rule_has_a_case_and_an_id_of_its_own() {
    let cases = corpus::load().unwrap();
    let mut ids = BTreeSet::new();
    for rule in RuleId::ALL {
        let info = rule.info();
        assert!(ids.insert(info.id), "{} twice", info.id);
        assert!(
            cases.iter().any(|case| case.rules.contains(rule)),
            "{} has no case",
            info.id
        );
        for text in [
            info.behaviour,
            info.we,
            info.otherwise,
            info.evidence.source,
        ] {
            assert!(!text.is_empty(), "{} is not documented", info.id);
        }
    }
}

#[test]
fn switching_a_rule_off_breaks_a_case() {
    let cases = corpus::load().unwrap();
    for rule in RuleId::ALL {
        let enabled = RuleSet::all().without(*rule);
        let outcome_changes = cases.iter().any(|case| {
            let with = translate(&case.event, &case.settings);
            let without = translate_with(&case.event, &case.settings, enabled);
            // The list of fired rules always changes; the outcome is what must.
            format!("{:?}", with.outcome) != format!("{:?}", without.outcome)
        });
        assert!(outcome_changes, "no case needs {}", rule.info().id);
    }
}

#[test]
fn every_code_has_a_case() {
    let cases = corpus::load().unwrap();
    let codes = Skip::ALL
        .iter()
        .map(|code| code.as_str())
        .chain(Reject::ALL.iter().map(|code| code.as_str()))
        .chain(Warning::ALL.iter().map(|code| code.as_str()));
    let missing: Vec<_> = codes
        .filter(|code| rules_page::cases_with(&cases, code) == 0)
        .collect();
    assert!(missing.is_empty(), "codes without a case: {missing:?}");
}

#[test]
fn the_rules_page_is_fresh() {
    let page = fs::read_to_string(root().join("golden/RULES.md")).unwrap_or_default();
    assert_eq!(
        page,
        rules_page::render(&corpus::load().unwrap()),
        "run `cargo xtask rules`"
    );
}

#[test]
fn the_reference_page_of_decisions_is_up_to_date() {
    let page = decisions_page::render(&corpus::load().unwrap());
    is_up_to_date("decisions.md", &page).unwrap();
}
