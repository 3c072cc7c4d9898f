//! What operators, maintenance and the settings ask of the store, beside delivery.
//!
//! Every write that an operator causes leaves a row in `audit`, in the same transaction.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::Serialize;

pub use crate::reference_rows::{ReferenceAge, ReferenceRow, ReferenceTurn};
use crate::retry::Millis;
pub use crate::shop_report::{ShopReport, ShopReportRow};

use super::{BindingId, Reason, StoreError, Xref};

/// The code of a run that an operator has set aside; connecting the binding again leaves it there.
pub const HELD: &str = "held_by_operator";

/// A binding as operators see it; nothing of it is secret.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BindingLine {
    pub id: String,
    pub state: String,
    pub business_id: String,
    pub api_url: String,
    pub tier: Option<String>,
    pub push_url: Option<String>,
    pub access_usable_until: Option<Millis>,
    pub token_version: i64,
    pub refresh_started_at: Option<Millis>,
    /// When the oldest of its reference data was read.
    pub reference_read_at: Option<Millis>,
    pub created_at: Millis,
    /// Runs that are not at their end.
    pub open_runs: i64,
    pub recovering_since: Option<Millis>,
    pub installation: Option<String>,
    /// Since when its plans are accepted.
    pub live_since: Option<Millis>,
}

/// A run as operators list it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RunLine {
    pub run_id: String,
    pub binding_id: String,
    pub key: String,
    pub generation: i64,
    pub state: String,
    pub error_code: Option<String>,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// A plan that is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeptPlan {
    pub seq: i64,
    pub run_id: String,
    pub plan: Vec<u8>,
}

/// Which runs to list; newest first.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    pub binding: Option<BindingId>,
    pub state: Option<String>,
    /// What the key begins with.
    pub key: Option<String>,
    pub limit: u32,
}

/// What an operator does to a run.
#[derive(Debug, Clone)]
pub enum RunAction {
    /// Queued or waiting: set aside with a reason, until released.
    Hold(Reason),
    /// Set aside by an operator: queued again.
    Release,
    /// Rejected or ambiguous: queued again. `absent` says that the operator has looked and that
    /// nothing of it stands in Sage.
    Retry { absent: bool },
}

impl RunAction {
    pub fn word(&self) -> &'static str {
        match self {
            Self::Hold(_) => "runs:hold",
            Self::Release => "runs:release",
            Self::Retry { absent: false } => "runs:retry",
            Self::Retry { absent: true } => "runs:retry --absent",
        }
    }
}

/// Who did what, for the audit.
#[derive(Debug, Clone)]
pub struct NewAuditEntry<'a> {
    pub actor: &'a str,
    pub action: &'a str,
    /// What it was done to: ids and keys, never contents.
    pub subject: &'a str,
    pub now: Millis,
}

/// A row of the audit.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct AuditLine {
    pub at: Millis,
    pub actor: String,
    pub binding_id: Option<String>,
    pub action: String,
    pub subject: String,
}

/// A version of the settings.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SettingsRow {
    pub version: i64,
    pub digest: String,
    pub document: String,
    pub author: String,
    pub created_at: Millis,
}

/// A binding that can send, and whose tokens nobody has used for a while.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct IdleBinding {
    pub id: String,
    pub token_version: i64,
}

/// How a binding is pushed to.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PushRow {
    pub binding_id: String,
    pub push_url: String,
    pub push_cursor: i64,
    pub push_tries: i64,
}

/// The state of everything, for the metrics.
#[derive(Debug, Clone, Default)]
pub struct Gauges {
    /// Open, parked and ambiguous runs by state.
    pub runs: BTreeMap<String, i64>,
    /// Bindings by state.
    pub bindings: BTreeMap<String, i64>,
    /// Bindings that are recovering.
    pub recovering: i64,
    /// When the oldest run arrived that could be under way: throttled ones count, those that wait
    /// for another document do not.
    pub oldest_eligible: Option<Millis>,
    /// When the oldest state was recorded that a shop with a push address has not been sent.
    pub oldest_unpushed: Option<Millis>,
    /// When the oldest reference data was read of a binding that can send.
    pub oldest_reference: Option<Millis>,
}

/// What was erased or thrown away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Erased {
    pub runs: u64,
    pub requests: u64,
}

