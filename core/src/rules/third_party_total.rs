//! MG-004: Third-party modules add totals of their own to the grand total, such as a payment fee.

use super::html_entities_refused::description;
use super::{Evidence, Grade, RuleId, RuleInfo, line_rate};
use crate::context::Context;
use crate::document::{Draft, DraftLine, Subject};
use crate::outcome::Step;
use crate::policy::LedgerPurpose;
use crate::sage::limits;
use crate::vat::Charge;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "MG-004",
    name: "third-party-total",
    behaviour: "Third-party modules add totals of their own to the grand total, such as a payment fee.",
    we: "Each total the event lists under other becomes a line.",
    otherwise: "The invoice is refused because its parts do not add up.",
    evidence: Evidence {
        grade: Grade::Observed,
        source: "public source of a payment module that adds mollie_payment_fee to invoices",
    },
    retire_when: "Never.",
};

/// Adds a line for every total of other modules.
pub(crate) fn add_lines(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    draft: &mut Draft,
) -> Step<()> {
    for (index, total) in subject.event.document.other.iter().enumerate() {
        let net = subject.currency.round(total.amount.exact());
        let tax = subject.currency.round(total.tax_amount.exact());
        if (net.is_zero() && tax.is_zero()) || !context.fire(RuleId::ThirdPartyTotal) {
            continue;
        }
        let pointer = format!("/{}/other/{index}", subject.event.kind.key());
        let percent_pointer = format_args!("{pointer}/tax_percent");
        let percent = total.tax_percent.map(|percent| percent.exact());
        let charge = Charge::total(net, tax, percent);
        let rate = line_rate::of_charge(context, subject.rates, &charge, &percent_pointer)?;
        let title_pointer = format_args!("{pointer}/title");
        let ledger = context.settings.ledger_account(LedgerPurpose::Sales)?;
        draft.lines.push(DraftLine::single(
            description(
                context,
                &total.title,
                limits::LINE_DESCRIPTION,
                &title_pointer,
            ),
            ledger.to_owned(),
            net,
            rate,
            tax,
            pointer,
        ));
    }
    Ok(())
}
