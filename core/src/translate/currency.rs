//! The document's currency, and its rate to the business's own.

use crate::canonical::SalesEvent;
use crate::codes::Reject;
use crate::context::Context;
use crate::document::Subject;
use crate::money::Currency;
use crate::outcome::Rejection;
use crate::outcome::Step;
use crate::rules::{currency_by_currency_id, exchange_rate_on_header_only};
use crate::sage::ForeignCurrency;
use crate::text::cut;

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
    if context.settings.binding.multi_currency == Some(false) {
        return Err(Rejection::new(
            Reject::MultiCurrencyOff,
            subject.event.pointer("order_currency_code"),
            format!(
                "the document is in {}, and the Sage business has foreign currencies switched off",
                subject.currency.code()
            ),
            "switch multi-currency on in Sage (Settings, Financial Settings) and refresh the business's data, then send the document again",
        ));
    }
    Ok(Some(ForeignCurrency {
        currency_id: currency_by_currency_id::currency_id(context, subject.currency),
        exchange_rate: exchange_rate_on_header_only::exchange_rate(context, subject)?,
    }))
}
