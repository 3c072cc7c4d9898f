//! Every recorded Magento document, built by PHP and decided by the core.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail where it stands"
)]

use ledger_core::translate;
use ledger_tests::corpus::{self, RequestSchemas};
use ledger_tests::recorded::{self, Recorded};
use ledger_tests::root;
use serde_json::Value;
use std::fs;

fn default_settings() -> String {
    fs::read_to_string(root().join("golden/profiles/gb_base.json")).unwrap()
}

fn decide(recorded: &Recorded, settings: &str) -> Value {
    let line = translate(&recorded.event.to_string(), settings).to_json();
    serde_json::from_str(&line).unwrap()
}

/// Pennies of a decimal string, rounded half away from zero, by arithmetic of the test's own.
fn pennies(amount: &str) -> i64 {
    let (sign, digits) = match amount.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, amount),
    };
    let (pounds, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let padded = format!("{fraction:0<4}");
    let ten_thousandths: i64 = format!("{pounds}{}", &padded[..4]).parse().unwrap();
    sign * ((ten_thousandths + 50) / 100)
}

#[test]
fn every_domestic_invoice_is_posted_at_its_grand_total() {
    let settings = default_settings();
    let schemas = RequestSchemas::load().unwrap();
    let invoices: Vec<_> = recorded::build(&recorded::files().unwrap())
        .unwrap()
        .into_iter()
        .filter(Recorded::is_domestic_invoice)
        .collect();
    assert!(
        invoices.len() >= 90,
        "only {} domestic invoices",
        invoices.len()
    );
    let mut rounding_lines = Vec::new();
    for invoice in &invoices {
        let name = format!("{} event {}", invoice.file_name(), invoice.index);
        let decision = decide(invoice, &settings);
        let plan = decision
            .get("plan")
            .unwrap_or_else(|| panic!("{name}: {decision}"));
        schemas
            .validate(plan)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected = plan.pointer("/steps/1/expect/total_amount").unwrap();
        let grand_total = invoice.text("/invoice/grand_total").unwrap();
        assert_eq!(
            pennies(expected.as_str().unwrap()),
            pennies(grand_total),
            "{name}"
        );
        if decision["fired"]
            .as_array()
            .unwrap()
            .iter()
            .any(|id| id == "MG-007")
        {
            rounding_lines.push((invoice.file_name().to_owned(), grand_total.to_owned()));
        }
    }
    // Only Magento's own fraction of a penny needs a line.
    assert_eq!(
        rounding_lines,
        [("qty_decimal.json".to_owned(), "23.4225".to_owned())]
    );
}

#[test]
fn everything_else_is_refused_with_a_reason_and_nothing_is_guessed() {
    let settings = default_settings();
    for recorded in recorded::build(&recorded::files().unwrap()).unwrap() {
        if recorded.is_domestic_invoice() {
            continue;
        }
        let decision = decide(&recorded, &settings);
        assert_eq!(
            decision["code"],
            "not_supported_yet",
            "{}",
            recorded.file_name()
        );
    }
}

#[test]
fn cases_with_a_source_are_what_the_builder_makes_of_it() {
    let recorded = recorded::build(&recorded::files().unwrap()).unwrap();
    let mut checked = 0;
    for case in corpus::load().unwrap() {
        let Some(source) = &case.source else { continue };
        let event = recorded
            .iter()
            .find(|event| event.file_name() == source.file && event.index == source.index)
            .unwrap_or_else(|| {
                panic!(
                    "{}: no event {} in {}",
                    case.name, source.index, source.file
                )
            });
        assert_eq!(case.event, event.event.to_string(), "{}", case.name);
        checked += 1;
    }
    assert!(checked >= 40, "only {checked} cases have a source");
}
