//! Which documents the policy sends to Sage at all.
//!
//! One file per filter. The order is the product's documented priority,
//! so a document that several filters exclude always shows the same reason.

mod canceled;
mod empty_document;
mod order;
mod unpaid;
mod zero_value;
mod since;
mod website;
mod store;
mod products_off;
mod product_type;

use crate::canonical::{CustomerEvent, OrderInvoice, ProductEvent, SalesEvent};
use crate::document::InvoiceState;
use crate::money::Money;
use crate::outcome::Skip;
use crate::outcome::Step;
use crate::policy::Settings;

/// What the filters of sales documents look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DocumentFacts<'a> {
    pub(crate) event: &'a SalesEvent<'a>,
    /// Grand total plus the tenders Magento subtracted: what the document is worth.
    pub(crate) value: Money,
}

type Filter = fn(&Settings<'_>, DocumentFacts<'_>) -> Step<Option<Skip>>;

/// A canceled document is void whatever the policy says, so that filter comes first.
const INVOICE_CREATED: &[Filter] = &[
    canceled::filter,
    empty_document::filter,
    unpaid::filter,
    zero_value::filter,
    since::filter,
    website::filter,
    store::filter,
];

/// A payment is left out for the reasons its invoice was, but not because it was unpaid then.
const INVOICE_PAID: &[Filter] = &[
    canceled::filter,
    empty_document::filter,
    zero_value::filter,
    since::filter,
    website::filter,
    store::filter,
];

const CREDITMEMO_CREATED: &[Filter] = &[
    canceled::filter,
    empty_document::filter,
    since::filter,
    website::filter,
    store::filter,
];

/// What was never to be in Sage need not leave it.
const DOCUMENT_CANCELED: &[Filter] = &[since::filter, website::filter, store::filter];

const ORDER_PLACED: &[Filter] = &[
    order::estimates_off,
    order::not_open,
    empty_document::filter,
    since::filter,
    website::filter,
    store::filter,
];

const ORDER_INVOICED: &[Filter] = &[
    order::estimates_off,
    order::not_invoiced,
    since::filter,
    website::filter,
    store::filter,
];

const ORDER_CANCELED: &[Filter] = &[
    order::estimates_off,
    order::not_canceled,
    since::filter,
    website::filter,
    store::filter,
];

/// The first filter that leaves an open order out, if any does.
pub(crate) fn order_placed(
    settings: &Settings<'_>,
    facts: DocumentFacts<'_>,
) -> Step<Option<Skip>> {
    first(ORDER_PLACED, settings, facts)
}

/// The first filter that leaves an order out that was invoiced in full, if any does.
pub(crate) fn order_invoiced(
    settings: &Settings<'_>,
    facts: DocumentFacts<'_>,
) -> Step<Option<Skip>> {
    first(ORDER_INVOICED, settings, facts)
}

/// The first filter that leaves a canceled order out, if any does.
pub(crate) fn order_canceled(
    settings: &Settings<'_>,
    facts: DocumentFacts<'_>,
) -> Step<Option<Skip>> {
    first(ORDER_CANCELED, settings, facts)
}

/// The first filter that leaves a canceled document out, if any does.
pub(crate) fn document_canceled(
    settings: &Settings<'_>,
    facts: DocumentFacts<'_>,
) -> Step<Option<Skip>> {
    first(DOCUMENT_CANCELED, settings, facts)
}

/// The first filter that leaves a raised invoice out, if any does.
pub(crate) fn invoice_created(
    settings: &Settings<'_>,
    facts: DocumentFacts<'_>,
) -> Step<Option<Skip>> {
    first(INVOICE_CREATED, settings, facts)
}

/// The first filter that leaves a payment out, if any does.
pub(crate) fn invoice_paid(
    settings: &Settings<'_>,
    facts: DocumentFacts<'_>,
) -> Step<Option<Skip>> {
    first(INVOICE_PAID, settings, facts)
}

/// The first filter that leaves a credit memo out, if any does.
pub(crate) fn creditmemo_created(
    settings: &Settings<'_>,
    facts: DocumentFacts<'_>,
) -> Step<Option<Skip>> {
    first(CREDITMEMO_CREATED, settings, facts)
}

/// The filter that leaves a customer out, if any does.
pub(crate) fn customer_upserted(
    settings: &Settings<'_>,
    event: &CustomerEvent<'_>,
) -> Option<Skip> {
    website::outside(settings, event.website_id)
        .or_else(|| store::outside(settings, event.store_id))
}

/// The first filter that leaves a product out, if any does.
pub(crate) fn product_upserted(settings: &Settings<'_>, event: &ProductEvent<'_>) -> Option<Skip> {
    products_off::filter(settings).or_else(|| product_type::filter(event))
}

/// Whether an invoice of the same order went to Sage, as far as the policy tells.
pub(crate) fn is_in_sage(settings: &Settings<'_>, invoice: &OrderInvoice<'_>) -> Step<bool> {
    let state = InvoiceState::from_magento(invoice.state);
    let unpaid = state == Some(InvoiceState::Open) && !settings.policy.sync_unpaid_invoices;
    let worthless =
        invoice.grand_total.exact().is_zero() && !settings.policy.sync_zero_value_invoices;
    let empty = invoice.grand_total.exact().is_zero() && invoice.order_item_ids.is_empty();
    let before = since::is_before(
        settings,
        &invoice.created_at,
        &invoice.local_date,
        "/order_invoices",
    )?;
    Ok(state != Some(InvoiceState::Canceled) && !unpaid && !worthless && !empty && !before)
}

fn first(
    filters: &[Filter],
    settings: &Settings<'_>,
    facts: DocumentFacts<'_>,
) -> Step<Option<Skip>> {
    for filter in filters {
        if let Some(skip) = filter(settings, facts)? {
            return Ok(Some(skip));
        }
    }
    Ok(None)
}
