//! The store as the keeper of bindings, their tokens and keys.

use std::time::Duration;

use async_trait::async_trait;

use crate::operations::NewAuditEntry;
use crate::retry::Millis;
use crate::{BindingId, BindingRow, BindingStore, SealedTokens, ShopKeys, StoreError};

use super::store::SqlStore;
use super::{bindings, keys};

#[async_trait]
impl BindingStore for SqlStore {
    async fn add_binding(
        &self,
        binding: &BindingId,
        row: &BindingRow,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        bindings::add(&self.writer, binding, row, audit_entry).await
    }

    async fn binding(&self, binding: &BindingId) -> Result<Option<BindingRow>, StoreError> {
        bindings::get(&self.readers, binding).await
    }

    async fn refresh_begins(
        &self,
        binding: &BindingId,
        version: i64,
        now: Millis,
        timeout: Duration,
    ) -> Result<bool, StoreError> {
        self.identity.intact()?;
        bindings::refresh_begins(&self.writer, binding, version, now, timeout).await
    }

    async fn refresh_ends(&self, binding: &BindingId, version: i64) -> Result<(), StoreError> {
        bindings::refresh_ends(&self.writer, binding, version).await
    }

    async fn rotate(
        &self,
        binding: &BindingId,
        version: i64,
        tokens: SealedTokens,
    ) -> Result<bool, StoreError> {
        bindings::rotate(&self.writer, binding, version, tokens).await
    }

    async fn disconnect(
        &self,
        binding: &BindingId,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        bindings::disconnect(&self.writer, binding, audit_entry).await
    }

    async fn reconnect(
        &self,
        binding: &BindingId,
        refresh_token_sealed: &[u8],
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        bindings::reconnect(&self.writer, binding, refresh_token_sealed, audit_entry).await
    }

    async fn offer_key(
        &self,
        binding: &BindingId,
        api_key_sealed: &[u8],
        grace: Duration,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<i64, StoreError> {
        keys::offer(&self.writer, binding, api_key_sealed, grace, audit_entry).await
    }

    async fn offered_keys(&self, binding: &BindingId) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        keys::offered(&self.readers, binding).await
    }

    async fn withdraw_key(&self, binding: &BindingId, offer_id: i64) -> Result<(), StoreError> {
        keys::withdraw(&self.writer, binding, offer_id).await
    }

    async fn prove_key(
        &self,
        binding: &BindingId,
        offer_id: i64,
        now: Millis,
    ) -> Result<bool, StoreError> {
        keys::prove(&self.writer, binding, offer_id, now).await
    }

    async fn change_keys(
        &self,
        binding: &BindingId,
        old: &ShopKeys,
        new: &ShopKeys,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        bindings::change_keys(&self.writer, binding, old, new, audit_entry).await
    }
}
