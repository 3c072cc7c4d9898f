//! MG-001: With prices including tax, Magento stores discounts including tax and the tax inside them as discount_tax_compensation_amount.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::canonical::Item;
use crate::context::Context;
use rust_decimal::Decimal;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "MG-001",
    name: "discount-contains-tax",
    behaviour: "With prices including tax, Magento stores discounts including tax and the tax inside them as discount_tax_compensation_amount.",
    we: "The net discount is the discount less its compensation.",
    otherwise: "The line net is too low by the tax inside the discount, and the total with it.",
    evidence: Evidence {
        grade: Grade::Observed,
        source: "recorded documents disc_percent_incl_on_incl and inv_partial_coupon_incl of Magento 2.4.7",
    },
    retire_when: "Magento stores net discounts.",
};

/// The row's discount without tax.
pub(crate) fn net_discount(context: &mut Context<'_>, item: &Item<'_>) -> Decimal {
    let discount = item.discount_amount.exact();
    let compensation = item.discount_tax_compensation_amount.exact();
    if !compensation.is_zero() && context.fire(RuleId::DiscountContainsTax) {
        discount - compensation
    } else {
        discount
    }
}
