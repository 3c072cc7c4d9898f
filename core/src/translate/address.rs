//! Addresses, fitted into Sage's fields.

use super::eircode;
use crate::canonical;
use crate::codes::Reject;
use crate::context::Context;
use crate::outcome::Rejection;
use crate::outcome::Step;
use crate::rules::html_entities_refused::shortened;
use crate::sage::{Address, limits};

/// A Magento address in Sage's fields; `pointer` is where it stands.
///
/// Magento's first street line becomes the first address line, all others the second.
pub(crate) fn document(
    context: &mut Context<'_>,
    source: &canonical::Address<'_>,
    pointer: &str,
) -> Step<Address> {
    let Some(country_id) = source.country_id.clone() else {
        return Err(Rejection::new(
            Reject::MissingField,
            format!("{pointer}/country_id"),
            "the address has no country",
            "complete the address in Magento",
        ));
    };
    let postcode = source.postcode.as_deref().unwrap_or_default();
    let postcode = if country_id == "IE" {
        eircode::normal_form(postcode)
    } else {
        postcode.into()
    };
    let street = source.street.as_deref().unwrap_or_default();
    let mut street_lines = street
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let first_line = street_lines.next().unwrap_or_default();
    let other_lines = street_lines.collect::<Vec<_>>().join(", ");
    let mut field = |text: Option<&str>, limit: usize, name: &str| {
        shortened(
            context,
            text.unwrap_or_default(),
            limit,
            &format_args!("{pointer}/{name}"),
        )
    };
    Ok(Address {
        address_line_1: field(Some(first_line), limits::ADDRESS_LINE, "street"),
        address_line_2: field(Some(&other_lines), limits::ADDRESS_LINE, "street"),
        city: field(source.city.as_deref(), limits::CITY, "city"),
        region: field(source.region.as_deref(), limits::REGION, "region"),
        postal_code: field(Some(&postcode), limits::POSTAL_CODE, "postcode"),
        country_id: country_id.to_string(),
    })
}
