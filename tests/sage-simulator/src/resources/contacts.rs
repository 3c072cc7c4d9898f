//! Contacts.

use serde_json::{Value, json};

use super::{Draft, addresses};
use crate::dispatch::World;
use crate::envelope::{Problem, Refusal};
use crate::json::{filled, list, pick, set, text};

/// Documented: exactly one contact type.
pub(crate) fn structure(contact: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    if contact.get("name").is_some_and(Value::is_string) && filled(contact, "name").is_none() {
        problems.push(Problem::required("name"));
    }
    if contact.get("contact_type_ids").is_some_and(Value::is_array)
        && list(contact, "contact_type_ids").len() != 1
    {
        problems.push(Problem::invalid(
            "contact_type_ids",
            "must contain exactly one contact type",
        ));
    }
    problems
}

/// Checks a contact against the books and answers it.
pub(crate) fn build(world: &mut World, draft: &Draft) -> Result<Value, Refusal> {
    let entity = &draft.entity;
    let reference = filled(entity, "reference");
    check_reference(world, &draft.id, reference)?;
    let not_found = || Refusal::record_not_found(world.switches.unknown_record_status);
    let nested =
        |collection: &str, id: &str| world.reference.nested(collection, id).ok_or_else(not_found);

    let base = world.reference.base_currency();
    let currency = filled(entity, "currency_id").unwrap_or(base);
    if currency != base && !world.multi_currency() {
        // Documented: foreign currencies need the setting. The wording is assumed.
        return Err(Refusal::one(
            "currency_id",
            "Multi-currency is not enabled for this business.",
        ));
    }
    let types = list(entity, "contact_type_ids")
        .iter()
        .filter_map(Value::as_str);
    let types = types
        .map(|id| nested("contact_types", id))
        .collect::<Result<Vec<_>, _>>()?;
    let name = text(entity, "name").unwrap_or_default();
    let main = addresses::expand(world, entity, "main_address")?;
    let person = entity.get("main_contact_person");

    let mut contact = json!({
        // Form "Name (REF)" as the product shows contacts; without a reference the name alone (assumed).
        "displayed_as": reference.map_or_else(|| name.to_owned(), |reference| format!("{name} ({reference})")),
        "name": name,
        "reference": reference,
        "contact_types": types,
        "currency": nested("currencies", currency)?,
        "main_address": main,
        "delivery_address": addresses::expand(world, entity, "delivery_address")?,
        "main_contact_person": person,
        // Documented: response only.
        "email": person.and_then(|person| text(person, "email")),
        "balance": "0.0",
        "outstanding_balance": "0.0",
        "deletable": true,
        "deleted_at": null,
        "is_active": true,
        "system": false,
        "gdpr_obfuscated": false,
    });
    let country = main.as_ref().and_then(addresses::country);
    // Documented: derived from the main address's postcode. BT marks Northern Ireland.
    let northern = main
        .as_ref()
        .and_then(|main| text(main, "postal_code"))
        .is_some_and(|code| code.to_uppercase().starts_with("BT"));
    set(&mut contact, "gb_based", country == Some("GB") && !northern);
    set(&mut contact, "ni_based", country == Some("GB") && northern);
    for (key, collection, shown) in [
        (
            "default_sales_ledger_account_id",
            "ledger_accounts",
            "default_sales_ledger_account",
        ),
        (
            "default_purchase_ledger_account_id",
            "ledger_accounts",
            "default_purchase_ledger_account",
        ),
        (
            "default_sales_tax_rate_id",
            "tax_rates",
            "default_sales_tax_rate",
        ),
        (
            "product_sales_price_type_id",
            "product_sales_price_types",
            "product_sales_price_type",
        ),
    ] {
        if let Some(id) = filled(entity, key) {
            set(&mut contact, shown, nested(collection, id)?);
        }
    }
    let kept = [
        "tax_number",
        "notes",
        "locale",
        "credit_limit",
        "credit_days",
        "source_guid",
        "tax_treatment",
        "credit_terms",
    ];
    if let Some(object) = contact.as_object_mut() {
        object.extend(pick(entity, &kept));
    }
    let reference = reference.map(str::to_owned);
    let earlier = draft
        .previous
        .as_ref()
        .and_then(|previous| text(previous, "reference"));
    world
        .store
        .reserve_reference(&draft.id, reference.as_deref(), earlier);
    Ok(contact)
}

/// Documented: `reference` is unique. Reported (troubleshooting page): a deleted contact keeps its
/// reference. The error's wording is not on record; assumed.
fn check_reference(world: &World, own_id: &str, reference: Option<&str>) -> Result<(), Refusal> {
    let holder = reference.and_then(|reference| world.store.holder_of_reference(reference));
    if holder.is_some_and(|holder| holder != own_id) {
        return Err(Refusal::one("reference", "has already been taken"));
    }
    Ok(())
}

/// The customer a document or payment names.
///
/// A supplier, or an id of nothing, does not do. Reported (sageone_api_php_sample#29): "Couldn't find
/// Supplier." with an empty `$source` for the wrong type; the customer's wording is inferred from it.
pub(crate) fn customer<'a>(world: &'a World, entity: &Value) -> Result<&'a Value, Refusal> {
    let id = text(entity, "contact_id").unwrap_or_default();
    let Some(record) = world.store.find("contacts", id) else {
        return Err(Refusal::record_not_found(
            world.switches.unknown_record_status,
        ));
    };
    let is_customer = list(&record.value, "contact_types")
        .iter()
        .any(|entry| text(entry, "id") == Some("CUSTOMER"));
    if is_customer {
        Ok(&record.value)
    } else {
        Err(Refusal::one("", "Couldn't find Customer."))
    }
}
