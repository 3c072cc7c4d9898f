//! The door: plans of many requests, one commit.
//!
//! An fsync costs the same for one row as for a hundred. Requests that arrive while a commit
//! is under way wait together and share the next one. Nobody is answered before the commit.

use std::collections::BTreeSet;

use sqlx::Pool;
use tokio::sync::{mpsc, oneshot};

use crate::crash::crash_point;
use crate::inbox::{Admitted, BindingId, NewRun, StoreError, Ticket};
use crate::retry::Millis;

use super::{Db, admit, alone, announce, begin, during};

/// Requests that may wait at the door; beyond, senders feel back pressure.
const WAITING: usize = 256;
/// Requests that share one commit at most.
const GROUP: usize = 64;

/// What one request brings.
pub(super) struct Batch {
    pub(super) binding: BindingId,
    pub(super) ticket: Ticket,
    pub(super) runs: Vec<NewRun>,
    pub(super) now: Millis,
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
        gather(&mut batches, &mut group).await;
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

/// Lets requests that are on their way to the door come in as well, for as long as some do.
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
) -> Result<Vec<Option<Vec<Admitted>>>, StoreError> {
    let mut tx = begin(writer, "ingest").await?;
    // In one order everywhere, so that two doors never wait for each other.
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
    Ok(all)
}
