//! The database of record, as the relay sees it.
//!
//! One trait for each thing that asks, so that each sees only its own: the ingest of a shop, the
//! lane of a binding, the keeper of tokens. Which database answers is a setting, so the traits
//! are object-safe: one allocation a call is nothing beside a commit.
//! Whoever acts for a tenant shows a capability: ingest a [`Tenant`], which only a verified
//! signature makes, a lane a [`Lease`], which only the store makes.
//! Both implementations must pass `conformance`.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::retry::Millis;
use crate::tenant::Tenant;

use super::accounts::{AccountStore, ConsentStore};
use super::history::HistoryStore;
use super::notifications::NotificationStore;
use super::operations::{
    MaintenanceStore, NewAuditEntry, OperationsStore, PushStore, SettingsStore,
};
use super::reconciliation::ReconciliationStore;
use super::recovery::RecoveryStore;
use super::{
    Admission, AttemptEnd, AttemptView, BindingId, BindingRow, Claim, Holder, Intent, Lease, Maker,
    NewRun, OpenAttempt, Reason, ReportRow, Request, Run, RunView, SealedTokens, Settlement,
    ShopKeys, StoreError, TokenUse, Xref,
};

/// Everything.
#[async_trait]
pub trait Store:
    IngestStore
    + LaneStore
    + BindingStore
    + OperationsStore
    + SettingsStore
    + PushStore
    + MaintenanceStore
    + RecoveryStore
    + AccountStore
    + ConsentStore
    + HistoryStore
    + ReconciliationStore
    + NotificationStore
{
    /// Whether the database answers and can be written to.
    async fn ping(&self) -> Result<(), StoreError>;
    /// Finishes what is under way and lets go of the database.
    async fn close(&self);
}

/// What a shop may do, once it has proved who it is.
#[async_trait]
pub trait IngestStore: Send + Sync {
    /// Uses the ticket up and makes plans durable, together. Returns only after the commit;
    /// `None` and nothing done when the ticket was used before.
    async fn admit(
        &self,
        tenant: &Tenant,
        token_use: &TokenUse,
        runs: Vec<NewRun>,
        now: Millis,
    ) -> Result<Option<Admission>, StoreError>;
    /// [`IngestStore::admit`] with a ticket of its own.
    #[cfg(test)]
    async fn ingest(
        &self,
        tenant: &Tenant,
        runs: Vec<NewRun>,
        now: Millis,
    ) -> Result<Vec<super::Admitted>, StoreError> {
        let token_use = TokenUse {
            jti: uuid::Uuid::new_v4().to_string(),
            void_at: now,
        };
        let admitted = self.admit(tenant, &token_use, runs, now).await?;
        let admission = admitted.ok_or(StoreError::Contradiction("a new ticket that was used"))?;
        Ok(admission.admitted)
    }
    async fn run(&self, tenant: &Tenant, run_id: &str) -> Result<Option<RunView>, StoreError>;
    async fn attempts(&self, tenant: &Tenant, run_id: &str)
    -> Result<Vec<AttemptView>, StoreError>;
    /// What is known of these keys.
    async fn known(
        &self,
        tenant: &Tenant,
        keys: &[&str],
    ) -> Result<BTreeMap<String, Xref>, StoreError>;
    async fn sync_state(
        &self,
        tenant: &Tenant,
        since: i64,
        limit: u32,
    ) -> Result<Vec<ReportRow>, StoreError>;
}

