//! Whether a document is a domestic sale of a UK business in its own currency.
//!
//! Domestic is decided by where the goods go: the delivery address, or the billing address
//! when nothing is delivered. Where somebody is billed does not matter.

use crate::Step;
use crate::canonical::InvoiceCreated;
use crate::codes::Reject;
use crate::money::Currency;
use crate::outcome::Rejection;
use crate::policy::Settings;

const DOMESTIC_COUNTRY: &str = "GB";

/// Refuses what this release does not translate yet, and says which part of the document it is.
pub(crate) fn require_domestic(
    settings: &Settings,
    event: &InvoiceCreated,
    currency: Currency,
) -> Step<()> {
    let binding = &settings.binding;
    if binding.country != DOMESTIC_COUNTRY {
        return Err(not_supported_yet(
            "/settings/binding/country".to_owned(),
            format!("the Sage business is in {:?}", binding.country),
            "UK businesses",
        ));
    }
    if currency.code() != binding.base_currency {
        return Err(not_supported_yet(
            "/invoice/order_currency_code".to_owned(),
            format!(
                "the invoice is in {} and the Sage business in {}",
                currency.code(),
                binding.base_currency
            ),
            "invoices in the business's own currency",
        ));
    }
    let pointer = format!("{}/country_id", event.delivery_address_pointer());
    match event.delivery_address().country_id.as_deref() {
        Some(DOMESTIC_COUNTRY) => Ok(()),
        Some(country) => Err(not_supported_yet(
            pointer,
            format!("the goods go to {country:?}"),
            "deliveries inside the UK",
        )),
        None => Err(Rejection::new(
            Reject::MissingField,
            pointer,
            "the delivery address has no country, so its VAT treatment is unknown",
            "complete the address in Magento",
        )),
    }
}

/// The rejection of everything that waits for a later release.
pub(crate) fn not_supported_yet(pointer: String, what: String, supported: &str) -> Rejection {
    Rejection::new(
        Reject::NotSupportedYet,
        pointer,
        format!("{what}; this release translates {supported} only"),
        "nothing is lost: the document is kept and can be translated again after an update",
    )
}
