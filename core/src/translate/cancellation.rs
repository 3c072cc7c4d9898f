//! `invoice.canceled` → the invoice in Sage is voided; `creditmemo.canceled` → a person decides.

use super::steps;
use crate::canonical::SalesEvent;
use crate::codes::Reject;
use crate::context::Context;
use crate::document::InvoiceState;
use crate::filter;
use crate::outcome::{Outcome, Rejection, Step};
use crate::sage::plan::Plan;

/// Magento cancels an open invoice, also when its order is edited.
///
/// Whether the invoice is in Sage is known to the relay only: it voids the one that is, and
/// takes back the one that is still to be sent.
pub(super) fn of_invoice(context: &mut Context<'_>, event: &SalesEvent<'_>) -> Step<Outcome> {
    require_canceled(event)?;
    let valued = super::value(context, event)?;
    if let Some(skip) = filter::document_canceled(context.settings, valued.facts(event))? {
        return Ok(Outcome::Skip(skip));
    }
    Ok(Outcome::Post(Box::new(Plan::new(
        "invoice.canceled",
        event.sequence,
        steps::origin(event),
        Vec::new(),
        vec![steps::void_invoice(event)],
    ))))
}

/// A canceled credit memo gave money back, or did not: only a person knows.
pub(super) fn of_credit_memo(context: &mut Context<'_>, event: &SalesEvent<'_>) -> Step<Outcome> {
    require_canceled(event)?;
    let valued = super::value(context, event)?;
    if let Some(skip) = filter::document_canceled(context.settings, valued.facts(event))? {
        return Ok(Outcome::Skip(skip));
    }
    Err(Rejection::new(
        Reject::CreditmemoCanceledLater,
        event.pointer("state"),
        format!(
            "credit memo {} was canceled in Magento; if its credit note is in Sage, it still counts there",
            event.document.increment_id.as_str()
        ),
        "look for the credit note in Sage: if the customer did not get the money, remove its refund and void it there",
    ))
}

fn require_canceled(event: &SalesEvent<'_>) -> Step<()> {
    let state = event.document.state;
    if InvoiceState::from_magento(state) == Some(InvoiceState::Canceled) {
        return Ok(());
    }
    Err(Rejection::new(
        Reject::InvoiceNotCanceled,
        event.pointer("state"),
        format!(
            "the event says that {} {} was canceled, but its state is {state}",
            event.kind.noun(),
            event.document.increment_id.as_str()
        ),
        "open the document in Magento: if it is not canceled, nothing has to be done; if it is, send it again",
    ))
}
