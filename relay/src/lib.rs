//! The relay: takes plans from shops and makes them true in Sage, once, whatever breaks.
//!
//! The way of a plan through the crates:
//!
//! 1. `http` proves who sends and reads the plan strictly (`ledger_plan`);
//! 2. `ledger_store` makes it durable before the shop is answered;
//! 3. `ledger_delivery`, one lane per binding: prepare → send → classify → settle;
//! 4. `ledger_sage` carries bytes to Sage and back, and keeps the tokens;
//! 5. `ledger_store` records result, xref, state and report in one transaction.
//!
//! Invariants: nothing here knows VAT or computes an amount; no number is parsed into a float;
//! no request leaves before its bytes and its id are on disk; no log line carries a name, an
//! address, an e-mail, a body or a token.

#![forbid(unsafe_code)]

pub mod config;
pub mod operations;
mod dashboard;
mod error;
mod http;
mod keys;
mod notify;
mod push;
pub mod reconciliation;
#[cfg(test)]
mod reference_pages;
mod serve;
mod settings;
mod telemetry;
mod maintenance;
mod wiring;

pub use error::RelayError;
pub use operations::NewBinding;
pub use serve::Relay;
pub use settings::tiers::TiersError;
