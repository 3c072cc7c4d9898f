//! Runs that are needed no more: what they were to post was canceled.

use sqlx::{FromRow, Pool};

use crate::retry::Millis;
use crate::state::{Event, State, next};
use crate::vault::Vault;
use crate::{Lease, Reason, StoreError, sealed_reason};

use super::report::report;
use super::{Db, Tx, begin_fenced, during};

#[derive(FromRow)]
struct MakerRow {
    run_id: String,
    key: String,
    state: String,
    /// Whether a send of the object may have made it.
    may_stand: bool,
}

pub(super) async fn makers(
    pool: &Pool<Db>,
    vault: &Vault,
    lease: &Lease,
    xref_key: &str,
    reason: &Reason,
    now: Millis,
) -> Result<Vec<String>, StoreError> {
    let mut tx = begin_fenced(pool, lease, now, "supersede").await?;
    let mut open = Vec::new();
    for maker in newest(&mut tx, lease, xref_key).await? {
        let from = State::from_word(&maker.state)
            .ok_or(StoreError::Contradiction("an unknown run state"))?;
        // A run that is taken up is another's to end, or was interrupted: it says how it stands.
        let is_still = !matches!(from, State::Running) && !maker.may_stand;
        match next(from, Event::Supersede).filter(|_| is_still) {
            Some(to) => {
                end(&mut tx, vault, lease, &maker.run_id, to, reason, now).await?;
            }
            None if matches!(from, State::Succeeded | State::Superseded) => {}
            None => open.push(maker.key),
        }
    }
    tx.commit().await.map_err(during("supersede"))?;
    Ok(open)
}

/// The newest run of every key that may make the object known, but for those that were set aside.
async fn newest(tx: &mut Tx, lease: &Lease, xref_key: &str) -> Result<Vec<MakerRow>, StoreError> {
    sqlx::query_as(
        "SELECT r.run_id, r.key, r.state,
                EXISTS (SELECT 1 FROM intent i JOIN attempt a ON a.intent_id = i.intent_id
                        WHERE i.run_id = r.run_id AND a.xref_key = $2
                          AND (a.outcome IS NULL OR a.outcome IN ('unknown', 'created'))) AS may_stand
         FROM run_key k JOIN run r ON r.run_id = k.run_id
         WHERE k.binding_id = $1 AND k.xref_key = $2 AND k.role = 'makes' AND r.set_aside_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM run n WHERE n.binding_id = r.binding_id AND n.key = r.key
                                                 AND n.generation > r.generation)
         ORDER BY r.seq",
    )
    .bind(lease.binding().as_str())
    .bind(xref_key)
    .fetch_all(&mut **tx)
    .await
    .map_err(during("supersede"))
}

async fn end(
    tx: &mut Tx,
    vault: &Vault,
    lease: &Lease,
    run_id: &str,
    to: State,
    reason: &Reason,
    now: Millis,
) -> Result<(), StoreError> {
    let binding = lease.binding();
    let hidden = sealed_reason::hidden(vault, binding, run_id, reason)?;
    sqlx::query(
        "UPDATE run SET state = $2, next_at = NULL, error = $3, error_code = $4, updated_at = $5 WHERE run_id = $1",
    )
    .bind(run_id)
    .bind(to.word())
    .bind(hidden)
    .bind(&reason.code)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map_err(during("supersede"))?;
    report(tx, binding, run_id, now).await
}
