//! What tests of several packages share: our programs as processes, a shop's signature, and the
//! comparison of pages that are made from code.

pub mod child;
pub mod reference;
pub mod token;
