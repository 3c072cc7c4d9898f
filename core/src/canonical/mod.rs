//! The event: one Magento document with everything around it, in Magento's own column names.
//!
//! Invariant: nothing below this module and [`crate::policy`] reads JSON.
//! The contract is `docs/contracts.md` §1; unknown keys are refused, so that a typing
//! error in an adapter cannot lose a fact.

mod figure;
mod reading;
mod weee;

pub use figure::Figure;
use figure::null_as_zero;
pub(crate) use reading::{Date, parse_document, parse_instant, parse_utc};
pub(crate) use weee::fixed_product_taxes;

use crate::codes;
use crate::outcome::Rejection;
use crate::{SCHEMA_VERSION, Step};
use serde::Deserialize;

/// The five happenings the product knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// An invoice was raised.
    InvoiceCreated,
    /// An invoice was paid.
    InvoicePaid,
    /// A credit memo was raised.
    CreditmemoCreated,
    /// A customer or one of its addresses changed.
    CustomerUpserted,
    /// A product or its stock changed.
    ProductUpserted,
}

impl EventKind {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "invoice.created" => Self::InvoiceCreated,
            "invoice.paid" => Self::InvoicePaid,
            "creditmemo.created" => Self::CreditmemoCreated,
            "customer.upserted" => Self::CustomerUpserted,
            "product.upserted" => Self::ProductUpserted,
            _ => return None,
        })
    }
}

/// An event as the core works on it.
#[derive(Debug)]
pub enum Event {
    /// An invoice was raised; the document in full.
    InvoiceCreated(Box<InvoiceCreated>),
    /// A known happening that this release does not translate; its name.
    NotSupportedYet(String),
}

impl Event {
    /// Reads an event strictly.
    ///
    /// # Errors
    /// A rejection that names the first field that is missing, unknown or of the wrong type.
    pub fn parse(text: &str) -> Step<Self> {
        let head: Head = parse_document(text, "")?;
        if head.schema != SCHEMA_VERSION {
            return Err(Rejection::new(
                codes::Reject::UnsupportedSchema,
                "/schema",
                format!("the event has schema {:?}", head.schema),
                format!(
                    "send schema {SCHEMA_VERSION:?}: module and core must be of the same release"
                ),
            ));
        }
        match EventKind::from_name(&head.event) {
            Some(EventKind::InvoiceCreated) => {
                let created: InvoiceCreated = parse_document(text, "")?;
                Date::parse(&created.local_date, "/local_date")?;
                parse_utc(&created.invoice.created_at, "/invoice/created_at")?;
                Ok(Self::InvoiceCreated(Box::new(created)))
            }
            Some(
                EventKind::InvoicePaid
                | EventKind::CreditmemoCreated
                | EventKind::CustomerUpserted
                | EventKind::ProductUpserted,
            ) => Ok(Self::NotSupportedYet(head.event)),
            None => Err(Rejection::new(
                codes::Reject::UnknownEvent,
                "/event",
                format!("{:?} is no event of this product", head.event),
                "send invoice.created, invoice.paid, creditmemo.created, customer.upserted or product.upserted",
            )),
        }
    }
}

/// The part every event has, read first so that the kind decides how the rest is read.
#[derive(Debug, Deserialize)]
struct Head {
    schema: String,
    event: String,
    #[serde(rename = "magento_entity_id")]
    _magento_entity_id: u64,
}

/// `invoice.created`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct InvoiceCreated {
    pub schema: String,
    pub event: String,
    pub magento_entity_id: u64,
    pub sequence: u64,
    pub website_id: u64,
    pub store_id: u64,
    pub occurred_at: String,
    pub local_date: String,
    pub invoice: Invoice,
    pub order: Order,
    pub billing_address: Address,
    pub shipping_address: Option<Address>,
    pub payment: Payment,
    #[serde(default)]
    pub order_tax: Vec<OrderTax>,
    #[serde(default)]
    pub order_tax_items: Vec<OrderTaxItem>,
}

