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

/// The stated rate where it gives the tax to the penny, else the one mapped rate that does, else
/// the stated rate within Magento's rounding; and every mapped rate.
fn stated_or_inferred(
    context: &mut Context<'_>,
    rates: Rates<'_>,
    map: &RateMap<'_>,
    charge: &Charge,
    pointer: &dyn Display,
) -> Step<(Option<TaxRate>, Vec<TaxRate>)> {
    let stated = rates.mapped(context, map, charge, pointer)?;
    if let Some(rate) = stated.as_ref().filter(|rate| rates.is_exact(charge, rate)) {
        rates.warn_of_difference(context, charge, rate.percentage, pointer);
        return Ok((stated, Vec::new()));
    }
    let candidates = rates.candidates(context, map)?;
    let inferred = percentage_rederived::rate(context, rates, &candidates, charge, pointer);
    if inferred.is_some() {
        return Ok((inferred, candidates));
    }
    if let Some(rate) = &stated {
        rates.warn_of_difference(context, charge, rate.percentage, pointer);
    }
    Ok((stated, candidates))
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
    let (found, candidates) = stated_or_inferred(context, rates, &map, charge, pointer)?;
    if let Some(rate) = found {
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
        let found;
        (found, candidates) = stated_or_inferred(context, rates, &map, charge, pointer)?;
        if let Some(rate) = found {
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
