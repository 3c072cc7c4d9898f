//! The order behind an invoice or a credit memo.

use super::figure::null_as_zero;
use super::{Figure, Text};
use serde::Deserialize;

/// What the order item adds to the invoice's row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct OrderItem<'a> {
    pub item_id: u64,
    #[serde(borrow)]
    pub product_type: Text<'a>,
    pub tax_percent: Option<Figure>,
}

/// `sales_order`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Order<'a> {
    pub entity_id: u64,
    #[serde(borrow)]
    pub increment_id: Text<'a>,
    pub customer_id: Option<u64>,
    pub customer_is_guest: Option<u64>,
    pub customer_group_id: Option<u64>,
    pub customer_email: Option<Text<'a>>,
    pub customer_firstname: Option<Text<'a>>,
    pub customer_lastname: Option<Text<'a>>,
    pub customer_taxvat: Option<Text<'a>>,
    pub is_virtual: Option<u64>,
    pub shipping_description: Option<Text<'a>>,
    pub coupon_code: Option<Text<'a>>,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub shipping_discount_amount: Figure,
    pub grand_total: Option<Figure>,
    pub base_to_order_rate: Option<Figure>,
    pub base_to_global_rate: Option<Figure>,
}

/// `sales_order_address`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Address<'a> {
    #[serde(borrow)]
    pub prefix: Option<Text<'a>>,
    pub firstname: Option<Text<'a>>,
    pub middlename: Option<Text<'a>>,
    pub lastname: Option<Text<'a>>,
    pub suffix: Option<Text<'a>>,
    pub company: Option<Text<'a>>,
    pub street: Option<Text<'a>>,
    pub city: Option<Text<'a>>,
    pub region: Option<Text<'a>>,
    pub postcode: Option<Text<'a>>,
    pub country_id: Option<Text<'a>>,
    pub telephone: Option<Text<'a>>,
    pub email: Option<Text<'a>>,
    pub vat_id: Option<Text<'a>>,
}

/// `sales_order_payment`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Payment<'a> {
    #[serde(borrow)]
    pub method: Option<Text<'a>>,
    pub method_title: Option<Text<'a>>,
    pub po_number: Option<Text<'a>>,
    pub last_trans_id: Option<Text<'a>>,
}

impl Payment<'_> {
    /// The method's code; empty where the order has none.
    pub(crate) fn method(&self) -> &str {
        self.method.as_deref().unwrap_or_default()
    }
}

/// `sales_order_tax`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct OrderTax<'a> {
    pub tax_id: u64,
    #[serde(borrow)]
    pub code: Option<Text<'a>>,
    pub title: Option<Text<'a>>,
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
pub struct OrderTaxItem<'a> {
    pub tax_id: u64,
    pub item_id: Option<u64>,
    pub associated_item_id: Option<u64>,
    pub tax_percent: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub amount: Figure,
    #[serde(borrow)]
    pub taxable_item_type: Text<'a>,
}
