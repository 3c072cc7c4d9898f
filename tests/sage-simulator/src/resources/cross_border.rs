//! What Sage asks of sales to foreign contacts.
//!
//! Documented in part (guide "no-deal Brexit breaking changes"): a VAT-registered UK business needs the
//! goods/services indicator on invoices and credit notes for foreign contacts. Reported by a vendor:
//! `eu_goods_services_type_id` on each line, all lines alike, and zero rating outside the EU. Where
//! destination VAT applies the documentation contradicts the last, hence the switches.

use serde_json::Value;

use super::addresses;
use crate::dispatch::World;
use crate::envelope::{Problem, Refusal};
use crate::json::{flag, list, text};

/// Checks the lines of a document for a contact abroad.
pub(crate) fn check(
    world: &World,
    entity: &Value,
    contact: &Value,
    lines_key: &str,
) -> Result<(), Refusal> {
    let home = crate::json::id_of(world.reference.business(), "country").unwrap_or("GB");
    let country = contact
        .get("main_address")
        .and_then(addresses::country)
        .unwrap_or(home);
    // The Isle of Man counts as the United Kingdom for VAT.
    if country == home || country == "IM" {
        return Ok(());
    }
    let lines = list(entity, lines_key);
    let kinds: Vec<Option<&str>> = lines
        .iter()
        .map(|line| text(line, "eu_goods_services_type_id"))
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
    let outside_eu = !matches!(world.reference.country_group(country), "EU" | "GBIE");
    let zero_rated = lines
        .iter()
        .all(|line| text(line, "tax_rate_id") == Some("GB_ZERO"));
    if world.switches.foreign_zero_rated
        && outside_eu
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
