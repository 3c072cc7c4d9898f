//! SQ-029: Sage refuses any rate but zero on sales to customers abroad.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::context::Context;
use crate::outcome::Step;
use crate::vat::{Rates, TaxRate};
use rust_decimal::Decimal;
use std::fmt::Display;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-029",
    name: "cross-border-must-be-zero-rated",
    behaviour: "Sage refuses any rate but zero on sales to customers abroad.",
    we: "A delivery abroad that Magento did not tax goes to the zero rate of the business's country (GB_ZERO, IE_ZERO) on every line, whatever the tax map says; where Magento charged the destination's tax, its mapped rate is used instead.",
    otherwise: "Error 422: the tax rate must be zero rated for customers outside the EU.",
    evidence: Evidence {
        grade: Grade::Reported,
        source: "vendor documentation of paragraph 29; the official guides allow destination rates, so the rule stops where Magento charged tax; an Irish business sent IE_ZERO to the European Union, to Northern Ireland and to the rest of the world (reported, Services/SAGE.php of inex/IXP-Manager)",
    },
    retire_when: "Sage accepts exempt and no-tax rates across borders.",
};

/// The zero rate of a line that goes abroad untaxed.
pub(crate) fn rate(
    context: &mut Context<'_>,
    rates: Rates<'_>,
    pointer: &dyn Display,
) -> Step<Option<TaxRate>> {
    if !context.settings.binding.vat_registered || !context.fire(RuleId::CrossBorderMustBeZeroRated)
    {
        return Ok(None);
    }
    let zero_rate = context.settings.home_country()?.zero_rate();
    rates
        .known(context, pointer, zero_rate, Decimal::ZERO)
        .map(Some)
}
