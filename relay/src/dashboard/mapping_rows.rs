//! What there is to map: the rows of the form, from what the shop has.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use crate::operations::{Mapping, Proposal};
use crate::settings::knobs::all;

/// Accounts to map, by what they are called in this form.
const ACCOUNTS: [(&str, &str); 4] = [
    ("default_ledger_account_id", "Sales"),
    ("shipping_ledger_account_id", "Carriage"),
    ("rounding_ledger_account_id", "Rounding"),
    ("default_purchase_ledger_account_id", "Purchases"),
];

/// A row that is to be made.
pub(super) struct Wanted {
    pub(super) path: String,
    pub(super) label: String,
    pub(super) note: String,
    pub(super) list: &'static str,
    /// What "nothing chosen" means.
    pub(super) none: &'static str,
    pub(super) may_be_none: bool,
}

fn account(path: &str, list: &'static str, none: &'static str) -> Option<Wanted> {
    let knob = all().find(|knob| knob.path == path)?;
    Some(Wanted {
        path: path.to_owned(),
        label: knob.label.to_owned(),
        note: knob.help.to_owned(),
        list,
        none,
        may_be_none: false,
    })
}

pub(super) fn wanted_accounts() -> Vec<Wanted> {
    let rows = ACCOUNTS.iter().filter_map(|(path, label)| {
        let row = account(path, "ledger_accounts", "—")?;
        Some(Wanted {
            label: (*label).to_owned(),
            ..row
        })
    });
    rows.collect()
}

/// The rows of a list of the shop.
pub(super) fn told<'a>(mapping: &'a Mapping, list: &str) -> &'a [Value] {
    let rows = mapping
        .profile
        .as_ref()
        .and_then(|profile| profile.get(list));
    rows.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The keys of a map that is set already.
fn keys(policy: &Value, map: &str) -> Vec<String> {
    let map = policy.get(map).and_then(Value::as_object);
    map.map(|map| map.keys().cloned().collect())
        .unwrap_or_default()
}

/// A key as it stands in a JSON pointer.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

pub(super) fn wanted_payments(mapping: &Mapping) -> Vec<Wanted> {
    let mut titles: BTreeMap<String, (String, String)> = BTreeMap::new();
    for code in keys(&mapping.policy, "payment_method_map") {
        titles.insert(code.clone(), (code, String::new()));
    }
    for method in told(mapping, "payment_methods") {
        let (code, title) = (text(method, "code"), text(method, "title"));
        let is_active = method.get("is_active") == Some(&json!(true));
        let note = if is_active {
            code.to_owned()
        } else {
            format!("{code}, used in the last year, not active now")
        };
        let label = if title.is_empty() { code } else { title };
        titles.insert(code.to_owned(), (label.to_owned(), note));
    }
    let methods = titles.into_iter().map(|(code, (label, note))| Wanted {
        path: format!("payment_method_map/{}", escaped(&code)),
        label,
        note,
        list: "bank_accounts",
        none: "as every other method",
        may_be_none: true,
    });
    let others = account("default_bank_account_id", "bank_accounts", "none: refused");
    let others = others.map(|row| Wanted {
        note: "Also where a method belongs that the shop adds later.".to_owned(),
        ..row
    });
    methods.chain(others).collect()
}

/// Percentage and country of each of the shop's tax rates.
fn rates(mapping: &Mapping) -> Vec<(String, Decimal, String)> {
    let rows = told(mapping, "tax_rates").iter();
    rows.filter_map(|row| {
        let percent = text(row, "rate").parse::<Decimal>().ok()?;
        let country = text(row, "tax_country_id").to_owned();
        Some((country, percent, text(row, "code").to_owned()))
    })
    .collect()
}

/// As the core spells it.
fn percentage(percent: Decimal) -> String {
    let mut percent = percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    percent.rescale(2);
    percent.to_string()
}

fn is_at_home(mapping: &Mapping, country: &str) -> bool {
    let home = text(&mapping.business, "country");
    country == home || (home == "GB" && country == "IM")
}

pub(super) fn wanted_rates(mapping: &Mapping) -> Vec<Wanted> {
    let mut found: BTreeMap<Decimal, Vec<String>> = BTreeMap::from([(Decimal::ZERO, Vec::new())]);
    for key in keys(&mapping.policy, "tax_rate_map") {
        if let Ok(percent) = key.parse::<Decimal>() {
            found.entry(percent).or_default();
        }
    }
    for (country, percent, code) in rates(mapping) {
        if is_at_home(mapping, &country) {
            found.entry(percent).or_default().push(code);
        }
    }
    let rows = found.into_iter().rev().map(|(percent, codes)| Wanted {
        path: format!("tax_rate_map/{}", percentage(percent)),
        label: format!("{} %", percent.normalize()),
        note: if codes.is_empty() && percent.is_zero() {
            "sales without VAT, and deliveries abroad".to_owned()
        } else {
            codes.join(", ")
        },
        list: "tax_rates",
        none: "none: refused",
        may_be_none: false,
    });
    let named = account("default_tax_rate_id", "tax_rates", "none");
    rows.chain(named).collect()
}

fn is_offered(mapping: &Mapping, proposals: &BTreeMap<String, &Proposal>, country: &str) -> bool {
    let prefix = format!("destination_tax_rate_map/{country}/");
    let map = mapping.policy.get("destination_tax_rate_map");
    map.is_some_and(|map| map.get(country).is_some())
        || proposals.keys().any(|path| path.starts_with(&prefix))
}

pub(super) fn wanted_abroad(
    mapping: &Mapping,
    proposals: &BTreeMap<String, &Proposal>,
) -> Vec<Wanted> {
    let charged: BTreeSet<(String, Decimal)> = rates(mapping)
        .into_iter()
        .filter(|(country, percent, _)| !is_at_home(mapping, country) && !percent.is_zero())
        .filter(|(country, _, _)| is_offered(mapping, proposals, country))
        .map(|(country, percent, _)| (country, percent.normalize()))
        .collect();
    let rows = charged.into_iter().map(|(country, percent)| Wanted {
        path: format!(
            "destination_tax_rate_map/{}/{}",
            escaped(&country),
            percentage(percent)
        ),
        label: format!("{country}, {percent} %"),
        note: String::new(),
        list: "tax_rates",
        none: "none: refused",
        may_be_none: false,
    });
    rows.collect()
}

pub(super) fn without_rate(
    mapping: &Mapping,
    proposals: &BTreeMap<String, &Proposal>,
) -> Vec<String> {
    let countries: BTreeSet<String> = rates(mapping)
        .into_iter()
        .filter(|(country, percent, _)| !is_at_home(mapping, country) && !percent.is_zero())
        .map(|(country, _, _)| country)
        .filter(|country| !is_offered(mapping, proposals, country))
        .collect();
    countries.into_iter().collect()
}
