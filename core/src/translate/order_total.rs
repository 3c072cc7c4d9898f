//! An order whose invoices come to more than the order: payment modules sometimes invoice twice.

use crate::canonical::{DocumentKind, OrderInvoice, SalesEvent};
use crate::codes::Reject;
use crate::document::InvoiceState;
use crate::money::{Currency, Money};
use crate::outcome::{Rejection, Step};
use crate::policy::{OverInvoiced, Settings};

/// Refuses an invoice, and its payment, that the order's total has no room for beside the earlier
/// invoices.
pub(super) fn require_within_order(
    settings: &Settings<'_>,
    event: &SalesEvent<'_>,
    currency: Currency,
) -> Step<()> {
    if event.kind != DocumentKind::Invoice {
        return Ok(());
    }
    let document = &event.document;
    let own = currency.round(document.grand_total.exact());
    if !is_surplus(settings, event, currency, document.entity_id, own) {
        return Ok(());
    }
    let order_number = event.order.increment_id.as_str();
    let total = order_total(event, currency).unwrap_or(Money::ZERO);
    let number = document.increment_id.as_str();
    let earlier: Vec<&str> = counted(event, document.entity_id)
        .map(|invoice| invoice.increment_id.as_str())
        .collect();
    let what = if earlier.is_empty() {
        format!(
            "order {order_number} comes to {total}; invoice {number} over {own} is more than that"
        )
    } else {
        format!(
            "order {order_number} comes to {total}, its earlier invoices {} to {}; invoice {number} over {own} is more than the rest",
            earlier.join(", "),
            invoiced(event, currency, document.entity_id),
        )
    };
    Err(Rejection::new(
        Reject::OrderOverInvoiced,
        event.pointer("grand_total"),
        what,
        "cancel or refund the surplus invoice in Magento; if it is right, set over_invoiced to post",
    ))
}

/// Whether an invoice of the order is refused as surplus, so that it is not in Sage.
pub(super) fn is_surplus(
    settings: &Settings<'_>,
    event: &SalesEvent<'_>,
    currency: Currency,
    entity_id: u64,
    total: Money,
) -> bool {
    let earlier = invoiced(event, currency, entity_id);
    let Some(order) = order_total(event, currency) else {
        return false;
    };
    let tolerance = settings.rounding_cap(currency);
    settings.policy.over_invoiced == OverInvoiced::Reject
        && !total.is_zero()
        && earlier + total - order > tolerance
}

fn order_total(event: &SalesEvent<'_>, currency: Currency) -> Option<Money> {
    event
        .order
        .grand_total
        .map(|total| currency.round(total.exact()))
}

/// What the earlier invoices come to.
fn invoiced(event: &SalesEvent<'_>, currency: Currency, entity_id: u64) -> Money {
    counted(event, entity_id)
        .map(|invoice| currency.round(invoice.grand_total.exact()))
        .sum()
}

/// The invoices before this one that were not canceled.
fn counted<'a>(
    event: &'a SalesEvent<'a>,
    entity_id: u64,
) -> impl Iterator<Item = &'a OrderInvoice<'a>> {
    event.order_invoices.iter().filter(move |invoice| {
        invoice.entity_id < entity_id
            && InvoiceState::from_magento(invoice.state) != Some(InvoiceState::Canceled)
    })
}
