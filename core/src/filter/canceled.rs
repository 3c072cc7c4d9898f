//! Canceled documents stay out: they are void in Magento.

use super::DocumentFacts;
use crate::canonical::DocumentKind;
use crate::codes;
use crate::document::InvoiceState;
use crate::outcome::Step;
use crate::outcome::{Rejection, Skip};
use crate::policy::Settings;

pub(super) fn filter(_: &Settings<'_>, facts: DocumentFacts<'_>) -> Step<Option<Skip>> {
    let event = facts.event;
    let state = event.document.state;
    let reason = match event.kind {
        DocumentKind::Invoice => codes::Skip::InvoiceCanceled,
        DocumentKind::Creditmemo => codes::Skip::CreditmemoCanceled,
        DocumentKind::Order => codes::Skip::OrderCanceled,
    };
    // Invoices and credit memos number their states alike: open, paid or refunded, canceled.
    match InvoiceState::from_magento(state) {
        Some(InvoiceState::Canceled) => Ok(Some(Skip {
            reason,
            message: format!("the {} was canceled in Magento (state 3)", event.kind.key()),
        })),
        Some(InvoiceState::Open | InvoiceState::Paid) => Ok(None),
        None => Err(Rejection::new(
            codes::Reject::UnknownInvoiceState,
            event.pointer("state"),
            format!("{} state {state} is not known", event.kind.key()),
            "Magento has 1 (open), 2 (paid) and 3 (canceled); a module that adds states needs a mapping",
        )),
    }
}
