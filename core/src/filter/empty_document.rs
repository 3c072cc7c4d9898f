//! A document without items and amounts: payment modules make such invoices beside the real one.

use super::DocumentFacts;
use crate::codes;
use crate::outcome::Skip;
use crate::outcome::Step;
use crate::policy::Settings;

pub(super) fn filter(_: &Settings<'_>, facts: DocumentFacts<'_>) -> Step<Option<Skip>> {
    let document = &facts.event.document;
    let amounts = [
        document.subtotal,
        document.tax_amount,
        document.discount_amount,
        document.shipping_amount,
        document.shipping_tax_amount,
        document.gw_price,
        document.gw_items_price,
        document.gw_card_price,
        document.adjustment_positive,
        document.adjustment_negative,
    ];
    let empty = facts.value.is_zero()
        && document.items.is_empty()
        && document.other.is_empty()
        && amounts.iter().all(|amount| amount.exact().is_zero());
    Ok(empty.then(|| Skip {
        reason: codes::Skip::EmptyDocument,
        message: format!(
            "{} {} has no items and every amount is zero",
            facts.event.kind.noun(),
            document.increment_id.as_str()
        ),
    }))
}
