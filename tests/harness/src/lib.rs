//! What every trial of the whole needs: our programs as processes, and a shop's signature.

pub mod child;
pub mod reference;
pub mod token;
