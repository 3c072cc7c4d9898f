//! Who sends what, and when.

use serde_json::json;

use ledger_store::BindingId;
use ledger_store::retry::Millis;

/// A document on its way.
pub(super) struct Arrival {
    pub(super) at: Millis,
    pub(super) key: String,
    pub(super) plan: String,
}

/// A shop and its day.
pub(super) struct Shop {
    pub(super) id: BindingId,
    pub(super) arrivals: Vec<Arrival>,
    /// Whether Sage's calls of one day are enough for it.
    pub(super) has_room: bool,
    /// What Sage really bears in a minute, where that is less than the relay thinks.
    pub(super) hidden_limit: Option<usize>,
}

const HOUR: Millis = 3_600_000;

/// Of a hundred shops, ninety are small, nine sell well, and one sells more than a day's calls can
/// carry, half of it in twenty minutes. One shop imports its catalogue. `calls` are those of a day.
pub(super) fn shops(count: usize, calls: u32, midnight: Millis) -> Vec<Shop> {
    let calls = u64::from(calls);
    (0..count)
        .map(|number| shop(number, calls, midnight))
        .collect()
}

fn shop(number: usize, calls: u64, midnight: Millis) -> Shop {
    let mut random = Random(u64::try_from(number).unwrap() + 1);
    let (orders, has_room) = match number % 100 {
        7 => (calls * 3 / 8, false),
        20..29 => (calls / 60 + random.below(calls / 40), true),
        _ => (3 + random.below(12), true),
    };
    let mut arrivals = Vec::new();
    for order in 1..=orders {
        // Mostly by day and in the evening; a great shop's sale begins at noon.
        let at = if !has_room && order % 2 == 0 {
            midnight + 12 * HOUR + random.within(HOUR / 3)
        } else {
            midnight + 7 * HOUR + random.within(15 * HOUR)
        };
        sells(&mut arrivals, order, at, &mut random);
    }
    let catalogue = number == 11;
    if catalogue {
        let import = midnight + 9 * HOUR;
        arrivals.extend((1..=calls * 5 / 3).map(|id| product(id, import)));
    }
    arrivals.sort_by_key(|arrival| arrival.at);
    Shop {
        id: BindingId::new(&format!("shop-{number}")).unwrap(),
        arrivals,
        has_room: has_room && !catalogue,
        hidden_limit: (number % 10 == 7).then_some(30),
    }
}

/// An order with what follows from it.
fn sells(arrivals: &mut Vec<Arrival>, order: u64, at: Millis, random: &mut Random) {
    // One buyer in three has bought before.
    let buyer = order - order % 3;
    arrivals.push(invoice(order, buyer, at));
    if random.below(10) < 8 {
        let paid = at + 1_000 + random.within(HOUR);
        arrivals.push(settles("invoice.paid", "invoice", "payment", order, paid));
    }
    if random.below(20) == 0 {
        let returned = at + HOUR + random.within(HOUR);
        arrivals.push(credited(order, returned));
    }
    if random.below(10) == 0 {
        arrivals.push(product(100_000 + order, at));
    }
}

fn arrival(at: Millis, key: String, plan: &serde_json::Value) -> Arrival {
    Arrival {
        at,
        key,
        plan: plan.to_string(),
    }
}

fn head(
    key: &str,
    entity: &str,
    id: u64,
    needs: &[String],
    steps: &serde_json::Value,
) -> serde_json::Value {
    let event = key.split(':').next().unwrap();
    json!({
        "schema": "1", "key": key, "event": event, "sequence": id,
        "magento": {"entity_type": entity, "entity_id": id, "website_id": 1, "store_id": 1},
        "needs": needs, "steps": steps,
    })
}

fn invoice(order: u64, buyer: u64, at: Millis) -> Arrival {
    let (reference, number) = (format!("G{buyer:09}"), format!("1{order:08}"));
    let contact = format!("contact:{reference}:GBP");
    let key = format!("invoice.created:{order}");
    let steps = json!([
        {"op": "ensure", "resource": "contacts", "xref": contact, "find": {"reference": reference},
         "body": {"contact": {"reference": reference, "name": "A buyer", "contact_type_ids": ["CUSTOMER"]}}},
        {"op": "create", "resource": "sales_invoices", "xref": format!("invoice:{order}"),
         "find": {"reference": number, "contact_id": {"$ref": contact}, "total_amount": "60.00"},
         "body": {"sales_invoice": {"contact_id": {"$ref": contact}, "reference": number}},
         "records": {format!("invoice:{order}:contact"): "/sales_invoice/contact_id"},
         "expect": {"total_amount": "60.00", "currency": "GBP"}},
    ]);
    let plan = head(&key, "invoice", order, &[], &steps);
    arrival(at, key, &plan)
}

fn settles(event: &str, entity: &str, what: &str, order: u64, at: Millis) -> Arrival {
    let (key, number) = (format!("{event}:{order}"), format!("3{order:08}"));
    let needs = [format!("invoice:{order}")];
    let contact = json!({"$ref": format!("invoice:{order}:contact")});
    let steps = json!([
        {"op": "create", "resource": "contact_payments", "xref": format!("{what}:{order}"),
         "find": {"reference": number, "contact_id": contact, "total_amount": "60.00",
             "transaction_type_id": "CUSTOMER_RECEIPT", "bank_account_id": "bank"},
         "body": {"contact_payment": {"contact_id": contact, "reference": number, "total_amount": "60.00",
             "transaction_type_id": "CUSTOMER_RECEIPT", "bank_account_id": "bank", "date": "2026-11-21"}},
         "expect": {"total_amount": "60.00", "currency": "GBP"}},
    ]);
    let plan = head(&key, entity, order, &needs, &steps);
    arrival(at, key, &plan)
}

fn credited(order: u64, at: Millis) -> Arrival {
    let (key, number) = (
        format!("creditmemo.created:{order}"),
        format!("2{order:08}"),
    );
    let needs = [format!("invoice:{order}")];
    let contact = json!({"$ref": format!("invoice:{order}:contact")});
    let steps = json!([
        {"op": "create", "resource": "sales_credit_notes", "xref": format!("creditmemo:{order}"),
         "find": {"reference": number, "contact_id": contact, "total_amount": "60.00"},
         "body": {"sales_credit_note": {"contact_id": contact, "reference": number}},
         "expect": {"total_amount": "60.00", "currency": "GBP"}},
    ]);
    let plan = head(&key, "creditmemo", order, &needs, &steps);
    arrival(at, key, &plan)
}

fn product(id: u64, at: Millis) -> Arrival {
    let (key, code) = (format!("product.upserted:{id}"), format!("sku-{id}"));
    let steps = json!([
        {"op": "update", "resource": "products", "xref": format!("product:{id}"), "find": {"item_code": code},
         "body": {"product": {"item_code": code, "description": "A thing"}}},
    ]);
    let plan = head(&key, "product", id, &[], &steps);
    arrival(at, key, &plan)
}

/// The same numbers for the same shop (Knuth's multiplier for 64 bits).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn within(&mut self, span: Millis) -> Millis {
        let span = u64::try_from(span).unwrap();
        Millis::try_from(self.below(span)).unwrap()
    }
}
