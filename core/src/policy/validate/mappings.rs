//! Checks of everything that names something in Sage: rates, ledger accounts, bank accounts, types.
//!
//! A list that is empty is not known, as everywhere, and then only the form is checked.

use super::{Findings, ProblemCode, entry, policy};
use crate::canonical::Text;
use crate::money::{parse_decimal, percentage_key};
use crate::policy::HomeCountry;
use crate::text::cut;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Sage's ids of the two kinds (`GET /eu_goods_services_types`; reported).
const GOODS_SERVICES_TYPES: [&str; 2] = ["GOODS", "SERVICES"];

const STALE: &str = "choose one that exists in Sage, or refresh the reference data";

/// Every check of this file, in the order of the knobs.
pub(super) fn run(findings: &mut Findings<'_>) {
    let knobs = &findings.settings.policy;
    zero_rate(findings);
    tax_rate(
        findings,
        policy("default_tax_rate_id"),
        knobs.default_tax_rate_id.as_deref(),
    );
    tax_rate(
        findings,
        policy("adjustment_tax_rate_id"),
        knobs.adjustment_tax_rate_id.as_deref(),
    );
    tax_map(findings, "tax_rate_map", &knobs.tax_rate_map);
    for (country, rates) in &knobs.destination_tax_rate_map {
        let map = format!("destination_tax_rate_map/{}", super::token(country));
        tax_map(findings, &map, rates);
    }
    let ledger_accounts = [
        (
            "default_ledger_account_id",
            &knobs.default_ledger_account_id,
            "sales",
        ),
        (
            "shipping_ledger_account_id",
            &knobs.shipping_ledger_account_id,
            "sales",
        ),
        (
            "fpt_ledger_account_id",
            &knobs.fpt_ledger_account_id,
            "sales",
        ),
        (
            "adjustment_ledger_account_id",
            &knobs.adjustment_ledger_account_id,
            "sales",
        ),
        (
            "rounding_ledger_account_id",
            &knobs.rounding_ledger_account_id,
            "sales",
        ),
        (
            "default_purchase_ledger_account_id",
            &knobs.default_purchase_ledger_account_id,
            "expenses",
        ),
    ];
    for (knob, id, place) in ledger_accounts {
        if let Some(id) = id {
            ledger_account(findings, knob, id, place);
        }
    }
    let bank_accounts = [
        ("default_bank_account_id", &knobs.default_bank_account_id),
        (
            "gift_card_bank_account_id",
            &knobs.gift_card_bank_account_id,
        ),
        (
            "store_credit_bank_account_id",
            &knobs.store_credit_bank_account_id,
        ),
        (
            "reward_points_bank_account_id",
            &knobs.reward_points_bank_account_id,
        ),
    ];
    for (knob, id) in bank_accounts {
        bank_account(findings, policy(knob), id.as_deref());
    }
    for (method, id) in &knobs.payment_method_map {
        bank_account(findings, entry("payment_method_map", method), id.as_deref());
    }
    goods_services(
        findings,
        policy("default_eu_goods_services_type"),
        &knobs.default_eu_goods_services_type,
    );
    for (product_type, kind) in &knobs.product_type_eu_goods_map {
        goods_services(
            findings,
            entry("product_type_eu_goods_map", product_type),
            kind,
        );
    }
}

/// The keys are percentages with two decimals, as a document's percentage is looked up by them.
fn tax_map(findings: &mut Findings<'_>, map: &str, rates: &BTreeMap<Text<'_>, Text<'_>>) {
    for (key, id) in rates {
        let pointer = entry(map, key);
        match parse_decimal(key) {
            Some(percentage) if percentage_key(percentage) == key.as_str() => {
                if percentage < Decimal::ZERO || percentage > Decimal::ONE_HUNDRED {
                    findings.add(
                        ProblemCode::OutOfRange,
                        pointer.clone(),
                        format!("{key} % is no tax percentage; allowed is 0 to 100"),
                        "remove the entry",
                    );
                }
            }
            _ => findings.add(
                ProblemCode::InvalidFormat,
                pointer.clone(),
                format!("{:?} is no percentage with two decimals", cut(key, 40).0),
                "write the percentage as in \"20.00\"",
            ),
        }
        tax_rate(findings, pointer, Some(id));
    }
}

/// Deliveries abroad and untaxed shipping take the country's zero rate; no setting names it.
fn zero_rate(findings: &mut Findings<'_>) {
    const POINTER: &str = "/settings/reference/tax_rates";
    let settings = findings.settings;
    let known = &settings.reference.tax_rates;
    let Some(home) = HomeCountry::from_code(&settings.binding.country) else {
        return;
    };
    let id = home.zero_rate();
    if !known.is_empty() && !known.iter().any(|rate| rate.id == id) {
        findings.add(
            ProblemCode::NotInReference,
            POINTER.to_owned(),
            format!(
                "the Sage business has no tax rate {id:?}, which deliveries abroad and untaxed shipping need"
            ),
            "make the zero rate visible in Sage, then refresh the reference data",
        );
    }
}

fn tax_rate(findings: &mut Findings<'_>, pointer: String, id: Option<&str>) {
    let known = &findings.settings.reference.tax_rates;
    let missing = |id: &str| !known.is_empty() && !known.iter().any(|rate| rate.id == id);
    named(findings, pointer, "tax rate", id, missing);
}

fn bank_account(findings: &mut Findings<'_>, pointer: String, id: Option<&str>) {
    let known = &findings.settings.reference.bank_accounts;
    let missing = |id: &str| !known.is_empty() && !known.iter().any(|account| account.id == id);
    named(findings, pointer, "bank account", id, missing);
}

/// An account must exist and Sage must offer it where it is used; `place` is Sage's `visible_in`.
fn ledger_account(findings: &mut Findings<'_>, knob: &str, id: &str, place: &str) {
    let known = &findings.settings.reference.ledger_accounts;
    let account = known.iter().find(|account| account.id == id);
    let missing = |_: &str| !known.is_empty() && account.is_none();
    named(findings, policy(knob), "ledger account", Some(id), missing);
    let Some(account) = account else { return };
    if account.visible_in.is_empty() || account.visible_in.iter().any(|shown| shown == place) {
        return;
    }
    let name = account.displayed_as.as_deref().unwrap_or(id);
    findings.add(
        ProblemCode::NotInReference,
        policy(knob),
        format!(
            "{knob} needs an account that Sage offers in {place}; {:?} is offered in {}",
            cut(name, 80).0,
            account.visible_in.join(", ")
        ),
        format!("choose another account, or tick {place} on this one in Sage"),
    );
}

fn named(
    findings: &mut Findings<'_>,
    pointer: String,
    kind: &str,
    id: Option<&str>,
    missing: impl Fn(&str) -> bool,
) {
    let Some(id) = id else { return };
    if id.trim().is_empty() {
        findings.add(
            ProblemCode::InvalidFormat,
            pointer,
            format!("the id of a {kind} is empty"),
            "choose one, or send null for none",
        );
    } else if missing(id) {
        findings.add(
            ProblemCode::NotInReference,
            pointer,
            format!("the Sage business has no {kind} {:?}", cut(id, 80).0),
            STALE,
        );
    }
}

fn goods_services(findings: &mut Findings<'_>, pointer: String, kind: &str) {
    if !GOODS_SERVICES_TYPES.contains(&kind) {
        findings.add(
            ProblemCode::InvalidFormat,
            pointer,
            format!("{:?} is neither GOODS nor SERVICES", cut(kind, 40).0),
            "send \"GOODS\" or \"SERVICES\"",
        );
    }
}
