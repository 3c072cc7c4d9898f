//! Breaks JSON documents: what a bug in an adapter, or an attacker, could send.

use super::fixed::Fixed;
use proptest::prelude::*;
use serde_json::{Number, Value, json};

/// One change to a document.
#[derive(Debug, Clone)]
pub struct Mutation {
    /// Which of the document's values, counted in depth first.
    place: u32,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    Delete,
    Replace(Value),
    Duplicate,
    Rename(String),
    /// Cuts the text after so many thousandths of it.
    Truncate(u16),
    /// Puts a text in, anywhere in the document's text.
    Insert(u16, String),
}

/// Up to three changes.
pub fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    proptest::collection::vec(mutation(), 1..4)
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let change = prop_oneof![
        3 => Just(Change::Delete),
        10 => replacement().prop_map(Change::Replace),
        2 => Just(Change::Duplicate),
        2 => "\\PC{0,12}".prop_map(Change::Rename),
        1 => (0..1000_u16).prop_map(Change::Truncate),
        1 => (0..1000_u16, "\\PC{0,6}").prop_map(|(at, text)| Change::Insert(at, text)),
    ];
    (any::<u32>(), change).prop_map(|(place, change)| Mutation { place, change })
}

fn replacement() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| json!(number)),
        Just(json!([])),
        Just(json!({})),
        Just(Value::Number(Number::from(u64::MAX))),
        prop::sample::select(FIGURES.to_vec()).prop_map(|text| json!(text)),
        prop::sample::select(FIGURES.to_vec()).prop_map(|text| json!(text)),
        "-?[0-9]{1,13}(\\.[0-9]{1,12})?".prop_map(Value::String),
        "\\PC{0,40}".prop_map(Value::String),
        any::<String>().prop_map(Value::String),
        "[&#;a-zA-Z0-9 ]{0,80}".prop_map(Value::String),
        prop::sample::select(WORDS.to_vec()).prop_map(|text| json!(text)),
        (1..400_usize).prop_map(nested),
    ]
}

const FIGURES: [&str; 14] = [
    "0",
    "-0.0000",
    "0.005",
    "-0.0001",
    "1",
    "9999999999999",
    "-9999999999999.999999999999",
    "99999999999999999999999999999999999",
    "0.000000000001",
    "1e400",
    "NaN",
    "20.0000",
    "-20.0000",
    "000000000000000001.0",
];

const WORDS: [&str; 14] = [
    "GB",
    "DE",
    "JE",
    "JPY",
    "KWD",
    "XXX",
    "invoice.created",
    "invoice.paid",
    "creditmemo.created",
    "customer.upserted",
    "2026-02-30",
    "2026-11-21 24:61:00",
    "[{\"row_amount\":9999999999999,\"row_amount_incl_tax\":1e-9}]",
    "[{\"row_amount\":-3.5,\"title\":\"\\u0000\"}]",
];

fn nested(depth: usize) -> Value {
    (0..depth).fold(Value::Null, |inner, _| Value::Array(vec![inner]))
}

/// Largest and smallest figures the contract admits, and some that make products long.
const EXTREMES: [&str; 8] = [
    "9999999999999",
    "-9999999999999",
    "9999999999999.999999999999",
    "-9999999999999.999999999999",
    "0.000000000001",
    "0",
    "1",
    "3333333333333.333333333333",
];

/// The same for percentages, which are refused above 1000.
const EXTREME_PERCENTAGES: [&str; 5] = ["1000", "999.999999999999", "0", "-1000", "9999999999999"];

/// The document with every figure replaced by an extreme one, the choices taken in turn.
pub fn with_extremes(document: &Value, choices: &[u8]) -> Value {
    let mut document = document.clone();
    replace("", &mut document, &mut choices.iter().copied().cycle());
    document
}

