//! The document being translated: what filters, rules and translation share.

mod draft;
pub(crate) mod exchange_rate;
mod invoice_state;

pub(crate) use draft::{Draft, DraftLine, Subject};
pub(crate) use invoice_state::InvoiceState;
