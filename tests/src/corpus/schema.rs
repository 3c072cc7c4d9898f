//! Sage's request schemas, for the bodies of plans.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;

/// The schema that the body of each resource must satisfy.
const SCHEMA_OF_RESOURCE: [(&str, &str); 11] = [
    ("contacts", "postContacts"),
    ("sales_invoices", "postSalesInvoices"),
    ("sales_credit_notes", "postSalesCreditNotes"),
    ("sales_estimates", "postSalesEstimates"),
    ("sales_quotes", "postSalesQuotes"),
    ("contact_payments", "postContactPayments"),
    ("contact_allocations", "postContactAllocations"),
    ("products", "postProducts"),
    ("services", "postServices"),
    ("stock_items", "postStockItems"),
    ("stock_movements", "postStockMovements"),
];

/// The schema that a change of what stands in Sage must satisfy, where a step is one.
const SCHEMA_OF_CHANGE: [(&str, &str); 2] = [
    ("sales_estimates", "putSalesEstimates"),
    ("sales_quotes", "putSalesQuotes"),
];

/// Compiled request schemas by resource.
#[derive(Debug)]
pub struct RequestSchemas {
    bodies: BTreeMap<&'static str, jsonschema::Validator>,
    changes: BTreeMap<&'static str, jsonschema::Validator>,
}

impl RequestSchemas {
    /// Loads `golden/schema/sage-request-schemas.json`.
    ///
    /// # Errors
    /// When the file is unreadable or a schema is invalid.
    pub fn load() -> Result<Self> {
        let path = crate::root().join("golden/schema/sage-request-schemas.json");
        let file: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
        let compiled = |schemas: &[(&'static str, &str)]| {
            let mut validators = BTreeMap::new();
            for (resource, name) in schemas {
                let schema = file
                    .pointer(&format!("/schemas/{name}"))
                    .with_context(|| format!("schema {name}"))?;
                validators.insert(*resource, jsonschema::validator_for(schema)?);
            }
            anyhow::Ok(validators)
        };
        Ok(Self {
            bodies: compiled(&SCHEMA_OF_RESOURCE)?,
            changes: compiled(&SCHEMA_OF_CHANGE)?,
        })
    }

    /// Validates every body of a plan.
    ///
    /// Symbols are replaced first, as the relay does.
    ///
    /// # Errors
    /// The first body that its schema refuses.
    pub fn validate(&self, plan: &Value) -> Result<()> {
        let steps = plan.get("steps").and_then(Value::as_array);
        for step in steps.context("a plan has steps")? {
            let resource = step.get("resource").and_then(Value::as_str).unwrap_or("?");
            let validator = match step.get("op").and_then(Value::as_str) {
                Some("void") => {
                    validate_void(step)?;
                    continue;
                }
                Some("remove") => {
                    validate_remove(step)?;
                    continue;
                }
                Some("link") => self.changes.get(resource),
                _ => self.bodies.get(resource),
            };
            let validator = validator.with_context(|| format!("no schema for {resource}"))?;
            let mut body = step.get("body").cloned().unwrap_or_default();
            resolve(&mut body);
            if let Some(error) = validator.iter_errors(&body).next() {
                bail!("{resource}{}: {error}", error.instance_path());
            }
        }
        Ok(())
    }
}

/// A void sends no entity, so Sage's schemas say nothing about it: a reason is all there is.
fn validate_void(step: &Value) -> Result<()> {
    let reason = step.pointer("/body/sales_invoice/void_reason");
    let given = reason
        .and_then(Value::as_str)
        .is_some_and(|text| !text.is_empty());
    let fields = step
        .pointer("/body/sales_invoice")
        .and_then(Value::as_object);
    if given && fields.is_some_and(|fields| fields.len() == 1) {
        return Ok(());
    }
    bail!("a void has a reason and nothing else: {step}")
}

/// A removal sends nothing.
fn validate_remove(step: &Value) -> Result<()> {
    let entities = step.get("body").and_then(Value::as_object);
    let is_empty = |entity: &Value| entity.as_object().is_some_and(Map::is_empty);
    if entities.is_some_and(|body| body.len() == 1 && body.values().all(is_empty)) {
        return Ok(());
    }
    bail!("a removal says nothing: {step}")
}

fn resolve(value: &mut Value) {
    match value {
        Value::Object(object) if is_symbol(object, "$ref") => {
            *value = Value::String("0123456789abcdef0123456789abcdef".to_owned());
        }
        Value::Object(object) if is_symbol(object, "$to") => {
            *value = Value::String("-1.5".to_owned());
        }
        // A quantity to reach; the relay sends what is missing to it.
        Value::Object(object) if object.contains_key("$to") => {
            *value = object.remove("$to").unwrap_or_default()
        }
        Value::Object(object) => object.values_mut().for_each(resolve),
        Value::Array(items) => items.iter_mut().for_each(resolve),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether an object stands for something that the relay fills in.
fn is_symbol(object: &Map<String, Value>, key: &str) -> bool {
    object.len() == 1 && object.contains_key(key)
}
