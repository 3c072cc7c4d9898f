//! The fields of a form as settings; the core judges them afterwards.

use serde_json::{Map, Value, json};

use crate::settings::knobs::{Knob, KnobKind};

use super::fields::Fields;
use super::settings_form::NOTHING;

/// Rows of a map at most.
const MOST_ROWS: usize = 200;

/// The policy with every setting of a form in it.
pub(super) fn policy(mut policy: Value, knobs: &[Knob], fields: &Fields) -> Value {
    if !policy.is_object() {
        policy = json!({});
    }
    for knob in knobs {
        put(&mut policy, knob.path, read(knob, fields));
    }
    policy
}

fn put(policy: &mut Value, path: &str, value: Value) {
    let Value::Object(object) = policy else {
        return;
    };
    match path.split_once('/') {
        Some((group, rest)) => {
            let group = object.entry(group).or_insert_with(|| json!({}));
            put(group, rest, value);
        }
        None => {
            object.insert(path.to_owned(), value);
        }
    }
}

/// Puts a value at a place, or takes it away; groups on the way are made.
pub(super) fn put_at(policy: &mut Value, path: &[String], value: Option<Value>) {
    let Value::Object(object) = policy else {
        return;
    };
    match (path, value) {
        ([name], Some(value)) => {
            object.insert(name.clone(), value);
        }
        ([name], None) => {
            object.remove(name);
        }
        ([group, rest @ ..], value) => {
            let group = object.entry(group.clone()).or_insert_with(|| json!({}));
            put_at(group, rest, value);
        }
        ([], _) => {}
    }
}

fn read(knob: &Knob, fields: &Fields) -> Value {
    let text = fields.text(knob.path);
    match knob.kind {
        KnobKind::Switch => json!(fields.has(knob.path)),
        KnobKind::Text | KnobKind::Amount | KnobKind::Choice(_) => json!(text),
        KnobKind::OptionalText | KnobKind::Account(_) if text.is_empty() => Value::Null,
        KnobKind::OptionalText | KnobKind::Account(_) => json!(text),
        // What is no number is sent as it is, so that the core says what is wrong with it.
        KnobKind::Number => text
            .parse::<u64>()
            .map_or_else(|_| json!(text), |number| json!(number)),
        KnobKind::Numbers => {
            let parts = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            // What is no number stays as it was typed, for the core to name.
            let number = |part: &str| {
                part.parse::<u64>()
                    .map_or_else(|_| json!(part), |number| json!(number))
            };
            parts.map(number).collect()
        }
        KnobKind::Map { .. } | KnobKind::ChoiceMap { .. } | KnobKind::MapByCountry { .. } => {
            read_map(knob, fields)
        }
    }
}

fn read_map(knob: &Knob, fields: &Fields) -> Value {
    let column = |name: &str| {
        let name = format!("{}/{name}", knob.path);
        let all = fields.all(&name).map(|text| text.trim().to_owned());
        all.take(MOST_ROWS).collect::<Vec<_>>()
    };
    let (countries, keys, values) = (column("country"), column("key"), column("value"));
    let by_country = matches!(knob.kind, KnobKind::MapByCountry { .. });
    let mut map = Map::new();
    for (index, (key, value)) in keys.into_iter().zip(values).enumerate() {
        if key.is_empty() || value.is_empty() {
            continue;
        }
        let value = if value == NOTHING {
            Value::Null
        } else {
            json!(value)
        };
        if by_country {
            let country = countries.get(index).cloned().unwrap_or_default();
            let rates = map
                .entry(country.to_uppercase())
                .or_insert_with(|| json!({}));
            put(rates, &key, value);
        } else {
            map.insert(key, value);
        }
    }
    Value::Object(map)
}
