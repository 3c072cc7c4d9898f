//! MG-010: Importers leave the percentage of a row empty, or store one they derived from rounded amounts.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::codes::Warning;
use crate::context::Context;
use crate::money::plain;
use crate::vat::{Charge, Rates, TaxRate};
use std::fmt::Display;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "MG-010",
    name: "percentage-rederived",
    behaviour: "Importers leave the percentage of a row empty, or store one they derived from rounded amounts.",
    we: "Where the stated percentage is missing, not mapped or contradicted by the tax, the one mapped rate that gives the tax to the penny is taken, with a warning; where none or several do, the document is refused or takes a default that gives the tax too.",
    otherwise: "Goods at 5.03 % are declared at the standard rate, or an imported order never reaches Sage.",
    evidence: Evidence {
        grade: Grade::Reported,
        source: "public reports on connectors for Odoo and Mirakl: tax_percent empty on imported orders, 19.93 and 5.03 on orders of a marketplace",
    },
    retire_when: "Every order states the percentage of the tax table.",
};

/// The one candidate that gives the tax to the penny.
pub(crate) fn rate(
    context: &mut Context<'_>,
    rates: Rates<'_>,
    candidates: &[TaxRate],
    charge: &Charge,
    pointer: &dyn Display,
) -> Option<TaxRate> {
    let mut fitting = candidates.iter().filter(|rate| rates.fits(charge, rate));
    let rate = fitting.next()?;
    if fitting.next().is_some() || !context.fire(RuleId::PercentageRederived) {
        return None;
    }
    let message = format!(
        "{}; the tax is that of {} at {} %, which no other mapped rate gives",
        charge.statement(),
        rate.id,
        plain(rate.percentage)
    );
    context.warn_once(Warning::TaxRateInferred, &pointer.to_string(), message);
    Some(rate.clone())
}
