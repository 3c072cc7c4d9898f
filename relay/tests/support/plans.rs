//! Plans as the core makes them.

use serde_json::{Value, json};

/// An invoice of one line, with its guest contact.
pub(crate) fn invoice(id: u32) -> Value {
    invoice_for(id, "G1a2b3c4d5", "pat@example.com")
}

pub(crate) fn invoice_for(id: u32, reference: &str, email: &str) -> Value {
    let contact = format!("contact:{reference}:GBP");
    let number = format!("{id:09}");
    json!({
        "schema": "1",
        "key": format!("invoice.created:{id}"),
        "event": "invoice.created",
        "sequence": id,
        "magento": {"entity_type": "invoice", "entity_id": id, "increment_id": number, "website_id": 1, "store_id": 1},
        "needs": [],
        "steps": [
            {
                "op": "ensure", "resource": "contacts", "xref": contact,
                "find": {"reference": reference, "email": email},
                "body": {"contact": {"name": "Pat Example", "contact_type_ids": ["CUSTOMER"], "reference": reference,
                    "main_contact_person": {"name": "Pat Example", "email": email}}}
            },
            {
                "op": "create", "resource": "sales_invoices", "xref": format!("invoice:{id}"),
                "find": {"reference": number, "contact_id": {"$ref": contact}, "total_amount": "35.99"},
                "body": {"sales_invoice": {"contact_id": {"$ref": contact}, "reference": number,
                    "invoice_lines": [{"description": "Line", "quantity": "1", "unit_price": "29.990", "tax_amount": "6.00"}]}},
                "expect": {"total_amount": "35.99", "currency": "GBP"}
            }
        ]
    })
}
