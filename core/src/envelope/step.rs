//! The step that failed: which Magento document it is about, and what its lines look like.

use super::fields::LINES;
use serde_json::Value;

/// What the explanation needs of a plan; everything is empty when the plan cannot be read.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// Magento's document: `invoice`, `creditmemo`, `order`, `customer` or `product`.
    pub(super) entity: String,
    /// Sage's resource: `contacts`, `sales_invoices`, …
    pub(super) resource: String,
    /// The cross-reference key.
    pub(super) xref: String,
    /// The contents of the request, without the name of the entity around it.
    body: Value,
}

impl Step {
    /// The step with this cross-reference key, or at this position.
    ///
    /// A step that is not named is the last one: the document itself, after its contact.
    pub(super) fn find(plan: &str, step: &str) -> Self {
        let Ok(plan) = serde_json::from_str::<Value>(plan) else {
            return Self::default();
        };
        let steps = plan.get("steps").and_then(Value::as_array);
        let steps = steps.map(Vec::as_slice).unwrap_or_default();
        let named = steps.iter().find(|found| text(found, "xref") == step);
        let numbered = || {
            step.parse::<usize>()
                .ok()
                .and_then(|index| steps.get(index))
        };
        let last = || steps.last().filter(|_| step.is_empty());
        let Some(found) = named.or_else(numbered).or_else(last) else {
            return Self {
                entity: text(plan.get("magento").unwrap_or(&Value::Null), "entity_type"),
                ..Self::default()
            };
        };
        let wrapper = found.get("body").and_then(Value::as_object);
        Self {
            entity: text(plan.get("magento").unwrap_or(&Value::Null), "entity_type"),
            resource: text(found, "resource"),
            xref: text(found, "xref"),
            // One entry in every plan; the least name, so that any text gives the same on every host.
            body: wrapper
                .and_then(|body| body.iter().min_by_key(|(name, _)| name.as_str()))
                .map(|(_, fields)| fields.clone())
                .unwrap_or_default(),
        }
    }

    /// The lines of a document.
    pub(super) fn lines(&self) -> &[Value] {
        LINES
            .iter()
            .find_map(|name| self.body.get(name)?.as_array())
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// Positions, counted from 1, of the lines for which `wanted` holds.
    pub(super) fn lines_where(&self, wanted: impl Fn(&Value) -> bool) -> Vec<usize> {
        let lines = self.lines().iter().zip(1..);
        lines
            .filter_map(|(line, number)| wanted(line).then_some(number))
            .collect()
    }

    /// Positions of the lines without a field.
    pub(super) fn lines_without(&self, field: &str) -> Vec<usize> {
        self.lines_where(|line| text(line, field).trim().is_empty())
    }

    /// The different values of a field of the lines, in the order of the lines.
    pub(super) fn line_values(&self, field: &str) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for line in self.lines() {
            let value = text(line, field);
            if !value.is_empty() && !values.contains(&value) {
                values.push(value);
            }
        }
        values
    }

    /// How many characters a text of the body has; `path` is `main_address.postal_code`.
    pub(super) fn characters(&self, path: &str) -> Option<usize> {
        let pointer = format!("/{}", path.replace('.', "/"));
        let value = self.body.pointer(&pointer)?.as_str()?;
        Some(value.chars().count())
    }

    /// The cross-reference key of the contact: the step's own, or the one it refers to.
    pub(super) fn contact(&self) -> String {
        if self.resource == "contacts" {
            return self.xref.clone();
        }
        let reference = self.body.pointer("/contact_id/$ref");
        match reference {
            Some(Value::Array(keys)) => keys.first().and_then(Value::as_str),
            other => other.and_then(Value::as_str),
        }
        .unwrap_or_default()
        .to_owned()
    }
}

/// A text of an object; empty when it is absent or no text.
pub(super) fn text(value: &Value, field: &str) -> String {
    let text = value.get(field).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}
