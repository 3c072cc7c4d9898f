//! From Sage's `$source` to the Magento column or setting that the value came from.
//!
//! Sage names fields by internal names: lines are `line_items` whatever the resource calls them
//! (documented), and an id can appear without its `_id` (seen: `line_items.tax_rate`).

use super::step::Step;

/// A Magento column or a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// JSON pointer into the event, or into the settings.
    pub(super) pointer: String,
    /// The same in words.
    pub(super) name: String,
}

impl Field {
    fn of(pointer: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            name: name.into(),
        }
    }

    fn setting(knob: &str) -> Self {
        Self::of(
            format!("/settings/policy/{knob}"),
            format!("the setting {knob}"),
        )
    }
}

/// A `$source` without its decoration: the part of the request and the attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// Whether it is about the lines.
    pub(super) line: bool,
    /// `tax_rate_id`, `main_address.postal_code`, …; empty for the whole document.
    pub(super) attribute: String,
}

/// Names around an attribute that say nothing about it.
const WRAPPERS: [&str; 12] = [
    "sales_invoice",
    "sales_credit_note",
    "sales_estimate",
    "sales_quote",
    "contact",
    "contact_payment",
    "contact_allocation",
    "product",
    "service",
    "stock_item",
    "stock_movement",
    "base",
];

/// What the lines are called: Sage's internal name, and the attribute of each document.
pub(super) const LINES: [&str; 5] = [
    "line_items",
    "invoice_lines",
    "credit_note_lines",
    "estimate_lines",
    "quote_lines",
];

impl Source {
    pub(super) fn parse(source: &str) -> Self {
        let spaced = source.replace(['[', ']', '/'], ".");
        let mut parts: Vec<&str> = spaced
            .split('.')
            .filter(|part| !part.is_empty() && !part.bytes().all(|byte| byte.is_ascii_digit()))
            .collect();
        let wrapped = |parts: &[&str]| {
            parts.first().is_some_and(|first| {
                WRAPPERS.contains(first) && (parts.len() > 1 || *first == "base")
            })
        };
        while wrapped(&parts) {
            parts.remove(0);
        }
        let line = parts.first().is_some_and(|first| LINES.contains(first));
        if line {
            parts.remove(0);
        }
        Self {
            line,
            attribute: parts.join("."),
        }
    }

    /// Whether the attribute is one of `names`, with or without `_id`.
    pub(super) fn is(&self, names: &[&str]) -> bool {
        let bare = self
            .attribute
            .strip_suffix("_id")
            .unwrap_or(&self.attribute);
        names
            .iter()
            .any(|name| name.strip_suffix("_id").unwrap_or(name) == bare)
    }
}

/// Where the value of `source` came from; `None` when this release cannot tell.
pub(super) fn origin(step: &Step, source: &Source) -> Option<Field> {
    if source.line {
        return line(step, &source.attribute);
    }
    let bare = source
        .attribute
        .strip_suffix("_id")
        .unwrap_or(&source.attribute);
    match step.resource.as_str() {
        "contacts" => contact(step, bare),
        "sales_invoices" | "sales_credit_notes" | "sales_estimates" | "sales_quotes" => {
            artefact(step, bare)
        }
        "contact_payments" | "contact_allocations" => payment(step, bare),
        "products" | "services" | "stock_items" | "stock_movements" => product(bare),
        _ => None,
    }
}

fn line(step: &Step, attribute: &str) -> Option<Field> {
    let items = format!("/{}/items", step.entity);
    let column = |column: &str| Field::of(items.clone(), format!("{column} of the item"));
    let bare = attribute.strip_suffix("_id").unwrap_or(attribute);
    Some(match bare {
        "" => Field::of(items, "the items"),
        "description" => column("name"),
        "quantity" if step.entity == "order" => column("qty_ordered"),
        "quantity" => column("qty"),
        "unit_price" => column("price"),
        "net_amount" | "total_amount" => column("row_total"),
        "discount_amount" | "discount_percentage" => column("discount_amount"),
        "tax_amount" | "currency_tax_amount" => column("tax_amount"),
        "tax_rate" => Field::of(
            "/settings/policy/tax_rate_map",
            "tax_percent of the order item, by the setting tax_rate_map",
        ),
        "ledger_account" => Field::setting("default_ledger_account_id"),
        "eu_goods_services_type" => Field::setting("default_eu_goods_services_type"),
        "product" | "service" => column("product_id"),
        _ => return None,
    })
}

fn artefact(step: &Step, attribute: &str) -> Option<Field> {
    let own = |column: &str| Field::of(format!("/{}/{column}", step.entity), column);
    if let Some(field) = address(attribute, "/billing_address", "/shipping_address") {
        return Some(field);
    }
    Some(match attribute {
        "contact" => buyer(step),
        "date" | "due_date" => Field::of("/local_date", "local_date (the document's date)"),
        "expiry_date" => Field::setting("estimate_valid_days"),
        "reference" => Field::of(
            format!("/{}/increment_id", step.entity),
            "increment_id (with invoice_number_prefix before it)",
        ),
        "notes" if step.entity == "creditmemo" => own("customer_note"),
        "notes" => Field::of("/payment/po_number", "po_number"),
        "currency" => own("order_currency_code"),
        "exchange_rate" | "inverse_exchange_rate" => own("base_to_order_rate"),
        "shipping_net_amount" => own("shipping_amount"),
        "shipping_tax_amount" => own("shipping_tax_amount"),
        "shipping_tax_rate" => Field::of(
            "/settings/policy/tax_rate_map",
            "tax_percent of the shipping tax, by the setting tax_rate_map",
        ),
        "original_invoice_date" => Field::of("/order_invoices", "the date of the credited invoice"),
        lines if LINES.contains(&lines) => own("items"),
        "total_amount" | "net_amount" | "tax_amount" => own("grand_total"),
        _ => return None,
    })
}

