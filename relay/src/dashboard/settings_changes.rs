//! What two policies have differently, in the words of the form.

use serde_json::Value;

use crate::settings::knobs::{Knob, KnobKind, all};

use super::settings_form::Lists;

/// A setting that two policies have differently.
pub(super) struct Change {
    pub(super) label: &'static str,
    pub(super) before: String,
    pub(super) after: String,
}

pub(super) fn changes(before: &Value, after: &Value, lists: &Lists) -> Vec<Change> {
    all()
        .filter_map(|knob| {
            let (before, after) = (knob.value(before), knob.value(after));
            (before != after).then(|| Change {
                label: knob.label,
                before: words(knob, &before, lists),
                after: words(knob, &after, lists),
            })
        })
        .collect()
}

/// A value as the form shows it: what Sage calls an account, and not its id.
fn words(knob: &Knob, value: &Value, lists: &Lists) -> String {
    let named = |value: &Value| match (knob.kind, value) {
        (_, Value::Null) => "—".to_owned(),
        (_, Value::Bool(is_on)) => if *is_on { "on" } else { "off" }.to_owned(),
        (
            KnobKind::Account(list) | KnobKind::Map { list, .. } | KnobKind::MapByCountry { list },
            Value::String(id),
        ) => lists
            .name(list, id)
            .map_or_else(|| format!("{id} (missing)"), ToOwned::to_owned),
        (KnobKind::Choice(values) | KnobKind::ChoiceMap { values, .. }, Value::String(chosen)) => {
            let found = values.iter().find(|(value, _)| value == chosen);
            found.map_or_else(|| chosen.clone(), |(_, words)| (*words).to_owned())
        }
        (_, Value::String(text)) => text.clone(),
        (_, other @ (Value::Number(_) | Value::Array(_) | Value::Object(_))) => other.to_string(),
    };
    match value {
        Value::Array(list) => listed(list.iter().map(named).collect(), ", "),
        Value::Object(map) => {
            let entries = map.iter().flat_map(|(key, value)| match value {
                // By country.
                Value::Object(rates) => rates
                    .iter()
                    .map(|(rate, value)| format!("{key} {rate} → {}", named(value)))
                    .collect(),
                other @ (Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)) => vec![format!("{key} → {}", named(other))],
            });
            listed(entries.collect(), "; ")
        }
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            named(plain)
        }
    }
}

fn listed(all: Vec<String>, between: &str) -> String {
    if all.is_empty() {
        "—".to_owned()
    } else {
        all.join(between)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn accounts_and_rates_have_their_names() {
        let lists = Lists::of(&json!({
            "tax_rates": [{"id": "GB_STANDARD", "displayed_as": "Standard 20.00%"}],
            "bank_accounts": [{"id": "b1", "displayed_as": "Current"}],
        }));
        let before = json!({"default_bank_account_id": "b0"});
        let after = json!({
            "default_bank_account_id": "b1",
            "tax_rate_map": {"20.00": "GB_STANDARD"},
            "payment_method_map": {"free": null},
        });
        let shown = changes(&before, &after, &lists);
        let shown: Vec<(&str, &str)> = shown
            .iter()
            .map(|one| (one.before.as_str(), one.after.as_str()))
            .collect();
        for change in [
            ("b0 (missing)", "Current"),
            ("—", "20.00 → Standard 20.00%"),
            ("—", "free → —"),
        ] {
            assert!(shown.contains(&change), "{change:?} in {shown:?}");
        }
        assert_eq!(shown.len(), 3);
    }
}
