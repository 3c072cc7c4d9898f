//! Notifications: at once when a person is needed, and a daily digest. Quiet when nothing is wrong.
//!
//! A message has counts, reasons and links; no number, no name, no amount.

mod mail;
pub(crate) mod message;
pub(crate) mod send;
pub(crate) mod settings;
mod webhook;
pub(crate) mod worker;
