//! SQ-030: Sage shows default_currency_id but takes currency_id.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::context::Context;
use crate::money::Currency;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-030",
    name: "currency-by-currency-id",
    behaviour: "Sage shows default_currency_id but takes currency_id.",
    we: "Documents and payments in a foreign currency carry currency_id.",
    otherwise: "The document is booked in the business's own currency under the foreign amount.",
    evidence: Evidence {
        grade: Grade::Documented,
        source: "the official API description knows currency_id only; the misleading name is reported by the vendor",
    },
    retire_when: "never: it is the documented field.",
};

/// The code to send, when the rule is on.
pub(crate) fn currency_id(context: &mut Context<'_>, currency: Currency) -> Option<&'static str> {
    context
        .fire(RuleId::CurrencyByCurrencyId)
        .then(|| currency.code())
}