/// What the sender of a binding does.
#[async_trait]
pub trait LaneStore: Send + Sync {
    /// Bindings with unfinished runs.
    async fn busy(&self) -> Result<Vec<BindingId>, StoreError>;
    /// Bindings with runs that could be taken now.
    async fn ready(&self, now: Millis) -> Result<Vec<BindingId>, StoreError>;
    /// Bindings for which another process took plans in, where there are other processes. The
    /// first caller gets it.
    fn arrivals(&self) -> Option<mpsc::Receiver<BindingId>>;
    /// Ends the leases that a predecessor of this process left behind.
    async fn void_leases(&self, holder: &Holder) -> Result<(), StoreError>;
    /// Whatever waits for an instant further ahead than this waits no longer: the machine's clock
    /// was set back.
    async fn clamp_waits(&self, now: Millis, longest: Duration) -> Result<(), StoreError>;
    /// Calls to Sage on a day, over all bindings.
    async fn calls_of_day(&self, day: i64) -> Result<u64, StoreError>;
    /// Takes the lane and its next run of at most this priority, in one transaction. A run that
    /// has begun is taken whatever its priority.
    async fn claim(
        &self,
        binding: &BindingId,
        holder: &Holder,
        priority: i8,
        now: Millis,
    ) -> Result<Claim, StoreError>;
    /// A sign of life.
    async fn renew(&self, lease: &Lease, now: Millis) -> Result<(), StoreError>;
    /// Lets others have the lane.
    async fn release(&self, lease: &Lease) -> Result<(), StoreError>;
    async fn xrefs(
        &self,
        lease: &Lease,
        keys: &[&str],
    ) -> Result<BTreeMap<String, Xref>, StoreError>;
    /// The xref key that already stands for a Sage object, if any.
    async fn owner(
        &self,
        lease: &Lease,
        resource: &str,
        sage_id: &str,
    ) -> Result<Option<String>, StoreError>;
    /// Whether another run has a send for this object whose end is unknown.
    async fn contested(
        &self,
        lease: &Lease,
        xref_key: &str,
        run_id: &str,
    ) -> Result<bool, StoreError>;
    async fn intent(
        &self,
        lease: &Lease,
        request: Request<'_>,
    ) -> Result<Option<Intent>, StoreError>;
    /// Whether some send of a step has no known end.
    async fn step_in_doubt(
        &self,
        lease: &Lease,
        run_id: &str,
        step: u32,
    ) -> Result<bool, StoreError>;
    /// Every known object whose key begins so, in the order of the keys.
    async fn family(&self, lease: &Lease, beginning: &str) -> Result<Vec<Xref>, StoreError>;
    /// The newest runs that may make a key known, one for each of their keys.
    async fn makers(&self, lease: &Lease, xref_key: &str) -> Result<Vec<Maker>, StoreError>;
    /// Nobody posts this object any more: the newest runs that would make it are superseded, for
    /// the reason given, unless a send of theirs may have made it. Answers the keys of those, which
    /// come to an end of their own.
    async fn supersede_makers(
        &self,
        lease: &Lease,
        xref_key: &str,
        reason: &Reason,
        now: Millis,
    ) -> Result<Vec<String>, StoreError>;
    /// Freezes the request (once) and records that a send begins. Returns only after the commit.
    async fn open_attempt(
        &self,
        lease: &Lease,
        attempt: OpenAttempt<'_>,
    ) -> Result<i64, StoreError>;
    /// Closes a send after which the same step goes on at once.
    async fn close_attempt(
        &self,
        lease: &Lease,
        end: AttemptEnd,
        now: Millis,
    ) -> Result<(), StoreError>;
    /// Everything that becomes true with the end of a step, or nothing of it.
    async fn settle(&self, lease: &Lease, settlement: Settlement<'_>) -> Result<(), StoreError>;
    /// [`LaneStore::settle`], and with it the next run of the same lane, if one may begin at once.
    async fn settle_and_claim(
        &self,
        lease: &Lease,
        settlement: Settlement<'_>,
        priority: i8,
    ) -> Result<Option<Run>, StoreError>;
    /// Keeps what a send made although the lane is somebody else's now. Decides nothing: the new
    /// holder finds the fact and need not guess.
    async fn testify(&self, lease: &Lease, end: AttemptEnd, now: Millis) -> Result<(), StoreError>;
}

/// Bindings and their sealed secrets: what proofs are made of.
#[async_trait]
pub trait BindingStore: Send + Sync {
    async fn add_binding(
        &self,
        binding: &BindingId,
        row: &BindingRow,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    async fn binding(&self, binding: &BindingId) -> Result<Option<BindingRow>, StoreError>;
    /// Takes the right to refresh the pair of this version; false while somebody else has it,
    /// who has not been silent for longer than `timeout`.
    async fn refresh_begins(
        &self,
        binding: &BindingId,
        version: i64,
        now: Millis,
        timeout: Duration,
    ) -> Result<bool, StoreError>;
    /// Gives the right to refresh back: nothing was changed.
    async fn refresh_ends(&self, binding: &BindingId, version: i64) -> Result<(), StoreError>;
    /// Replaces the pair of this version; false when another pair is there already.
    async fn rotate(
        &self,
        binding: &BindingId,
        version: i64,
        tokens: SealedTokens,
    ) -> Result<bool, StoreError>;
    /// No more consent: the binding sends nothing from here on, and its access token is forgotten.
    /// The refresh token stays, so that Sage can be told.
    async fn disconnect(
        &self,
        binding: &BindingId,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    /// New consent: the binding can send again and its parked runs are queued.
    async fn reconnect(
        &self,
        binding: &BindingId,
        refresh_token_sealed: &[u8],
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    /// Keeps a key that a shop is about to be offered; its name. Only so many are kept.
    async fn offer_key(
        &self,
        binding: &BindingId,
        api_key_sealed: &[u8],
        grace: Duration,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<i64, StoreError>;
    /// The keys on offer, newest first, with their names.
    async fn offered_keys(&self, binding: &BindingId) -> Result<Vec<(i64, Vec<u8>)>, StoreError>;
    /// Takes an offer back: the shop surely has not taken it.
    async fn withdraw_key(&self, binding: &BindingId, offer_id: i64) -> Result<(), StoreError>;
    /// The shop has proved that it holds a key on offer: that is its key from here on, and the one
    /// before is good for the grace that was stated. Another installation may be served. False when
    /// there is no such offer any more.
    async fn prove_key(
        &self,
        binding: &BindingId,
        offer_id: i64,
        now: Millis,
    ) -> Result<bool, StoreError>;
    /// Puts keys in the place of these; false when others are there meanwhile.
    async fn change_keys(
        &self,
        binding: &BindingId,
        old: &ShopKeys,
        new: &ShopKeys,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
}
