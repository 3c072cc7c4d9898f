//! A stand-in for the Sage Accounting API v3.1, on loopback.
//!
//! It answers the way Sage is documented, observed or reported to answer, keeps its own books with its
//! own arithmetic, and shares no code with `core/`: two independent readings of the same facts must
//! arrive at the same total.
//!
//! Every behaviour carries an evidence grade in its comment, strongest first:
//! **observed** (someone's recorded answer of the live API), **documented** (official description or
//! guide), **reported** (a vendor's account), **assumed** (nobody says; chosen here).
//! Where nobody knows, [`Switches`] offers both answers.
//!
//! Reading order: [`server`] accepts a call, [`faults`] may spoil it, [`dispatch`] checks the token and
//! the business and finds the resource, [`resources`] validates, builds and stores, [`page`] and
//! [`control`] let people and tests look inside.

mod config;
mod server;
mod faults;
mod dispatch;
mod business;
mod auth;
mod consent;
mod idempotency;
mod schema;
mod resources;
mod arithmetic;
mod reference;
mod store;
mod envelope;
mod json;
mod clock;
mod wire;
mod control;
mod page;

pub use config::{
    ChangedBody, Config, ConsentAnswer, ExchangeRateDirection, Idempotency, Plan, Switches,
};
pub use server::Simulator;
