//! What the dashboard reads of a binding: its documents page by page, its days, its audit.

use async_trait::async_trait;

use crate::retry::Millis;

use super::operations::AuditLine;
use super::{BindingId, StoreError};

/// Which documents of a binding; newest first.
#[derive(Debug, Clone, Default)]
pub struct HistoryFilter {
    /// One of these states; any when empty.
    pub states: Vec<String>,
    /// With this reason.
    pub reason: Option<String>,
    /// Of this kind of entity.
    pub entity_type: Option<String>,
    /// Of this entity of the shop.
    pub entity_id: Option<i64>,
    /// Whose object in Sage has this reference.
    pub sage_reference: Option<String>,
    /// Arrived at or after this instant.
    pub from: Option<Millis>,
    /// Arrived before this instant.
    pub before: Option<Millis>,
    /// Older than this place.
    pub below: Option<i64>,
    pub limit: u32,
}

/// A document in the history.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct HistoryLine {
    pub seq: i64,
    pub run_id: String,
    pub key: String,
    pub entity_type: String,
    pub entity_id: i64,
    pub state: String,
    pub error_code: Option<String>,
    pub expected_total: Option<String>,
    pub expected_currency: Option<String>,
    pub sage_reference: Option<String>,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// Documents that came to a state on a day of UTC, counted from 1970.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DayCount {
    pub day: i64,
    pub state: String,
    pub documents: i64,
}

/// How a binding is at this moment.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct Pulse {
    /// When the newest document arrived.
    pub last_arrival: Option<Millis>,
    /// When the oldest document arrived that is not at an end.
    pub oldest_open: Option<Millis>,
    pub open: i64,
    /// Rejected and ambiguous ones that no newer content has replaced.
    pub attention: i64,
    pub parked: i64,
    /// Calls to Sage on the day that was asked for.
    pub calls: i64,
}

/// Reads for people.
#[async_trait]
pub trait HistoryStore: Send + Sync {
    async fn history(
        &self,
        binding: &BindingId,
        filter: &HistoryFilter,
    ) -> Result<Vec<HistoryLine>, StoreError>;
    /// Documents that arrived since an instant, by day of arrival and present state.
    async fn day_counts(
        &self,
        binding: &BindingId,
        since: Millis,
    ) -> Result<Vec<DayCount>, StoreError>;
    async fn pulse(&self, binding: &BindingId, day: i64) -> Result<Pulse, StoreError>;
    /// The audit of some bindings, or all of it, older than a place; with the place of each entry.
    async fn audit_page(
        &self,
        bindings: Option<&[String]>,
        below: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, AuditLine)>, StoreError>;
}
