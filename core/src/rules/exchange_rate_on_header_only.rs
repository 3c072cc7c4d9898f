//! SQ-027: Sage takes the exchange rate on the header only, and derives the base amounts itself.

use super::exchange_rate_of_order;
use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::context::Context;
use crate::document::{Subject, exchange_rate};
use crate::money::ExchangeRate;
use crate::outcome::Step;
use rust_decimal::Decimal;

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
    let (document, order) = (&subject.event.document, &subject.event.order);
    let to_order = exchange_rate_of_order::rate(
        context,
        subject,
        document.base_to_order_rate,
        order.base_to_order_rate,
        "base_to_order_rate",
    );
    let to_global = if exchange_rate::is_over_global(context, subject) {
        exchange_rate_of_order::rate(
            context,
            subject,
            document.base_to_global_rate,
            order.base_to_global_rate,
            "base_to_global_rate",
        )
    } else {
        Decimal::ZERO
    };
    exchange_rate::exchange_rate(context, subject, to_order, to_global).map(Some)
}
