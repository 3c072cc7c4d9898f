//! What Sage asks of sales to foreign contacts.
//!
//! Documented for versions 1 and 2 of the API (guides "no-deal Brexit breaking changes" v1 and v2; the
//! page for 3.1 is stored without that part, so for 3.1 it is assumed): a VAT-registered UK business
//! must send `eu_goods_services_type_id` on each line for foreign customers, except EU customers that are
//! not VAT registered, for whom it defaults to services. Documented for 3.1: no mixture of goods and
//! services for those; reported by a vendor for all: lines "must be the same", and zero rating outside
//! the EU. An Irish business sent `IE_ZERO` abroad, to the EU with a kind on each line (reported,
//! `Services/SAGE.php` of inex/IXP-Manager); the rest is taken to hold there, too (assumed). Where destination VAT applies the documentation contradicts the last, hence the switches.

use serde_json::Value;

use super::addresses;
use crate::dispatch::World;
use crate::envelope::{Problem, Refusal};
use crate::json::{filled, flag, list, text};

/// Checks the lines of a document for a contact abroad.
pub(crate) fn check(
    world: &World,
    entity: &Value,
    contact: &Value,
    lines_key: &str,
) -> Result<(), Refusal> {
    let home = world.reference.country();
    let country = contact
        .get("main_address")
        .and_then(addresses::country)
        .unwrap_or(home);
    // The Isle of Man counts as the United Kingdom for VAT.
    if country == home || (home == "GB" && country == "IM") {
        return Ok(());
    }
    // Northern Ireland is treated as in the Union, which for goods it is.
    let in_eu = match world.reference.country_group(country) {
        "EU" => true,
        "GBIE" => country == "IE" || flag(contact, "ni_based"),
        _ => false,
    };
    let defaults_to_services = in_eu && filled(contact, "tax_number").is_none();
    let lines = list(entity, lines_key);
    let kinds: Vec<Option<&str>> = lines
        .iter()
        .map(|line| {
            let default = defaults_to_services.then_some("SERVICES");
            filled(line, "eu_goods_services_type_id").or(default)
        })
        .collect();
    let mut problems = Vec::new();
    if world.switches.goods_services_type_required && kinds.iter().any(Option::is_none) {
        problems.push(Problem::required("line_items.eu_goods_services_type"));
    }
    if kinds.iter().flatten().any(|kind| {
        world
            .reference
            .find("eu_goods_services_types", kind)
            .is_none()
    }) {
        return Err(Refusal::record_not_found(
            world.switches.unknown_record_status,
        ));
    }
    if kinds
        .windows(2)
        .any(|pair| matches!(pair, [first, second] if first != second))
    {
        problems.push(Problem::invalid(
            "line_items.eu_goods_services_type",
            "must be the same",
        ));
    }
    let zero_rate = format!("{home}_ZERO");
    let zero_rated = lines
        .iter()
        .all(|line| text(line, "tax_rate_id") == Some(zero_rate.as_str()));
    if world.switches.foreign_zero_rated
        && !in_eu
        && !zero_rated
        && !flag(entity, "destination_consignment")
    {
        problems.push(Problem::invalid(
            "line_items.tax_rate",
            "must be 'Zero Rated' for Customers outside the EU",
        ));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Refusal::invalid(super::lines::with_umbrella(problems)))
    }
}
