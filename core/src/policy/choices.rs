//! Settings with a few named values.

use serde::Deserialize;

/// Whose name a contact carries when an address has both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum NamePriority {
    /// The company, and the person when there is none.
    #[default]
    Company,
    /// The person, and the company when there is none.
    Person,
}

/// What becomes of a credit memo whose invoice never reached Sage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithoutInvoice {
    /// Post it unallocated, with a warning.
    #[default]
    PostUnallocated,
    /// Leave it out.
    Skip,
}

/// How the adjustments of a credit memo are booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentVat {
    /// Without VAT, as Magento books them.
    #[default]
    None,
    /// With the VAT they contain, at the rates of the memo.
    Inclusive,
}

/// What becomes of an invoice that brings the invoices of its order beyond the order's total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverInvoiced {
    /// Refuse it and its payment.
    #[default]
    Reject,
    /// Post it like any other.
    Post,
}

/// What becomes of a document number that is longer than Sage's reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentReference {
    /// Shorten it so that it stays unique, with the whole number in the notes.
    #[default]
    Shorten,
    /// Refuse the document.
    Reject,
}

/// What becomes of an estimate when its order is invoiced in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EstimateWhenInvoiced {
    /// It names the order's last invoice.
    #[default]
    Link,
    /// It is deleted.
    Remove,
}

/// What a Sage business has for orders: Sage decides by its country and plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EstimateResource {
    /// `sales_estimates`.
    SalesEstimates,
    /// `sales_quotes`.
    SalesQuotes,
    /// Neither.
    None,
}

/// What becomes of a document dated inside a period that is locked in Sage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockedPeriod {
    /// Refuse it.
    #[default]
    Reject,
    /// Book it on the first day that is open, with its own date in the notes.
    NextOpenDay,
}
