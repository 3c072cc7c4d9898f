//! From what Magento charged to a Sage tax rate.
//!
//! The percentage Magento states is looked up in the map and confirmed by the amounts. Where it is
//! missing, not mapped or contradicted, the one mapped rate that gives the tax to the penny is
//! taken. No document goes to a rate whose percentage contradicts its tax.

use crate::canonical::{Date, Text};
use crate::codes::{Reject, Warning};
use crate::context::Context;
use crate::money::{Currency, Money, parse_decimal, percentage_key, plain};
use crate::outcome::Rejection;
use crate::outcome::Step;
use crate::policy::Policy;
use crate::vat::{Charge, Treatment};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fmt::Display;

/// A Sage tax rate with the percentage Sage computes with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaxRate {
    pub(crate) id: String,
    /// From the reference data of the day; where that is not known, the percentage it is mapped to.
    pub(crate) percentage: Decimal,
}

/// Looks rates up for one document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates<'a> {
    day: Date,
    currency: Currency,
    pub(crate) treatment: Treatment<'a>,
}

/// A map from percentages to Sage's rates, and where it stands in the settings.
pub(crate) struct RateMap<'a> {
    rates: &'a BTreeMap<Text<'a>, Text<'a>>,
    setting: String,
}

impl<'a> RateMap<'a> {
    /// The map of the business's own country.
    pub(crate) fn home(policy: &'a Policy<'a>) -> Self {
        Self {
            rates: &policy.tax_rate_map,
            setting: "/settings/policy/tax_rate_map".to_owned(),
        }
    }

    /// The map of another country, when it has one.
    pub(crate) fn destination(policy: &'a Policy<'a>, country: &str) -> Option<Self> {
        Some(Self {
            rates: policy.destination_tax_rate_map.get(country)?,
            setting: format!("/settings/policy/destination_tax_rate_map/{country}"),
        })
    }
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

    /// The rate with this id; `setting` is what names it, `otherwise` its percentage where the
    /// reference data has none.
    pub(crate) fn known(
        self,
        context: &Context<'_>,
        setting: &dyn Display,
        id: &str,
        otherwise: Decimal,
    ) -> Step<TaxRate> {
        let reference = &context.settings.reference;
        reference.require_tax_rate(setting, id)?;
        let percentage = reference.percentage(id, self.day)?.unwrap_or(otherwise);
        require_plausible(percentage, setting)?;
        Ok(TaxRate {
            id: id.to_owned(),
            percentage,
        })
    }

    /// The rate mapped to the stated percentage, when the amounts confirm it, give or take what
    /// Magento's rounding leaves.
    pub(crate) fn mapped(
        self,
        context: &Context<'_>,
        map: &RateMap<'_>,
        charge: &Charge,
        pointer: &dyn Display,
    ) -> Step<Option<TaxRate>> {
        // Without tax, a missing percentage says nothing else than 0 %.
        let stated = match charge.stated {
            Some(stated) => stated,
            None if charge.tax.is_zero() => Decimal::ZERO,
            None => return Ok(None),
        };
        require_plausible(stated, pointer)?;
        let key = percentage_key(stated);
        let Some(id) = map.rates.get(key.as_str()) else {
            return Ok(None);
        };
        let rate = self.known(context, &format_args!("{}/{key}", map.setting), id, stated)?;
        let tolerance = context.settings.rounding_cap(self.currency);
        let confirmed = charge.confirms(rate.percentage, self.currency, tolerance);
        Ok(confirmed.then_some(rate))
    }

    /// Whether the rate gives the tax to the penny.
    pub(crate) fn is_exact(self, charge: &Charge, rate: &TaxRate) -> bool {
        charge.is_tax_of(rate.percentage, self.currency)
    }

    /// Every mapped rate that the business has, once, with its percentage on the day.
    pub(crate) fn candidates(self, context: &Context<'_>, map: &RateMap<'_>) -> Step<Vec<TaxRate>> {
        let reference = &context.settings.reference;
        let mut candidates: Vec<TaxRate> = Vec::new();
        for (key, id) in map.rates {
            let setting = format_args!("{}/{key}", map.setting);
            let seen = candidates.iter().any(|rate| rate.id == id.as_str());
            if seen || reference.require_tax_rate(&setting, id).is_err() {
                continue;
            }
            let key = parse_decimal(key).unwrap_or_default();
            candidates.push(self.known(context, &setting, id, key)?);
        }
        Ok(candidates)
    }

