//! Who is told when a binding needs somebody.

use async_trait::async_trait;

use crate::retry::Millis;

use super::operations::NewAuditEntry;
use super::{BindingId, StoreError};

/// Who is told, and what they were told last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationRow {
    /// As they were saved; sealed at rest.
    pub settings: String,
    pub told: Told,
}

/// What was told last.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Told {
    /// When it is looked at again.
    pub next_at: Millis,
    /// Documents that came to need somebody until then were told of.
    pub told_until: Millis,
    /// The connection as it was told of.
    pub told_state: String,
    /// The day of the last digest.
    pub digest_day: i64,
    /// When something was sent last.
    pub sent_at: Option<Millis>,
    /// Why the last message did not go out.
    pub problem: Option<String>,
}

/// Notifications.
#[async_trait]
pub trait NotificationStore: Send + Sync {
    /// Keeps who is told; without settings nobody is. What needs somebody already is not news.
    async fn set_notifications(
        &self,
        binding: &BindingId,
        settings: Option<&str>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError>;
    async fn notifications(
        &self,
        binding: &BindingId,
    ) -> Result<Option<NotificationRow>, StoreError>;
    /// Bindings that are to be looked at.
    async fn due_notifications(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError>;
    /// Takes the look at a binding until an instant; false when another process has it.
    async fn take_notifications(
        &self,
        binding: &BindingId,
        until: Millis,
        now: Millis,
    ) -> Result<bool, StoreError>;
    async fn note_told(&self, binding: &BindingId, told: &Told) -> Result<(), StoreError>;
    /// How many documents came to need somebody after an instant, and when the last one did.
    async fn needing_since(
        &self,
        binding: &BindingId,
        since: Millis,
    ) -> Result<(i64, Option<Millis>), StoreError>;
}
