//! The store's traits, over the statements beside this file.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::Pool;
use tokio::sync::mpsc;

use crate::retry::Millis;
use crate::tenant::Tenant;
use crate::vault::Vault;
use crate::{
    Admission, AttemptEnd, AttemptView, BindingId, Claim, Holder, IngestStore, Intent, LaneStore,
    Lease, Maker, NewRun, OpenAttempt, Reason, ReportRow, Request, Run, RunView, Settlement, Store,
    StoreError, TokenUse, Xref, sealed_reason,
};

use super::heartbeat::Heartbeat;
use super::{
    Db, Extra, Identity, ONE_PROCESS, begin_fenced, claim, during, ingest, lane, needs, seals,
    settle, supersede, views,
};

/// The inbox in a database.
#[derive(Debug)]
pub(crate) struct SqlStore {
    pub(crate) writer: Pool<Db>,
    pub(crate) readers: Pool<Db>,
    queue: ingest::IngestQueue,
    heartbeat: Arc<Heartbeat>,
    pub(super) identity: Arc<Identity>,
    /// Plans and requests are sealed on their way in and opened on their way out.
    pub(super) vault: Arc<Vault>,
    /// What lives as long as the store.
    extra: Extra,
}

impl SqlStore {
    pub(in super::super) fn over(
        writer: Pool<Db>,
        readers: Pool<Db>,
        vault: Arc<Vault>,
        extra: Extra,
    ) -> Self {
        let heartbeat = Arc::new(Heartbeat::default());
        let queue =
            ingest::IngestQueue::open(writer.clone(), Arc::clone(&heartbeat), extra.identity());
        Self {
            writer,
            readers,
            queue,
            heartbeat,
            identity: extra.identity(),
            vault,
            extra,
        }
    }

    fn unseal(&self, binding: &BindingId, run: &mut Run) -> Result<(), StoreError> {
        let place = seals::plan(&run.run_id);
        run.plan = seals::opened(&self.vault, binding, &place, &run.plan)?;
        Ok(())
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn ping(&self) -> Result<(), StoreError> {
        self.identity.intact()?;
        sqlx::query("SELECT id FROM binding LIMIT 1")
            .execute(&self.readers)
            .await
            .map_err(during("ping"))?;
        self.heartbeat.beat(&self.writer).await
    }

    async fn close(&self) {
        self.extra.end().await;
        self.readers.close().await;
        self.writer.close().await;
    }
}

#[async_trait]
impl IngestStore for SqlStore {
    async fn admit(
        &self,
        tenant: &Tenant,
        token_use: &TokenUse,
        runs: Vec<NewRun>,
        now: Millis,
    ) -> Result<Option<Admission>, StoreError> {
        let binding = tenant.binding().clone();
        let sealed = runs.into_iter().map(|mut run| {
            let place = seals::plan(&run.run_id);
            run.plan = self.vault.seal_bytes(&binding, &place, &run.plan)?;
            Ok(run)
        });
        let sealed = sealed
            .collect::<Result<_, _>>()
            .map_err(StoreError::Sealed)?;
        self.queue
            .pass(binding, token_use.clone(), sealed, now)
            .await
    }

    async fn run(&self, tenant: &Tenant, run_id: &str) -> Result<Option<RunView>, StoreError> {
        let mut run = views::run(&self.readers, tenant.binding(), run_id).await?;
        if let Some(run) = &mut run {
            let place = seals::plan(&run.run_id);
            run.plan = seals::opened(&self.vault, tenant.binding(), &place, &run.plan)?;
            for reason in [&mut run.error, &mut run.finding] {
                sealed_reason::told_if(&self.vault, tenant.binding(), &run.run_id, reason)?;
            }
        }
        Ok(run)
    }

    async fn attempts(
        &self,
        tenant: &Tenant,
        run_id: &str,
    ) -> Result<Vec<AttemptView>, StoreError> {
        views::attempts(&self.readers, tenant.binding(), run_id).await
    }

    async fn known(
        &self,
        tenant: &Tenant,
        keys: &[&str],
    ) -> Result<BTreeMap<String, Xref>, StoreError> {
        views::xrefs(&self.readers, tenant.binding(), keys).await
    }

    async fn sync_state(
        &self,
        tenant: &Tenant,
        since: i64,
        limit: u32,
    ) -> Result<Vec<ReportRow>, StoreError> {
        let binding = tenant.binding();
        let mut rows = views::sync_state(&self.readers, binding, since, limit).await?;
        for row in &mut rows {
            sealed_reason::told_if(&self.vault, binding, &row.run_id, &mut row.error)?;
        }
        Ok(rows)
    }
}

#[async_trait]
impl LaneStore for SqlStore {
    async fn busy(&self) -> Result<Vec<BindingId>, StoreError> {
        views::busy(&self.readers).await
    }

    async fn ready(&self, now: Millis) -> Result<Vec<BindingId>, StoreError> {
        views::ready(&self.readers, now).await
    }

    fn arrivals(&self) -> Option<mpsc::Receiver<BindingId>> {
        self.extra.arrivals()
    }

