//! The relay over HTTP, against a small Sage of the tests' own.
//!
//! The fake commits, counts and fails on command; it is written apart from the relay's code
//! and apart from `tests/sage-simulator`, so that a mistake must be made twice to go unseen.
//! Only the set-up goes over the simulator, because that has Sage's consent page.

#[cfg(test)]
mod support;

#[cfg(test)]
mod canary;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod dashboard;
#[cfg(test)]
mod deliver;
#[cfg(test)]
mod estimate;
#[cfg(test)]
mod ingest;
#[cfg(test)]
mod installed;
#[cfg(test)]
mod exceptions;
#[cfg(test)]
mod freshness;
#[cfg(test)]
mod history;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod known;
#[cfg(test)]
mod live;
#[cfg(test)]
mod malformed;
#[cfg(test)]
mod month_in_browser;
#[cfg(test)]
mod notifications;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod operator_in_browser;
#[cfg(test)]
mod packaging;
#[cfg(test)]
mod pages_in_browser;
#[cfg(test)]
mod people;
#[cfg(test)]
mod pair;
#[cfg(test)]
mod push;
#[cfg(test)]
mod reconciliation;
#[cfg(test)]
mod recover;
#[cfg(test)]
mod restored;
#[cfg(test)]
mod set_up;
#[cfg(test)]
mod set_up_in_browser;
#[cfg(test)]
mod settings_file;
#[cfg(test)]
mod settle;
#[cfg(test)]
mod shop_reports;
#[cfg(test)]
mod surface;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod upsert;
#[cfg(test)]
mod wrong_ways_in_browser;
#[cfg(test)]
mod void;

#[cfg(test)]
mod crash;
