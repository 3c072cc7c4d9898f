//! MG-008: Magento adds adjustments to a credit memo's header, without tax and without a row.

use super::{Evidence, Grade, RuleId, RuleInfo, line_rate};
use crate::context::Context;
use crate::document::{Draft, DraftLine, Subject};
use crate::outcome::Step;
use crate::policy::LedgerPurpose;
use crate::vat::TaxRate;
use rust_decimal::Decimal;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "MG-008",
    name: "adjustment-outside-lines",
    behaviour: "Magento adds adjustments to a credit memo's header, without tax and without a row.",
    we: "Adjustment refund and adjustment fee each become a line without tax, at adjustment_tax_rate_id or else the rate of 0.00; the fee is negative.",
    otherwise: "The credit note is not what the customer got back.",
    evidence: Evidence {
        grade: Grade::Observed,
        source: "recorded documents cm_adj_both, cm_adj_negative, cm_adj_only and cm_adj_positive of Magento 2.4.7",
    },
    retire_when: "Magento stores adjustments with their tax.",
};

/// Adds the adjustment lines.
pub(crate) fn add_lines(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    draft: &mut Draft,
) -> Step<()> {
    let document = &subject.event.document;
    let adjustments = [
        (
            "Adjustment refund",
            "adjustment_positive",
            document.adjustment_positive.exact(),
        ),
        (
            "Adjustment fee",
            "adjustment_negative",
            -document.adjustment_negative.exact(),
        ),
    ];
    for (title, column, exact) in adjustments {
        let amount = subject.currency.round(exact);
        if amount.is_zero() || !context.fire(RuleId::AdjustmentOutsideLines) {
            continue;
        }
        let pointer = subject.event.pointer(column);
        let rate = rate(context, subject, &pointer)?;
        let ledger = context.settings.ledger_account(LedgerPurpose::Adjustment)?;
        draft.lines.push(DraftLine::single(
            title.to_owned(),
            ledger.to_owned(),
            amount,
            rate,
            subject.currency.zero(),
            pointer,
        ));
    }
    Ok(())
}

fn rate(context: &mut Context<'_>, subject: Subject<'_>, pointer: &str) -> Step<TaxRate> {
    match context.settings.policy.adjustment_tax_rate_id.as_deref() {
        Some(id) => subject.rates.known(
            context,
            &"/settings/policy/adjustment_tax_rate_id",
            id,
            Decimal::ZERO,
        ),
        None => line_rate::for_percentage(context, subject.rates, Decimal::ZERO, &pointer),
    }
}
