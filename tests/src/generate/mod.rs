//! Documents nobody wrote: events as Magento would produce them, and broken ones.
//!
//! A small description ([`spec`]) is drawn at random, computed by Magento's arithmetic ([`tax`],
//! [`document`]) and written under Magento's column names ([`render`]).
//! [`sage`] recomputes what Sage will make of the answer, in an arithmetic that shares nothing
//! with the core.

pub mod currency;
pub mod document;
pub mod entities;
pub mod fixed;
pub mod mutate;
pub mod odd;
pub mod order;
pub mod rates;
pub mod render;
pub mod sage;
pub mod settings;
pub mod spec;
pub mod tax;
mod texts;
