//! MG-011: Magento can leave the exchange rates of a document empty while its order has them.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::canonical::Figure;
use crate::codes::Warning;
use crate::context::Context;
use crate::document::Subject;
use crate::money::plain;
use rust_decimal::Decimal;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "MG-011",
    name: "exchange-rate-of-order",
    behaviour: "Magento can leave the exchange rates of a document empty while its order has them.",
    we: "An empty rate is taken from the order, with a warning.",
    otherwise: "The credit note of a foreign sale is refused.",
    evidence: Evidence {
        grade: Grade::Reported,
        source: "public report on Magento: credit memos without base_to_order_rate",
    },
    retire_when: "Magento copies the rates to every document.",
};

/// A rate of the document, or the order's where the document's is empty; `column` names it.
pub(crate) fn rate(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    own: Option<Figure>,
    of_order: Option<Figure>,
    column: &str,
) -> Decimal {
    let own = own.unwrap_or_default().exact();
    let of_order = of_order.unwrap_or_default().exact();
    if !own.is_zero() || of_order.is_zero() || !context.fire(RuleId::ExchangeRateOfOrder) {
        return own;
    }
    context.warn(
        Warning::ExchangeRateOfOrder,
        subject.event.pointer(column),
        format!(
            "{column} of the document is empty; the order's {} is used",
            plain(of_order)
        ),
    );
    of_order
}
