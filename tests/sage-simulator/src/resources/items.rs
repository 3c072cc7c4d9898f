//! Products, services, stock items and stock movements: honest, and no more than the plans need.

use bigdecimal::{BigDecimal, Zero};
use serde_json::{Value, json};

use super::Draft;
use crate::arithmetic::{self, amount};
use crate::dispatch::World;
use crate::envelope::Refusal;
use crate::json::{filled, pick, set, text};

const KEPT: [&str; 13] = [
    "item_code",
    "description",
    "notes",
    "cost_price",
    "purchase_description",
    "sales_prices",
    "sales_rates",
    "source_guid",
    "active",
    "reorder_level",
    "reorder_quantity",
    "location",
    "barcode",
];

/// Makes a product.
pub(crate) fn build_product(world: &mut World, draft: &Draft) -> Result<Value, Refusal> {
    item(world, draft)
}

/// Makes a service.
pub(crate) fn build_service(world: &mut World, draft: &Draft) -> Result<Value, Refusal> {
    item(world, draft)
}

/// Makes a stock item; its quantity comes from movements only (inferred: the body's reads as computed).
pub(crate) fn build_stock_item(world: &mut World, draft: &Draft) -> Result<Value, Refusal> {
    let mut stock_item = item(world, draft)?;
    let kept = draft
        .previous
        .as_ref()
        .and_then(|previous| previous.get("quantity_in_stock"));
    set(
        &mut stock_item,
        "quantity_in_stock",
        kept.cloned().unwrap_or_else(|| Value::from("0.0")),
    );
    Ok(stock_item)
}

fn item(world: &World, draft: &Draft) -> Result<Value, Refusal> {
    let entity = &draft.entity;
    let description = text(entity, "description").unwrap_or_default();
    let mut item = Value::Object(pick(entity, &KEPT));
    // Form of `displayed_as`: assumed.
    set(
        &mut item,
        "displayed_as",
        filled(entity, "item_code").map_or(description.to_owned(), |code| {
            format!("{description} ({code})")
        }),
    );
    for (key, shown, collection) in [
        (
            "sales_ledger_account_id",
            "sales_ledger_account",
            "ledger_accounts",
        ),
        (
            "purchase_ledger_account_id",
            "purchase_ledger_account",
            "ledger_accounts",
        ),
        ("sales_tax_rate_id", "sales_tax_rate", "tax_rates"),
        ("purchase_tax_rate_id", "purchase_tax_rate", "tax_rates"),
    ] {
        if let Some(id) = filled(entity, key) {
            let nested = world.reference.nested(collection, id);
            set(
                &mut item,
                shown,
                nested.ok_or_else(|| {
                    Refusal::record_not_found(world.switches.unknown_record_status)
                })?,
            );
        }
    }
    if item.get("active").is_none() {
        set(&mut item, "active", true);
    }
    Ok(item)
}

/// Makes a stock movement and moves the quantity. Documented: signed quantity, and stock cannot go
/// negative (422).
pub(crate) fn build_movement(world: &mut World, draft: &Draft) -> Result<Value, Refusal> {
    let entity = &draft.entity;
    let status = world.switches.unknown_record_status;
    let Some(record) = world.store.find_mut(
        "stock_items",
        text(entity, "stock_item_id").unwrap_or_default(),
    ) else {
        return Err(Refusal::record_not_found(status));
    };
    let quantity = amount(entity, "quantity").unwrap_or_default();
    let earlier = draft
        .previous
        .as_ref()
        .and_then(|previous| amount(previous, "quantity"))
        .unwrap_or_default();
    let in_stock =
        amount(&record.value, "quantity_in_stock").unwrap_or_default() + &quantity - earlier;
    if in_stock < BigDecimal::zero() {
        return Err(Refusal::one(
            "quantity",
            "Stock quantity cannot become negative.",
        ));
    }
    set(
        &mut record.value,
        "quantity_in_stock",
        arithmetic::json(&in_stock),
    );
    let mut movement = json!({
        "stock_item": pick(&record.value, &["id", "displayed_as", "$path"]),
        "displayed_as": text(entity, "details"),
        "quantity": arithmetic::json(&quantity),
    });
    if let Some(object) = movement.as_object_mut() {
        object.extend(pick(
            entity,
            &[
                "date",
                "details",
                "reference",
                "movement_number",
                "cost_price",
            ],
        ));
    }
    Ok(movement)
}
