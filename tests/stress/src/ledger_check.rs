//! The oracle: what stands in Sage against what should.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use bigdecimal::BigDecimal;
use serde_json::Value;

use crate::documents::Expected;

const COLLECTIONS: [&str; 4] = [
    "sales_invoices",
    "contact_payments",
    "sales_credit_notes",
    "sales_estimates",
];

/// What is wrong with the ledger of one business.
#[derive(Debug, Default, Clone)]
pub(crate) struct Verdict {
    /// Objects that should stand there.
    pub(crate) objects: usize,
    pub(crate) missing: Vec<String>,
    pub(crate) duplicated: Vec<String>,
    /// Another total, quantity or name than the newest one that was sent.
    pub(crate) totals_differ: Vec<String>,
    /// Objects that nobody asked for.
    pub(crate) strangers: Vec<String>,
}

impl Verdict {
    pub(crate) fn is_clean(&self) -> bool {
        let troubles = [
            &self.missing,
            &self.duplicated,
            &self.totals_differ,
            &self.strangers,
        ];
        troubles.iter().all(|trouble| trouble.is_empty())
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.objects += other.objects;
        self.missing.extend(other.missing);
        self.duplicated.extend(other.duplicated);
        self.totals_differ.extend(other.totals_differ);
        self.strangers.extend(other.strangers);
    }

    fn count(&mut self, what: &str, wanted: usize, found: usize) {
        self.objects += wanted;
        if found < wanted {
            self.missing.push(format!("{what}: {found} of {wanted}"));
        }
        for _ in wanted..found {
            self.duplicated.push(what.to_owned());
        }
    }
}

fn text<'v>(object: &'v Value, key: &str) -> &'v str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn number(text: &str) -> Option<BigDecimal> {
    text.parse().ok()
}

/// Compares one ledger with what one shop sent.
pub(crate) fn compare(ledger: &Value, expected: &Expected) -> Result<Verdict> {
    let mut verdict = Verdict::default();
    for collection in COLLECTIONS {
        let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        // Of what a shop sends, only estimates are taken away again.
        let standing = |object: &&Value| {
            collection != "sales_estimates" || object["$simulator_deleted"] != Value::Bool(true)
        };
        for object in list(ledger, collection)?.iter().filter(standing) {
            let totals = found.entry(text(object, "reference")).or_default();
            totals.push(text(object, "total_amount"));
            let status = object.pointer("/status/id").and_then(Value::as_str);
            let canceled = expected.canceled.contains(text(object, "reference"));
            if collection == "sales_invoices" && (status == Some("VOID")) != canceled {
                let line = format!("{collection} {}: {status:?}", text(object, "reference"));
                verdict.totals_differ.push(line);
            }
        }
        if collection == "sales_invoices" {
            for reference in &expected.canceled {
                let totals = found.remove(reference.as_str()).unwrap_or_default();
                // Canceled before it was posted: then it never is.
                let what = format!("{collection} {reference}");
                verdict.count(&what, totals.len().min(1), totals.len());
            }
        }
        let wanted = expected.documents.iter();
        for ((_, reference), total) in wanted.filter(|((name, _), _)| *name == collection) {
            let what = format!("{collection} {reference}");
            let totals = found.remove(reference.as_str()).unwrap_or_default();
            verdict.count(&what, 1, totals.len());
            for stated in totals {
                if number(stated) != number(total) {
                    let line = format!("{what}: {stated}, not {total}");
                    verdict.totals_differ.push(line);
                }
            }
        }
        let others = found.keys();
        let strangers = others.map(|reference| format!("{collection} {reference}"));
        verdict.strangers.extend(strangers);
    }
    contacts(ledger, expected, &mut verdict)?;
    stock(ledger, expected, &mut verdict)?;
    let allocations = list(ledger, "contact_allocations")?.len();
    verdict.count("contact_allocations", expected.allocations, allocations);
    Ok(verdict)
}

fn contacts(ledger: &Value, expected: &Expected, verdict: &mut Verdict) -> Result<()> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for contact in list(ledger, "contacts")? {
        let names = found.entry(text(contact, "reference")).or_default();
        names.push(text(contact, "name"));
    }
    for (reference, name) in &expected.contacts {
        let what = format!("contacts {reference}");
        let names = found.remove(reference.as_str()).unwrap_or_default();
        verdict.count(&what, 1, names.len());
        for stated in names {
            if name.as_ref().is_some_and(|name| name != stated) {
                let line = format!("{what}: {stated:?}, not {name:?}");
                verdict.totals_differ.push(line);
            }
        }
    }
    let strangers = found
        .keys()
        .map(|reference| format!("contacts {reference}"));
    verdict.strangers.extend(strangers);
    Ok(())
}

fn stock(ledger: &Value, expected: &Expected, verdict: &mut Verdict) -> Result<()> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for item in list(ledger, "stock_items")? {
        let quantities = found.entry(text(item, "item_code")).or_default();
        quantities.push(text(item, "quantity_in_stock"));
    }
    for (code, quantity) in &expected.stock {
        let quantities = found.remove(code.as_str()).unwrap_or_default();
        verdict.count(&format!("stock_items {code}"), 1, quantities.len());
        for stated in quantities {
            if number(stated) != number(&quantity.to_string()) {
                let moved = movements(ledger, code)?.join(", ");
                let line =
                    format!("stock_items {code}: {stated} in stock, not {quantity}; moved {moved}");
                verdict.totals_differ.push(line);
            }
        }
    }
    Ok(())
}

/// The movements of an item in the order in which Sage made them, each with its instant.
fn movements(ledger: &Value, code: &str) -> Result<Vec<String>> {
    let ids: Vec<&str> = list(ledger, "stock_items")?
        .iter()
        .filter(|item| text(item, "item_code") == code)
        .map(|item| text(item, "id"))
        .collect();
    let of_item = |movement: &&Value| {
        let item = movement.pointer("/stock_item/id").and_then(Value::as_str);
        item.is_some_and(|item| ids.contains(&item))
    };
    Ok(list(ledger, "stock_movements")?
        .iter()
        .filter(of_item)
        .map(|movement| {
            format!(
                "{} at {}",
                text(movement, "quantity"),
                text(movement, "created_at")
            )
        })
        .collect())
}

fn list<'v>(ledger: &'v Value, collection: &str) -> Result<&'v Vec<Value>> {
    let list = ledger.get(collection).and_then(Value::as_array);
    list.with_context(|| format!("the ledger has no {collection}"))
}
