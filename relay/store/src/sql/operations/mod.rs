//! The operator's side of the store.

mod bindings;
mod erase;
mod feed;
mod reference_age;
mod reconciliation;
mod notifications;
mod push;
mod reseal;
mod runs;
mod settings;
mod shop_reports;
mod maintenance;
mod xref;

use async_trait::async_trait;

use crate::operations::{
    AuditLine, BindingLine, Erased, Gauges, IdleBinding, KeptPlan, MaintenanceStore, NewAuditEntry,
    OperationsStore, PushRow, PushStore, ReferenceAge, ReferenceRow, ReferenceTurn, RunAction,
    RunFilter, RunLine, SettingsRow, SettingsStore, ShopReport, ShopReportRow,
};
use crate::retry::Millis;
use crate::{BindingId, StoreError, Xref};

use super::{Db, SqlStore, Tx, begin, begin_for, during, note, seals};

#[async_trait]
impl OperationsStore for SqlStore {
    async fn binding_lines(
        &self,
        only: Option<&BindingId>,
    ) -> Result<Vec<BindingLine>, StoreError> {
        bindings::lines(&self.readers, only).await
    }

    async fn set_tier(
        &self,
        binding: &BindingId,
        tier: Option<&str>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        bindings::set_tier(&self.writer, binding, tier, audit_entry).await
    }

    async fn set_live(
        &self,
        binding: &BindingId,
        is_live: bool,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        bindings::set_live(&self.writer, binding, is_live, audit_entry).await
    }

    async fn set_push(
        &self,
        binding: &BindingId,
        url: Option<&str>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        push::set(&self.writer, binding, url, audit_entry).await
    }

    async fn tier_of(&self, binding: &BindingId) -> Result<Option<String>, StoreError> {
        bindings::tier(&self.readers, binding).await
    }

    async fn run_lines(&self, filter: &RunFilter) -> Result<Vec<RunLine>, StoreError> {
        runs::lines(&self.readers, filter).await
    }

    async fn run_line(
        &self,
        binding: &BindingId,
        run_id: &str,
    ) -> Result<Option<RunLine>, StoreError> {
        runs::line(&self.readers, binding, run_id).await
    }

