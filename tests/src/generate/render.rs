//! The event of a computed document, under Magento's column names.

use super::document::{Document, Item, Part, Rate, compute};
use super::fixed::Fixed;
use super::spec::{Destination, Kind, Sale, Shop};
use super::texts::text;
use serde_json::{Map, Value, json};

/// First id of the rows and of the order's rows; they only have to differ from each other.
const FIRST_ROW: usize = 1_000;

/// An event with what it was made from.
#[derive(Debug)]
pub struct Generated {
    /// The event document.
    pub event: Value,
    /// What it was computed from.
    pub document: Document,
}

/// The event of a description.
pub fn render(sale: &Sale) -> Generated {
    let document = compute(sale);
    let key = document_key(sale.kind);
    let mut event = json!({
        "schema": "1",
        "event": event_name(sale.kind),
        "magento_entity_id": sale.id,
        "sequence": 2,
        "website_id": 1,
        "store_id": 1,
        "occurred_at": "2026-11-21T18:21:49Z",
        "local_date": "2026-11-21",
    });
    let parts = [
        (key, columns(sale, &document)),
        ("order", order(sale)),
        ("billing_address", address(sale, sale.texts)),
        ("shipping_address", shipping_address(sale)),
        ("payment", payment(sale)),
        ("order_tax", json!([])),
        ("order_tax_items", tax_items(&document)),
    ];
    if let Some(object) = event.as_object_mut() {
        for (name, value) in parts {
            object.insert(name.to_owned(), value);
        }
        if sale.kind == Kind::CreditmemoCreated {
            object.insert("order_invoices".to_owned(), invoices(sale, &document));
        }
    }
    Generated { event, document }
}

/// The document's key in the event.
pub const fn document_key(kind: Kind) -> &'static str {
    match kind {
        Kind::InvoiceCreated | Kind::InvoicePaid => "invoice",
        Kind::CreditmemoCreated => "creditmemo",
    }
}

const fn event_name(kind: Kind) -> &'static str {
    match kind {
        Kind::InvoiceCreated => "invoice.created",
        Kind::InvoicePaid => "invoice.paid",
        Kind::CreditmemoCreated => "creditmemo.created",
    }
}

fn figure(figure: Fixed) -> Value {
    Value::String(figure.to_string())
}

/// Magento leaves columns empty that do not concern the document.
fn or_null(amount: Fixed) -> Value {
    if amount == Fixed::ZERO {
        Value::Null
    } else {
        figure(amount)
    }
}

fn columns(sale: &Sale, document: &Document) -> Value {
    let currencies = document.currencies;
    let shipping = document.shipping.row;
    let compensation = shipping.discount_tax_compensation_amount;
    let is_memo = sale.kind == Kind::CreditmemoCreated;
    let [gift_card, store_credit, reward] = document.tenders;
    let other = if document.fee.net == Fixed::ZERO {
        json!([])
    } else {
        json!([{
            "code": "payment_fee", "title": text(sale.texts), "amount": figure(document.fee.net),
            "tax_amount": figure(document.fee.tax),
            "tax_percent": figure(super::document::total(document.fee.rate)),
        }])
    };
    let items: Vec<Value> = document
        .items
        .iter()
        .enumerate()
        .map(|(index, row)| item(index, row))
        .collect();
    let rate = |from: super::currency::Currency, to: super::currency::Currency| {
        if from == to { "1.0000" } else { to.rate }
    };
    let mut value = json!({
        "entity_id": sale.id,
        "increment_id": format!("{:09}", sale.id),
        "state": if is_memo || sale.kind == Kind::InvoicePaid { 2 } else { 1 },
        "created_at": "2026-11-21 18:21:49",
        "order_currency_code": currencies.document.code,
        "base_currency_code": currencies.base.code,
        "global_currency_code": currencies.global.code,
        "base_to_order_rate": rate(currencies.base, currencies.document),
        "base_to_global_rate": rate(currencies.base, currencies.global),
        "grand_total": figure(document.grand_total),
        "base_grand_total": figure(document.grand_total),
        "subtotal": figure(document.subtotal),
        "tax_amount": figure(document.tax_amount),
        "discount_amount": figure(document.discount_amount),
        "discount_description": null,
        // A memo's header counts the compensation of the shipping too, and has no column for it.
        "discount_tax_compensation_amount":
            figure(if is_memo { document.items_compensation + compensation } else { document.items_compensation }),
        "shipping_discount_tax_compensation_amount":
            if is_memo { Value::Null } else { figure(compensation) },
        "shipping_amount": or_null(shipping.row_total),
        "shipping_tax_amount": or_null(shipping.tax_amount),
        "shipping_incl_tax": or_null(shipping.row_total_incl_tax),
        "customer_balance_amount": or_null(store_credit),
        "gift_cards_amount": or_null(gift_card),
        "reward_currency_amount": or_null(reward),
        "gw_price": or_null(document.gift_wrap.net),
        "gw_tax_amount": or_null(document.gift_wrap.tax),
        "other": other,
    });
    if let Some(object) = value.as_object_mut() {
        if is_memo {
            memo_columns(object, sale, document);
        }
        object.insert("items".to_owned(), Value::Array(items));
    }
    value
}

