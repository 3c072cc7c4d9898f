//! The rate between the document's currency and the business's own.

use super::Subject;
use crate::codes::Reject;
use crate::context::Context;
use crate::money::ExchangeRate;
use crate::outcome::{Rejection, Step};
use rust_decimal::Decimal;

/// Whether the way to the business's currency leads over the global one.
pub(crate) fn is_over_global(context: &Context<'_>, subject: Subject<'_>) -> bool {
    let own = context.settings.binding.base_currency.as_str();
    let document = &subject.event.document;
    document.base_currency_code != own && document.global_currency_code.as_deref() == Some(own)
}

/// Units of the business's currency for one unit of the document's.
///
/// Magento stores `base_to_order_rate` from the website's base currency. Where that is not the
/// business's own currency, the way leads over `base_to_global_rate`, if the global currency is.
///
/// `to_order` and `to_global` are `base_to_order_rate` and `base_to_global_rate`.
pub(crate) fn exchange_rate(
    context: &Context<'_>,
    subject: Subject<'_>,
    to_order: Decimal,
    to_global: Decimal,
) -> Step<ExchangeRate> {
    let document = &subject.event.document;
    let own = context.settings.binding.base_currency.as_str();
    let rate = if document.base_currency_code == own {
        ExchangeRate::quotient(Decimal::ONE, to_order)
    } else if is_over_global(context, subject) {
        ExchangeRate::quotient(to_global, to_order)
    } else {
        None
    };
    rate.ok_or_else(|| {
        Rejection::new(
            Reject::ExchangeRateMissing,
            subject.event.pointer("base_to_order_rate"),
            format!(
                "Magento names no rate from {} to {own}",
                subject.currency.code()
            ),
            "the website's base or global currency must be the Sage business's own",
        )
    })
}
