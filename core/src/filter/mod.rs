//! Which documents the policy sends to Sage at all.
//!
//! One file per filter. The order is the product's documented priority,
//! so a document that several filters exclude always shows the same reason.

mod canceled;
mod unpaid;
mod zero_value;
mod since;
mod website;
mod store;

use crate::Step;
use crate::canonical::InvoiceCreated;
use crate::money::Money;
use crate::outcome::Skip;
use crate::policy::Settings;

/// What the invoice filters look at.
pub(crate) struct InvoiceFacts<'a> {
    pub(crate) event: &'a InvoiceCreated,
    /// Grand total plus the tenders Magento subtracted: what the invoice is worth.
    pub(crate) value: Money,
}

type InvoiceFilter = fn(&Settings, &InvoiceFacts<'_>) -> Step<Option<Skip>>;

/// A canceled invoice is void whatever the policy says, so its filter comes first.
const INVOICE_FILTERS: &[InvoiceFilter] = &[
    canceled::filter,
    unpaid::filter,
    zero_value::filter,
    since::filter,
    website::filter,
    store::filter,
];

/// The first filter that leaves the invoice out, if any does.
pub(crate) fn invoice(settings: &Settings, facts: &InvoiceFacts<'_>) -> Step<Option<Skip>> {
    for filter in INVOICE_FILTERS {
        if let Some(skip) = filter(settings, facts)? {
            return Ok(Some(skip));
        }
    }
    Ok(None)
}
