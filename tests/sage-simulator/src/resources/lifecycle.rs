//! What happens to a document after it was made: release and void.

use bigdecimal::{BigDecimal, Zero};
use serde_json::Value;

use super::documents::kind_of;
use crate::config::VoidReason;
use crate::dispatch::World;
use crate::envelope::Refusal;
use crate::json::{filled, id_of, set, text};
use crate::wire::Call;

/// `POST …/{id}/release`, documented: a draft becomes UNPAID; no body, 201.
pub(crate) fn release(world: &mut World, collection: &str, id: &str) -> Result<Value, Refusal> {
    let kind = kind_of(collection);
    let status = world
        .store
        .find(collection, id)
        .and_then(|record| id_of(&record.value, "status"));
    match status {
        Some("DRAFT") => {}
        Some(_) => return Err(Refusal::one("status_id", "Only drafts can be released.")),
        None => return Err(Refusal::record_not_found(404)),
    }
    let digits = world.next_number(kind.collection).to_string();
    let unpaid = world.reference.nested("artefact_statuses", "UNPAID");
    let Some(record) = world.store.find_mut(collection, id) else {
        return Err(Refusal::record_not_found(404));
    };
    let displayed_as = format!(
        "{}{digits}",
        text(&record.value, kind.prefix_key).unwrap_or(kind.prefix)
    );
    set(&mut record.value, "displayed_as", displayed_as);
    set(&mut record.value, kind.number_key, digits);
    set(&mut record.value, "status", unpaid);
    Ok(record.value.clone())
}

/// `DELETE`, documented: voids; `void_reason` is required unless the document is a draft, as a query
/// parameter in the specification and in the body in the guide (both are read here); paid documents need
/// their payments deleted first.
pub(crate) fn void(
    world: &mut World,
    collection: &str,
    id: &str,
    call: &Call,
) -> Result<(), Refusal> {
    let body = serde_json::from_slice::<Value>(&call.body).unwrap_or_default();
    let in_body = filled(&body, "void_reason").or_else(|| {
        let inner = body.as_object()?.values();
        inner
            .into_iter()
            .find_map(|inner| filled(inner, "void_reason"))
    });
    let in_query = call
        .parameter("void_reason")
        .filter(|reason| !reason.trim().is_empty());
    let reason = match world.switches.void_reason {
        VoidReason::Either => in_query.or(in_body),
        VoidReason::Query => in_query,
        VoidReason::Body => in_body,
    };
    let void = world.reference.nested("artefact_statuses", "VOID");
    let Some(record) = world.store.find_mut(collection, id) else {
        return Err(Refusal::record_not_found(404));
    };
    match id_of(&record.value, "status") {
        Some("VOID") => {
            return Err(Refusal::one(
                "base",
                "The document has already been voided.",
            ));
        }
        _ if is_settled(&record.value) => {
            return Err(Refusal::one(
                "base",
                "Payments and allocations must be deleted first.",
            ));
        }
        Some("DRAFT") => {}
        Some(_) | None if reason.is_some_and(|reason| reason.chars().count() > 200) => {
            return Err(Refusal::one(
                "void_reason",
                "is too long (maximum is 200 characters)",
            ));
        }
        Some(_) | None if reason.is_some() => {}
        Some(_) | None => return Err(Refusal::one("void_reason", "This field is required.")),
    }
    set(&mut record.value, "status", void);
    set(&mut record.value, "outstanding_amount", "0.0");
    set(&mut record.value, "editable", false);
    set(&mut record.value, "void_reason", reason);
    // The simulator's own marks: which of the two was said.
    set(
        &mut record.value,
        "$simulator_void_reason_in_query",
        in_query,
    );
    set(&mut record.value, "$simulator_void_reason_in_body", in_body);
    Ok(())
}

/// Whether payments or allocations are set against a document.
fn is_settled(document: &Value) -> bool {
    let is_some = |paid: &str| paid.parse::<BigDecimal>().is_ok_and(|paid| !paid.is_zero());
    matches!(id_of(document, "status"), Some("PAID" | "PART_PAID"))
        || text(document, "total_paid").is_some_and(is_some)
}
