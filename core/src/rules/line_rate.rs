//! The rate of a line: the treatment of the document and the rule for sales abroad together.

use super::cross_border_must_be_zero_rated;
use crate::context::Context;
use crate::outcome::Step;
use crate::vat::{Rates, TaxRate, Treatment};
use rust_decimal::Decimal;
use std::fmt::Display;

/// The rate for an applied percentage; `pointer` is where the percentage stands.
pub(crate) fn for_percentage(
    context: &mut Context<'_>,
    rates: Rates<'_>,
    applied: Decimal,
    pointer: &dyn Display,
) -> Step<TaxRate> {
    match rates.treatment {
        Treatment::Domestic => rates.mapped_or_default(context, applied, pointer),
        Treatment::AbroadUntaxed => {
            match cross_border_must_be_zero_rated::rate(context, rates, pointer)? {
                Some(rate) => Ok(rate),
                None => rates.mapped_or_default(context, applied, pointer),
            }
        }
        Treatment::AbroadTaxed { country } => {
            rates.of_destination(context, country, applied, pointer)
        }
    }
}
