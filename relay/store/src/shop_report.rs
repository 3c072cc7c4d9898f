//! What a shop tells of itself.

use crate::retry::Millis;

/// A kind of what a shop tells of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShopReport {
    /// What its settings can be proposed from.
    Profile,
    /// What its documents would become.
    DryRun,
}

impl ShopReport {
    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::DryRun => "dry_run",
        }
    }
}

/// The newest report of a kind.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ShopReportRow {
    /// As the shop sent it.
    pub body: String,
    /// When.
    pub received_at: Millis,
}
