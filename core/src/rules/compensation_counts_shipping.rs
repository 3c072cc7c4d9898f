//! MG-009: A credit memo's header compensation includes shipping, an invoice's does not.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::canonical::DocumentKind;
use crate::context::Context;
use crate::document::Subject;
use rust_decimal::Decimal;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "MG-009",
    name: "compensation-counts-shipping",
    behaviour: "A credit memo's header compensation includes shipping, an invoice's does not.",
    we: "The shipping's compensation is the invoice's own column, but on a memo what the header has beyond the rows.",
    otherwise: "The refund of discounted shipping misses the tax inside the discount.",
    evidence: Evidence {
        grade: Grade::Observed,
        source: "recorded documents ship_discounted_incl and cur_usd_coupon_incl of Magento 2.4.7, where the memo's own column is NULL",
    },
    retire_when: "Magento stores the column on both.",
};

/// The tax inside the shipping's discount.
pub(crate) fn of_shipping(context: &mut Context<'_>, subject: Subject<'_>) -> Decimal {
    let document = &subject.event.document;
    let own = document.shipping_discount_tax_compensation_amount.exact();
    if subject.event.kind != DocumentKind::Creditmemo {
        return own;
    }
    let rows: Decimal = document
        .items
        .iter()
        .map(|item| item.discount_tax_compensation_amount.exact())
        .sum();
    let beyond_rows = document.discount_tax_compensation_amount.exact() - rows;
    if beyond_rows == own || !context.fire(RuleId::CompensationCountsShipping) {
        own
    } else {
        beyond_rows
    }
}
