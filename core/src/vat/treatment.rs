//! How a document is treated: at home, abroad without tax, abroad with the destination's tax.
//!
//! Decided by where the goods go: the delivery address, or the billing address when nothing is
//! delivered. Where somebody is billed does not matter.
//! The United Kingdom's VAT area is Great Britain, Northern Ireland (country GB, postcode BT…)
//! and the Isle of Man; Jersey and Guernsey are outside it.
//! Ireland's is Ireland. Seen from there Northern Ireland is in the European Union for goods,
//! for which the Union has the country code XI; for services it is the United Kingdom, which
//! like the Isle of Man and the Channel Islands is outside the Union.

use crate::canonical::{Address, SalesEvent};
use crate::codes::Reject;
use crate::outcome::Rejection;
use crate::outcome::Step;
use crate::policy::{HomeCountry, Settings};

/// How the lines of a document are taxed; one treatment for the whole document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Treatment<'a> {
    /// Delivered inside the VAT area.
    Domestic,
    /// Delivered outside it, and Magento charged no tax.
    AbroadUntaxed,
    /// Delivered outside it, and Magento charged tax, which must not be lost.
    AbroadTaxed {
        /// The country of delivery, as VAT knows it: a key of `destination_tax_rate_map`.
        country: &'a str,
    },
}

impl<'a> Treatment<'a> {
    /// The treatment of a document.
    pub(crate) fn of(settings: &Settings<'_>, event: &'a SalesEvent<'a>) -> Step<Self> {
        let home = settings.home_country()?;
        let address = event.delivery_address();
        let Some(country) = address.country_id.as_deref() else {
            return Err(Rejection::new(
                Reject::MissingField,
                format!("{}/country_id", event.delivery_address_pointer()),
                "the delivery address has no country, so its VAT treatment is unknown",
                "complete the address in Magento",
            ));
        };
        Ok(if in_vat_area(home, Some(country)) {
            Self::Domestic
        } else if !charged_tax(event) {
            Self::AbroadUntaxed
        } else if home == HomeCountry::Ireland
            && is_in_northern_ireland(address)
            && carries_goods(settings, event)
        {
            Self::AbroadTaxed { country: "XI" }
        } else {
            Self::AbroadTaxed { country }
        })
    }
}

/// Whether a country is inside the VAT area of the business's own.
pub(crate) fn in_vat_area(home: HomeCountry, country: Option<&str>) -> bool {
    match home {
        HomeCountry::UnitedKingdom => matches!(country, Some("GB" | "IM")),
        HomeCountry::Ireland => country == Some("IE"),
    }
}

/// The member states of the European Union by Magento's country codes (2026).
const EUROPEAN_UNION: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Whether a country is a member state of the European Union.
pub(crate) fn is_in_european_union(country: &str) -> bool {
    EUROPEAN_UNION.contains(&country)
}

/// All postcodes of Northern Ireland begin with BT and a digit, and none elsewhere.
fn is_in_northern_ireland(address: &Address<'_>) -> bool {
    let mut postcode = address
        .postcode
        .as_deref()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_whitespace());
    address.country_id.as_deref() == Some("GB")
        && matches!(postcode.next(), Some('B' | 'b'))
        && matches!(postcode.next(), Some('T' | 't'))
        && postcode.next().is_some_and(|c| c.is_ascii_digit())
}

/// Whether the document is about goods; a mixed one is, as a document of shipping alone.
fn carries_goods(settings: &Settings<'_>, event: &SalesEvent<'_>) -> bool {
    let items = &event.document.items;
    let is_service =
        |product_type: &str| settings.policy.goods_services_type(product_type) == "SERVICES";
    items.is_empty()
        || items
            .iter()
            .any(|item| !is_service(&item.order_item.product_type))
}

fn charged_tax(event: &SalesEvent<'_>) -> bool {
    let document = &event.document;
    !document.tax_amount.exact().is_zero()
        || !document.shipping_tax_amount.exact().is_zero()
        || document
            .items
            .iter()
            .any(|item| !item.tax_amount.exact().is_zero())
}
