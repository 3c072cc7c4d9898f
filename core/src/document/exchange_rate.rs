//! The rate between the document's currency and the business's own.

use super::Subject;
use crate::codes::Reject;
use crate::context::Context;
use crate::money::ExchangeRate;
use crate::outcome::{Rejection, Step};

/// Units of the business's currency for one unit of the document's.
///
/// Magento stores `base_to_order_rate` from the website's base currency. Where that is not the
/// business's own currency, the way leads over `base_to_global_rate`, if the global currency is.
pub(crate) fn exchange_rate(context: &Context<'_>, subject: Subject<'_>) -> Step<ExchangeRate> {
    let document = &subject.event.document;
    let own = context.settings.binding.base_currency.as_str();
    let to_order = document.base_to_order_rate.unwrap_or_default().exact();
    let rate = if document.base_currency_code == own {
        ExchangeRate::quotient(rust_decimal::Decimal::ONE, to_order)
    } else if document.global_currency_code.as_deref() == Some(own) {
        let to_global = document.base_to_global_rate.unwrap_or_default().exact();
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