    /// The default rate, when its percentage is known and gives the tax to the penny.
    pub(crate) fn fitting_default(
        self,
        context: &mut Context<'_>,
        charge: &Charge,
        pointer: &dyn Display,
    ) -> Step<Option<TaxRate>> {
        let settings = context.settings;
        let Some(id) = settings.policy.default_tax_rate_id.as_deref() else {
            return Ok(None);
        };
        let setting = "/settings/policy/default_tax_rate_id";
        settings.reference.require_tax_rate(&setting, id)?;
        let Some(percentage) = settings.reference.percentage(id, self.day)? else {
            return Ok(None);
        };
        require_plausible(percentage, &setting)?;
        let rate = TaxRate {
            id: id.to_owned(),
            percentage,
        };
        if !self.fits(charge, &rate) {
            return Ok(None);
        }
        let message = format!(
            "{}, which tax_rate_map does not settle; used default_tax_rate_id {id} at {} %, which gives the tax",
            charge.statement(),
            plain(percentage)
        );
        context.warn_once(Warning::TaxRateDefaultUsed, &pointer.to_string(), message);
        Ok(Some(rate))
    }

    /// A net without tax is that of a zero rate only, however small it is.
    pub(crate) fn fits(self, charge: &Charge, rate: &TaxRate) -> bool {
        let untaxed = charge.tax.is_zero() && !charge.net.is_zero();
        (!untaxed || rate.percentage.is_zero()) && charge.is_tax_of(rate.percentage, self.currency)
    }

    pub(crate) fn refusal(
        self,
        charge: &Charge,
        candidates: &[TaxRate],
        map: &str,
        pointer: &dyn Display,
    ) -> Rejection {
        let fits = |rate: &&TaxRate| self.fits(charge, rate);
        let fitting = candidates.iter().filter(fits).count();
        let listed: Vec<String> = candidates
            .iter()
            .map(|rate| {
                let percentage = rate.percentage;
                let tax = self.tax_of_net(charge, percentage);
                format!("{} at {} % gives {tax}", rate.id, plain(percentage))
            })
            .collect();
        let listed = match (listed.is_empty(), fitting) {
            (true, _) => "no rate is mapped".to_owned(),
            (false, 0) => format!("no mapped rate gives that tax: {}", listed.join(", ")),
            (false, _) => format!("several mapped rates give that tax: {}", listed.join(", ")),
        };
        // 0 % beside a tax is no statement either.
        let stated = charge
            .stated
            .filter(|stated| !stated.is_zero() || charge.tax.is_zero());
        let charged = format!("charged {} of tax on {}", charge.tax, charge.net);
        let (code, message, suggestion) = match stated {
            None => (
                Reject::TaxPercentMissing,
                format!("Magento {charged} and states no percentage; {listed}"),
                format!(
                    "map the percentage of this tax to its Sage rate in {map}, or complete tax_percent of the order's row in Magento"
                ),
            ),
            Some(stated) if fitting == 0 && !charge.is_tax_of(stated, self.currency) => (
                Reject::TaxContradictsRate,
                format!("Magento states {} % but {charged}; {listed}", plain(stated)),
                "check the row in Magento: its tax is not that of its percentage. If several taxes were added up, map their sum to a combined rate in Sage".to_owned(),
            ),
            Some(stated) => (
                Reject::TaxRateNotMapped,
                format!("Magento states {} % and {charged}; {listed}", plain(stated)),
                format!(
                    "map {} to a Sage tax rate of that percentage in {map}",
                    percentage_key(stated)
                ),
            ),
        };
        Rejection::new(code, pointer.to_string(), message, suggestion)
    }

    fn tax_of_net(self, charge: &Charge, percentage: Decimal) -> Money {
        self.currency
            .round(charge.net.exact() * percentage / Decimal::ONE_HUNDRED)
    }

    /// Warns when Magento's tax is more than a minor unit away from net × percentage.
    pub(crate) fn warn_of_difference(
        self,
        context: &mut Context<'_>,
        charge: &Charge,
        percentage: Decimal,
        pointer: &dyn Display,
    ) {
        let Charge { net, tax, .. } = *charge;
        let expected = self.tax_of_net(charge, percentage);
        let minor_unit = self
            .currency
            .round(Decimal::new(1, self.currency.minor_digits()));
        if (tax - expected).abs() > minor_unit {
            context.warn(
                Warning::TaxAmountDiffersFromRate,
                pointer.to_string(),
                format!(
                    "Magento's tax is {tax}, {} % of {net} is {expected}; {tax} is sent",
                    plain(percentage)
                ),
            );
        }
    }
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
