//! The ledger check: Sage has every document once with its total, and the shop's states agree with
//! what stands in Sage.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Result;
use serde_json::Value;

use crate::documents::Work;
use crate::ledger_check::{Verdict, compare};

use super::shop::{MirrorEntry, ShopClient};

/// What a scenario left behind.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) documents: usize,
    pub(super) ledger: Verdict,
    /// Keys whose state agrees with Sage, and why the others do not.
    pub(super) agreeing: usize,
    pub(super) disagreeing: Vec<String>,
    /// From the end of the fault until everything was well.
    pub(super) took: Duration,
    /// The relay's last lines.
    pub(super) log: String,
}

impl Checked {
    pub(super) fn of(
        ledger: &Value,
        work: &Work,
        shop: &ShopClient,
        took: Duration,
        log: String,
    ) -> Result<Self> {
        let objects = living_objects(ledger);
        let keys: BTreeSet<&str> = work.plans.iter().map(|(key, _)| key.as_str()).collect();
        let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
        let mut disagreeing = shop.refused.clone();
        let mut agreeing = 0;
        for key in &keys {
            let entry = shop.mirror.get(*key);
            match disagreement(key, entry, &objects) {
                None => agreeing += 1,
                Some(why) => disagreeing.push(format!("{key}: {why}")),
            }
            let id = entry.and_then(|entry| entry.sage_id.as_deref());
            if let Some(id) = id
                && let Some(other) = owners.insert(id, key)
            {
                disagreeing.push(format!("{key} and {other} both claim {id}"));
            }
        }
        Ok(Self {
            documents: work.plans.len(),
            ledger: compare(ledger, &work.expected)?,
            agreeing,
            disagreeing,
            took,
            log,
        })
    }

    pub(super) fn is_clean(&self) -> bool {
        self.ledger.is_clean() && self.disagreeing.is_empty()
    }
}

/// Objects that are not deleted, by id: their collection and the object.
fn living_objects(ledger: &Value) -> BTreeMap<&str, (&str, &Value)> {
    let mut objects = BTreeMap::new();
    let collections = ledger.as_object().into_iter().flatten();
    for (collection, list) in collections {
        for object in list.as_array().into_iter().flatten() {
            let is_gone = object.get("$simulator_deleted") == Some(&Value::Bool(true));
            if let (Some(id), false) = (object.get("id").and_then(Value::as_str), is_gone) {
                objects.insert(id, (collection.as_str(), object));
            }
        }
    }
    objects
}

/// The collection in which the object of a key stands.
fn collection(key: &str) -> &'static str {
    match key.split_once(':').map_or(key, |(event, _)| event) {
        "invoice.created" => "sales_invoices",
        "invoice.paid" => "contact_payments",
        "creditmemo.created" => "sales_credit_notes",
        "customer.upserted" => "contacts",
        "order.placed" => "sales_estimates",
        _ => "stock_items",
    }
}

/// Why what the shop knows of a key is not what stands in Sage.
fn disagreement(
    key: &str,
    entry: Option<&MirrorEntry>,
    objects: &BTreeMap<&str, (&str, &Value)>,
) -> Option<String> {
    let Some(entry) = entry else {
        return Some("the shop has heard nothing".to_owned());
    };
    if entry.status != "succeeded" || entry.error.is_some() {
        return Some(format!("{} {:?}", entry.status, entry.error));
    }
    let Some(id) = &entry.sage_id else {
        return Some("succeeded without an id of Sage's".to_owned());
    };
    let Some((found, object)) = objects.get(id.as_str()) else {
        return Some(format!("Sage has no {id}"));
    };
    if *found != collection(key) {
        return Some(format!("{id} stands among {found}"));
    }
    let shown = object.get("displayed_as").and_then(Value::as_str);
    let told = entry.sage_reference.as_deref();
    let differs = told.is_some() && told != shown;
    differs.then(|| format!("Sage calls it {shown:?}, the shop {told:?}"))
}
