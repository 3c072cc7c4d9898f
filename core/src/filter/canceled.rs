//! Canceled invoices stay out: they are void in Magento.

use super::InvoiceFacts;
use crate::Step;
use crate::codes;
use crate::outcome::{Rejection, Skip};
use crate::policy::Settings;
use crate::translate::InvoiceState;

pub(super) fn filter(_: &Settings, facts: &InvoiceFacts<'_>) -> Step<Option<Skip>> {
    let state = facts.event.invoice.state;
    match InvoiceState::from_magento(state) {
        Some(InvoiceState::Canceled) => Ok(Some(Skip {
            reason: codes::Skip::InvoiceCanceled,
            message: "the invoice was canceled in Magento (state 3)".to_owned(),
        })),
        Some(InvoiceState::Open | InvoiceState::Paid) => Ok(None),
        None => Err(Rejection::new(
            codes::Reject::UnknownInvoiceState,
            "/invoice/state",
            format!("invoice state {state} is not known"),
            "Magento has 1 (open), 2 (paid) and 3 (canceled); a module that adds states needs a mapping",
        )),
    }
}
