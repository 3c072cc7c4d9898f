//! `sync_unpaid_invoices = false` leaves unpaid invoices out.

use super::DocumentFacts;
use crate::codes;
use crate::document::InvoiceState;
use crate::outcome::Skip;
use crate::outcome::Step;
use crate::policy::Settings;

pub(super) fn filter(settings: &Settings<'_>, facts: DocumentFacts<'_>) -> Step<Option<Skip>> {
    let paid = InvoiceState::from_magento(facts.event.document.state) == Some(InvoiceState::Paid);
    Ok(
        (!settings.policy.sync_unpaid_invoices && !paid).then(|| Skip {
            reason: codes::Skip::UnpaidInvoice,
            message: "the invoice is not paid and sync_unpaid_invoices is off".to_owned(),
        }),
    )
}
