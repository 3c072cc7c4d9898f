//! Attempts to sign in, counted before they are looked at, so that many at once are many.

use sqlx::Pool;

use crate::StoreError;
use crate::accounts::AttemptLimit;
use crate::retry::Millis;

use super::{Db, begin, during};

const OPERATION: &str = "attempts";

pub(super) async fn count(
    writer: &Pool<Db>,
    limits: &[AttemptLimit<'_>],
    now: Millis,
) -> Result<Option<Millis>, StoreError> {
    let mut tx = begin(writer, OPERATION).await?;
    let mut wait = None;
    for limit in limits {
        let (attempts, until): (i64, Millis) = sqlx::query_as(
            "INSERT INTO sign_in_attempts (subject, attempts, until) VALUES ($1, 1, $3)
             ON CONFLICT (subject) DO UPDATE
             SET attempts = CASE WHEN sign_in_attempts.until <= $2 THEN 1 ELSE sign_in_attempts.attempts + 1 END,
                 until = CASE WHEN sign_in_attempts.until <= $2 THEN $3 ELSE sign_in_attempts.until END
             RETURNING attempts, until",
        )
        .bind(limit.subject)
        .bind(now)
        .bind(now.saturating_add(limit.window))
        .fetch_one(&mut *tx)
        .await
        .map_err(during(OPERATION))?;
        if attempts > i64::from(limit.most) {
            wait = wait.max(Some(until));
        }
    }
    if wait.is_some() {
        tx.rollback().await.map_err(during(OPERATION))?;
    } else {
        tx.commit().await.map_err(during(OPERATION))?;
    }
    Ok(wait)
}
