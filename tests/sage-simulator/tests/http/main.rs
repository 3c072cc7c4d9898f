//! The simulator over HTTP, the way a relay sees it: one test per behaviour.

#[cfg(test)]
mod support;
#[cfg(test)]
mod abroad;
#[cfg(test)]
mod access;
#[cfg(test)]
mod books;
#[cfg(test)]
mod business;
#[cfg(test)]
mod estimates;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod quirks;
#[cfg(test)]
mod trouble;
#[cfg(test)]
mod voids;