    async fn void_leases(&self, holder: &Holder) -> Result<(), StoreError> {
        claim::void(&self.writer, holder, ONE_PROCESS).await
    }

    async fn clamp_waits(&self, now: Millis, longest: Duration) -> Result<(), StoreError> {
        claim::clamp_waits(&self.writer, now, longest).await
    }

    async fn calls_of_day(&self, day: i64) -> Result<u64, StoreError> {
        claim::calls_of_day(&self.readers, day).await
    }

    async fn claim(
        &self,
        binding: &BindingId,
        holder: &Holder,
        priority: i8,
        now: Millis,
    ) -> Result<Claim, StoreError> {
        self.identity.intact()?;
        let mut claim =
            claim::claim(&self.readers, &self.writer, binding, holder, priority, now).await?;
        if let Claim::Run(run, ..) = &mut claim {
            self.unseal(binding, run)?;
        }
        Ok(claim)
    }

    async fn renew(&self, lease: &Lease, now: Millis) -> Result<(), StoreError> {
        let tx = begin_fenced(&self.writer, lease, now, "renew").await?;
        tx.commit().await.map_err(during("renew"))
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        claim::release(&self.writer, lease).await
    }

    async fn xrefs(
        &self,
        lease: &Lease,
        keys: &[&str],
    ) -> Result<BTreeMap<String, Xref>, StoreError> {
        views::xrefs(&self.readers, lease.binding(), keys).await
    }

    async fn owner(
        &self,
        lease: &Lease,
        resource: &str,
        sage_id: &str,
    ) -> Result<Option<String>, StoreError> {
        views::owner(&self.readers, lease.binding(), resource, sage_id).await
    }

    async fn contested(
        &self,
        lease: &Lease,
        xref_key: &str,
        run_id: &str,
    ) -> Result<bool, StoreError> {
        views::contested(&self.readers, lease.binding(), xref_key, run_id).await
    }

    async fn intent(
        &self,
        lease: &Lease,
        request: Request<'_>,
    ) -> Result<Option<Intent>, StoreError> {
        let binding = lease.binding();
        let mut intent = views::intent(&self.readers, binding, request).await?;
        if let Some(intent) = &mut intent {
            let place = seals::body(&request);
            intent.body = seals::opened(&self.vault, binding, &place, &intent.body)?;
        }
        Ok(intent)
    }

    async fn step_in_doubt(
        &self,
        lease: &Lease,
        run_id: &str,
        step: u32,
    ) -> Result<bool, StoreError> {
        views::step_in_doubt(&self.readers, lease.binding(), run_id, step).await
    }

    async fn family(&self, lease: &Lease, beginning: &str) -> Result<Vec<Xref>, StoreError> {
        views::family(&self.readers, lease.binding(), beginning).await
    }

    async fn makers(&self, lease: &Lease, xref_key: &str) -> Result<Vec<Maker>, StoreError> {
        let binding = lease.binding();
        let mut makers = needs::makers(&self.readers, binding, xref_key).await?;
        for maker in &mut makers {
            sealed_reason::told_if(&self.vault, binding, &maker.run_id, &mut maker.error)?;
        }
        Ok(makers)
    }

    async fn supersede_makers(
        &self,
        lease: &Lease,
        xref_key: &str,
        reason: &Reason,
        now: Millis,
    ) -> Result<Vec<String>, StoreError> {
        supersede::makers(&self.writer, &self.vault, lease, xref_key, reason, now).await
    }

    async fn open_attempt(
        &self,
        lease: &Lease,
        attempt: OpenAttempt<'_>,
    ) -> Result<i64, StoreError> {
        self.identity.intact()?;
        let place = seals::body(&attempt.request);
        let sealed = self.vault.seal_bytes(lease.binding(), &place, attempt.body);
        let sealed = sealed.map_err(StoreError::Sealed)?;
        lane::open_attempt(&self.writer, lease, attempt, &sealed).await
    }

    async fn close_attempt(
        &self,
        lease: &Lease,
        end: AttemptEnd,
        now: Millis,
    ) -> Result<(), StoreError> {
        lane::close_attempt(&self.writer, lease, &end, now).await
    }

    async fn settle(&self, lease: &Lease, settlement: Settlement<'_>) -> Result<(), StoreError> {
        settle::settle(&self.writer, &self.vault, lease, settlement).await
    }

    async fn settle_and_claim(
        &self,
        lease: &Lease,
        settlement: Settlement<'_>,
        priority: i8,
    ) -> Result<Option<Run>, StoreError> {
        let (pool, vault) = (&self.writer, &self.vault);
        let next = settle::settle_and_claim(pool, vault, lease, settlement, priority);
        let mut next = next.await?;
        if let Some(run) = &mut next {
            self.unseal(lease.binding(), run)?;
        }
        Ok(next)
    }

    async fn testify(&self, lease: &Lease, end: AttemptEnd, now: Millis) -> Result<(), StoreError> {
        lane::testify(&self.writer, lease, &end, now).await
    }
}
