//! From the percentage Magento applied to a Sage tax rate.
//!
//! Never from amounts: real documents break every such formula. The amounts are only a
//! cross-check, which warns and changes nothing.

use crate::canonical::Date;
use crate::codes::{Reject, Warning};
use crate::money::{Currency, Money, percentage_key, plain};
use crate::outcome::Rejection;
use crate::{Context, Step};
use rust_decimal::Decimal;

/// A Sage tax rate with the percentage Sage computes with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaxRate {
    pub(crate) id: String,
    /// From the reference data of the day; the applied percentage when that is not known.
    pub(crate) percentage: Decimal,
}

/// Looks rates up for one document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates {
    day: Date,
    currency: Currency,
}

impl Rates {
    /// Rates as they hold on the day of the document.
    pub(crate) fn on(day: Date, currency: Currency) -> Self {
        Self { day, currency }
    }

    /// The rate for an applied percentage, from the tax map or the default.
    ///
    /// `pointer` is where the percentage stands.
    pub(crate) fn for_percentage(
        self,
        context: &mut Context<'_>,
        applied: Decimal,
        pointer: &str,
    ) -> Step<TaxRate> {
        let settings = context.settings;
        let key = percentage_key(applied);
        if let Some(id) = settings.policy.tax_rate_map.get(&key) {
            let setting = format!("/settings/policy/tax_rate_map/{key}");
            return self.known(context, &setting, id, applied);
        }
        let Some(id) = settings.policy.default_tax_rate_id.as_deref() else {
            return Err(not_mapped(
                pointer,
                &key,
                "and default_tax_rate_id is not set",
            ));
        };
        let rate = self.known(context, "/settings/policy/default_tax_rate_id", id, applied)?;
        if applied.is_zero() && !rate.percentage.is_zero() {
            let detail = format!("and the default {id} is at {} %", plain(rate.percentage));
            return Err(not_mapped(pointer, &key, &detail));
        }
        let message = format!(
            "{key} % is not in tax_rate_map; used default_tax_rate_id {id} at {} %",
            plain(rate.percentage)
        );
        if !context
            .warnings
            .iter()
            .any(|warning| warning.message == message)
        {
            context.warn(Warning::TaxRateDefaultUsed, pointer, message);
        }
        Ok(rate)
    }

    /// The rate with this id; `setting` is what names it.
    pub(crate) fn known(
        self,
        context: &Context<'_>,
        setting: &str,
        id: &str,
        applied: Decimal,
    ) -> Step<TaxRate> {
        let reference = &context.settings.reference;
        reference.require_tax_rate(setting, id)?;
        Ok(TaxRate {
            id: id.to_owned(),
            percentage: reference.percentage(id, self.day)?.unwrap_or(applied),
        })
    }

    /// Warns when Magento's tax is more than a minor unit away from net × percentage.
    pub(crate) fn cross_check(
        self,
        context: &mut Context<'_>,
        net: Money,
        tax: Money,
        applied: Decimal,
        pointer: &str,
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
                pointer,
                format!(
                    "Magento's tax is {tax}, {} % of {net} is {expected}; {tax} is sent",
                    plain(applied)
                ),
            );
        }
    }
}

fn not_mapped(pointer: &str, key: &str, detail: &str) -> Rejection {
    Rejection::new(
        Reject::TaxRateNotMapped,
        pointer,
        format!("tax_rate_map has no entry for {key} %, {detail}"),
        format!("map {key} to a Sage tax rate in tax_rate_map"),
    )
}

/// The percentage to use for `tax`: a missing one is only harmless without tax.
pub(crate) fn require_percentage(
    percentage: Option<Decimal>,
    tax: Money,
    pointer: &str,
) -> Step<Decimal> {
    match percentage {
        Some(percentage) if tax.is_zero() || !percentage.is_zero() => Ok(percentage),
        None if tax.is_zero() => Ok(Decimal::ZERO),
        Some(_) | None => Err(Rejection::new(
            Reject::TaxPercentMissing,
            pointer,
            format!("Magento charged {tax} of tax but names no percentage for it"),
            "a tax module may store its rate elsewhere; no rate is guessed from amounts",
        )),
    }
}