impl InvoiceCreated {
    /// Where the goods go: the shipping address, or the billing address of a virtual order.
    pub(crate) fn delivery_address(&self) -> &Address {
        self.shipping_address
            .as_ref()
            .unwrap_or(&self.billing_address)
    }

    /// JSON pointer of [`Self::delivery_address`].
    pub(crate) fn delivery_address_pointer(&self) -> &'static str {
        if self.shipping_address.is_some() {
            "/shipping_address"
        } else {
            "/billing_address"
        }
    }
}

/// `sales_invoice`, with its rows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Invoice {
    pub entity_id: u64,
    pub increment_id: String,
    pub state: u64,
    pub created_at: String,
    pub order_currency_code: String,
    pub base_currency_code: String,
    pub base_to_order_rate: Option<Figure>,
    pub grand_total: Figure,
    pub base_grand_total: Option<Figure>,
    pub subtotal: Figure,
    pub tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub discount_amount: Figure,
    pub discount_description: Option<String>,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub discount_tax_compensation_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub shipping_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub shipping_tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub shipping_incl_tax: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub shipping_discount_tax_compensation_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub customer_balance_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gift_cards_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub reward_currency_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gw_price: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gw_tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gw_items_price: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gw_items_tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gw_card_price: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gw_card_tax_amount: Figure,
    #[serde(default)]
    pub other: Vec<OtherTotal>,
    pub items: Vec<Item>,
}

/// A total that a third-party module adds to the grand total.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct OtherTotal {
    pub code: String,
    pub title: String,
    pub amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub tax_amount: Figure,
    pub tax_percent: Option<Figure>,
}

/// `sales_invoice_item`, only rows that are priced themselves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Item {
    pub entity_id: u64,
    pub order_item_id: u64,
    pub product_id: Option<u64>,
    pub sku: String,
    pub name: String,
    pub qty: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub price: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub price_incl_tax: Figure,
    pub row_total: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub row_total_incl_tax: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub discount_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub discount_tax_compensation_amount: Figure,
    pub weee_tax_applied: Option<String>,
    pub order_item: OrderItem,
}

/// What the order item adds to the invoice's row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct OrderItem {
    pub item_id: u64,
    pub product_type: String,
    pub tax_percent: Option<Figure>,
}

/// `sales_order`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Order {
    pub entity_id: u64,
    pub increment_id: String,
    pub customer_id: Option<u64>,
    pub customer_is_guest: Option<u64>,
    pub customer_group_id: Option<u64>,
    pub customer_email: String,
    pub customer_firstname: Option<String>,
    pub customer_lastname: Option<String>,
    pub customer_taxvat: Option<String>,
    pub is_virtual: Option<u64>,
    pub shipping_description: Option<String>,
    pub coupon_code: Option<String>,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub shipping_discount_amount: Figure,
}

/// `sales_order_address`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Address {
    pub prefix: Option<String>,
    pub firstname: Option<String>,
    pub middlename: Option<String>,
    pub lastname: Option<String>,
    pub suffix: Option<String>,
    pub company: Option<String>,
    pub street: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    pub postcode: Option<String>,
    pub country_id: Option<String>,
    pub telephone: Option<String>,
    pub email: Option<String>,
    pub vat_id: Option<String>,
}

/// `sales_order_payment`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Payment {
    pub method: String,
    pub method_title: Option<String>,
    pub po_number: Option<String>,
    pub last_trans_id: Option<String>,
}

/// `sales_order_tax`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct OrderTax {
    pub tax_id: u64,
    pub code: Option<String>,
    pub title: Option<String>,
    pub percent: Option<Figure>,
    pub amount: Option<Figure>,
}

/// `sales_order_tax_item`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct OrderTaxItem {
    pub tax_id: u64,
    pub item_id: Option<u64>,
    pub associated_item_id: Option<u64>,
    pub tax_percent: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub amount: Figure,
    pub taxable_item_type: String,
}
