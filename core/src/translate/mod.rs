//! From a document to a plan: one file per kind of event, and the parts they share.

mod invoice;
mod payment;
mod credit_memo;
mod customer;
mod product;
mod order;
mod artefact;
mod contact;
mod address;
mod currency;
mod booking_date;
mod cancellation;
mod eircode;
mod items;
mod order_total;
mod set_off;
mod shipping;
mod steps;
mod tender;
mod total;

use crate::canonical::{Date, DocumentKind, Event, SalesEvent};
use crate::codes::Reject;
use crate::context::Context;
use crate::document::Subject;
use crate::filter::DocumentFacts;
use crate::money::{Currency, Money};
use crate::outcome::Step;
use crate::outcome::{Outcome, Rejection};
use crate::rules::tender_subtracted_from_total;
use crate::vat::{Rates, Treatment};

/// Translates an event of any kind.
pub(crate) fn event(context: &mut Context<'_>, event: &Event<'_>) -> Step<Outcome> {
    match event {
        Event::InvoiceCreated(sales) => invoice::created(context, sales),
        Event::InvoicePaid(sales) => payment::paid(context, sales),
        Event::InvoiceCanceled(sales) => cancellation::of_invoice(context, sales),
        Event::CreditmemoCreated(sales) => credit_memo::created(context, sales),
        Event::CreditmemoCanceled(sales) => cancellation::of_credit_memo(context, sales),
        Event::OrderPlaced(sales) => order::placed(context, sales),
        Event::OrderInvoiced(sales) => order::invoiced(context, sales),
        Event::OrderCanceled(sales) => order::canceled(context, sales),
        Event::CustomerUpserted(customer) => customer::upserted(context, customer),
        Event::ProductUpserted(product) => product::upserted(context, product),
    }
}

/// The document's currency and what it is worth in it.
#[derive(Debug, Clone, Copy)]
struct Valued {
    currency: Currency,
    value: Money,
}

impl Valued {
    /// What the filters look at.
    fn facts<'a>(&self, event: &'a SalesEvent<'a>) -> DocumentFacts<'a> {
        DocumentFacts {
            event,
            value: self.value,
        }
    }
}

fn value(context: &mut Context<'_>, event: &SalesEvent<'_>) -> Step<Valued> {
    let currency = currency::of_document(event)?;
    let exact = tender_subtracted_from_total::value(context, &event.document);
    Ok(Valued {
        currency,
        value: currency.round(exact),
    })
}

/// The document with everything that is decided once for all its parts.
fn subject<'a>(
    context: &mut Context<'_>,
    event: &'a SalesEvent<'a>,
    valued: Valued,
) -> Step<Subject<'a>> {
    context.settings.home_country()?;
    let day = Date::parse(&event.local_date, "/local_date")?;
    let date = booking_date::of(context, event, day)?;
    require_not_negative(event, valued.value)?;
    order_total::require_within_order(context.settings, event, valued.currency)?;
    let treatment = Treatment::of(context.settings, event)?;
    Ok(Subject {
        event,
        date,
        currency: valued.currency,
        rates: Rates::new(day, valued.currency, treatment),
        treatment,
    })
}

/// No Sage document has a negative total.
fn require_not_negative(event: &SalesEvent<'_>, value: Money) -> Step<()> {
    if !value.is_negative() {
        return Ok(());
    }
    Err(Rejection::new(
        Reject::NegativeTotal,
        event.pointer("grand_total"),
        format!(
            "the total of {} {} is {value}, and Sage has no documents with a negative total",
            event.kind.noun(),
            event.document.increment_id.as_str()
        ),
        match event.kind {
            DocumentKind::Invoice => {
                "check the discount or fee that is larger than the goods; if the customer got money back, enter a credit note in Sage by hand"
            }
            DocumentKind::Order => "check the discount or fee that is larger than the goods",
            DocumentKind::Creditmemo => {
                "the fee kept is larger than the goods given back; if the customer paid it, enter an invoice for the fee in Sage by hand"
            }
        },
    ))
}
