//! MG-005: Adobe Commerce subtracts gift cards, store credit and reward points from the grand total, although they are payments.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::canonical::Document;
use crate::context::Context;
use rust_decimal::Decimal;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "MG-005",
    name: "tender-subtracted-from-total",
    behaviour: "Adobe Commerce subtracts gift cards, store credit and reward points from the grand total, although they are payments.",
    we: "The invoice is worth the grand total plus these tenders; they are booked as payments, not as price cuts.",
    otherwise: "Turnover and VAT are understated.",
    evidence: Evidence {
        grade: Grade::Documented,
        source: "Adobe's data dictionary: grand total = subtotal + tax + shipping + discount - gift cards - customer balance",
    },
    retire_when: "Adobe Commerce keeps tenders out of the grand total.",
};

/// Whether tenders are payments of their own here.
pub(crate) fn applies(context: &Context<'_>) -> bool {
    context.enabled.contains(RuleId::TenderSubtractedFromTotal)
}

/// What the invoice is worth: its grand total plus every tender subtracted from it.
pub(crate) fn value(context: &mut Context<'_>, document: &Document<'_>) -> Decimal {
    let tenders = document.customer_balance_amount.exact()
        + document.gift_cards_amount.exact()
        + document.reward_currency_amount.exact();
    let grand_total = document.grand_total.exact();
    if tenders.is_zero() || !context.fire(RuleId::TenderSubtractedFromTotal) {
        grand_total
    } else {
        grand_total + tenders
    }
}
