//! The document's currency, and its rate to the business's own.

use super::Subject;
use crate::canonical::SalesEvent;
use crate::codes::Reject;
use crate::money::{Currency, ExchangeRate};
use crate::outcome::Rejection;
use crate::rules::{currency_by_currency_id, exchange_rate_on_header_only};
use crate::sage::ForeignCurrency;
use crate::text::cut;
use crate::{Context, Step};

/// The currency the shopper saw, in which the document is booked.
pub(super) fn of_document(event: &SalesEvent<'_>) -> Step<Currency> {
    let code = &event.document.order_currency_code;
    Currency::from_code(code).ok_or_else(|| {
        Rejection::new(
            Reject::UnknownCurrency,
            event.pointer("order_currency_code"),
            format!("{:?} is no active ISO 4217 currency", cut(code, 40).0),
            "correct the store view's currency in Magento",
        )
    })
}

/// Currency and rate, or nothing for a document in the business's own currency.
pub(super) fn foreign(
    context: &mut Context<'_>,
    subject: Subject<'_>,
) -> Step<Option<ForeignCurrency>> {
    if context.settings.binding.base_currency == subject.currency.code() {
        return Ok(None);
    }
    Ok(Some(ForeignCurrency {
        currency_id: currency_by_currency_id::currency_id(context, subject.currency),
        exchange_rate: exchange_rate_on_header_only::exchange_rate(context, subject)?,
    }))
}

/// Units of the business's currency for one unit of the document's.
///
/// Magento stores `base_to_order_rate` from the website's base currency. Where that is not the
/// business's own currency, the way leads over `base_to_global_rate`, if the global currency is.
pub(crate) fn rate(context: &Context<'_>, subject: Subject<'_>) -> Step<ExchangeRate> {
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
