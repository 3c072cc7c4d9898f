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

fn profile(name: &str) -> String {
    fs::read_to_string(root().join(format!("golden/profiles/{name}.json"))).unwrap()
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
    let settings = profile("gb_base");
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
        if let Some(code) = recorded::refusal(invoice.file_name()) {
            assert_eq!(decision["code"], code, "{name}");
            continue;
        }
        if decision["reason"] == "empty_document" {
            continue;
        }
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
        if fired(&decision, "MG-007") {
            rounding_lines.push((invoice.file_name().to_owned(), grand_total.to_owned()));
        }
    }
    // Only Magento's own fraction of a penny needs a line.
    assert_eq!(
        rounding_lines,
        [("qty_decimal.json".to_owned(), "23.4225".to_owned())]
    );
}

/// The total a decision says Sage will answer with, of the document itself.
fn expected_total(decision: &Value) -> Option<&str> {
    decision
        .pointer("/plan/steps")?
        .as_array()?
        .iter()
        .filter(|step| {
            ["sales_invoices", "sales_credit_notes", "sales_estimates"]
                .contains(&step["resource"].as_str().unwrap())
        })
        .find_map(|step| step.pointer("/expect/total_amount")?.as_str())
}

#[test]
fn with_every_mapping_only_what_is_listed_is_refused() {
    let settings = profile("gb_everything");
    let schemas = RequestSchemas::load().unwrap();
    let (mut posted, mut rounding_lines) = (0, 0);
    for recorded in recorded::build(&recorded::files().unwrap()).unwrap() {
        let name = format!("{} event {}", recorded.file_name(), recorded.index);
        let decision = decide(&recorded, &settings);
        if let Some(code) = recorded::refusal(recorded.file_name()) {
            assert_eq!(decision["code"], code, "{name}");
            continue;
        }
        match decision["decision"].as_str().unwrap() {
            "post" => schemas
                .validate(&decision["plan"])
                .unwrap_or_else(|error| panic!("{name}: {error}")),
            "skip" => {
                let reason = decision["reason"].as_str().unwrap();
                let known = ["PRODUCT_TYPE_NOT_SUPPORTED", "empty_document"];
                assert!(known.contains(&reason), "{name}: {reason}");
                continue;
            }
            _ => panic!("{name}: {decision}"),
        }
        let grand_total = recorded
            .text("/invoice/grand_total")
            .or_else(|| recorded.text("/creditmemo/grand_total"))
            .or_else(|| recorded.text("/order/grand_total"));
        if let (Some(total), Some(grand_total)) = (expected_total(&decision), grand_total) {
            assert_eq!(pennies(total), pennies(grand_total), "{name}");
            posted += 1;
            rounding_lines += usize::from(fired(&decision, "MG-007"));
        }
    }
    assert!(posted >= 260, "only {posted} documents with a total");
    assert!(
        rounding_lines * 100 <= posted,
        "{rounding_lines} of {posted} need a rounding line"
    );
}

fn fired(decision: &Value, rule: &str) -> bool {
    decision["fired"]
        .as_array()
        .unwrap()
        .iter()
        .any(|id| id == rule)
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
