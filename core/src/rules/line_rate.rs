//! The rate of a line: the treatment of the document, the maps, and the rules for both together.
//!
//! No document goes to a rate whose percentage contradicts its tax.

use super::{cross_border_must_be_zero_rated, percentage_rederived};
use crate::codes::{Reject, Warning};
use crate::context::Context;
use crate::money::percentage_key;
use crate::outcome::{Rejection, Step};
use crate::vat::{Charge, RateMap, Rates, TaxRate, Treatment};
use std::fmt::Display;

/// The rate for what Magento charged; `pointer` is where the percentage stands.
pub(crate) fn of_charge(
    context: &mut Context<'_>,
    rates: Rates<'_>,
    charge: &Charge,
    pointer: &dyn Display,
) -> Step<TaxRate> {
    match rates.treatment {
        Treatment::Domestic => home(context, rates, charge, pointer),
        Treatment::AbroadUntaxed => {
            match cross_border_must_be_zero_rated::rate(context, rates, pointer)? {
                Some(rate) => Ok(rate),
                None => home(context, rates, charge, pointer),
            }
        }
        Treatment::AbroadTaxed { country } => destination(context, rates, country, charge, pointer),
    }
}

/// The mapped rate, else the inferred one, else the default where its tax agrees.
fn home(
    context: &mut Context<'_>,
    rates: Rates<'_>,
    charge: &Charge,
    pointer: &dyn Display,
) -> Step<TaxRate> {
    let settings = context.settings;
    let map = RateMap::home(&settings.policy);
    if let Some(rate) = rates.mapped(context, &map, charge, pointer)? {
        return Ok(rate);
    }
    let candidates = rates.candidates(context, &map)?;
    if let Some(rate) = percentage_rederived::rate(context, rates, &candidates, charge, pointer) {
        return Ok(rate);
    }
    if let Some(rate) = rates.fitting_default(context, charge, pointer)? {
        return Ok(rate);
    }
    Err(rates.refusal(charge, &candidates, "tax_rate_map", pointer))
}

/// From the destination's own map, or the tax map with a warning; never the default, because a
/// foreign percentage under the home rate would be declared to the wrong country.
fn destination(
    context: &mut Context<'_>,
    rates: Rates<'_>,
    country: &str,
    charge: &Charge,
    pointer: &dyn Display,
) -> Step<TaxRate> {
    let settings = context.settings;
    let mut candidates = Vec::new();
    if let Some(map) = RateMap::destination(&settings.policy, country) {
        if let Some(rate) = rates.mapped(context, &map, charge, pointer)? {
            return Ok(rate);
        }
        candidates = rates.candidates(context, &map)?;
        if let Some(rate) = percentage_rederived::rate(context, rates, &candidates, charge, pointer)
        {
            return Ok(rate);
        }
    }
    let home = RateMap::home(&settings.policy);
    let Some(rate) = rates.mapped(context, &home, charge, pointer)? else {
        let map = format!("destination_tax_rate_map under {country}");
        let refusal = rates.refusal(charge, &candidates, &map, pointer);
        return Err(Rejection {
            code: Reject::DestinationRateNotMapped,
            message: format!("delivery to {country}: {}", refusal.message),
            ..refusal
        });
    };
    let applied = charge.stated.unwrap_or_default();
    if !applied.is_zero() {
        let message = format!(
            "{} % on a delivery to {country} is not in destination_tax_rate_map; used {} of tax_rate_map",
            percentage_key(applied),
            rate.id
        );
        context.warn_once(
            Warning::DestinationRateFromTaxMap,
            &pointer.to_string(),
            message,
        );
    }
    Ok(rate)
}
