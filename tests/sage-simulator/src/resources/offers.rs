//! Estimates and quotes: what they have instead of a debt.

use serde_json::Value;

use crate::dispatch::World;
use crate::envelope::Refusal;
use crate::json::{filled, pick, set, text};

/// What an estimate or a quote has instead of a debt. Documented: an expiry date, and the invoice it
/// became. The names of its statuses are not documented, so it shows none. That an expiry before the
/// date is refused is assumed.
pub(super) fn as_offer(
    world: &World,
    entity: &Value,
    date: &str,
    document: &mut Value,
) -> Result<(), Refusal> {
    let expiry = text(entity, "expiry_date").unwrap_or_default();
    if expiry < date {
        return Err(Refusal::one("expiry_date", "must be on or after the date"));
    }
    let invoice = match filled(entity, "invoice_id") {
        Some(id) => {
            let invoice = world
                .store
                .find("sales_invoices", id)
                .ok_or_else(|| Refusal::record_not_found(world.switches.unknown_record_status))?;
            Value::Object(pick(&invoice.value, &["id", "displayed_as", "$path"]))
        }
        None => Value::Null,
    };
    if let Some(object) = document.as_object_mut() {
        for debt in [
            "status",
            "outstanding_amount",
            "total_paid",
            "void_reason",
            "last_paid",
        ] {
            object.remove(debt);
        }
    }
    set(document, "expiry_date", expiry.to_owned());
    set(document, "invoice", invoice);
    Ok(())
}
