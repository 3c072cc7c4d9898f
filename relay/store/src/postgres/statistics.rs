//! Statistics of tables that grow fast.
//!
//! A connection keeps the plan that it made of a statement while tables were nearly empty, and reads
//! a whole shop's backlog with it, until the tables are analysed. PostgreSQL does that a minute
//! later or more; a shop that sends its history is through half of it by then.

use std::time::Duration;

use sqlx::{AssertSqlSafe, PgPool};
use tokio::time::MissedTickBehavior;

use super::Tx;

const EVERY: Duration = Duration::from_secs(2);
/// What says which process of several does it.
const LOCK: i64 = 0x6c65_6467_6572;

/// Has tables analysed whose rows have changed by a fifth, and by a thousand at least.
pub(super) async fn keep(pool: PgPool) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = look(&pool).await {
            tracing::warn!(error = %error, "statistics not renewed");
        }
    }
}

async fn look(pool: &PgPool) -> Result<(), sqlx::Error> {
    let mut tx = Tx::begin(pool).await?;
    let grown: Vec<String> = sqlx::query_scalar(
        "SELECT quote_ident(relname) FROM pg_stat_user_tables
         WHERE schemaname = current_schema() AND n_mod_since_analyze >= 1000
           AND n_mod_since_analyze > n_live_tup / 5 ORDER BY relname",
    )
    .fetch_all(&mut *tx)
    .await?;
    if grown.is_empty() {
        return tx.rollback().await;
    }
    let alone: bool = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1)")
        .bind(LOCK)
        .fetch_one(&mut *tx)
        .await?;
    if alone {
        let statement = format!("ANALYZE {}", grown.join(", "));
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await
}