fn replace(key: &str, value: &mut Value, choices: &mut impl Iterator<Item = u8>) {
    match value {
        Value::String(text) if Fixed::parse(text).is_some() && text.contains('.') => {
            let extremes = if key.contains("percent") {
                &EXTREME_PERCENTAGES[..]
            } else {
                &EXTREMES[..]
            };
            let choice = usize::from(choices.next().unwrap_or_default());
            if let Some(extreme) = extremes.get(choice / 3 % extremes.len()) {
                (*extreme).clone_into(text);
            }
        }
        Value::Object(object) => object
            .iter_mut()
            .for_each(|(key, inner)| replace(key, inner, choices)),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|inner| replace(key, inner, choices)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The text of the document with the changes made.
pub fn apply(document: &Value, mutations: &[Mutation]) -> String {
    let mut document = document.clone();
    let mut cuts = Vec::new();
    for mutation in mutations {
        match &mutation.change {
            Change::Truncate(_) | Change::Insert(..) => cuts.push(&mutation.change),
            Change::Delete | Change::Replace(_) | Change::Duplicate | Change::Rename(_) => {
                let places = count(&document);
                let mut place = usize::try_from(mutation.place).unwrap_or_default() % places;
                change_at(&mut document, &mut place, &mutation.change);
            }
        }
    }
    let mut text = document.to_string();
    for change in cuts {
        match change {
            Change::Truncate(at) => text.truncate(boundary(&text, *at)),
            Change::Insert(at, inserted) => text.insert_str(boundary(&text, *at), inserted),
            Change::Delete | Change::Replace(_) | Change::Duplicate | Change::Rename(_) => {}
        }
    }
    text
}

/// The last character boundary before so many thousandths of a text.
fn boundary(text: &str, thousandths: u16) -> usize {
    let mut at = text.len() * usize::from(thousandths) / 1000;
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The members of containers below a value, itself not counted, but at least one.
fn count(value: &Value) -> usize {
    fn below(value: &Value) -> usize {
        match value {
            Value::Object(object) => object.values().map(|inner| 1 + below(inner)).sum(),
            Value::Array(items) => items.iter().map(|inner| 1 + below(inner)).sum(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        }
    }
    below(value).max(1)
}

/// Changes the member with the number `place`; true when it was found.
fn change_at(value: &mut Value, place: &mut usize, change: &Change) -> bool {
    match value {
        Value::Object(object) => {
            let keys: Vec<String> = object.keys().cloned().collect();
            for key in keys {
                if *place == 0 {
                    change_member(object, &key, change);
                    return true;
                }
                *place -= 1;
                if object
                    .get_mut(&key)
                    .is_some_and(|inner| change_at(inner, place, change))
                {
                    return true;
                }
            }
            false
        }
        Value::Array(items) => {
            for index in 0..items.len() {
                if *place == 0 {
                    change_element(items, index, change);
                    return true;
                }
                *place -= 1;
                if items
                    .get_mut(index)
                    .is_some_and(|inner| change_at(inner, place, change))
                {
                    return true;
                }
            }
            false
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn change_member(object: &mut serde_json::Map<String, Value>, key: &str, change: &Change) {
    match change {
        Change::Delete => {
            object.shift_remove(key);
        }
        Change::Replace(value) => {
            object.insert(key.to_owned(), value.clone());
        }
        Change::Rename(name) => {
            if let Some(value) = object.shift_remove(key) {
                object.insert(name.clone(), value);
            }
        }
        Change::Duplicate => {
            if let Some(value) = object.get(key).cloned() {
                object.insert(format!("{key}_"), value);
            }
        }
        Change::Truncate(_) | Change::Insert(..) => {}
    }
}

fn change_element(items: &mut Vec<Value>, index: usize, change: &Change) {
    match change {
        Change::Delete => {
            items.remove(index);
        }
        Change::Replace(value) => {
            if let Some(item) = items.get_mut(index) {
                *item = value.clone();
            }
        }
        Change::Duplicate => {
            if let Some(item) = items.get(index).cloned() {
                items.insert(index, item);
            }
        }
        Change::Rename(_) | Change::Truncate(_) | Change::Insert(..) => {}
    }
}
