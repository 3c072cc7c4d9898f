//! SQ-007: Sage requires a tax amount on every line, also at a zero rate, and names currency_tax_amount in the error when it is missing.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::context::Context;
use crate::money::Currency;
use crate::sage::SalesArtefact;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-007",
    name: "line-tax-amount-required",
    behaviour: "Sage requires a tax amount on every line, also at a zero rate, and names currency_tax_amount in the error when it is missing.",
    we: "Every line carries tax_amount and, equal to it, currency_tax_amount.",
    otherwise: "Error 422: line_items.currency_tax_amount: This field is required.",
    evidence: Evidence {
        grade: Grade::Observed,
        source: "a third party saw it against the live API: sending tax_amount gives 201, sending only currency_tax_amount fails; two independent teams send both",
    },
    retire_when: "Sage infers the tax of a line from its rate.",
};

/// Fills in the tax amounts of every line.
pub(crate) fn apply(context: &mut Context<'_>, currency: Currency, artefact: &mut SalesArtefact) {
    if !context.fire(RuleId::LineTaxAmountRequired) {
        return;
    }
    let in_currency = artefact.lines.have_currency_tax_amount();
    for line in artefact.lines.as_mut_slice() {
        let tax = line.tax_amount.unwrap_or_else(|| currency.zero());
        line.tax_amount = Some(tax);
        line.currency_tax_amount = in_currency.then_some(tax);
    }
}
