//! The settings of a binding: versions, tiers, reference data.
//!
//! The relay owns them and the core judges them: nothing here knows what a knob means.

pub(crate) mod business;
pub(crate) mod document;
pub(crate) mod dry_run;
pub(crate) mod knobs;
pub(crate) mod reference;
pub(crate) mod tiers;
