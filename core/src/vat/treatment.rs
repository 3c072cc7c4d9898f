//! How a document is treated: at home, abroad without tax, abroad with the destination's tax.
//!
//! Decided by where the goods go: the delivery address, or the billing address when nothing is
//! delivered. Where somebody is billed does not matter.
//! The United Kingdom's VAT area is Great Britain, Northern Ireland (country GB, postcode BT…)
//! and the Isle of Man; Jersey and Guernsey are outside it.

use crate::canonical::SalesEvent;
use crate::codes::Reject;
use crate::outcome::Rejection;
use crate::outcome::Step;
use crate::policy::Settings;

/// Countries whose deliveries bear UK VAT.
const VAT_AREA: [&str; 2] = ["GB", "IM"];

/// How the lines of a document are taxed; one treatment for the whole document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Treatment<'a> {
    /// Delivered inside the VAT area.
    Domestic,
    /// Delivered outside it, and Magento charged no tax.
    AbroadUntaxed,
    /// Delivered outside it, and Magento charged tax, which must not be lost.
    AbroadTaxed {
        /// The country of delivery.
        country: &'a str,
    },
}

impl<'a> Treatment<'a> {
    /// The treatment of a document.
    pub(crate) fn of(event: &'a SalesEvent<'a>) -> Step<Self> {
        let Some(country) = event.delivery_address().country_id.as_deref() else {
            return Err(Rejection::new(
                Reject::MissingField,
                format!("{}/country_id", event.delivery_address_pointer()),
                "the delivery address has no country, so its VAT treatment is unknown",
                "complete the address in Magento",
            ));
        };
        Ok(if in_vat_area(Some(country)) {
            Self::Domestic
        } else if charged_tax(event) {
            Self::AbroadTaxed { country }
        } else {
            Self::AbroadUntaxed
        })
    }
}

/// Whether a country is inside the United Kingdom's VAT area.
pub(crate) fn in_vat_area(country: Option<&str>) -> bool {
    country.is_some_and(|country| VAT_AREA.contains(&country))
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

/// Refuses businesses whose VAT rules this release does not know.
pub(crate) fn require_uk_business(settings: &Settings<'_>) -> Step<()> {
    let country = settings.binding.country.as_str();
    if country == "GB" {
        return Ok(());
    }
    Err(Rejection::new(
        Reject::NotSupportedYet,
        "/settings/binding/country",
        format!(
            "the Sage business is in {country:?}; this release translates for UK businesses only"
        ),
        "nothing is lost: the document is kept and can be translated again after an update",
    ))
}
