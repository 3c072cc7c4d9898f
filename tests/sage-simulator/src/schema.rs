//! Request bodies against the official request schemas.
//!
//! Unknown keys are dropped silently, as observed on the live API (cleanops 532495b), but the simulator
//! remembers them: a typing error that Sage would swallow must fail somewhere.

use std::collections::BTreeMap;

use anyhow::Context;
use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use crate::envelope::Problem;

const REQUEST_SCHEMAS: &str = include_str!("../../../golden/schema/sage-request-schemas.json");

/// The schemas, compiled.
#[derive(Debug)]
pub(crate) struct Schemas {
    by_name: BTreeMap<String, (Value, Validator)>,
}

impl Schemas {
    /// Compiles the committed schemas.
    pub(crate) fn load() -> anyhow::Result<Self> {
        let file: Value =
            serde_json::from_str(REQUEST_SCHEMAS).context("request schemas are no JSON")?;
        let schemas = file
            .get("schemas")
            .and_then(Value::as_object)
            .context("no \"schemas\" object")?;
        let mut by_name = BTreeMap::new();
        for (name, schema) in schemas {
            let validator = jsonschema::options()
                .should_validate_formats(true)
                .build(schema)
                .map_err(|error| anyhow::anyhow!("schema {name}: {error}"))?;
            by_name.insert(name.clone(), (schema.clone(), validator));
        }
        Ok(Self { by_name })
    }

    /// Removes keys that the schema does not know and returns their pointers, list positions as `*`.
    pub(crate) fn drop_unknown(&self, name: &str, body: &mut Value) -> Vec<String> {
        let mut unknown = Vec::new();
        if let Some((schema, _)) = self.by_name.get(name) {
            drop_unknown(schema, body, "", &mut unknown);
        }
        unknown
    }

    /// Every way in which the body breaks the schema, in the envelope's words.
    pub(crate) fn problems(&self, name: &str, body: &Value) -> Vec<Problem> {
        let Some((_, validator)) = self.by_name.get(name) else {
            return Vec::new();
        };
        validator
            .iter_errors(body)
            .map(|error| problem(&error))
            .collect()
    }
}

fn drop_unknown(schema: &Value, value: &mut Value, pointer: &str, unknown: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            let Some(known) = schema.get("properties").and_then(Value::as_object) else {
                return;
            };
            object.retain(|key, inner| {
                let here = format!("{pointer}/{key}");
                match known.get(key) {
                    Some(inner_schema) => drop_unknown(inner_schema, inner, &here, unknown),
                    None => unknown.push(here),
                }
                known.contains_key(key)
            });
        }
        Value::Array(items) => {
            let Some(item_schema) = schema.get("items") else {
                return;
            };
            for item in items {
                drop_unknown(item_schema, item, &format!("{pointer}/*"), unknown);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Words and `$source` for one schema violation.
///
/// `line_items.<attr>` for lines is documented; "This field is required." is observed; the other
/// messages are assumed wordings.
fn problem(error: &jsonschema::ValidationError<'_>) -> Problem {
    let path = error.instance_path().to_string();
    let kind = error.kind();
    if let ValidationErrorKind::Required { property } = kind {
        let name = property.as_str().unwrap_or_default();
        return Problem::required(source(&format!("{path}/{name}")));
    }
    let message = if let ValidationErrorKind::MaxLength { limit } = kind {
        format!("is too long (maximum is {limit} characters)")
    } else if let ValidationErrorKind::MinItems { .. } = kind {
        return Problem::required(source(&path));
    } else if let ValidationErrorKind::Enum { .. } = kind {
        "is not included in the list".to_owned()
    } else {
        "is invalid".to_owned()
    };
    Problem::invalid(source(&path), message)
}

/// `/sales_invoice/invoice_lines/0/tax_rate_id` → `line_items.tax_rate_id`; `/contact/name` → `name`.
fn source(pointer: &str) -> String {
    let names: Vec<&str> = pointer
        .split('/')
        .filter(|part| !part.is_empty() && part.parse::<usize>().is_err())
        .skip(1)
        .map(|part| {
            if part.ends_with("_lines") {
                "line_items"
            } else {
                part
            }
        })
        .collect();
    if names.is_empty() {
        "base".to_owned()
    } else {
        names.join(".")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_keys_are_dropped_and_named() {
        let schemas = Schemas::load().unwrap();
        let mut body = json!({ "extra": 1, "sales_invoice": {
            "default_currency_id": "GBP",
            "main_address": { "email": "a@example.com", "city": "York" },
            "invoice_lines": [{ "description": "A", "stock_item_id": "1" }, { "stock_item_id": "2" }],
        } });
        let unknown = schemas.drop_unknown("postSalesInvoices", &mut body);
        assert_eq!(unknown.len(), 5);
        for pointer in [
            "/extra",
            "/sales_invoice/default_currency_id",
            "/sales_invoice/main_address/email",
            "/sales_invoice/invoice_lines/*/stock_item_id",
        ] {
            assert!(
                unknown.iter().any(|found| found == pointer),
                "{pointer} in {unknown:?}"
            );
        }
        let kept = json!({ "sales_invoice": {
            "main_address": { "city": "York" }, "invoice_lines": [{ "description": "A" }, {}],
        } });
        assert_eq!(body, kept);
    }

    #[test]
    fn problems_carry_the_internal_attribute_name() {
        let schemas = Schemas::load().unwrap();
        let body = json!({ "sales_invoice": {
            "contact_id": 7, "date": "21/11/2026", "reference": "x".repeat(26),
            "invoice_lines": [{ "description": "A", "unit_price": "ten", "ledger_account_id": "a" }, {}],
        } });
        let problems = schemas.problems("postSalesInvoices", &body);
        for (source, message) in [
            ("contact_id", "is invalid"),
            ("date", "is invalid"),
            ("reference", "is too long (maximum is 25 characters)"),
            ("line_items.unit_price", "is invalid"),
            ("line_items.description", "This field is required."),
        ] {
            let found = problems
                .iter()
                .any(|problem| problem.source == source && problem.message == message);
            assert!(found, "{source}: {message} in {problems:?}");
        }
    }
}
