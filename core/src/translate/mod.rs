//! From a document to a plan: one file per kind of document, and the parts they share.

mod invoice;
mod contact;
pub(crate) mod address;
mod draft;
mod items;
mod shipping;
mod total;

pub(crate) use draft::{Draft, DraftLine, Subject};
pub(crate) use invoice::InvoiceState;

use crate::canonical::Event;
use crate::outcome::Outcome;
use crate::vat::not_supported_yet;
use crate::{Context, Step};

/// Translates an event of any kind.
pub(crate) fn event(context: &mut Context<'_>, event: &Event) -> Step<Outcome> {
    match event {
        Event::InvoiceCreated(created) => invoice::created(context, created),
        Event::NotSupportedYet(name) => Err(not_supported_yet(
            "/event".to_owned(),
            format!("the event is {name}"),
            "invoice.created",
        )),
    }
}
