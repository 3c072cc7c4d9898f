//! `POST /products`, `/services`, `/stock_items` and `/stock_movements`.

use super::plan::{QuantityTarget, Ref};
use crate::money::Money;
use serde::Serialize;

/// A product, a service or a stock item: the fields we send are the same.
#[derive(Debug, Serialize)]
pub(crate) struct CatalogItem {
    pub(crate) item_code: String,
    pub(crate) description: String,
    pub(crate) sales_ledger_account_id: String,
    pub(crate) purchase_ledger_account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cost_price: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sales_prices: Option<[SalesPrice; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sales_rates: Option<[SalesRate; 1]>,
    pub(crate) active: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct SalesPrice {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) product_sales_price_type_id: Option<String>,
    pub(crate) price_name: &'static str,
    pub(crate) price: Money,
    pub(crate) price_includes_tax: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct SalesRate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service_rate_type_id: Option<String>,
    pub(crate) rate_name: &'static str,
    pub(crate) rate: Money,
    pub(crate) rate_includes_tax: bool,
}

/// A change of stock; its quantity is what is missing to the target.
#[derive(Debug, Serialize)]
pub(crate) struct StockMovement {
    pub(crate) stock_item_id: Ref,
    pub(crate) date: String,
    pub(crate) quantity: QuantityTarget,
    pub(crate) cost_price: Money,
    pub(crate) details: &'static str,
}
