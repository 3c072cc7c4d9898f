//! `POST /sales_invoices`.

use super::Address;
use super::plan::Ref;
use crate::money::{Money, plain};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

#[derive(Debug, Serialize)]
pub(crate) struct SalesInvoiceBody {
    pub(crate) sales_invoice: SalesInvoice,
}

#[derive(Debug, Serialize)]
pub(crate) struct SalesInvoice {
    pub(crate) contact_id: Ref,
    pub(crate) date: String,
    pub(crate) reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    pub(crate) main_address: Address,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery_address: Option<Address>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) shipping: Option<ShippingPanel>,
    pub(crate) invoice_lines: Vec<InvoiceLine>,
}

/// The shipping fields of the header; Sage shows them as "Carriage".
#[derive(Debug, Serialize)]
pub(crate) struct ShippingPanel {
    pub(crate) shipping_net_amount: Money,
    pub(crate) shipping_tax_rate_id: String,
    /// Ignored by Sage, which recomputes it; sent so that a reader of the request sees Magento's figure.
    pub(crate) shipping_tax_amount: Money,
    /// What Sage recomputes with.
    #[serde(skip)]
    pub(crate) percentage: Decimal,
}

#[derive(Debug, Serialize)]
pub(crate) struct InvoiceLine {
    pub(crate) description: String,
    pub(crate) ledger_account_id: String,
    #[serde(serialize_with = "as_plain_text")]
    pub(crate) quantity: Decimal,
    pub(crate) unit_price: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) discount_amount: Option<Money>,
    pub(crate) tax_rate_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tax_amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency_tax_amount: Option<Money>,
}

fn as_plain_text<S: Serializer>(quantity: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&plain(*quantity))
}
