//! The probe's contacts.

use serde_json::{Value, json};

use super::MARK;
use super::session::ProbeSession;

impl ProbeSession<'_> {
    /// A customer of the probe's.
    pub(crate) fn contact(&mut self, reference: &str, id: &str) -> Value {
        let address = self.home.address();
        json!({"contact": {
            "idempotency_id": id,
            "name": format!("{MARK} {}", self.tag),
            "contact_type_ids": ["CUSTOMER"],
            "reference": reference,
            "main_address": address,
            "delivery_address": address,
        }})
    }
}

/// A contact of the probe's with one field set.
pub(crate) fn with(mut body: Value, field: &str, value: Value) -> Value {
    if let Some(Value::Object(contact)) = body.get_mut("contact") {
        contact.insert(field.to_owned(), value);
    }
    body
}
