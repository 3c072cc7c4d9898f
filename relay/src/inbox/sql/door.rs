//! The door: plans of many requests, one commit.
//!
//! An fsync costs the same for one row as for a hundred. Requests that arrive while a commit
//! is under way wait together and share the next one. Nobody is answered before the commit.

use std::collections::BTreeSet;

use sqlx::Pool;
use tokio::sync::{mpsc, oneshot};

use crate::crash::crash_point;
use crate::inbox::admission::{Decision, Present, decide};
use crate::inbox::state::State;
use crate::inbox::{Admitted, BindingId, NewRun, StoreError, Ticket};
use crate::retry::Millis;

use super::{Db, Tx, alone, announce, begin, during, needs};

/// Requests that may wait at the door; beyond, senders feel back pressure.
const WAITING: usize = 256;
/// Requests that share one commit at most.
const GROUP: usize = 64;

struct Batch {
    binding: BindingId,
    ticket: Ticket,
    runs: Vec<NewRun>,
    now: Millis,
    answer: oneshot::Sender<Result<Option<Vec<Admitted>>, StoreError>>,
}

/// The sending end; the task ends when the last door is dropped.
#[derive(Debug)]
pub(super) struct Door {
    queue: mpsc::Sender<Batch>,
}

impl Door {
    pub(super) fn open(writer: Pool<Db>) -> Self {
        let (queue, batches) = mpsc::channel(WAITING);
        tokio::spawn(serve(writer, batches));
        Self { queue }
    }

    pub(super) async fn pass(
        &self,
        binding: BindingId,
        ticket: Ticket,
        runs: Vec<NewRun>,
        now: Millis,
    ) -> Result<Option<Vec<Admitted>>, StoreError> {
        let (answer, outcome) = oneshot::channel();
        self.queue
            .send(Batch {
                binding,
                ticket,
                runs,
                now,
                answer,
            })
            .await
            .map_err(|_| StoreError::Stopped)?;
        outcome.await.map_err(|_| StoreError::Stopped)?
    }
}

async fn serve(writer: Pool<Db>, mut batches: mpsc::Receiver<Batch>) {
    let mut group = Vec::with_capacity(GROUP);
    while batches.recv_many(&mut group, GROUP).await > 0 {
        match commit(&writer, &group).await {
            Ok(admitted) => {
                for (batch, admitted) in group.drain(..).zip(admitted) {
                    // A sender that went away learns the outcome by replaying.
                    let _ = batch.answer.send(Ok(admitted));
                }
            }
            Err(error) => {
                tracing::error!(error = %error, cause = ?std::error::Error::source(&error), "plans not committed");
                for batch in group.drain(..) {
                    let _ = batch.answer.send(Err(StoreError::Group(error.to_string())));
                }
            }
        }
    }
}

async fn commit(
    writer: &Pool<Db>,
    group: &[Batch],
) -> Result<Vec<Option<Vec<Admitted>>>, StoreError> {
    let mut tx = begin(writer, "ingest").await?;
    // In one order everywhere, so that two doors never wait for each other.
    let bindings: BTreeSet<&str> = group.iter().map(|batch| batch.binding.as_str()).collect();
    for binding in &bindings {
        alone(&mut tx, binding).await.map_err(during("ingest"))?;
    }
    let mut all = Vec::with_capacity(group.len());
    for batch in group {
        if !spend(&mut tx, batch).await? {
            all.push(None);
            continue;
        }
        let mut admitted = Vec::with_capacity(batch.runs.len());
        for run in &batch.runs {
            admitted.push(admit(&mut tx, &batch.binding, run, batch.now).await?);
        }
        all.push(Some(admitted));
    }
    for binding in bindings {
        announce(&mut tx, binding).await.map_err(during("ingest"))?;
    }
    crash_point!("before-ingest-commit");
    tx.commit().await.map_err(during("ingest"))?;
    crash_point!("after-ingest-commit");
    Ok(all)
}

/// Uses a ticket up; false when it was used before.
async fn spend(tx: &mut Tx, batch: &Batch) -> Result<bool, StoreError> {
    sqlx::query(
        "INSERT INTO ticket (binding_id, jti, void_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(batch.binding.as_str())
    .bind(&batch.ticket.jti)
    .bind(batch.ticket.void_at)
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(during("ingest"))
}

async fn admit(
    tx: &mut Tx,
    binding: &BindingId,
    run: &NewRun,
    now: Millis,
) -> Result<Admitted, StoreError> {
    let present = present(tx, binding, &run.key).await?;
    let decision = decide(present.as_ref(), run.kind, &run.digest, run.sequence);
    let Decision::Accept(generation) = decision else {
        let run_id = present
            .map(|present| present.run_id)
            .ok_or(StoreError::Contradiction("a decision without its cause"))?;
        return Ok(Admitted { decision, run_id });
    };
    sqlx::query(
        "INSERT INTO run (run_id, binding_id, key, generation, digest, plan, sequence, entity_type, entity_id,
                          principal_xref, expected_total, expected_currency, state, created_at, updated_at, priority)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'queued', $13, $13, $14)",
    )
    .bind(&run.run_id)
    .bind(binding.as_str())
    .bind(&run.key)
    .bind(i64::from(generation))
    .bind(&run.digest)
    .bind(&run.plan)
    .bind(run.sequence)
    .bind(&run.entity_type)
    .bind(run.entity_id)
    .bind(&run.principal_xref)
    .bind(&run.expected_total)
    .bind(&run.expected_currency)
    .bind(now)
    .bind(i64::from(run.priority))
    .execute(&mut **tx)
    .await
    .map_err(during("ingest"))?;
    needs::remember(tx, binding, run).await?;
    Ok(Admitted {
        decision,
        run_id: run.run_id.clone(),
    })
}

async fn present(
    tx: &mut Tx,
    binding: &BindingId,
    key: &str,
) -> Result<Option<Present>, StoreError> {
    let row: Option<(String, i64, String, i64, String)> = sqlx::query_as(
        "SELECT run_id, generation, digest, sequence, state FROM run
         WHERE binding_id = $1 AND key = $2 ORDER BY generation DESC LIMIT 1",
    )
    .bind(binding.as_str())
    .bind(key)
    .fetch_optional(&mut **tx)
    .await
    .map_err(during("ingest"))?;
    row.map(|(run_id, generation, digest, sequence, state)| {
        let state =
            State::from_word(&state).ok_or(StoreError::Contradiction("an unknown run state"))?;
        let generation = u32::try_from(generation)
            .map_err(|_| StoreError::Contradiction("an impossible generation"))?;
        Ok(Present {
            run_id,
            generation,
            digest,
            sequence,
            state,
        })
    })
    .transpose()
}
