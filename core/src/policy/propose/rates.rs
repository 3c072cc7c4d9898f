//! Tax rates by equal percentage.

use super::{Proposal, of_ids};
use crate::money::percentage_key;
use crate::policy::shop::ShopProfile;
use crate::policy::{Settings, TaxRate};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Shops without any tax have this percentage too.
const UNTAXED: Decimal = Decimal::ZERO;

pub(super) fn propose(settings: &Settings<'_>, shop: &ShopProfile<'_>) -> Vec<Proposal> {
    let home = settings.binding.country.as_str();
    let at_home = |country: &str| country == home || (home == "GB" && country == "IM");
    let mut domestic: BTreeSet<Decimal> = BTreeSet::from([UNTAXED]);
    let mut abroad: BTreeSet<(&str, Decimal)> = BTreeSet::new();
    for rate in &shop.tax_rates {
        let percent = rate.rate.exact().normalize();
        if at_home(&rate.tax_country_id) {
            domestic.insert(percent);
        } else if !percent.is_zero() {
            abroad.insert((rate.tax_country_id.as_str(), percent));
        }
    }
    let mut proposals = Vec::new();
    // The highest one first: it is the standard rate.
    for percent in domestic.iter().rev() {
        let key = percentage_key(*percent);
        if !settings.policy.tax_rate_map.contains_key(key.as_str()) {
            proposals.extend(at_percentage(settings, home, *percent, "tax_rate_map"));
        }
    }
    if settings.policy.default_tax_rate_id.is_none()
        && let Some(standard) = domestic
            .iter()
            .next_back()
            .filter(|percent| !percent.is_zero())
    {
        proposals.extend(
            at_percentage(settings, home, *standard, "tax_rate_map").map(|proposal| Proposal {
                pointer: "/settings/policy/default_tax_rate_id".to_owned(),
                reason: "the rate of the highest percentage that the shop charges at home"
                    .to_owned(),
                ..proposal
            }),
        );
    }
    for (country, percent) in abroad {
        let map = settings.policy.destination_tax_rate_map.get(country);
        let key = percentage_key(percent);
        if map.is_none_or(|rates| !rates.contains_key(key.as_str())) {
            let map = format!("destination_tax_rate_map/{country}");
            proposals.extend(at_percentage(settings, country, percent, &map));
        }
    }
    proposals
}

/// The rate of a country whose percentage is this one today.
fn at_percentage(
    settings: &Settings<'_>,
    country: &str,
    percent: Decimal,
    map: &str,
) -> Option<Proposal> {
    let mut fitting: Vec<&TaxRate<'_>> = settings
        .reference
        .tax_rates
        .iter()
        .filter(|rate| is_of(rate, country) && today(rate) == Some(percent))
        .collect();
    fitting.sort_by_key(|rate| usual(rate.id.as_str()));
    let ids: Vec<(&str, String)> = fitting
        .iter()
        .map(|rate| (rate.id.as_str(), rate.id.to_string()))
        .collect();
    let key = percentage_key(percent);
    of_ids(&ids, format!("/settings/policy/{map}/{key}"), |name| {
        format!("the shop charges {key} % in {country}, and {name} is {key} % in Sage")
    })
}

/// Sage's ids begin with the country (documented: `GB_STANDARD`); that those of other destinations
/// name it further behind is assumed.
fn is_of(rate: &TaxRate<'_>, country: &str) -> bool {
    rate.id.split('_').any(|part| part == country)
}

/// The percentage without a last day.
fn today(rate: &TaxRate<'_>) -> Option<Decimal> {
    let open = rate
        .percentages
        .iter()
        .find(|entry| entry.to_date.is_none())?;
    Some(open.percentage.exact().normalize())
}

/// Of several rates with one percentage, sales are rather zero rated than exempt or outside VAT.
fn usual(id: &str) -> u8 {
    if id.ends_with("_STANDARD") || id.ends_with("_ZERO") {
        0
    } else if id.ends_with("_EXEMPT") {
        2
    } else if id.ends_with("_NO_TAX") {
        3
    } else {
        1
    }
}