    async fn plans(
        &self,
        binding: &BindingId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<KeptPlan>, StoreError> {
        let mut plans = runs::plans(&self.readers, binding, after, limit).await?;
        for kept in &mut plans {
            let place = seals::plan(&kept.run_id);
            kept.plan = seals::opened(&self.vault, binding, &place, &kept.plan)?;
        }
        Ok(plans)
    }

    async fn run_owner(&self, run_id: &str) -> Result<Option<BindingId>, StoreError> {
        runs::owner(&self.readers, run_id).await
    }

    async fn order(
        &self,
        binding: &BindingId,
        run_id: &str,
        order: &RunAction,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        runs::order(
            &self.writer,
            &self.vault,
            binding,
            run_id,
            order,
            audit_entry,
        )
        .await
    }

    async fn set_aside(
        &self,
        binding: &BindingId,
        run_id: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        runs::set_aside(&self.writer, binding, run_id, audit_entry).await
    }

    async fn xref_lines(
        &self,
        binding: &BindingId,
        beginning: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Xref>, StoreError> {
        xref::lines(&self.readers, binding, beginning, after, limit).await
    }

    async fn set_xref(
        &self,
        binding: &BindingId,
        xref: &Xref,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError> {
        xref::set(&self.writer, binding, xref, audit_entry).await
    }

    async fn backfill(
        &self,
        binding: &BindingId,
        entity_type: Option<&str>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<u64, StoreError> {
        feed::backfill(&self.writer, binding, entity_type, audit_entry).await
    }

    async fn note(
        &self,
        binding: Option<&BindingId>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = begin(&self.writer, "audit").await?;
        note(&mut tx, binding, &audit_entry).await?;
        tx.commit().await.map_err(during("audit"))
    }

    async fn audit_lines(&self, limit: u32) -> Result<Vec<AuditLine>, StoreError> {
        sqlx::query_as("SELECT at, actor, binding_id, action, subject FROM audit ORDER BY audit_id DESC LIMIT $1")
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await
            .map_err(during("audit"))
    }

    async fn erase(
        &self,
        binding: &BindingId,
        keys: &[String],
        runs: &[String],
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(Erased, u64), StoreError> {
        erase::erase(&self.writer, binding, keys, runs, audit_entry).await
    }

    async fn tagged(&self, binding: &BindingId, tag: &str) -> Result<Vec<String>, StoreError> {
        xref::tagged(&self.readers, binding, tag).await
    }
}

#[async_trait]
impl SettingsStore for SqlStore {
    async fn save_settings(
        &self,
        binding: &BindingId,
        document: &str,
        digest: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(i64, bool), StoreError> {
        settings::save(&self.writer, binding, document, digest, audit_entry).await
    }

    async fn settings(
        &self,
        binding: &BindingId,
        version: Option<i64>,
    ) -> Result<Option<SettingsRow>, StoreError> {
        settings::get(&self.readers, binding, version).await
    }

    async fn settings_versions(&self, binding: &BindingId) -> Result<Vec<SettingsRow>, StoreError> {
        settings::versions(&self.readers, binding).await
    }

    async fn keep_reference(
        &self,
        binding: &BindingId,
        kind: &str,
        body: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        settings::keep_reference(&self.writer, binding, kind, body, now).await
    }

    async fn reference(&self, binding: &BindingId) -> Result<Vec<ReferenceRow>, StoreError> {
        settings::reference(&self.readers, binding).await
    }

    async fn keep_shop_report(
        &self,
        binding: &BindingId,
        kind: ShopReport,
        body: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        shop_reports::keep(&self.writer, binding, kind, body, now).await
    }

    async fn shop_report(
        &self,
        binding: &BindingId,
        kind: ShopReport,
    ) -> Result<Option<ShopReportRow>, StoreError> {
        shop_reports::newest(&self.readers, binding, kind).await
    }

    async fn stale_references(
        &self,
        read_before: Millis,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<ReferenceAge>, StoreError> {
        reference_age::stale(&self.readers, read_before, now, limit).await
    }

    async fn take_reference(
        &self,
        binding: &BindingId,
        turn: ReferenceTurn,
    ) -> Result<bool, StoreError> {
        reference_age::take(&self.writer, binding, turn).await
    }
}

#[async_trait]
impl PushStore for SqlStore {
    async fn push_due(&self, now: Millis, limit: u32) -> Result<Vec<PushRow>, StoreError> {
        push::due(&self.readers, now, limit).await
    }

    async fn push_take(
        &self,
        binding: &BindingId,
        until: Millis,
        now: Millis,
    ) -> Result<bool, StoreError> {
        push::take(&self.writer, binding, until, now).await
    }

    async fn push_done(&self, binding: &BindingId, cursor: i64) -> Result<(), StoreError> {
        push::done(&self.writer, binding, cursor).await
    }

    async fn push_failed(&self, binding: &BindingId, next_at: Millis) -> Result<(), StoreError> {
        push::failed(&self.writer, binding, next_at).await
    }

    async fn push_gone(&self, binding: &BindingId, now: Millis) -> Result<(), StoreError> {
        let audit_entry = NewAuditEntry {
            actor: "relay",
            action: "push:gone",
            subject: binding.as_str(),
            now,
        };
        push::set(&self.writer, binding, None, audit_entry)
            .await
            .map(|_| ())
    }
}

#[async_trait]
impl MaintenanceStore for SqlStore {
    async fn forget_tickets(&self, now: Millis) -> Result<(), StoreError> {
        maintenance::forget_tickets(&self.writer, now).await
    }

    async fn idle_bindings(
        &self,
        before: Millis,
        limit: u32,
    ) -> Result<Vec<IdleBinding>, StoreError> {
        bindings::idle_bindings(&self.readers, before, limit).await
    }

    async fn lapse(
        &self,
        binding: &BindingId,
        version: i64,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        bindings::lapse(&self.writer, binding, version, audit_entry).await
    }

    async fn forget_keys(&self, now: Millis) -> Result<(), StoreError> {
        maintenance::forget_keys(&self.writer, now).await
    }

    async fn expire(
        &self,
        well_before: Millis,
        badly_before: Millis,
    ) -> Result<Erased, StoreError> {
        erase::expire(&self.writer, well_before, badly_before).await
    }

    async fn reseal(&self) -> Result<u64, StoreError> {
        reseal::all(&self.writer, &self.vault).await
    }

    async fn gauges(&self) -> Result<Gauges, StoreError> {
        maintenance::gauges(&self.readers).await
    }
}