fn contact(step: &Step, attribute: &str) -> Option<Field> {
    let customer = step.entity == "customer";
    let (billing, delivery) = if customer {
        ("/customer_addresses", "/customer_addresses")
    } else {
        ("/billing_address", "/shipping_address")
    };
    if let Some(field) = address(attribute, billing, delivery) {
        return Some(field);
    }
    Some(match attribute {
        "reference" | "contact" => buyer(step),
        "email" | "main_contact_person.email" if customer => Field::of("/customer/email", "email"),
        "email" | "main_contact_person.email" => {
            Field::of("/order/customer_email", "customer_email")
        }
        "name" | "main_contact_person.name" if customer => {
            Field::of("/customer", "company or name of the customer")
        }
        "name" | "main_contact_person.name" => {
            Field::of(billing, "company or name of the billing address")
        }
        "main_contact_person.telephone" => {
            Field::of(join(billing, "telephone", customer), "telephone")
        }
        "tax_number" if customer => Field::of("/customer/taxvat", "taxvat (the VAT number)"),
        "tax_number" => Field::of("/billing_address/vat_id", "vat_id (the VAT number)"),
        "currency" if customer => Field::of(
            "/settings/binding/base_currency",
            "the business's own currency",
        ),
        "currency" => Field::of(
            format!("/{}/order_currency_code", step.entity),
            "order_currency_code",
        ),
        _ => return None,
    })
}

fn payment(step: &Step, attribute: &str) -> Option<Field> {
    let tender = step.xref.rsplit(':').next().unwrap_or_default();
    Some(match attribute {
        "bank_account" if ["gift_card", "store_credit", "reward_points"].contains(&tender) => {
            Field::setting(&format!("{tender}_bank_account_id"))
        }
        "bank_account" => Field::of(
            "/settings/policy/payment_method_map",
            "the bank account of the payment method in the setting payment_method_map, or default_bank_account_id",
        ),
        "contact" => buyer(step),
        "date" => Field::of("/local_date", "local_date"),
        "reference" => Field::of(format!("/{}/increment_id", step.entity), "increment_id"),
        "currency" => Field::of(
            format!("/{}/order_currency_code", step.entity),
            "order_currency_code",
        ),
        "exchange_rate" => Field::of(
            format!("/{}/base_to_order_rate", step.entity),
            "base_to_order_rate",
        ),
        "total_amount" | "allocated_artefacts.amount" => {
            Field::of(format!("/{}/grand_total", step.entity), "grand_total")
        }
        "allocated_artefacts" | "allocated_artefacts.artefact" => {
            Field::of(format!("/{}/entity_id", step.entity), "the document itself")
        }
        _ => return None,
    })
}

fn product(attribute: &str) -> Option<Field> {
    let own = |column: &str| Field::of(format!("/product/attributes/{column}"), column);
    Some(match attribute {
        "item_code" => Field::of("/product/sku", "sku"),
        "description" => own("name"),
        "sales_ledger_account" => Field::setting("default_ledger_account_id"),
        "purchase_ledger_account" => Field::setting("default_purchase_ledger_account_id"),
        "cost_price" => own("cost"),
        "sales_prices" | "sales_prices.price" | "sales_rates" | "sales_rates.rate" => own("price"),
        "quantity" => Field::of("/product/stock_item/qty", "qty of the stock item"),
        "date" => Field::of("/local_date", "local_date"),
        _ => return None,
    })
}

/// The buyer behind a contact, by the form of its cross-reference key.
fn buyer(step: &Step) -> Field {
    let key = step.contact();
    let mut parts = key.split(':');
    let reference = match (parts.next(), parts.next()) {
        (Some("contact"), Some(reference)) => reference,
        _ => "",
    };
    if step.entity == "customer" {
        Field::of("/customer/entity_id", "the customer's id")
    } else if reference.starts_with(['M', 'H']) {
        Field::of("/order/customer_id", "customer_id")
    } else if reference.starts_with('G') {
        Field::of("/order/customer_email", "customer_email of a guest")
    } else if reference.is_empty() {
        Field::of(
            format!("/{}/entity_id", step.entity),
            "the contact of the invoice as posted",
        )
    } else {
        Field::setting("b2c_consolidation/fallback_contact_reference")
    }
}

/// Sage's address attributes by Magento's columns.
fn address(attribute: &str, billing: &str, delivery: &str) -> Option<Field> {
    let (which, attribute) = attribute.split_once('.').unwrap_or((attribute, ""));
    let (pointer, name) = match which {
        "main_address" => (billing, "the billing address"),
        "delivery_address" => (delivery, "the delivery address"),
        _ => return None,
    };
    let column = match attribute.strip_suffix("_id").unwrap_or(attribute) {
        "address_line_1" | "address_line_2" => "street",
        "city" => "city",
        "region" => "region",
        "postal_code" => "postcode",
        "country" => "country_id",
        _ => return Some(Field::of(pointer, name)),
    };
    let several = pointer == "/customer_addresses";
    Some(Field::of(
        join(pointer, column, several),
        format!("{column} of {name}"),
    ))
}

/// A column below `parent`; a list of addresses has no column of its own.
fn join(parent: &str, column: &str, several: bool) -> String {
    if several {
        parent.to_owned()
    } else {
        format!("{parent}/{column}")
    }
}