/// The operator's side of the store.
#[async_trait]
pub trait OperationsStore: Send + Sync {
    /// All bindings, or one.
    async fn binding_lines(&self, only: Option<&BindingId>)
    -> Result<Vec<BindingLine>, StoreError>;
    /// Sets the tier, or takes it back to the default; false when there is no such binding.
    async fn set_tier(
        &self,
        binding: &BindingId,
        tier: Option<&str>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    /// Has plans accepted from now on, or no longer; false when it stands so already, or there is no
    /// such binding.
    async fn set_live(
        &self,
        binding: &BindingId,
        is_live: bool,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    /// Sets where states are pushed to, or switches pushing off. Pushing starts at the beginning
    /// of the feed.
    async fn set_push(
        &self,
        binding: &BindingId,
        url: Option<&str>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    async fn tier_of(&self, binding: &BindingId) -> Result<Option<String>, StoreError>;

    async fn run_lines(&self, filter: &RunFilter) -> Result<Vec<RunLine>, StoreError>;
    async fn run_line(
        &self,
        binding: &BindingId,
        run_id: &str,
    ) -> Result<Option<RunLine>, StoreError>;
    /// Plans that are kept, after a place in the order of arrival.
    async fn plans(
        &self,
        binding: &BindingId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<KeptPlan>, StoreError>;
    /// Whose run it is.
    async fn run_owner(&self, run_id: &str) -> Result<Option<BindingId>, StoreError>;
    /// Carries an order out; false when the run's state does not allow it.
    async fn order(
        &self,
        binding: &BindingId,
        run_id: &str,
        order: &RunAction,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;

    /// Lets another document have the key of this run and of what it made; what stands in Sage stays.
    /// False unless it is the newest of its key and at an end.
    async fn set_aside(
        &self,
        binding: &BindingId,
        run_id: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;

    /// Known objects whose key begins so, after a key, in the order of the keys.
    async fn xref_lines(
        &self,
        binding: &BindingId,
        beginning: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Xref>, StoreError>;
    /// Says which Sage object a key stands for.
    async fn set_xref(
        &self,
        binding: &BindingId,
        xref: &Xref,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError>;

    /// Puts every state to the end of the feed, or those of one kind of entity: the shop reads
    /// and is sent them once more.
    async fn backfill(
        &self,
        binding: &BindingId,
        entity_type: Option<&str>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<u64, StoreError>;

    async fn note(
        &self,
        binding: Option<&BindingId>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError>;
    async fn audit_lines(&self, limit: u32) -> Result<Vec<AuditLine>, StoreError>;

    /// Erases what these runs, and those that speak of these keys, hold of people: plans,
    /// requests, Sage's words.
    /// Runs that are not at their end are left; how many those are comes second.
    async fn erase(
        &self,
        binding: &BindingId,
        keys: &[String],
        runs: &[String],
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(Erased, u64), StoreError>;
    /// The keys of objects that were verified against this tag.
    async fn tagged(&self, binding: &BindingId, tag: &str) -> Result<Vec<String>, StoreError>;
}

/// Settings and reference data.
#[async_trait]
pub trait SettingsStore: Send + Sync {
    /// Saves a version; the number of the one that stands when nothing changed comes with false.
    async fn save_settings(
        &self,
        binding: &BindingId,
        document: &str,
        digest: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(i64, bool), StoreError>;
    /// The newest version, or the one asked for.
    async fn settings(
        &self,
        binding: &BindingId,
        version: Option<i64>,
    ) -> Result<Option<SettingsRow>, StoreError>;
    /// Every version, newest first, without the documents.
    async fn settings_versions(&self, binding: &BindingId) -> Result<Vec<SettingsRow>, StoreError>;
    async fn keep_reference(
        &self,
        binding: &BindingId,
        kind: &str,
        body: &str,
        now: Millis,
    ) -> Result<(), StoreError>;
    async fn reference(&self, binding: &BindingId) -> Result<Vec<ReferenceRow>, StoreError>;
    /// Keeps what a shop tells of itself, in place of what it told before.
    async fn keep_shop_report(
        &self,
        binding: &BindingId,
        kind: ShopReport,
        body: &str,
        now: Millis,
    ) -> Result<(), StoreError>;
    /// What a shop told last.
    async fn shop_report(
        &self,
        binding: &BindingId,
        kind: ShopReport,
    ) -> Result<Option<ShopReportRow>, StoreError>;
    /// Bindings that can send, whose reference data was read before an instant and is to be tried
    /// again by now; the oldest first.
    async fn stale_references(
        &self,
        read_before: Millis,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<ReferenceAge>, StoreError>;
    /// Takes the refresh of a binding and counts its calls; false when another process has it,
    /// or documents go first, or the day has no room.
    async fn take_reference(
        &self,
        binding: &BindingId,
        turn: ReferenceTurn,
    ) -> Result<bool, StoreError>;
}

/// Pushing states.
#[async_trait]
pub trait PushStore: Send + Sync {
    /// Bindings with states that were not pushed yet and whose time has come.
    async fn push_due(&self, now: Millis, limit: u32) -> Result<Vec<PushRow>, StoreError>;
    /// Takes the push of a binding until an instant; false when another process has it.
    async fn push_take(
        &self,
        binding: &BindingId,
        until: Millis,
        now: Millis,
    ) -> Result<bool, StoreError>;
    /// Everything up to the cursor has arrived.
    async fn push_done(&self, binding: &BindingId, cursor: i64) -> Result<(), StoreError>;
    /// Nothing has arrived; try again then.
    async fn push_failed(&self, binding: &BindingId, next_at: Millis) -> Result<(), StoreError>;
    /// The shop does not want pushes any more.
    async fn push_gone(&self, binding: &BindingId, now: Millis) -> Result<(), StoreError>;
}

/// What must be done now and then.
#[async_trait]
pub trait MaintenanceStore: Send + Sync {
    /// Forgets tickets that are void.
    async fn forget_tickets(&self, now: Millis) -> Result<(), StoreError>;
    /// Bindings that can send, and whose tokens were last used before an instant; the longest
    /// idle first.
    async fn idle_bindings(
        &self,
        before: Millis,
        limit: u32,
    ) -> Result<Vec<IdleBinding>, StoreError>;
    /// Sage refuses the refresh token of this version: the binding sends nothing from here on.
    /// False when it was connected again meanwhile.
    async fn lapse(
        &self,
        binding: &BindingId,
        version: i64,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    /// Forgets former keys of shops that are good no more.
    async fn forget_keys(&self, now: Millis) -> Result<(), StoreError>;
    /// Throws plans and requests away of runs that ended before: well, or not.
    async fn expire(&self, well_before: Millis, badly_before: Millis)
    -> Result<Erased, StoreError>;
    /// Seals everything anew that is not sealed with the newest key; how many values it were.
    async fn reseal(&self) -> Result<u64, StoreError>;
    async fn gauges(&self) -> Result<Gauges, StoreError>;
}
