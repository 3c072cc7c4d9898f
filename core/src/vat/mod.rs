//! VAT: which documents are domestic, and which Sage tax rate belongs to a percentage.

mod treatment;
mod rate;

pub(crate) use rate::{Rates, TaxRate, require_percentage};
pub(crate) use treatment::{not_supported_yet, require_domestic};
