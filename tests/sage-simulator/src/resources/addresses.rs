//! Addresses of contacts and documents, and who inherits what from whom.

use serde_json::Value;

use crate::dispatch::World;
use crate::envelope::{Problem, Refusal};
use crate::json::{pick, set, text};

const KEYS: [&str; 8] = [
    "address_line_1",
    "address_line_2",
    "city",
    "region",
    "postal_code",
    "name",
    "is_main_address",
    "address_type_id",
];

/// The address under a key as Sage answers it, with its country nested; `None` when nothing was sent.
pub(crate) fn expand(world: &World, entity: &Value, key: &str) -> Result<Option<Value>, Refusal> {
    let Some(sent) = entity.get(key).filter(|sent| says_something(sent)) else {
        return Ok(None);
    };
    let mut address = Value::Object(pick(sent, &KEYS));
    if let Some(country) = text(sent, "country_id") {
        let nested = world.reference.nested("countries", country);
        let nested = nested
            .ok_or_else(|| Refusal::record_not_found(world.switches.unknown_record_status))?;
        set(&mut address, "country", nested);
    }
    Ok(Some(address))
}

/// Observed (cleanops 532495b): `main_address: {}` is accepted and means nothing.
fn says_something(address: &Value) -> bool {
    address.as_object().is_some_and(|object| {
        object
            .values()
            .any(|value| value.as_str().is_some_and(|text| !text.is_empty()))
    })
}

/// Main and delivery address of a document.
#[derive(Debug)]
pub(crate) struct DocumentAddresses {
    pub(crate) main: Value,
    pub(crate) delivery: Value,
    /// The delivery address was taken from the main address because none was sent.
    pub(crate) mirrored: bool,
}

/// Settles a document's addresses.
///
/// - §17, reported (troubleshooting page): a `main_address` without a `delivery_address` is mirrored
///   silently.
/// - Observed (cleanops 532495b): a document without addresses inherits the contact's, and the contact
///   needs both; what is missing answers the two messages below with `$source` `base`.
pub(crate) fn of_document(
    world: &World,
    entity: &Value,
    contact: &Value,
    noun: &str,
) -> Result<DocumentAddresses, Refusal> {
    let sent_main = expand(world, entity, "main_address")?;
    let sent_delivery = expand(world, entity, "delivery_address")?;
    let mirrored = sent_main.is_some() && sent_delivery.is_none();
    let of_contact = |key: &str| {
        contact
            .get(key)
            .filter(|address| address.is_object())
            .cloned()
    };
    let delivery = sent_delivery
        .or_else(|| sent_main.clone())
        .or_else(|| of_contact("delivery_address"));
    let main = sent_main.or_else(|| of_contact("main_address"));
    match (main, delivery) {
        (Some(main), Some(delivery)) => Ok(DocumentAddresses {
            main,
            delivery,
            mirrored,
        }),
        (main, delivery) => {
            let mut problems = Vec::new();
            if main.is_none() {
                problems.push(Problem::invalid(
                    "base",
                    format!("{noun} Address is required."),
                ));
            }
            if delivery.is_none() {
                problems.push(Problem::invalid("base", "Delivery Address is required."));
            }
            Err(Refusal::invalid(problems))
        }
    }
}

/// A country's id inside an expanded address.
pub(crate) fn country(address: &Value) -> Option<&str> {
    crate::json::id_of(address, "country")
}
