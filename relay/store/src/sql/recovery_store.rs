//! [`RecoveryStore`], over the statements of `recovery`.

use async_trait::async_trait;
use uuid::Uuid;

use crate::operations::NewAuditEntry;
use crate::recovery::{
    Agreement, BindingStatus, Places, Position, Recovery, RecoveryStore, agreement,
};
use crate::retry::Millis;
use crate::{BindingId, StoreError};

use super::{SqlStore, recovery};

#[async_trait]
impl RecoveryStore for SqlStore {
    async fn begin_epoch(&self, now: Millis) -> Result<(), StoreError> {
        let [a, b, c, d, e, f, g, h, ..] = Uuid::new_v4().into_bytes();
        let epoch = hex::encode([a, b, c, d, e, f, g, h]);
        recovery::begin_epoch(&self.writer, &epoch, now).await
    }

    async fn epoch(&self) -> Result<String, StoreError> {
        recovery::newest_epoch(&self.readers).await
    }

    async fn places(&self) -> Result<Places, StoreError> {
        recovery::present_places(&self.readers).await
    }

    async fn agree(
        &self,
        binding: &BindingId,
        position: &Position,
    ) -> Result<Agreement, StoreError> {
        let epochs = recovery::epochs(&self.readers).await?;
        let present = recovery::present_places(&self.readers).await?;
        let agreed = recovery::agreed_epoch(&self.readers, binding).await?;
        let agreement = agreement(position, &epochs, agreed, present);
        if let Agreement::Agrees(number) = agreement
            && number > agreed
        {
            recovery::agree(&self.writer, binding, number).await?;
        }
        Ok(agreement)
    }

    async fn begin_recovery(
        &self,
        binding: &BindingId,
        agreed: Places,
        now: Millis,
    ) -> Result<Recovery, StoreError> {
        let recovery_id = Uuid::now_v7().to_string();
        let begun =
            recovery::begin_recovery(&self.writer, binding, &recovery_id, agreed, now).await?;
        if begun {
            tracing::error!(binding = %binding, recovery_id, feed_cursor = agreed.cursor, "the shop knows more than this database: it was taken back; recovering");
        }
        let all = self.recoveries(binding).await?;
        all.into_iter()
            .find(|recovery| recovery.ended_at.is_none())
            .ok_or(StoreError::Contradiction("a recovery that is gone"))
    }

    async fn recoveries(&self, binding: &BindingId) -> Result<Vec<Recovery>, StoreError> {
        recovery::recoveries(&self.readers, binding).await
    }

    async fn offered(
        &self,
        binding: &BindingId,
        recovery_id: &str,
        highest: &[(String, i64)],
        now: Millis,
    ) -> Result<bool, StoreError> {
        recovery::offered(&self.writer, binding, recovery_id, highest, now).await
    }

    async fn end_recoveries(&self, now: Millis) -> Result<Vec<BindingId>, StoreError> {
        let ended = recovery::end_recoveries(&self.writer, now).await?;
        for binding in &ended {
            tracing::warn!(binding = %binding, "recovered: shop, relay and Sage agree again");
        }
        Ok(ended)
    }

    async fn serve_installation(
        &self,
        binding: &BindingId,
        installation: &str,
        replaces: Option<&str>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        recovery::serve_installation(&self.writer, binding, installation, replaces, audit_entry)
            .await
    }

    async fn hear_sequence(
        &self,
        binding: &BindingId,
        sequence: i64,
        now: Millis,
    ) -> Result<(), StoreError> {
        recovery::hear_sequence(&self.writer, binding, sequence, now).await
    }

    async fn binding_status(
        &self,
        binding: &BindingId,
        now: Millis,
    ) -> Result<Option<BindingStatus>, StoreError> {
        recovery::binding_status(&self.readers, binding, now).await
    }
}
