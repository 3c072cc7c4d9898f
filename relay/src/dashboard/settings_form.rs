//! A setting as a field of a form; `settings_read` is the way back.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::operations::SettingsProblem;
use crate::settings::knobs::{Knob, KnobKind};
use crate::settings::reference::labelled;

/// Empty rows at the end of a map.
const EMPTY_ROWS: usize = 2;
/// The choice of mapping a key to nothing on purpose.
pub(super) const NOTHING: &str = "-";

/// A choice of a list.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// A row of a map.
pub(super) struct Row {
    pub(super) country: String,
    pub(super) key: String,
    pub(super) choices: Vec<Choice>,
}

/// A field.
pub(super) struct Field {
    pub(super) path: &'static str,
    pub(super) id: String,
    pub(super) label: &'static str,
    pub(super) help: &'static str,
    /// `switch`, `text`, `choice`, `map` or `country_map`.
    pub(super) shape: &'static str,
    /// How its value is read: the word of the script that judges while somebody types.
    pub(super) reading: &'static str,
    pub(super) value: String,
    pub(super) is_on: bool,
    pub(super) keys: &'static str,
    pub(super) choices: Vec<Choice>,
    pub(super) rows: Vec<Row>,
    pub(super) default: String,
    pub(super) problems: Vec<String>,
}

/// What the lists of the business offer: id and words, by list.
pub(super) struct Lists(BTreeMap<String, Vec<(String, String)>>);

impl Lists {
    pub(super) fn of(reference: &Value) -> Self {
        let lists = reference.as_object().cloned().unwrap_or_default();
        let named = lists.into_iter().map(|(name, list)| {
            let entries = list.as_array().cloned().unwrap_or_default();
            let entries = entries.iter().filter_map(labelled).collect();
            (name, entries)
        });
        Self(named.collect())
    }

    pub(super) fn are_empty(&self) -> bool {
        self.0.values().all(Vec::is_empty)
    }

    /// What Sage calls an id.
    pub(super) fn name(&self, list: &str, id: &str) -> Option<&str> {
        let known = self.0.get(list)?.iter();
        let mut found = known.filter(|(other, _)| other == id);
        found.next().map(|(_, name)| name.as_str())
    }

    pub(super) fn choices(&self, list: &str, chosen: &str) -> Vec<Choice> {
        let known = self.0.get(list).map(Vec::as_slice).unwrap_or_default();
        chosen_of(known.iter().cloned(), chosen)
    }
}

/// Choices with what is chosen; an id that Sage no longer has stays, and says so.
fn chosen_of(known: impl Iterator<Item = (String, String)>, chosen: &str) -> Vec<Choice> {
    let mut choices: Vec<Choice> = known
        .map(|(value, label)| Choice {
            is_chosen: value == chosen,
            value,
            label,
        })
        .collect();
    if !chosen.is_empty() && !choices.iter().any(|choice| choice.is_chosen) {
        choices.push(Choice {
            value: chosen.to_owned(),
            label: format!("{chosen} (missing)"),
            is_chosen: true,
        });
    }
    choices
}

