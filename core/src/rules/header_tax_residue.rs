//! MG-006: Magento carries cents of tax between lines, so the header can hold a cent of tax that no line shows.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::codes::Warning;
use crate::context::Context;
use crate::document::{Draft, Subject};
use crate::money::Money;
use crate::outcome::Step;
use std::cmp::Reverse;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "MG-006",
    name: "header-tax-residue",
    behaviour: "Magento carries cents of tax between lines, so the header can hold a cent of tax that no line shows.",
    we: "The cent is added to the line with the largest tax, with a warning.",
    otherwise: "The VAT in Sage is not the VAT Magento charged, or a rounding line hides it.",
    evidence: Evidence {
        grade: Grade::Observed,
        source: "recorded documents calculated with TOTAL_BASE_CALCULATION; stacked tax rates differ by 0.01",
    },
    retire_when: "Magento stores line taxes that add up to the header.",
};

/// Moves left-over header tax to a line, when the total needs it.
///
/// Nothing moves when the total closes without it, or when it is more than Magento's rounding can explain.
pub(crate) fn apply(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    draft: &mut Draft,
    missing: impl Fn(&Draft) -> Money,
) -> Step<()> {
    let currency = subject.currency;
    let header = currency.round(subject.event.document.tax_amount.exact());
    let residue = header - draft.tax_of_document(currency);
    let cap = context.settings.rounding_cap(currency);
    if residue.is_zero() {
        return Ok(());
    }
    if missing(draft).is_zero() || residue.abs() > cap {
        context.warn(
            Warning::HeaderTaxDiffers,
            subject.event.pointer("tax_amount"),
            format!("the header's tax is {header}, the parts carry {residue} less"),
        );
        return Ok(());
    }
    // Of equally large ones the first row; the order of rows is Magento's.
    let largest = draft
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !line.tax.is_zero())
        .max_by_key(|(index, line)| (line.tax, Reverse(*index)))
        .map(|(index, _)| index);
    let Some(line) = largest.and_then(|index| draft.lines.get_mut(index)) else {
        return Ok(());
    };
    if !context.fire(RuleId::HeaderTaxResidue) {
        return Ok(());
    }
    context.warn(
        Warning::TaxResidueMoved,
        line.pointer.clone(),
        format!("the header's tax is {header}; {residue} of it is on no line and was added to the tax {} of this one", line.tax),
    );
    line.tax = line.tax + residue;
    Ok(())
}
