//! VAT: how a document is treated, and which Sage tax rate belongs to what Magento charged.

mod treatment;
mod charge;
mod rate;

pub(crate) use charge::Charge;
pub(crate) use rate::{RateMap, Rates, TaxRate};
pub(crate) use treatment::{Treatment, in_vat_area, is_in_european_union};
