//! What a shop tells of itself, the newest of each kind.

use sqlx::Pool;

use crate::operations::{ShopReport, ShopReportRow};
use crate::retry::Millis;
use crate::{BindingId, StoreError};

use super::{Db, during};

pub(super) async fn keep(
    writer: &Pool<Db>,
    binding: &BindingId,
    kind: ShopReport,
    body: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO shop_report (binding_id, kind, body, received_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (binding_id, kind) DO UPDATE SET body = excluded.body, received_at = excluded.received_at",
    )
    .bind(binding.as_str())
    .bind(kind.word())
    .bind(body)
    .bind(now)
    .execute(writer)
    .await
    .map(|_| ())
    .map_err(during("shop report"))
}

pub(super) async fn newest(
    readers: &Pool<Db>,
    binding: &BindingId,
    kind: ShopReport,
) -> Result<Option<ShopReportRow>, StoreError> {
    sqlx::query_as("SELECT body, received_at FROM shop_report WHERE binding_id = $1 AND kind = $2")
        .bind(binding.as_str())
        .bind(kind.word())
        .fetch_optional(readers)
        .await
        .map_err(during("shop report"))
}