fn fixed(values: &[(&str, &str)], chosen: &str) -> Vec<Choice> {
    let values = values.iter();
    let known = values.map(|(value, label)| ((*value).to_owned(), (*label).to_owned()));
    chosen_of(known, chosen)
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text_of).collect::<Vec<_>>().join(", "),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// A setting as a field.
pub(super) fn field(
    knob: &'static Knob,
    policy: &Value,
    lists: &Lists,
    problems: &[SettingsProblem],
) -> Field {
    let value = knob.value(policy);
    let text = text_of(&value);
    let (shape, keys, choices) = match knob.kind {
        KnobKind::Switch => ("switch", "", Vec::new()),
        KnobKind::Text
        | KnobKind::OptionalText
        | KnobKind::Amount
        | KnobKind::Number
        | KnobKind::Numbers => ("text", "", Vec::new()),
        KnobKind::Choice(values) => ("choice", "", fixed(values, &text)),
        KnobKind::Account(list) => {
            let none = Choice {
                value: String::new(),
                label: "—".to_owned(),
                is_chosen: text.is_empty(),
            };
            let known = lists.choices(list, &text);
            ("choice", "", std::iter::once(none).chain(known).collect())
        }
        KnobKind::Map { keys, .. } | KnobKind::ChoiceMap { keys, .. } => ("map", keys, Vec::new()),
        KnobKind::MapByCountry { .. } => ("country_map", "Percentage", Vec::new()),
    };
    let place = format!("/settings/policy/{}", knob.path);
    let below = format!("{place}/");
    let about = problems
        .iter()
        .filter(|problem| problem.pointer == place || problem.pointer.starts_with(&below));
    let problems = about.map(|problem| {
        let key = problem.pointer.strip_prefix(&below).unwrap_or_default();
        let key = if key.is_empty() {
            String::new()
        } else {
            format!("{key}: ")
        };
        format!("{key}{}. To do: {}.", problem.message, problem.suggestion)
    });
    let default = match knob.default_value() {
        Value::Bool(true) => "on".to_owned(),
        Value::Bool(false) => "off".to_owned(),
        other @ (Value::Null
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_)) => text_of(&other),
    };
    let is_plain = matches!(shape, "switch" | "text");
    Field {
        path: knob.path,
        id: knob.path.replace('/', "-"),
        label: knob.label,
        help: knob.help,
        shape,
        reading: reading(knob.kind),
        is_on: value == Value::Bool(true),
        value: text,
        keys,
        choices,
        rows: rows(knob, &value, lists),
        default: if is_plain { default } else { String::new() },
        problems: problems.collect(),
    }
}

fn reading(kind: KnobKind) -> &'static str {
    match kind {
        KnobKind::Switch => "switch",
        KnobKind::Text | KnobKind::Amount | KnobKind::Choice(_) => "text",
        KnobKind::OptionalText | KnobKind::Account(_) => "optional",
        KnobKind::Number => "number",
        KnobKind::Numbers => "numbers",
        KnobKind::Map { .. } | KnobKind::ChoiceMap { .. } => "map",
        KnobKind::MapByCountry { .. } => "country_map",
    }
}

