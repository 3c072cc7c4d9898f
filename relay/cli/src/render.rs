//! An answer for people, or for programs.

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use serde_json::Value;

/// What a command answers.
pub(crate) enum Answer {
    /// Anything that can be shown: a list becomes a table, an object a list of its fields.
    Structured(Value),
    /// A document that is shown as it is.
    Raw(String),
}

impl Answer {
    pub(crate) fn of(value: impl Serialize) -> Self {
        Self::Structured(serde_json::to_value(value).unwrap_or_default())
    }

    /// The text for standard output.
    pub(crate) fn text(&self, json: bool) -> String {
        match self {
            Self::Raw(text) => text.clone(),
            Self::Structured(value) if json => {
                serde_json::to_string_pretty(value).unwrap_or_default()
            }
            Self::Structured(Value::Array(rows)) => list(rows),
            Self::Structured(Value::Object(fields)) => {
                let lines = fields.iter().map(|(name, value)| field(name, value));
                lines.collect::<Vec<_>>().join("\n")
            }
            Self::Structured(value) => cell(value),
        }
    }
}

fn field(name: &str, value: &Value) -> String {
    match value {
        Value::Array(rows) if rows.iter().any(Value::is_object) => {
            format!("{name}:\n{}", list(rows))
        }
        Value::Array(_)
        | Value::Object(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_) => format!("{name}: {}", cell(value)),
    }
}

fn list(rows: &[Value]) -> String {
    let Some(Value::Object(first)) = rows.first() else {
        return rows.iter().map(cell).collect::<Vec<_>>().join("\n");
    };
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(first.keys());
    for row in rows {
        table.add_row(
            first
                .keys()
                .map(|key| cell(row.get(key).unwrap_or(&Value::Null))),
        );
    }
    table.trim_fmt()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_become_tables_and_objects_lines() {
        let rows = Answer::of(json!([{"id": "a", "n": 1}, {"id": "bb", "n": null}]));
        let text = rows.text(false);
        let lines: Vec<Vec<&str>> = text
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(lines, [vec!["id", "n"], vec!["a", "1"], vec!["bb", "-"]]);
        assert_eq!(
            Answer::of(json!({"a": true, "b": ["x"]})).text(false),
            "a: true\nb: [\"x\"]"
        );
        assert_eq!(Answer::of(json!([])).text(false), "");
        assert_eq!(Answer::of(json!([1])).text(true), "[\n  1\n]");
        assert_eq!(Answer::Raw("{ }".to_owned()).text(true), "{ }");
    }
}
