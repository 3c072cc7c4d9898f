//! From the percentage Magento applied to a Sage tax rate.
//!
//! Never from amounts: real documents break every such formula. The amounts are only a
//! cross-check, which warns and changes nothing.

use crate::canonical::Date;
use crate::codes::{Reject, Warning};
use crate::context::Context;
use crate::money::{Currency, Money, percentage_key, plain};
use crate::outcome::Rejection;
use crate::outcome::Step;
use crate::vat::Treatment;
use rust_decimal::Decimal;
use std::fmt::Display;

/// A Sage tax rate with the percentage Sage computes with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaxRate {
    pub(crate) id: String,
    /// From the reference data of the day; the applied percentage when that is not known.
    pub(crate) percentage: Decimal,
}

/// Looks rates up for one document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates<'a> {
    day: Date,
    currency: Currency,
    pub(crate) treatment: Treatment<'a>,
}

impl<'a> Rates<'a> {
    /// Rates as they hold on the day of the document, under its treatment.
    pub(crate) fn new(day: Date, currency: Currency, treatment: Treatment<'a>) -> Self {
        Self {
            day,
            currency,
            treatment,
        }
    }

    /// From the tax map, or the default.
    pub(crate) fn mapped_or_default(
        self,
        context: &mut Context<'_>,
        applied: Decimal,
        pointer: &dyn Display,
    ) -> Step<TaxRate> {
        if let Some(rate) = self.mapped(context, applied)? {
            return Ok(rate);
        }
        let key = percentage_key(applied);
        let settings = context.settings;
        let Some(id) = settings.policy.default_tax_rate_id.as_deref() else {
            return Err(not_mapped(
                pointer,
                &key,
                "and default_tax_rate_id is not set",
            ));
        };
        let rate = self.known(
            context,
            &"/settings/policy/default_tax_rate_id",
            id,
            applied,
        )?;
        if applied.is_zero() && !rate.percentage.is_zero() {
            let detail = format!("and the default {id} is at {} %", plain(rate.percentage));
            return Err(not_mapped(pointer, &key, &detail));
        }
        let message = format!(
            "{key} % is not in tax_rate_map; used default_tax_rate_id {id} at {} %",
            plain(rate.percentage)
        );
        context.warn_once(Warning::TaxRateDefaultUsed, &pointer.to_string(), message);
        Ok(rate)
    }

    fn mapped(self, context: &Context<'_>, applied: Decimal) -> Step<Option<TaxRate>> {
        let key = percentage_key(applied);
        let Some(id) = context.settings.policy.tax_rate_map.get(key.as_str()) else {
            return Ok(None);
        };
        let setting = format_args!("/settings/policy/tax_rate_map/{key}");
        self.known(context, &setting, id, applied).map(Some)
    }

    /// From the destination's own map, or the tax map with a warning; never the default, because
    /// a foreign percentage under the home rate would be declared to the wrong country.
    pub(crate) fn of_destination(
        self,
        context: &mut Context<'_>,
        country: &str,
        applied: Decimal,
        pointer: &dyn Display,
    ) -> Step<TaxRate> {
        let key = percentage_key(applied);
        let destinations = &context.settings.policy.destination_tax_rate_map;
        if let Some(id) = destinations
            .get(country)
            .and_then(|rates| rates.get(key.as_str()))
        {
            let setting = format_args!("/settings/policy/destination_tax_rate_map/{country}/{key}");
            return self.known(context, &setting, id, applied);
        }
        let Some(rate) = self.mapped(context, applied)? else {
            return Err(Rejection::new(
                Reject::DestinationRateNotMapped,
                pointer.to_string(),
                format!(
                    "Magento charged {key} % on a delivery to {country}, and no Sage rate is mapped to it"
                ),
                format!("map {key} under {country} in destination_tax_rate_map"),
            ));
        };
        if !applied.is_zero() {
            let message = format!(
                "{key} % on a delivery to {country} is not in destination_tax_rate_map; used {} of tax_rate_map",
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

    /// The rate with this id; `setting` is what names it.
    pub(crate) fn known(
        self,
        context: &Context<'_>,
        setting: &dyn Display,
        id: &str,
        applied: Decimal,
    ) -> Step<TaxRate> {
        let reference = &context.settings.reference;
        reference.require_tax_rate(setting, id)?;
        let percentage = reference.percentage(id, self.day)?.unwrap_or(applied);
        require_plausible(percentage, setting)?;
        Ok(TaxRate {
            id: id.to_owned(),
            percentage,
        })
    }

    /// Warns when Magento's tax is more than a minor unit away from net × percentage.
    pub(crate) fn cross_check(
        self,
        context: &mut Context<'_>,
        net: Money,
        tax: Money,
        applied: Decimal,
        pointer: &dyn Display,
    ) {
        let expected = self
            .currency
            .round(net.exact() * applied / Decimal::ONE_HUNDRED);
        let minor_unit = self
            .currency
            .round(Decimal::new(1, self.currency.minor_digits()));
        if (tax - expected).abs() > minor_unit {
            context.warn(
                Warning::TaxAmountDiffersFromRate,
                pointer.to_string(),
                format!(
                    "Magento's tax is {tax}, {} % of {net} is {expected}; {tax} is sent",
                    plain(applied)
                ),
            );
        }
    }
}

fn not_mapped(pointer: &dyn Display, key: &str, detail: &str) -> Rejection {
    Rejection::new(
        Reject::TaxRateNotMapped,
        pointer.to_string(),
        format!("tax_rate_map has no entry for {key} %, {detail}"),
        format!("map {key} to a Sage tax rate in tax_rate_map"),
    )
}

/// Highest percentage that is computed with. Figures of a document are summed before they meet
/// a percentage, so without a bound their product could overflow.
const MAX_PERCENTAGE: Decimal = Decimal::ONE_THOUSAND;

fn require_plausible(percentage: Decimal, pointer: &dyn Display) -> Step<()> {
    if percentage.abs() <= MAX_PERCENTAGE {
        return Ok(());
    }
    Err(Rejection::new(
        Reject::InvalidDecimal,
        pointer.to_string(),
        format!("{} % is no tax rate", plain(percentage)),
        "correct the percentage; at most 1000 is supported",
    ))
}

/// The percentage to use for `tax`: a missing one is only harmless without tax.
pub(crate) fn require_percentage(
    percentage: Option<Decimal>,
    tax: Money,
    pointer: &dyn Display,
) -> Step<Decimal> {
    match percentage {
        Some(percentage) if tax.is_zero() || !percentage.is_zero() => {
            require_plausible(percentage, pointer)?;
            Ok(percentage)
        }
        None if tax.is_zero() => Ok(Decimal::ZERO),
        Some(_) | None => Err(Rejection::new(
            Reject::TaxPercentMissing,
            pointer.to_string(),
            format!("Magento charged {tax} of tax but names no percentage for it"),
            "a tax module may store its rate elsewhere; no rate is guessed from amounts",
        )),
    }
}