fn rows(knob: &Knob, value: &Value, lists: &Lists) -> Vec<Row> {
    let choices = |kind: KnobKind, chosen: Option<&Value>| -> Vec<Choice> {
        let text = chosen.map(text_of).unwrap_or_default();
        let none = |label: &str, value: &str, is_chosen| Choice {
            value: value.to_owned(),
            label: label.to_owned(),
            is_chosen,
        };
        let empty = none("—", "", chosen.is_none());
        let mut all = vec![empty];
        match kind {
            KnobKind::Map {
                list, may_be_none, ..
            } => {
                if may_be_none {
                    let is_nothing = chosen.is_some_and(Value::is_null);
                    all.push(none("not booked", NOTHING, is_nothing));
                }
                all.extend(lists.choices(list, &text));
            }
            KnobKind::MapByCountry { list } => all.extend(lists.choices(list, &text)),
            KnobKind::ChoiceMap { values, .. } => all.extend(fixed(values, &text)),
            KnobKind::Switch
            | KnobKind::Text
            | KnobKind::OptionalText
            | KnobKind::Amount
            | KnobKind::Number
            | KnobKind::Numbers
            | KnobKind::Choice(_)
            | KnobKind::Account(_) => return Vec::new(),
        }
        all
    };
    let map = value.as_object().cloned().unwrap_or_default();
    let mut found: Vec<(String, String, Option<Value>)> = Vec::new();
    match knob.kind {
        KnobKind::Map { .. } | KnobKind::ChoiceMap { .. } => {
            let entries = map.into_iter();
            found.extend(entries.map(|(key, value)| (String::new(), key, Some(value))));
        }
        KnobKind::MapByCountry { .. } => {
            for (country, rates) in map {
                let rates = rates.as_object().cloned().unwrap_or_default();
                let entries = rates.into_iter();
                found.extend(entries.map(|(key, value)| (country.clone(), key, Some(value))));
            }
        }
        KnobKind::Switch
        | KnobKind::Text
        | KnobKind::OptionalText
        | KnobKind::Amount
        | KnobKind::Number
        | KnobKind::Numbers
        | KnobKind::Choice(_)
        | KnobKind::Account(_) => return Vec::new(),
    }
    found.extend(std::iter::repeat_n(
        (String::new(), String::new(), None),
        EMPTY_ROWS,
    ));
    found
        .into_iter()
        .map(|(country, key, value)| Row {
            choices: choices(knob.kind, value.as_ref()),
            country,
            key,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dashboard::fields::Fields;
    use crate::dashboard::settings_read::policy;
    use crate::settings::knobs::{TOPICS, all};

    fn sent(field: &Field) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let chosen = |choices: &[Choice]| {
            let chosen = choices.iter().find(|choice| choice.is_chosen);
            chosen
                .map(|choice| choice.value.clone())
                .unwrap_or_default()
        };
        match field.shape {
            "switch" if field.is_on => vec![pair(field.path, "on")],
            "switch" => Vec::new(),
            "text" => vec![pair(field.path, &field.value)],
            "choice" => vec![pair(field.path, &chosen(&field.choices))],
            _ => field
                .rows
                .iter()
                .flat_map(|row| {
                    [
                        pair(&format!("{}/country", field.path), &row.country),
                        pair(&format!("{}/key", field.path), &row.key),
                        pair(&format!("{}/value", field.path), &chosen(&row.choices)),
                    ]
                })
                .collect(),
        }
    }

    /// What a browser sends of a form that nobody changed is what the form was made of.
    #[test]
    fn a_form_that_nobody_changed_changes_nothing() {
        let base: Value =
            serde_json::from_str(include_str!("../../../golden/profiles/ie_abroad.json")).unwrap();
        let mut given = base["policy"].clone();
        given["payment_method_map"] = json!({"free": null, "checkmo": "gone"});
        given["website_filter"] = json!([1, 2]);
        let lists = Lists::of(&base["reference"]);
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for knob in all() {
            pairs.extend_pairs(sent(&field(knob, &given, &lists, &[])));
        }
        let fields = Fields::read(pairs.finish().as_bytes());
        let knobs: Vec<Knob> = all().copied().collect();
        let back = policy(json!({}), &knobs, &fields);
        for knob in all() {
            assert_eq!(knob.value(&back), knob.value(&given), "{}", knob.path);
        }
    }

    #[test]
    fn a_problem_stands_at_its_field_and_a_lost_id_is_missing() {
        let problem = SettingsProblem {
            code: "not_in_reference".to_owned(),
            pointer: "/settings/policy/tax_rate_map/20.00".to_owned(),
            message: "gone".to_owned(),
            suggestion: "choose another".to_owned(),
        };
        let knob = all().find(|knob| knob.path == "tax_rate_map").unwrap();
        let policy = json!({"tax_rate_map": {"20.00": "GONE"}});
        let lists = Lists::of(
            &json!({"tax_rates": [{"id": "GB_ZERO", "percentages": [{"percentage": "0.00"}]}]}),
        );
        let field = field(knob, &policy, &lists, &[problem]);
        assert_eq!(field.problems, ["20.00: gone. To do: choose another."]);
        let labels: Vec<&str> = field.rows[0]
            .choices
            .iter()
            .map(|one| one.label.as_str())
            .collect();
        assert_eq!(labels, ["—", "GB_ZERO (0.00 %)", "GONE (missing)"]);
        assert_eq!(TOPICS.len(), 9);
    }
}
