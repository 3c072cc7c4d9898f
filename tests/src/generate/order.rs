//! The order behind a generated invoice, as an event of its own.

use serde_json::{Map, Value, json};

/// Columns of an invoice that `sales_order` has elsewhere or not at all.
const OF_THE_INVOICE: [&str; 4] = ["entity_id", "increment_id", "state", "items"];

/// The event of the open order that the invoice of `event` covers in full.
pub fn order_placed(event: &Value) -> Value {
    let mut placed = event.clone();
    let Some(parts) = placed.as_object_mut() else {
        return placed;
    };
    let invoice = parts.remove("invoice").unwrap_or_default();
    parts.insert("event".to_owned(), json!("order.placed"));
    if let Some(order) = parts.get_mut("order").and_then(Value::as_object_mut) {
        for (column, value) in invoice.as_object().into_iter().flatten() {
            if !OF_THE_INVOICE.contains(&column.as_str()) {
                order.insert(column.clone(), value.clone());
            }
        }
        order.insert("state".to_owned(), json!("new"));
        let rows = invoice.get("items").and_then(Value::as_array);
        let rows = rows.into_iter().flatten().map(row);
        order.insert("items".to_owned(), rows.collect());
    }
    placed
}

/// A row of the order: the invoice's row and what its order item adds.
fn row(item: &Value) -> Value {
    let mut row = Map::new();
    for (column, value) in item.as_object().into_iter().flatten() {
        match column.as_str() {
            "entity_id" | "order_item_id" => {}
            "qty" => {
                row.insert("qty_ordered".to_owned(), value.clone());
            }
            "order_item" => row.extend(value.as_object().cloned().unwrap_or_default()),
            _ => {
                row.insert(column.clone(), value.clone());
            }
        }
    }
    for column in ["qty_invoiced", "qty_canceled"] {
        row.insert(column.to_owned(), json!("0.0000"));
    }
    Value::Object(row)
}
