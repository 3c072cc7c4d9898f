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

fn head(event: &str, entity_type: &str, id: u32, sequence: u32, needs: &[String]) -> Value {
    json!({
        "schema": "1",
        "key": format!("{event}:{id}"),
        "event": event,
        "sequence": sequence,
        "magento": {"entity_type": entity_type, "entity_id": id, "website_id": 1, "store_id": 1},
        "needs": needs,
        "steps": []
    })
}

/// An invoice whose contact is remembered beside it.
pub(crate) fn invoice_with_contact(id: u32) -> Value {
    let mut plan = invoice(id);
    let records = format!("invoice:{id}:contact");
    plan["steps"][1]["records"] = json!({ records: "/sales_invoice/contact_id" });
    plan
}

/// A payment or refund of one document: `("gift_card", "10.00")` is a tender of its own.
fn money(kind: &str, xref: &str, invoice: u32, document: &str, number: u32, amount: &str) -> Value {
    let contact = json!({"$ref": format!("invoice:{invoice}:contact")});
    let reference = format!("{number:09}");
    json!({
        "op": "create", "resource": "contact_payments", "xref": xref,
        "find": {"reference": reference, "transaction_type_id": kind, "contact_id": contact,
            "bank_account_id": "bank", "total_amount": amount},
        "body": {"contact_payment": {"transaction_type_id": kind, "contact_id": contact,
            "bank_account_id": "bank", "date": "2026-11-21", "total_amount": amount, "reference": reference,
            "allocated_artefacts": [{"artefact_id": {"$ref": document}, "amount": amount}]}},
        "expect": {"total_amount": amount, "currency": "GBP"}
    })
}

/// The payment of an invoice, a step for each tender.
pub(crate) fn paid(id: u32, tenders: &[(&str, &str)]) -> Value {
    let invoice = format!("invoice:{id}");
    let mut plan = head(
        "invoice.paid",
        "invoice",
        id,
        id,
        std::slice::from_ref(&invoice),
    );
    let steps = tenders.iter().map(|(suffix, amount)| {
        let xref = format!("payment:{id}{suffix}");
        money("CUSTOMER_RECEIPT", &xref, id, &invoice, id, amount)
    });
    plan["steps"] = steps.collect();
    plan
}

/// A credit note of an invoice, refunded or set off against it.
pub(crate) fn credit_memo(id: u32, invoice: u32, refunded: bool) -> Value {
    let needed = format!("invoice:{invoice}");
    let contact = json!({"$ref": format!("invoice:{invoice}:contact")});
    let note = format!("creditmemo:{id}");
    let mut plan = head(
        "creditmemo.created",
        "creditmemo",
        id,
        id,
        std::slice::from_ref(&needed),
    );
    let reference = format!("{id:09}");
    let credit_note = json!({
        "op": "create", "resource": "sales_credit_notes", "xref": note,
        "find": {"reference": reference, "contact_id": contact, "total_amount": "12.00"},
        "body": {"sales_credit_note": {"contact_id": contact, "reference": reference,
            "credit_note_lines": [{"description": "Line", "quantity": "1", "unit_price": "10.00", "tax_amount": "2.00"}]}},
        "expect": {"total_amount": "12.00", "currency": "GBP"}
    });
    let settlement = if refunded {
        money(
            "CUSTOMER_REFUND",
            &format!("refund:{id}"),
            invoice,
            &note,
            id,
            "12.00",
        )
    } else {
        json!({
            "op": "allocate", "resource": "contact_allocations", "xref": format!("allocation:{id}"),
            "find": {"transaction_type_id": "CUSTOMER_ALLOCATION", "contact_id": contact},
            "body": {"contact_allocation": {"transaction_type_id": "CUSTOMER_ALLOCATION", "contact_id": contact,
                "date": "2026-11-21", "allocated_artefacts": [
                    {"artefact_id": {"$ref": needed}, "amount": "12.00"},
                    {"artefact_id": {"$ref": note}, "amount": "-12.00"}]}}
        })
    };
    plan["steps"] = json!([credit_note, settlement]);
    plan
}

