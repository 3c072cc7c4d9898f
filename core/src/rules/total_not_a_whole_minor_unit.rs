//! MG-007: A Magento grand total can have a fraction of a penny, and parts rounded one by one can miss it by a penny.

use super::{Evidence, Grade, RuleId, RuleInfo, line_rate};
use crate::codes::Reject;
use crate::codes::Warning;
use crate::context::Context;
use crate::document::{Draft, DraftLine, Subject};
use crate::money::Money;
use crate::outcome::Rejection;
use crate::outcome::Step;
use crate::vat::Charge;
use rust_decimal::Decimal;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "MG-007",
    name: "total-not-a-whole-minor-unit",
    behaviour: "A Magento grand total can have a fraction of a penny, and parts rounded one by one can miss it by a penny.",
    we: "The difference, up to rounding_cap, becomes a line on rounding_ledger_account_id without tax.",
    otherwise: "A paid invoice keeps a penny outstanding, or the penny disappears.",
    evidence: Evidence {
        grade: Grade::Observed,
        source: "recorded document qty_decimal: grand total 23.4225",
    },
    retire_when: "Magento stores whole minor units.",
};

/// Adds the rounding line that closes the total, when one is needed and allowed.
pub(crate) fn apply(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    draft: &mut Draft,
    missing: impl Fn(&Draft) -> Money,
) -> Step<()> {
    let difference = missing(draft);
    let cap = context.settings.rounding_cap(subject.currency);
    if difference.is_zero()
        || difference.abs() > cap
        || !context.fire(RuleId::TotalNotAWholeMinorUnit)
    {
        return Ok(());
    }
    let Some(ledger) = context.settings.rounding_ledger_account()? else {
        return Err(Rejection::new(
            Reject::RoundingAccountMissing,
            subject.event.pointer("grand_total"),
            format!(
                "Magento's own rounding leaves {difference}, and rounding_ledger_account_id is not set"
            ),
            "set rounding_ledger_account_id to the account that carries rounding differences",
        ));
    };
    let charge = Charge::total(difference, Money::ZERO, Some(Decimal::ZERO));
    let rate = line_rate::of_charge(
        context,
        subject.rates,
        &charge,
        &subject.event.pointer("grand_total"),
    )?;
    context.warn(
        Warning::RoundingLineAdded,
        subject.event.pointer("grand_total"),
        format!("the parts miss the total by {difference}; a rounding line carries it"),
    );
    draft.lines.push(DraftLine::single(
        "Rounding".to_owned(),
        ledger.to_owned(),
        difference,
        rate,
        Money::ZERO,
        subject.event.pointer("grand_total"),
    ));
    Ok(())
}
