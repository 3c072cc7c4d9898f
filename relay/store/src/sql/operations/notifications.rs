//! Who is told, and what they were told last.

use async_trait::async_trait;

use crate::notifications::{NotificationRow, NotificationStore, Told};
use crate::operations::NewAuditEntry;
use crate::retry::Millis;
use crate::{BindingId, BindingState, StoreError};

use super::{SqlStore, begin_for, during, note, seals};

const WHAT: &str = "notifications";
const DAY: i64 = 86_400_000;

#[derive(sqlx::FromRow)]
struct Sealed {
    settings_sealed: Vec<u8>,
    #[sqlx(flatten)]
    told: Told,
}

#[async_trait]
impl NotificationStore for SqlStore {
    async fn set_notifications(
        &self,
        binding: &BindingId,
        settings: Option<&str>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = begin_for(&self.writer, binding, WHAT).await?;
        note(&mut tx, Some(binding), &audit_entry).await?;
        let statement = match settings {
            Some(settings) => {
                let sealed = self
                    .vault
                    .seal_bytes(binding, seals::NOTIFICATIONS, settings.as_bytes())
                    .map_err(StoreError::Sealed)?;
                sqlx::query(
                    "INSERT INTO notification (binding_id, settings_sealed, next_at, told_until, told_state, digest_day)
                     VALUES ($1, $2, $3, $3, $4, $5)
                     ON CONFLICT (binding_id) DO UPDATE
                     SET settings_sealed = excluded.settings_sealed, next_at = excluded.next_at, problem = NULL",
                )
                .bind(binding.as_str())
                .bind(sealed)
                .bind(audit_entry.now)
                .bind(BindingState::Active.word())
                .bind(audit_entry.now.div_euclid(DAY))
            }
            None => {
                sqlx::query("DELETE FROM notification WHERE binding_id = $1").bind(binding.as_str())
            }
        };
        statement.execute(&mut *tx).await.map_err(during(WHAT))?;
        tx.commit().await.map_err(during(WHAT))
    }

    async fn notifications(
        &self,
        binding: &BindingId,
    ) -> Result<Option<NotificationRow>, StoreError> {
        let row: Option<Sealed> = sqlx::query_as(
            "SELECT settings_sealed, next_at, told_until, told_state, digest_day, sent_at, problem
             FROM notification WHERE binding_id = $1",
        )
        .bind(binding.as_str())
        .fetch_optional(&self.readers)
        .await
        .map_err(during(WHAT))?;
        row.map(|row| {
            let place = seals::NOTIFICATIONS;
            let opened = seals::opened(&self.vault, binding, place, &row.settings_sealed)?;
            Ok(NotificationRow {
                settings: String::from_utf8_lossy(&opened).into_owned(),
                told: row.told,
            })
        })
        .transpose()
    }

    async fn due_notifications(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar(
            "SELECT binding_id FROM notification WHERE next_at <= $1 ORDER BY next_at LIMIT $2",
        )
        .bind(now)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await
        .map_err(during(WHAT))
    }

    async fn take_notifications(
        &self,
        binding: &BindingId,
        until: Millis,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE notification SET next_at = $2 WHERE binding_id = $1 AND next_at <= $3",
        )
        .bind(binding.as_str())
        .bind(until)
        .bind(now)
        .execute(&self.writer)
        .await
        .map_err(during(WHAT))?;
        Ok(done.rows_affected() == 1)
    }

    async fn note_told(&self, binding: &BindingId, told: &Told) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE notification SET next_at = $2, told_until = $3, told_state = $4, digest_day = $5, sent_at = $6, problem = $7
             WHERE binding_id = $1",
        )
        .bind(binding.as_str())
        .bind(told.next_at)
        .bind(told.told_until)
        .bind(&told.told_state)
        .bind(told.digest_day)
        .bind(told.sent_at)
        .bind(told.problem.as_deref())
        .execute(&self.writer)
        .await
        .map(|_| ())
        .map_err(during(WHAT))
    }

    async fn needing_since(
        &self,
        binding: &BindingId,
        since: Millis,
    ) -> Result<(i64, Option<Millis>), StoreError> {
        sqlx::query_as(
            "SELECT count(*), max(r.updated_at) FROM run r WHERE r.binding_id = $1 AND r.state IN ('rejected', 'ambiguous') AND r.updated_at > $2
             AND NOT EXISTS (SELECT 1 FROM run n WHERE n.binding_id = r.binding_id AND n.key = r.key
                             AND n.generation > r.generation)",
        )
        .bind(binding.as_str())
        .bind(since)
        .fetch_one(&self.readers)
        .await
        .map_err(during(WHAT))
    }
}
