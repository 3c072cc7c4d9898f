//! `product.upserted`: a product in the global scope, with its stock.

use super::figure::null_as_zero;
use super::{Figure, Text};
use serde::Deserialize;

/// A product was saved, or its stock.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct ProductEvent<'a> {
    #[serde(borrow, rename = "schema")]
    _schema: Text<'a>,
    #[serde(rename = "event")]
    _event: Text<'a>,
    #[serde(rename = "magento_entity_id")]
    _magento_entity_id: u64,
    pub sequence: u64,
    pub website_id: u64,
    pub store_id: u64,
    #[serde(rename = "occurred_at")]
    _occurred_at: Text<'a>,
    pub local_date: Text<'a>,
    pub product: Product<'a>,
}

/// `catalog_product_entity` with its attributes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Product<'a> {
    pub entity_id: u64,
    #[serde(borrow)]
    pub sku: Text<'a>,
    pub type_id: Text<'a>,
    pub created_at: Option<Text<'a>>,
    pub updated_at: Option<Text<'a>>,
    pub attributes: Attributes<'a>,
    pub stock_item: Option<StockItem>,
    #[serde(default)]
    pub source_items: Vec<SourceItem<'a>>,
    /// Effective `cataloginventory/item_options/manage_stock`.
    pub config_manage_stock: Option<u64>,
    /// `tax/calculation/price_includes_tax`.
    pub price_includes_tax: Option<u64>,
    /// `currency/options/base` of the default scope.
    pub base_currency_code: Option<Text<'a>>,
}

/// The attributes that matter to a ledger, in the global scope.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are Magento's attribute codes")]
pub struct Attributes<'a> {
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    pub status: Option<Text<'a>>,
    pub tax_class_id: Option<Text<'a>>,
    pub price: Option<Figure>,
    pub special_price: Option<Figure>,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub cost: Figure,
    pub short_description: Option<Text<'a>>,
    pub description: Option<Text<'a>>,
}

/// `cataloginventory_stock_item`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct StockItem {
    #[serde(default, deserialize_with = "null_as_zero")]
    pub qty: Figure,
    pub is_in_stock: Option<u64>,
    pub manage_stock: Option<u64>,
    pub use_config_manage_stock: Option<u64>,
    pub is_qty_decimal: Option<u64>,
}

/// `inventory_source_item`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct SourceItem<'a> {
    #[serde(borrow)]
    pub source_code: Text<'a>,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub quantity: Figure,
    pub status: Option<u64>,
}
