//! Events of customers and products.

use super::fixed::Fixed;
use super::spec::Shop;
use super::texts::text;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Choices for one customer or product.
#[derive(Debug, Clone)]
pub struct Entity {
    is_product: bool,
    id: u64,
    choices: [u8; 6],
    cents: [u32; 2],
}

impl Entity {
    /// Where the business is.
    pub const fn shop(&self) -> Shop {
        if self.choices[1].is_multiple_of(4) {
            Shop::Ireland
        } else {
            Shop::Britain
        }
    }
}

/// Any customer or product.
pub fn entity() -> impl Strategy<Value = Entity> {
    (
        any::<bool>(),
        prop_oneof![1..10_000_u64, any::<u64>()],
        any::<[u8; 6]>(),
        any::<[u32; 2]>(),
    )
        .prop_map(|(is_product, id, choices, cents)| Entity {
            is_product,
            id,
            choices,
            cents,
        })
}

/// The event of a customer or product.
pub fn render(entity: &Entity) -> Value {
    let blocks = if entity.is_product {
        [("product", product(entity)), ("", Value::Null)]
    } else {
        [
            ("customer", customer(entity)),
            ("customer_addresses", addresses(entity)),
        ]
    };
    let mut event = json!({
        "schema": "1",
        "event": if entity.is_product { "product.upserted" } else { "customer.upserted" },
        "magento_entity_id": entity.id, "sequence": 1,
        "website_id": 0, "store_id": 0,
        "occurred_at": "2026-11-21T18:24:47Z", "local_date": "2026-11-21",
    });
    if let Some(object) = event.as_object_mut() {
        for (name, value) in blocks {
            if !name.is_empty() {
                object.insert(name.to_owned(), value);
            }
        }
    }
    event
}

fn customer(entity: &Entity) -> Value {
    let [a, b, c, d, ..] = entity.choices;
    json!({
        "entity_id": entity.id, "website_id": 1, "store_id": 1, "group_id": 4,
        "default_billing": if a.is_multiple_of(3) { Value::Null } else { json!(14) },
        "default_shipping": if b.is_multiple_of(3) { Value::Null } else { json!(15) },
        "email": "Dieter.DE@example.com",
        "created_at": "2026-11-21 18:24:47", "updated_at": "2026-11-21 18:24:47",
        "prefix": null, "firstname": text(a), "middlename": null, "lastname": text(c), "suffix": null,
        "taxvat": text(d),
    })
}

fn addresses(entity: &Entity) -> Value {
    let [_, _, c, d, e, f] = entity.choices;
    let address = |id: u64, choice: u8| {
        json!({
            "entity_id": id, "prefix": null, "firstname": text(choice), "middlename": null,
            "lastname": "Muster", "suffix": null, "company": text(d), "street": text(e),
            "city": text(choice), "region": "Berlin", "postcode": "10115-12345-678", "country_id": "DE",
            "telephone": text(f), "vat_id": "DE123456789",
        })
    };
    json!([address(14, c), address(15, f)])
}

fn product(entity: &Entity) -> Value {
    let [a, b, c, d, e, f] = entity.choices;
    let kinds = [
        "simple",
        "virtual",
        "downloadable",
        "configurable",
        "bundle",
        "giftcard",
    ];
    let kind = kinds.get(usize::from(a) % kinds.len()).copied();
    let [price, quantity] = entity.cents;
    let quantity = Fixed(i128::from(quantity) - 1_000_000);
    json!({
        "entity_id": entity.id, "sku": format!("sku-{b}"), "type_id": kind.unwrap_or("simple"),
        "created_at": "2026-11-21 18:24:49", "updated_at": "2026-11-21 18:24:49",
        "attributes": {
            "name": text(b), "status": "1", "tax_class_id": "4",
            "price": Fixed::cents(i128::from(price)).to_string(), "special_price": null,
            "cost": if c.is_multiple_of(2) { Value::Null } else { json!("9.500000") },
            "short_description": text(d), "description": text(e),
        },
        "stock_item": { "qty": quantity.to_string(), "is_in_stock": 1, "manage_stock": f % 2,
            "use_config_manage_stock": c % 2, "is_qty_decimal": 0 },
        "source_items": if d.is_multiple_of(2) { json!([]) } else {
            json!([{ "source_code": "default", "quantity": quantity.to_string(), "status": 1 }])
        },
        "config_manage_stock": 1, "price_includes_tax": e % 2,
        "base_currency_code": match entity.shop() { Shop::Britain => "GBP", Shop::Ireland => "EUR" },
    })
}
