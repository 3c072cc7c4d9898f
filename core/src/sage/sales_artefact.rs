//! Invoices, credit notes, estimates and quotes: one shape, a name of its own for the lines.

use super::Address;
use super::plan::Ref;
use crate::money::{ExchangeRate, Money, plain};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

#[derive(Debug, Serialize)]
pub(crate) struct SalesArtefact {
    pub(crate) contact_id: Ref,
    pub(crate) date: String,
    /// The only link a credit note has to its invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) original_invoice_date: Option<String>,
    /// The last day of an estimate or a quote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expiry_date: Option<String>,
    pub(crate) reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) destination_consignment: Option<bool>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) foreign: Option<ForeignCurrency>,
    pub(crate) main_address: Address,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery_address: Option<Address>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) shipping: Option<ShippingPanel>,
    #[serde(flatten)]
    pub(crate) lines: Lines,
}

/// The lines under the name the resource has for them.
#[derive(Debug, Serialize)]
pub(crate) enum Lines {
    #[serde(rename = "invoice_lines")]
    Invoice(Vec<ArtefactLine>),
    #[serde(rename = "credit_note_lines")]
    CreditNote(Vec<ArtefactLine>),
    #[serde(rename = "estimate_lines")]
    Estimate(Vec<ArtefactLine>),
    #[serde(rename = "quote_lines")]
    Quote(Vec<ArtefactLine>),
}

impl Lines {
    pub(crate) fn as_slice(&self) -> &[ArtefactLine] {
        match self {
            Self::Invoice(lines)
            | Self::CreditNote(lines)
            | Self::Estimate(lines)
            | Self::Quote(lines) => lines,
        }
    }

    /// Lines of estimates and quotes have no `currency_tax_amount` (documented).
    pub(crate) fn have_currency_tax_amount(&self) -> bool {
        matches!(self, Self::Invoice(_) | Self::CreditNote(_))
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [ArtefactLine] {
        match self {
            Self::Invoice(lines)
            | Self::CreditNote(lines)
            | Self::Estimate(lines)
            | Self::Quote(lines) => lines,
        }
    }
}

/// Currency and rate of a document that is not in the business's own currency.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ForeignCurrency {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exchange_rate: Option<ExchangeRate>,
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
pub(crate) struct ArtefactLine {
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) eu_goods_services_type_id: Option<String>,
}

fn as_plain_text<S: Serializer>(quantity: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&plain(*quantity))
}
