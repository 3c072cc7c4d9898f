//! SQ-032: Sage recomputes shipping tax from the shipping net and the shipping rate, ignoring the amount sent.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::context::Context;
use crate::document::Subject;
use crate::money::Money;
use crate::outcome::Step;
use crate::vat::TaxRate;
use rust_decimal::Decimal;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-032",
    name: "shipping-vat-recomputed",
    behaviour: "Sage recomputes shipping tax from the shipping net and the shipping rate, ignoring the amount sent.",
    we: "Where Magento charged no shipping tax the shipping rate is the zero rate of the business's country (GB_ZERO, IE_ZERO), whatever the default rate.",
    otherwise: "A fully paid invoice keeps an outstanding balance of the phantom tax.",
    evidence: Evidence {
        grade: Grade::Documented,
        source: "note on shipping_tax_amount in the official API description; vendor troubleshooting page, paragraph 32",
    },
    retire_when: "Sage honours an explicit zero.",
};

/// The zero rate for shipping that Magento did not tax.
pub(crate) fn untaxed_rate(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    tax: Money,
) -> Step<Option<TaxRate>> {
    if !tax.is_zero() || !context.fire(RuleId::ShippingVatRecomputed) {
        return Ok(None);
    }
    let zero_rate = context.settings.home_country()?.zero_rate();
    subject
        .rates
        .known(
            context,
            &format_args!("/{}/shipping_tax_amount", subject.event.kind.key()),
            zero_rate,
            Decimal::ZERO,
        )
        .map(Some)
}
