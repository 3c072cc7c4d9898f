//! `sync_estimates`, and how far an order has come: only an open order has an estimate.

use super::DocumentFacts;
use crate::canonical::SalesEvent;
use crate::codes;
use crate::outcome::{Skip, Step};
use crate::policy::Settings;

const CANCELED: &str = "canceled";

/// `sync_estimates = false`, the default, leaves all orders out.
pub(super) fn estimates_off(settings: &Settings<'_>, _: DocumentFacts<'_>) -> Step<Option<Skip>> {
    Ok((!settings.policy.sync_estimates).then(|| Skip {
        reason: codes::Skip::SyncEstimatesOff,
        message: "sync_estimates is off".to_owned(),
    }))
}

/// An order that is canceled or invoiced needs no estimate.
pub(super) fn not_open(_: &Settings<'_>, facts: DocumentFacts<'_>) -> Step<Option<Skip>> {
    let number = facts.event.document.increment_id.as_str();
    Ok(if is_canceled(facts.event) {
        Some(Skip {
            reason: codes::Skip::OrderCanceled,
            message: format!("order {number} is canceled"),
        })
    } else if is_invoiced(facts.event) {
        Some(Skip {
            reason: codes::Skip::OrderInvoiced,
            message: format!("order {number} is invoiced in full; its invoices are posted"),
        })
    } else {
        None
    })
}

/// The event says that the order was invoiced in full, and it is not (any more).
pub(super) fn not_invoiced(_: &Settings<'_>, facts: DocumentFacts<'_>) -> Step<Option<Skip>> {
    Ok((!is_invoiced(facts.event)).then(|| still_open(facts.event)))
}

/// The event says that the order was canceled, and it is not (any more). Magento leaves an order
/// that was partly invoiced in another state when the rest is canceled.
pub(super) fn not_canceled(_: &Settings<'_>, facts: DocumentFacts<'_>) -> Step<Option<Skip>> {
    let is_open = !is_canceled(facts.event) && !is_invoiced(facts.event);
    Ok(is_open.then(|| still_open(facts.event)))
}

fn still_open(event: &SalesEvent<'_>) -> Skip {
    let state = event.order_progress.as_ref();
    Skip {
        reason: codes::Skip::OrderOpen,
        message: format!(
            "order {} is in state {}; its estimate stays",
            event.document.increment_id.as_str(),
            state.map_or("", |progress| progress.state.as_str())
        ),
    }
}

fn is_canceled(event: &SalesEvent<'_>) -> bool {
    let progress = event.order_progress.as_ref();
    progress.is_some_and(|progress| progress.state.as_str() == CANCELED)
}

fn is_invoiced(event: &SalesEvent<'_>) -> bool {
    let progress = event.order_progress.as_ref();
    progress.is_some_and(|progress| progress.is_invoiced)
}
