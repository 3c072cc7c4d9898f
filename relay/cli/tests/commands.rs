//! Every command, against a relay that runs and the simulator.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail where it stands"
)]

#[cfg(test)]
mod stage;

#[cfg(test)]
mod audit;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod business;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod audited;
#[cfg(test)]
mod consent;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod probe;
#[cfg(test)]
mod settings;
