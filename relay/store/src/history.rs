//! What the dashboard reads of a binding: its documents page by page, its days, its audit.

use async_trait::async_trait;

use crate::retry::Millis;

use super::operations::{AuditLine, NewAuditEntry};
use super::{BindingId, StoreError};

/// Which documents of a binding; newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// One of these states; any when empty.
    pub states: &'static [&'static str],
    /// With this reason.
    pub reason: Option<String>,
    /// Of one of these events, such as `invoice.paid`; any when empty.
    pub events: &'static [&'static str],
    /// With this number in the shop, or this id.
    pub number: Option<String>,
    /// On the contact with this reference, in whatever currency.
    pub customer: Option<String>,
    /// With one of these totals; any when empty.
    pub totals: Vec<String>,
    /// Whose object in Sage has this reference.
    pub sage_reference: Option<String>,
    /// Arrived at or after this instant.
    pub from: Option<Millis>,
    /// Arrived before this instant.
    pub before: Option<Millis>,
    /// Older than this place; newer, where the oldest come first.
    pub beyond: Option<Place>,
    pub oldest_first: bool,
    pub limit: u32,
}

/// Where a document stands in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub created_at: Millis,
    pub seq: i64,
}

/// A document in the history.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct HistoryLine {
    pub seq: i64,
    pub run_id: String,
    pub key: String,
    pub entity_type: String,
    pub entity_id: i64,
    pub increment_id: Option<String>,
    pub state: String,
    pub error_code: Option<String>,
    pub expected_total: Option<String>,
    pub expected_currency: Option<String>,
    pub sage_reference: Option<String>,
    pub created_at: Millis,
    pub updated_at: Millis,
}

impl HistoryLine {
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            created_at: self.created_at,
            seq: self.seq,
        }
    }
}

/// Documents of a day of UTC, counted from 1970, by the state they are in now: `succeeded`,
/// `queued` for all that are on the way, `rejected` for ambiguous ones too, `parked`, `superseded`.
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

/// A document that only a person can decide on.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ExceptionLine {
    #[sqlx(flatten)]
    pub line: HistoryLine,
    /// What stands beside its reason in the clear: codes, and the fields they speak of.
    pub outline: Option<String>,
    /// The contact that it goes on, where its plan makes it.
    pub contact_key: Option<String>,
}

/// How many documents need somebody for one reason.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReasonCount {
    pub code: String,
    pub documents: i64,
}

/// A document that the shop is asked to decide on again.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WantedDocument {
    pub entity_type: String,
    pub entity_id: i64,
}

/// Which of the wanted documents are listed.
#[derive(Debug, Clone, Copy)]
pub struct WantedPage {
    /// At most so many.
    pub size: u32,
    /// Counts up, once a minute.
    pub round: i64,
}

/// What somebody wrote about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    pub author: String,
    pub text: String,
    pub created_at: Millis,
}

/// A filter that somebody keeps.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SavedFilter {
    pub name: String,
    pub query: String,
}

/// Reads for people.
#[async_trait]
pub trait HistoryStore: Send + Sync {
    async fn history(
        &self,
        binding: &BindingId,
        filter: &HistoryFilter,
    ) -> Result<Vec<HistoryLine>, StoreError>;
    /// How many documents fit a filter, up to its limit.
    async fn count(&self, binding: &BindingId, filter: &HistoryFilter) -> Result<i64, StoreError>;
    /// Why documents need somebody, the most frequent reason first.
    async fn reasons(&self, binding: &BindingId) -> Result<Vec<ReasonCount>, StoreError>;
    /// What only people can decide on: sends in doubt, references that others hold, totals that
    /// differ. The newest first.
    async fn exceptions(
        &self,
        binding: &BindingId,
        limit: u32,
    ) -> Result<Vec<ExceptionLine>, StoreError>;
    /// Other documents of the same key, and those that speak of the same invoices, credit notes,
    /// payments and orders in Sage; the oldest first.
    async fn relatives(
        &self,
        binding: &BindingId,
        run_id: &str,
        limit: u32,
    ) -> Result<Vec<HistoryLine>, StoreError>;
    /// Somebody has looked: the document is right in Sage as it is. False when there is nothing to
    /// accept.
    async fn accept_finding(
        &self,
        binding: &BindingId,
        run_id: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    /// Has the shop asked to decide on a rejected document again and to send what becomes of it;
    /// false when there is no such document, or it is not rejected.
    async fn want_document(
        &self,
        binding: &BindingId,
        run_id: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    /// What the shop was asked for since an instant and has not sent; the oldest first.
    /// When that is more than a page, each round shows another, so that documents which the
    /// shop skips do not keep others from being asked for.
    async fn wanted_documents(
        &self,
        binding: &BindingId,
        since: Millis,
        page: WantedPage,
    ) -> Result<Vec<WantedDocument>, StoreError>;
    /// Keeps what somebody writes about a document.
    async fn add_comment(
        &self,
        binding: &BindingId,
        run_id: &str,
        comment: &Comment,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError>;
    /// What was written about a document, in its order.
    async fn comments(&self, binding: &BindingId, run_id: &str)
    -> Result<Vec<Comment>, StoreError>;
    /// Keeps a filter for an account, in place of one of the same name; without a query it is
    /// forgotten.
    async fn keep_filter(
        &self,
        account_id: &str,
        binding: &BindingId,
        name: &str,
        query: Option<&str>,
    ) -> Result<(), StoreError>;
    /// The filters of an account, by name.
    async fn saved_filters(
        &self,
        account_id: &str,
        binding: &BindingId,
    ) -> Result<Vec<SavedFilter>, StoreError>;
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