fn memo_columns(columns: &mut Map<String, Value>, sale: &Sale, document: &Document) {
    let (positive, negative) = (document.adjustment_positive, document.adjustment_negative);
    let own = [
        ("invoice_id", Value::Null),
        ("adjustment", figure(positive - negative)),
        ("adjustment_positive", figure(positive)),
        ("adjustment_negative", figure(negative)),
        ("customer_note", Value::String(text(sale.texts).to_owned())),
    ];
    for (name, value) in own {
        columns.insert(name.to_owned(), value);
    }
}

fn item(index: usize, item: &Item) -> Value {
    let row = item.row;
    let levies = if item.levy == Fixed::ZERO {
        "[]".to_owned()
    } else {
        format!(
            r#"[{{"title":"Levy","row_amount":{},"row_amount_incl_tax":"{}"}}]"#,
            item.levy, item.levy_incl_tax
        )
    };
    json!({
        "entity_id": FIRST_ROW + index,
        "order_item_id": FIRST_ROW + index,
        "product_id": 86,
        "sku": format!("sku-{}", item.line.text),
        "name": text(item.line.text),
        "qty": figure(item.quantity),
        "price": figure(row.price),
        "price_incl_tax": figure(row.price_incl_tax),
        "row_total": figure(row.row_total),
        "row_total_incl_tax": figure(row.row_total_incl_tax),
        "tax_amount": figure(row.tax_amount),
        "discount_amount": or_null(row.discount_amount),
        "discount_tax_compensation_amount": figure(row.discount_tax_compensation_amount),
        "weee_tax_applied": levies,
        "order_item": {
            "item_id": FIRST_ROW + index,
            "product_type": if item.line.is_service() { "virtual" } else { "simple" },
            "tax_percent": figure(super::document::total(item.rate)),
        },
    })
}

/// Percentages per taxed thing; stacked rates have a row each.
fn tax_items(document: &Document) -> Value {
    let mut rows = Vec::new();
    let mut add = |rate: Rate, kind: &str, associated: Option<usize>| {
        for (position, percent) in rate.iter().enumerate() {
            rows.push(json!({
                "tax_id": 40 + position, "item_id": null, "associated_item_id": associated,
                "tax_percent": figure(Fixed(*percent)), "amount": "0.0000",
                "taxable_item_type": kind,
            }));
        }
    };
    if document.shipping.row.tax_amount != Fixed::ZERO {
        add(document.shipping.rate, "shipping", None);
    }
    let Part { tax, rate, .. } = document.gift_wrap;
    if tax != Fixed::ZERO {
        add(rate, "quote_gw", None);
    }
    for (index, item) in document.items.iter().enumerate() {
        if item.levy_incl_tax != item.levy {
            add(item.rate, "weee", Some(FIRST_ROW + index));
        }
    }
    Value::Array(rows)
}

fn order(sale: &Sale) -> Value {
    let registered = sale.id.is_multiple_of(2);
    json!({
        "entity_id": 29, "increment_id": "000000029",
        "customer_id": registered.then_some(sale.id), "customer_is_guest": u8::from(!registered),
        "customer_group_id": 0, "customer_email": format!("Buyer{}@Example.com ", sale.id % 1000),
        "customer_firstname": text(sale.texts / 3), "customer_lastname": "Example",
        "customer_taxvat": null, "is_virtual": u8::from(sale.shipping.is_none()),
        "shipping_description": text(sale.texts / 5), "coupon_code": null,
        "shipping_discount_amount": "0.0000",
    })
}

fn shipping_address(sale: &Sale) -> Value {
    // Goods that are sent have an address even where shipping is free of charge.
    if sale.shipping.is_none() && sale.destination == Destination::Home {
        Value::Null
    } else {
        address(sale, sale.texts / 2)
    }
}

fn address(sale: &Sale, choice: u8) -> Value {
    let (country, postcode) = match sale.destination {
        Destination::Home if sale.shop == Shop::Ireland => ("IE", "d02x285"),
        Destination::Home => ("GB", "M1 1AE"),
        Destination::NorthernIreland => ("GB", "bt1 5GS"),
        Destination::AbroadUntaxed => ("AU", "2000"),
        Destination::AbroadTaxed => ("DE", "10115"),
        Destination::AbroadStacked => ("US", "10001"),
    };
    json!({
        "prefix": null, "firstname": text(choice), "middlename": null, "lastname": text(choice / 2),
        "suffix": null, "company": text(choice / 3), "street": format!("1 Test Street\n{}", text(choice / 4)),
        "city": text(choice / 5), "region": null, "postcode": postcode, "country_id": country,
        "telephone": "01610000000", "email": null, "vat_id": text(choice / 7),
    })
}

fn payment(sale: &Sale) -> Value {
    json!({
        "method": "checkmo", "method_title": "Check / Money order",
        "po_number": text(sale.texts / 6), "last_trans_id": null,
    })
}

/// Two invoices that the memo could belong to; it is shared between them.
fn invoices(sale: &Sale, document: &Document) -> Value {
    let [paid, known, _] = sale.switches;
    if !known {
        return json!([]);
    }
    let half = document.value.max(Fixed::ZERO).share(1, 2).rounded(2);
    let totals = [half, document.value.max(Fixed::ZERO)];
    let invoice = |(index, grand_total): (usize, Fixed)| {
        json!({
            "entity_id": 170 + index, "increment_id": format!("00000017{index}"),
            "state": if paid { 2 } else { 1 }, "created_at": "2026-11-20 18:23:48",
            "local_date": "2026-11-20", "grand_total": figure(grand_total),
            "order_item_ids": [FIRST_ROW + index],
        })
    };
    Value::Array(totals.into_iter().enumerate().map(invoice).collect())
}
