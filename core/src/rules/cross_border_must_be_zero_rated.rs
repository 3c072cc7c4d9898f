//! SQ-029: Sage refuses any rate but zero on sales to customers outside the UK.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::context::Context;
use crate::outcome::Step;
use crate::vat::{Rates, TaxRate};
use rust_decimal::Decimal;
use std::fmt::Display;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-029",
    name: "cross-border-must-be-zero-rated",
    behaviour: "Sage refuses any rate but zero on sales to customers outside the UK.",
    we: "A delivery abroad that Magento did not tax goes to GB_ZERO on every line, whatever the tax map says; where Magento charged the destination's tax, its mapped rate is used instead.",
    otherwise: "Error 422: the tax rate must be zero rated for customers outside the EU.",
    evidence: Evidence {
        grade: Grade::Reported,
        source: "vendor documentation of paragraph 29; the official guides allow destination rates, so the rule stops where Magento charged tax",
    },
    retire_when: "Sage accepts exempt and no-tax rates across borders.",
};

/// Sage's zero rate for UK businesses.
pub(super) const ZERO_RATE: &str = "GB_ZERO";

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
    rates
        .known(context, pointer, ZERO_RATE, Decimal::ZERO)
        .map(Some)
}
