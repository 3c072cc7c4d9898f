//! The statements of the inbox, in SQL that SQLite and PostgreSQL both speak.
//!
//! This folder is compiled twice, as a module of `sqlite` and of `postgres`: sqlx types a query by
//! its database, and one text cannot drift from itself. The parent says what differs: `Db`,
//! `BEGIN`, `alone`, which keeps writers of one binding apart, and `announce`, which tells other
//! processes of new plans.
//!
//! More than twenty entries: one file for each thing that is done in a transaction or read in a view.

mod accounts;
mod admit;
mod binding_store;
mod bindings;
mod claim;
mod contacts;
mod operations;
mod ingest;
mod heartbeat;
mod history;
mod keys;
mod lane;
mod needs;
mod people;
mod recovery;
mod recovery_store;
mod report;
mod seals;
mod settle;
mod store;
mod supersede;
mod transaction;
mod views;

use sqlx::Pool;

use crate::operations::NewAuditEntry;
use crate::retry::Millis;
use crate::{BindingId, Lease, StoreError};

use super::{
    BEGIN, Db, EVENT, Extra, Identity, ONE_PROCESS, PLACES, alone, alone_in_the_store, announce,
};

pub(super) use store::SqlStore;
pub(super) use transaction::Tx;

/// Rows of one statement at most: both databases count its parameters.
const ROWS: usize = 256;

/// Rows that a usual group has at most.
const USUAL: usize = 48;

/// Statements that a connection keeps prepared: one for each size of a portion, of each kind.
pub(super) const PREPARED: usize = 400;

/// Names the operation in which the database failed.
pub(super) fn during(operation: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |source| StoreError::Database { operation, source }
}

async fn begin(pool: &Pool<Db>, operation: &'static str) -> Result<Tx, StoreError> {
    Tx::begin(pool).await.map_err(during(operation))
}

/// A write on behalf of a binding: no other one of the same binding runs beside it, so rows that
/// count up become visible in their order.
async fn begin_for(
    pool: &Pool<Db>,
    binding: &BindingId,
    operation: &'static str,
) -> Result<Tx, StoreError> {
    let mut tx = begin(pool, operation).await?;
    alone(&mut tx, &[binding.as_str()])
        .await
        .map_err(during(operation))?;
    Ok(tx)
}

/// A write of a lane: refused when the lane is somebody else's by now. A sign of life as well.
async fn begin_fenced(
    pool: &Pool<Db>,
    lease: &Lease,
    now: Millis,
    operation: &'static str,
) -> Result<Tx, StoreError> {
    let mut tx = begin_for(pool, lease.binding(), operation).await?;
    let done = sqlx::query("UPDATE lane SET lease_until = $3 WHERE binding_id = $1 AND token = $2")
        .bind(lease.binding().as_str())
        .bind(lease.token())
        .bind(lease.until(now))
        .execute(&mut *tx)
        .await
        .map_err(during(operation))?;
    if done.rows_affected() == 1 {
        Ok(tx)
    } else {
        tx.rollback().await.map_err(during(operation))?;
        Err(StoreError::LeaseLost)
    }
}

/// Writes down who did what.
async fn note(
    tx: &mut Tx,
    binding: Option<&BindingId>,
    audit_entry: &NewAuditEntry<'_>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit (at, actor, binding_id, action, subject) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(audit_entry.now)
    .bind(audit_entry.actor)
    .bind(binding.map(BindingId::as_str))
    .bind(audit_entry.action)
    .bind(audit_entry.subject)
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("audit"))
}

/// Portions of few different sizes, because the connection keeps a prepared statement of each: a
/// usual group is one portion, of more each is a power of two.
fn portions<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let largest = 1 << rest.len().min(ROWS).checked_ilog2()?;
        let size = if rest.len() <= USUAL {
            rest.len()
        } else {
            largest
        };
        let (portion, later) = rest.split_at_checked(size)?;
        rest = later;
        Some(portion)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_have_few_sizes_and_leave_nothing_out() {
        let all: Vec<usize> = (0..(2 * ROWS + 64 + 7)).collect();
        let sizes: Vec<usize> = portions(&all).map(<[usize]>::len).collect();
        assert_eq!(sizes, [ROWS, ROWS, 64, 7]);
        assert_eq!(portions(&all).flatten().count(), all.len());
        assert_eq!(portions::<usize>(&[]).count(), 0);
    }
}