/// A customer's own contact and every other variant of it.
pub(crate) fn customer(id: u32, sequence: u32, name: &str) -> Value {
    let mut plan = head("customer.upserted", "customer", id, sequence, &[]);
    let reference = format!("M{id}");
    plan["steps"] = json!([
        {"op": "update", "resource": "contacts", "xref": format!("contact:{reference}:GBP"),
            "find": {"reference": reference},
            "body": {"contact": {"name": name, "contact_type_ids": ["CUSTOMER"], "reference": reference}}},
        {"op": "update", "resource": "contacts", "xref": format!("contact:{reference}:*"), "find": {},
            "body": {"contact": {"name": name, "contact_type_ids": ["CUSTOMER"]}}}
    ]);
    plan
}

/// A product whose stock is managed.
pub(crate) fn stocked(id: u32, sequence: u32, quantity: &str) -> Value {
    let mut plan = head("product.upserted", "product", id, sequence, &[]);
    let (xref, code) = (format!("product:{id}"), format!("SKU-{id}"));
    plan["steps"] = json!([
        {"op": "update", "resource": "stock_items", "xref": xref, "find": {"item_code": code},
            "body": {"stock_item": {"item_code": code, "description": "A thing"}}},
        {"op": "adjust", "resource": "stock_movements", "xref": format!("stock:{id}:{sequence}"), "find": {},
            "body": {"stock_movement": {"stock_item_id": {"$ref": xref}, "date": "2026-11-21",
                "quantity": {"$to": quantity}, "cost_price": "1.00", "details": "STOCKTAKE"}}}
    ]);
    plan
}

/// What comes of an invoice that was canceled.
pub(crate) fn canceled(id: u32) -> Value {
    let mut plan = head("invoice.canceled", "invoice", id, id + 1, &[]);
    let number = format!("{id:09}");
    plan["magento"]["increment_id"] = json!(number);
    let reason = format!("Canceled in Magento: invoice {number}");
    plan["steps"] = json!([{
        "op": "void", "resource": "sales_invoices", "xref": format!("invoice:{id}"), "find": {},
        "body": {"sales_invoice": {"void_reason": reason}}
    }]);
    plan
}

/// The estimate of an open order, of one line.
pub(crate) fn estimate(id: u32, sequence: u32, unit_price: &str, total: &str) -> Value {
    let contact = "contact:G1a2b3c4d5:GBP";
    let number = format!("{id:09}");
    let mut plan = invoice(id);
    let ensure = plan["steps"][0].take();
    plan = head("order.placed", "order", id, sequence, &[]);
    plan["steps"] = json!([
        ensure,
        {
            "op": "update", "resource": "sales_estimates", "xref": format!("order:{id}"),
            "find": {"reference": number, "contact_id": {"$ref": contact}, "total_amount": total},
            "body": {"sales_estimate": {"contact_id": {"$ref": contact}, "reference": number,
                "estimate_lines": [{"description": "Line", "quantity": "1", "unit_price": unit_price, "tax_amount": "6.00"}]}},
            "expect": {"total_amount": total, "currency": "GBP"}
        }
    ]);
    plan
}

/// An order that an invoice covers in full.
pub(crate) fn estimate_linked(id: u32, sequence: u32, invoice: u32) -> Value {
    let needed = format!("invoice:{invoice}");
    let needs = std::slice::from_ref(&needed);
    let mut plan = head("order.invoiced", "order", id, sequence, needs);
    plan["steps"] = json!([{
        "op": "link", "resource": "sales_estimates", "xref": format!("order:{id}"), "find": {},
        "body": {"sales_estimate": {"invoice_id": {"$ref": needed}}}
    }]);
    plan
}

/// An order that was canceled.
pub(crate) fn estimate_removed(id: u32, sequence: u32) -> Value {
    let mut plan = head("order.canceled", "order", id, sequence, &[]);
    plan["steps"] = json!([{
        "op": "remove", "resource": "sales_estimates", "xref": format!("order:{id}"), "find": {},
        "body": {"sales_estimate": {}}
    }]);
    plan
}
