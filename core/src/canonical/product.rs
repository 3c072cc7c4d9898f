//! `product.upserted`: a product in the global scope, with its stock.

use super::Figure;
use super::figure::null_as_zero;
use serde::Deserialize;

/// A product was saved, or its stock.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct ProductEvent {
    #[serde(rename = "schema")]
    _schema: String,
    #[serde(rename = "event")]
    _event: String,
    #[serde(rename = "magento_entity_id")]
    _magento_entity_id: u64,
    pub sequence: u64,
    pub website_id: u64,
    pub store_id: u64,
    #[serde(rename = "occurred_at")]
    _occurred_at: String,
    pub local_date: String,
    pub product: Product,
}

/// `catalog_product_entity` with its attributes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Product {
    pub entity_id: u64,
    pub sku: String,
    pub type_id: String,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    pub attributes: Attributes,
    pub stock_item: Option<StockItem>,
    #[serde(default)]
    pub source_items: Vec<SourceItem>,
    /// Effective `cataloginventory/item_options/manage_stock`.
    pub config_manage_stock: Option<u64>,
    /// `tax/calculation/price_includes_tax`.
    pub price_includes_tax: Option<u64>,
    /// `currency/options/base` of the default scope.
    pub base_currency_code: Option<String>,
}

/// The attributes that matter to a ledger, in the global scope.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are Magento's attribute codes")]
pub struct Attributes {
    pub name: Option<String>,
    pub status: Option<String>,
    pub tax_class_id: Option<String>,
    pub price: Option<Figure>,
    pub special_price: Option<Figure>,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub cost: Figure,
    pub short_description: Option<String>,
    pub description: Option<String>,
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
pub struct SourceItem {
    pub source_code: String,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub quantity: Figure,
    pub status: Option<u64>,
}
