//! Who may send for a binding: the capability of a lane.

use std::time::Duration;

use crate::retry::Millis;

use super::BindingId;

/// The right to send for one binding, until somebody else takes it.
///
/// Only a store makes one. Every read and write of a lane asks for it, so that a lane can neither
/// touch another tenant's rows nor decide anything after it was overtaken: the token is compared
/// in the same transaction as the write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    binding: BindingId,
    token: i64,
    life: Duration,
}

impl Lease {
    pub(super) fn granted(binding: &BindingId, token: i64, life: Duration) -> Self {
        Self {
            binding: binding.clone(),
            token,
            life,
        }
    }

    pub fn binding(&self) -> &BindingId {
        &self.binding
    }

    pub(super) fn token(&self) -> i64 {
        self.token
    }

    /// How long it lasts after it was last renewed.
    pub fn life(&self) -> Duration {
        self.life
    }

    /// Whether nobody else had the lane between that lease and this one.
    pub fn follows(&self, earlier: &Self) -> bool {
        let passed = self.token.saturating_sub(earlier.token);
        self.binding == earlier.binding && (0..=1).contains(&passed)
    }

    pub(super) fn until(&self, now: Millis) -> Millis {
        crate::retry::later(now, self.life)
    }
}

/// A relay process as the store knows it.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The name of the installation and of this very process: `relay-1/0196…`.
    name: String,
    /// How long a lease of its lasts without a sign of life.
    life: Duration,
}

impl Holder {
    pub fn new(instance: &str, life: Duration) -> Self {
        Self {
            name: format!("{instance}/{}", uuid::Uuid::now_v7()),
            life,
        }
    }

    /// A holder of a known name, such that two of them can be the same.
    #[cfg(test)]
    pub(super) fn fixed(instance: &str, life: Duration) -> Self {
        Self {
            name: format!("{instance}/test"),
            life,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn life(&self) -> Duration {
        self.life
    }

    /// The beginning of the name that a restarted process shares with its predecessor.
    pub(super) fn instance(&self) -> &str {
        self.name
            .rsplit_once('/')
            .map_or("", |(instance, _)| instance)
    }
}

/// What a lane has learned and spent, kept beside its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// What Sage was seen to bear, in calls per minute; 0 before anything was learned.
    pub rate_per_minute: u32,
    /// The day of `calls`, counted from 1970.
    pub day: i64,
    pub calls: u32,
}
