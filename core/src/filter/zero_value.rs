//! `sync_zero_value_invoices = false` leaves invoices worth nothing out.
//!
//! An invoice paid by gift card has a grand total of zero in Magento and is still worth its goods.

use super::DocumentFacts;
use crate::codes;
use crate::outcome::Skip;
use crate::outcome::Step;
use crate::policy::Settings;

pub(super) fn filter(settings: &Settings<'_>, facts: DocumentFacts<'_>) -> Step<Option<Skip>> {
    let worthless = facts.value.is_zero();
    Ok(
        (!settings.policy.sync_zero_value_invoices && worthless).then(|| Skip {
            reason: codes::Skip::ZeroValueInvoice,
            message: "the invoice is worth nothing and sync_zero_value_invoices is off".to_owned(),
        }),
    )
}
