//! Reference data of a Sage business: read from Sage, kept with its age, joined into settings.
//!
//! The shapes are the core's (`docs/contracts.md`, section 2). Percentages keep Sage's digits.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use ledger_sage::entity::{Entity, Page};

/// One list to read.
pub(crate) struct Source {
    /// Its name among the reference data.
    pub(crate) kind: &'static str,
    /// Where Sage has it.
    pub(crate) path: &'static str,
    pub(crate) query: &'static [(&'static str, &'static str)],
    /// Whether a business may lack it.
    pub(crate) optional: bool,
}

const fn source(
    kind: &'static str,
    path: &'static str,
    query: &'static [(&'static str, &'static str)],
) -> Source {
    Source {
        kind,
        path,
        query,
        optional: false,
    }
}

/// Everything the core asks for. Where an account may be used is a filter of Sage's, so each
/// place is asked for on its own.
pub(crate) const SOURCES: [Source; 7] = [
    source(
        "tax_rates",
        "tax_rates",
        &[("usage", "sales"), ("attributes", "all")],
    ),
    source(
        "ledger_accounts",
        "ledger_accounts",
        &[("visible_in", "sales")],
    ),
    source(
        "ledger_accounts",
        "ledger_accounts",
        &[("visible_in", "expenses")],
    ),
    source(
        "ledger_accounts",
        "ledger_accounts",
        &[("visible_in", "other_receipts")],
    ),
    source("bank_accounts", "bank_accounts", &[]),
    Source {
        kind: "product_sales_price_types",
        path: "product_sales_price_types",
        query: &[],
        optional: true,
    },
    Source {
        kind: "service_rate_types",
        path: "service_rate_types",
        query: &[],
        optional: true,
    },
];

/// Pages of one list at most: a list that never ends is a mistake of somebody's.
pub(crate) const MAX_PAGES: u32 = 100;

/// The lists as they come in.
#[derive(Default)]
pub(crate) struct Collected(BTreeMap<&'static str, Vec<Named>>);

/// An entry and its id.
type Named = (String, Map<String, Value>);

impl Collected {
    /// Adds one page of a source.
    ///
    /// # Errors
    /// The field that is not of the known shape.
    pub(crate) fn add(&mut self, source: &Source, page: &Page) -> Result<(), String> {
        let list = self.0.entry(source.kind).or_default();
        for entity in &page.items {
            let Some(id) = entity.text("id").filter(|id| !id.is_empty()) else {
                continue;
            };
            if entity.has("percentages") && entity.list("percentages").is_none() {
                return Err(format!("percentages of {id} is no list of objects"));
            }
            let place = source.query.iter().find(|(name, _)| *name == "visible_in");
            let known = list.iter().position(|(other, _)| *other == id);
            let at = known.unwrap_or_else(|| {
                list.push((id.clone(), shape(source.kind, &id, entity)));
                list.len() - 1
            });
            if let (Some((_, place)), Some((_, entry))) = (place, list.get_mut(at))
                && let Some(Value::Array(places)) = entry.get_mut("visible_in")
            {
                places.push(json!(place));
            }
        }
        Ok(())
    }

    /// One list of each kind.
    pub(crate) fn lists(self) -> BTreeMap<&'static str, Value> {
        let entries = |list: Vec<Named>| {
            Value::Array(
                list.into_iter()
                    .map(|(_, entry)| Value::Object(entry))
                    .collect(),
            )
        };
        self.0
            .into_iter()
            .map(|(kind, list)| (kind, entries(list)))
            .collect()
    }
}

fn shape(kind: &str, id: &str, entity: &Entity) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("id".to_owned(), json!(id));
    if kind == "tax_rates" {
        entry.insert("percentages".to_owned(), percentages(entity));
        return entry;
    }
    entry.insert(
        "displayed_as".to_owned(),
        json!(entity.text("displayed_as")),
    );
    if kind == "ledger_accounts" {
        entry.insert("visible_in".to_owned(), json!([]));
    }
    entry
}

/// An entry of a list as people see it: its id, and what Sage calls it.
pub(crate) fn labelled(entry: &Value) -> Option<(String, String)> {
    let id = entry.get("id")?.as_str()?.to_owned();
    let name = entry.get("displayed_as").and_then(Value::as_str);
    // Of a tax rate the last percentage is the present one.
    let percentage = entry
        .pointer("/percentages")
        .and_then(Value::as_array)
        .and_then(|all| all.last())
        .and_then(|last| last.get("percentage")?.as_str());
    let label = match (name, percentage) {
        (Some(name), _) => name.to_owned(),
        (None, Some(percentage)) => format!("{id} ({percentage} %)"),
        (None, None) => id.clone(),
    };
    Some((id, label))
}

/// The percentages over time; a rate that shows but one holds it for all days.
fn percentages(rate: &Entity) -> Value {
    let one = |entry: &Entity| {
        let percentage = entry.text("percentage")?;
        Some(json!({
            "percentage": percentage,
            "from_date": entry.text("from_date"),
            "to_date": entry.text("to_date"),
        }))
    };
    let over_time: Vec<Value> = rate
        .list("percentages")
        .unwrap_or_default()
        .iter()
        .filter_map(one)
        .collect();
    if over_time.is_empty() {
        Value::Array(one(rate).into_iter().collect())
    } else {
        Value::Array(over_time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page {
        Page::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn keeps_digits_and_days() {
        let mut collected = Collected::default();
        collected
            .add(
                &SOURCES[0],
                &page(
                    r#"{"$items":[{"id":"GB_STANDARD","percentage":20,"percentages":[
                {"percentage":17.5,"from_date":"1991-04-01","to_date":"2008-11-30"},
                {"percentage":"20.0","from_date":"2011-01-04","to_date":null}]},
                {"id":"GB_ZERO","percentage":"0.0"},{"displayed_as":"no id"}]}"#,
                ),
            )
            .unwrap();
        let lists = collected.lists();
        assert_eq!(
            lists["tax_rates"],
            json!([
                {"id": "GB_STANDARD", "percentages": [
                    {"percentage": "17.5", "from_date": "1991-04-01", "to_date": "2008-11-30"},
                    {"percentage": "20.0", "from_date": "2011-01-04", "to_date": null}]},
                {"id": "GB_ZERO", "percentages": [{"percentage": "0.0", "from_date": null, "to_date": null}]}
            ])
        );
    }

    #[test]
    fn an_unknown_shape_names_rate_and_field() {
        let odd = page(r#"{"$items":[{"id":"GB_STANDARD","percentages":{"now":20}}]}"#);
        let error = Collected::default().add(&SOURCES[0], &odd).unwrap_err();
        assert_eq!(error, "percentages of GB_STANDARD is no list of objects");
    }

    #[test]
    fn an_account_says_every_place_it_was_found_in() {
        let mut collected = Collected::default();
        let both = page(r#"{"$items":[{"id":"a","displayed_as":"A (1)"}]}"#);
        let one = page(
            r#"{"$items":[{"id":"a","displayed_as":"A (1)"},{"id":"b","displayed_as":"B (2)"}]}"#,
        );
        collected.add(&SOURCES[1], &both).unwrap();
        collected.add(&SOURCES[2], &one).unwrap();
        assert_eq!(
            collected.lists()["ledger_accounts"],
            json!([
                {"id": "a", "displayed_as": "A (1)", "visible_in": ["sales", "expenses"]},
                {"id": "b", "displayed_as": "B (2)", "visible_in": ["expenses"]}
            ])
        );
    }
}
