//! Ingest: plans of many requests are committed together.
//!
//! An fsync costs the same for one row as for a hundred. Requests that arrive while a commit
//! is under way wait together and share the next one. Nobody is answered before the commit.

use std::collections::BTreeSet;
use std::sync::Arc;

use sqlx::Pool;
use tokio::sync::{mpsc, oneshot};

use crate::crash_point;
use crate::retry::Millis;
use crate::{Admission, BindingId, NewRun, StoreError, TokenUse};

use super::heartbeat::Heartbeat;
use super::{Db, Identity, admit, alone, announce, begin, during};

/// Requests that may wait; beyond, senders feel back pressure.
const WAITING: usize = 256;
/// Requests that share one commit at most.
const GROUP: usize = 64;

/// What a request is answered: what became of its plans, or `None` when its ticket was used before.
type Outcome = Result<Option<Admission>, StoreError>;

/// What one request brings.
pub(super) struct Batch {
    pub(super) binding: BindingId,
    pub(super) token_use: TokenUse,
    pub(super) runs: Vec<NewRun>,
    pub(super) now: Millis,
    answer: oneshot::Sender<Outcome>,
}

/// The sending end; the task ends when the last queue is dropped.
#[derive(Debug)]
pub(super) struct IngestQueue {
    queue: mpsc::Sender<Batch>,
}

impl IngestQueue {
    pub(super) fn open(
        writer: Pool<Db>,
        heartbeat: Arc<Heartbeat>,
        identity: Arc<Identity>,
    ) -> Self {
        let (queue, batches) = mpsc::channel(WAITING);
        tokio::spawn(serve(writer, batches, heartbeat, identity));
        Self { queue }
    }

    pub(super) async fn pass(
        &self,
        binding: BindingId,
        token_use: TokenUse,
        runs: Vec<NewRun>,
        now: Millis,
    ) -> Outcome {
        let (answer, outcome) = oneshot::channel();
        self.queue
            .send(Batch {
                binding,
                token_use,
                runs,
                now,
                answer,
            })
            .await
            .map_err(|_| StoreError::Stopped)?;
        outcome.await.map_err(|_| StoreError::Stopped)?
    }
}

async fn serve(
    writer: Pool<Db>,
    mut batches: mpsc::Receiver<Batch>,
    heartbeat: Arc<Heartbeat>,
    identity: Arc<Identity>,
) {
    let mut group = Vec::with_capacity(GROUP);
    while batches.recv_many(&mut group, GROUP).await > 0 {
        gather(&mut batches, &mut group).await;
        let outcomes = commit_all(&writer, &group, &identity).await;
        let failed = |outcome: &Outcome| matches!(outcome, Err(StoreError::Group(_)));
        heartbeat.note(!outcomes.iter().any(failed));
        for (batch, outcome) in group.drain(..).zip(outcomes) {
            // A sender that went away learns the outcome by replaying.
            let _ = batch.answer.send(outcome);
        }
    }
}

/// Commits the group. A request that the database refuses must not fail those beside it: the group
/// is halved until the request stands alone. When the database itself fails, dividing would only
/// ask it more often, and every request is told to come again.
async fn commit_all(writer: &Pool<Db>, group: &[Batch], identity: &Identity) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(group.len());
    let mut parts = vec![group];
    while let Some(part) = parts.pop() {
        let error = match commit(writer, part, identity).await {
            Ok(admitted) => {
                outcomes.extend(admitted.into_iter().map(Ok));
                continue;
            }
            Err(error) => error,
        };
        if error.is_refusal() && part.len() > 1 {
            let (first, second) = part.split_at(part.len() / 2);
            parts.extend([second, first]);
            continue;
        }
        let cause = std::error::Error::source(&error);
        tracing::error!(requests = part.len(), error = %error, cause = ?cause, "plans not committed");
        let refused = error.is_refusal();
        outcomes.extend(part.iter().map(|_| {
            Err(if refused {
                StoreError::Refused
            } else if matches!(error, StoreError::Replaced) {
                StoreError::Replaced
            } else {
                StoreError::Group(error.to_string())
            })
        }));
    }
    outcomes
}

/// Lets requests that are on their way join the group, for as long as some do.
async fn gather(batches: &mut mpsc::Receiver<Batch>, group: &mut Vec<Batch>) {
    loop {
        tokio::task::yield_now().await;
        let before = group.len();
        while group.len() < GROUP
            && let Ok(batch) = batches.try_recv()
        {
            group.push(batch);
        }
        if group.len() == before {
            return;
        }
    }
}

async fn commit(
    writer: &Pool<Db>,
    group: &[Batch],
    identity: &Identity,
) -> Result<Vec<Option<Admission>>, StoreError> {
    identity.intact()?;
    let mut tx = begin(writer, "ingest").await?;
    // In one order everywhere, so that two ingest tasks never wait for each other.
    let bindings: BTreeSet<&str> = group.iter().map(|batch| batch.binding.as_str()).collect();
    let bindings: Vec<&str> = bindings.into_iter().collect();
    alone(&mut tx, &bindings).await.map_err(during("ingest"))?;
    let all = admit::group(&mut tx, group).await?;
    announce(&mut tx, &bindings)
        .await
        .map_err(during("ingest"))?;
    crash_point!("before-ingest-commit");
    tx.commit().await.map_err(during("ingest"))?;
    crash_point!("after-ingest-commit");
    // Committed, but into a file that may have lost its name meanwhile.
    identity.intact()?;
    Ok(all)
}
