//! SQ-027: Sage takes the exchange rate on the header only, and derives the base amounts itself.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::context::Context;
use crate::document::{Subject, exchange_rate};
use crate::money::ExchangeRate;
use crate::outcome::Step;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-027",
    name: "exchange-rate-on-header-only",
    behaviour: "Sage takes the exchange rate on the header only, and derives the base amounts itself.",
    we: "Documents and payments in a foreign currency carry exchange_rate = 1 / base_to_order_rate to ten decimals; documents in the own currency carry none.",
    otherwise: "Sage uses its own rate of the day, and a payment defaults to 1.",
    evidence: Evidence {
        grade: Grade::Reported,
        source: "vendor documentation; the direction is not officially documented",
    },
    retire_when: "the direction of exchange_rate is documented otherwise.",
};

/// The rate of the document, when the rule is on.
pub(crate) fn exchange_rate(
    context: &mut Context<'_>,
    subject: Subject<'_>,
) -> Step<Option<ExchangeRate>> {
    if !context.fire(RuleId::ExchangeRateOnHeaderOnly) {
        return Ok(None);
    }
    exchange_rate::exchange_rate(context, subject).map(Some)
}
