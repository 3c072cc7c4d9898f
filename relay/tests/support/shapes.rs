//! What the fake makes of a request, and what its lists show.

use axum::body::Bytes;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::fake::Books;

/// Collection, name of the entity, beginning of its numbers.
const SHAPES: [(&str, &str, &str); 11] = [
    ("contacts", "contact", "C"),
    ("sales_invoices", "sales_invoice", "SI"),
    ("sales_credit_notes", "sales_credit_note", "SCN"),
    ("sales_estimates", "sales_estimate", "SE"),
    ("sales_quotes", "sales_quote", "SQ"),
    ("contact_payments", "contact_payment", "P"),
    ("contact_allocations", "contact_allocation", "A"),
    ("products", "product", "PR"),
    ("services", "service", "SE"),
    ("stock_items", "stock_item", "ST"),
    ("stock_movements", "stock_movement", "SM"),
];

/// Ids of other objects, which Sage shows nested.
const NESTED: [&str; 4] = ["contact", "bank_account", "transaction_type", "stock_item"];

/// Makes or changes an object; a known id answers as before.
pub(super) fn commit(
    books: &mut Books,
    resource: &str,
    target: Option<&str>,
    body: &Bytes,
) -> Value {
    let shape = SHAPES.iter().find(|(name, ..)| *name == resource);
    let (resource, name, prefix) = *shape.unwrap_or_else(|| panic!("nobody posts to {resource}"));
    let body: Value = serde_json::from_slice(body).unwrap();
    let entity = body[name].clone();
    let id = entity["idempotency_id"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 32);
    if let Some(answer) = books.answers.get(&id)
        && !books.ignore_idempotency
    {
        return answer.clone();
    }
    let object = match target {
        Some(target) => changed(books, resource, target, &entity),
        None => {
            books.next += 1;
            let object = made(books, resource, prefix, &entity);
            let all = books.objects.entry(resource).or_default();
            all.push(object.clone());
            object
        }
    };
    if resource == "stock_movements" {
        moved(books, &entity);
    }
    books.answers.insert(id, object.clone());
    object
}

fn made(books: &Books, resource: &str, prefix: &str, entity: &Value) -> Value {
    let mut object = json!({
        "id": format!("{:032x}", books.next),
        "displayed_as": format!("{prefix}-{}", books.next),
        "reference": entity["reference"],
        "status": {"id": "UNPAID"},
    });
    for key in [
        "item_code",
        "name",
        "date",
        "details",
        "quantity",
        "total_amount",
        "description",
    ] {
        if let Some(value) = entity.get(key) {
            object[key] = value.clone();
        }
    }
    for key in NESTED {
        if let Some(id) = entity.get(format!("{key}_id")) {
            object[key] = json!({"id": id});
        }
    }
    if let Some(list) = entity["allocated_artefacts"].as_array() {
        let share = |share: &Value| json!({"artefact": {"id": share["artefact_id"]}, "amount": share["amount"]});
        object["allocated_artefacts"] = list.iter().map(share).collect();
    }
    match resource {
        "contacts" => object["email"] = entity["main_contact_person"]["email"].clone(),
        "stock_items" => object["quantity_in_stock"] = json!("0.0"),
        _ => object["currency"] = json!({"id": "GBP"}),
    }
    for key in ["invoice_lines", "credit_note_lines", "estimate_lines"] {
        if let Some(lines) = entity[key].as_array() {
            object[key] = lines.iter().map(line).collect();
            let tax = lines.iter().map(|line| number(&line["tax_amount"]));
            object["tax_amount"] = json!(tax.sum::<Decimal>().to_string());
            object["total_amount"] = json!((total(lines) + books.error_in_totals).to_string());
        }
    }
    object
}

/// A line as Sage answers it.
fn line(line: &Value) -> Value {
    let net = number(&line["quantity"]) * number(&line["unit_price"]);
    json!({"tax_rate": {"id": line["tax_rate_id"]}, "net_amount": net.to_string(), "tax_amount": line["tax_amount"]})
}

fn changed(books: &mut Books, resource: &str, id: &str, entity: &Value) -> Value {
    let all = books.objects.get_mut(resource).unwrap();
    let object = all.iter_mut().find(|object| object["id"] == id).unwrap();
    for (key, value) in entity.as_object().unwrap() {
        object[key] = value.clone();
    }
    if let Some(lines) = entity["estimate_lines"].as_array() {
        object["total_amount"] = json!(total(lines).to_string());
    }
    object.clone()
}

fn moved(books: &mut Books, movement: &Value) {
    let items = books.objects.get_mut("stock_items").unwrap();
    let item = items
        .iter_mut()
        .find(|item| item["id"] == movement["stock_item_id"]);
    let item = item.unwrap();
    let quantity = number(&item["quantity_in_stock"]) + number(&movement["quantity"]);
    item["quantity_in_stock"] = json!(quantity.to_string());
}

fn number(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

fn total(lines: &[Value]) -> Decimal {
    lines
        .iter()
        .map(|line| {
            number(&line["quantity"]) * number(&line["unit_price"]) + number(&line["tax_amount"])
        })
        .sum()
}

/// Searches find any part of a reference or a code, as a fuzzy search would; ids are exact.
pub(super) fn fits(object: &Value, query: &str) -> bool {
    query.split('&').all(|pair| {
        let (name, wanted) = pair.split_once('=').unwrap_or((pair, ""));
        let text = |key: &str| object[key].as_str().unwrap_or_default();
        match name {
            "search" => {
                text("reference").contains(wanted) && text("item_code").is_empty()
                    || !text("item_code").is_empty() && text("item_code").contains(wanted)
            }
            "from_date" => text("date") >= wanted,
            "to_date" => text("date") <= wanted,
            "deleted_since" => !text("deleted_at").is_empty(),
            _ => match name.strip_suffix("_id") {
                Some(key) if object.get(key).is_some() => object[key]["id"] == wanted,
                _ => true,
            },
        }
    })
}
