//! Sage's side: request bodies as typed structures, the plan around them, and Sage's arithmetic.
//!
//! Everything here is written only, never read. Field names are Sage's own;
//! `golden/schema/sage-request-schemas.json` is what the corpus validates them against.

mod address;
mod contact;
mod sales_artefact;
mod contact_payment;
mod catalog;
mod arithmetic;
pub(crate) mod limits;
pub(crate) mod plan;

pub(crate) use address::{Address, ContactAddress};
pub use arithmetic::VatTotal;
pub(crate) use arithmetic::{line_net, predicted_total, vat_totals};
pub(crate) use catalog::{CatalogItem, SalesPrice, SalesRate, StockMovement};
pub(crate) use contact::{Contact, ContactPerson};
pub(crate) use contact_payment::{Allocated, ContactAllocation, ContactPayment, PaymentType};
pub(crate) use sales_artefact::{
    ArtefactLine, ForeignCurrency, Lines, SalesArtefact, ShippingPanel,
};
