//! VAT: how a document is treated, and which Sage tax rate belongs to a percentage.

mod treatment;
mod rate;

pub(crate) use rate::{Rates, TaxRate, require_percentage};
pub(crate) use treatment::{Treatment, in_vat_area};
