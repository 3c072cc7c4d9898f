//! What is compared month by month.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sqlx::{FromRow, Pool, QueryBuilder};

use crate::operations::{NewAuditEntry, ReferenceTurn};
use crate::reconciliation::{
    CallsOfDay, Days, KnownRun, ReconciliationStore, SageObject, SageReading, ShopDay,
};
use crate::retry::Millis;
use crate::{BindingId, StoreError, Xref};

use super::super::portions;
use super::{Db, SqlStore, Tx, begin_for, during, note, reference_age};

const WHAT: &str = "reconciliation";

/// The columns of a [`SageObject`].
macro_rules! sage_objects {
    () => {
        "SELECT resource, sage_id, number, reference, day, currency, total, tax, outstanding, status, detail, updated_at, read_at
         FROM sage_object"
    };
}

#[async_trait]
impl ReconciliationStore for SqlStore {
    async fn keep_shop_days(
        &self,
        binding: &BindingId,
        days: &[(i64, String)],
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut tx = begin_for(&self.writer, binding, WHAT).await?;
        for (day, body) in days {
            sqlx::query(
                "INSERT INTO shop_day (binding_id, day, body, received_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (binding_id, day) DO UPDATE SET body = excluded.body, received_at = excluded.received_at",
            )
            .bind(binding.as_str())
            .bind(day)
            .bind(body)
            .bind(now)
            .execute(&mut *tx)
            .await
            .map_err(during(WHAT))?;
        }
        sqlx::query(
            "DELETE FROM wanted_days WHERE binding_id = $1
             AND (SELECT count(*) FROM shop_day d WHERE d.binding_id = $1 AND d.received_at >= wanted_days.asked_at
                  AND d.day BETWEEN wanted_days.from_day AND wanted_days.to_day) > wanted_days.to_day - wanted_days.from_day",
        )
        .bind(binding.as_str())
        .execute(&mut *tx)
        .await
        .map_err(during(WHAT))?;
        tx.commit().await.map_err(during(WHAT))
    }

    async fn shop_days(&self, binding: &BindingId, days: Days) -> Result<Vec<ShopDay>, StoreError> {
        sqlx::query_as(
            "SELECT day, body, received_at FROM shop_day WHERE binding_id = $1 AND day BETWEEN $2 AND $3 ORDER BY day",
        )
        .bind(binding.as_str())
        .bind(days.from_day)
        .bind(days.to_day)
        .fetch_all(&self.readers)
        .await
        .map_err(during(WHAT))
    }

    async fn want_shop_days(
        &self,
        binding: &BindingId,
        days: Days,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = begin_for(&self.writer, binding, WHAT).await?;
        note(&mut tx, Some(binding), &audit_entry).await?;
        sqlx::query(
            "INSERT INTO wanted_days (binding_id, from_day, to_day, asked_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (binding_id, from_day, to_day) DO UPDATE SET asked_at = excluded.asked_at",
        )
        .bind(binding.as_str())
        .bind(days.from_day)
        .bind(days.to_day)
        .bind(audit_entry.now)
        .execute(&mut *tx)
        .await
        .map_err(during(WHAT))?;
        tx.commit().await.map_err(during(WHAT))
    }

    async fn wanted_shop_days(&self, binding: &BindingId) -> Result<Vec<Days>, StoreError> {
        sqlx::query_as("SELECT from_day, to_day FROM wanted_days WHERE binding_id = $1 ORDER BY from_day, to_day LIMIT 100")
            .bind(binding.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(during(WHAT))
    }

    async fn take_calls(
        &self,
        binding: &BindingId,
        calls: CallsOfDay,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let turn = ReferenceTurn {
            now,
            only_when_idle: false,
            next_at: 0,
            day: calls.day,
            calls: calls.calls,
            up_to: calls.up_to,
        };
        let mut tx = begin_for(&self.writer, binding, WHAT).await?;
        if !reference_age::has_room(&mut tx, binding, turn).await? {
            return Ok(false);
        }
        reference_age::count_calls(&mut tx, binding, turn).await?;
        tx.commit().await.map_err(during(WHAT))?;
        Ok(true)
    }

    async fn begin_sage_reading(
        &self,
        binding: &BindingId,
        days: Days,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = begin_for(&self.writer, binding, WHAT).await?;
        note(&mut tx, Some(binding), &audit_entry).await?;
        sqlx::query(
            "INSERT INTO sage_reading (binding_id, from_day, to_day, began_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (binding_id, from_day, to_day)
             DO UPDATE SET began_at = excluded.began_at, ended_at = NULL, calls = 0, problem = NULL",
        )
        .bind(binding.as_str())
        .bind(days.from_day)
        .bind(days.to_day)
        .bind(audit_entry.now)
        .execute(&mut *tx)
        .await
        .map_err(during(WHAT))?;
        tx.commit().await.map_err(during(WHAT))
    }

    async fn end_sage_reading(
        &self,
        binding: &BindingId,
        reading: &SageReading,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE sage_reading SET ended_at = $4, calls = $5, problem = $6
             WHERE binding_id = $1 AND from_day = $2 AND to_day = $3",
        )
        .bind(binding.as_str())
        .bind(reading.from_day)
        .bind(reading.to_day)
        .bind(reading.ended_at)
        .bind(reading.calls)
        .bind(reading.problem.as_deref())
        .execute(&self.writer)
        .await
        .map(|_| ())
        .map_err(during(WHAT))
    }

    async fn sage_readings(
        &self,
        binding: &BindingId,
        days: Days,
    ) -> Result<Vec<SageReading>, StoreError> {
        sqlx::query_as(
            "SELECT from_day, to_day, began_at, ended_at, calls, problem FROM sage_reading
             WHERE binding_id = $1 AND from_day <= $2 AND to_day >= $3 ORDER BY began_at DESC LIMIT 50",
        )
        .bind(binding.as_str())
        .bind(days.from_day)
        .bind(days.to_day)
        .fetch_all(&self.readers)
        .await
        .map_err(during(WHAT))
    }

    async fn replace_sage_objects(
        &self,
        binding: &BindingId,
        resource: &str,
        days: Days,
        objects: &[SageObject],
    ) -> Result<(), StoreError> {
        let mut tx = begin_for(&self.writer, binding, WHAT).await?;
        sqlx::query(
            "DELETE FROM sage_object WHERE binding_id = $1 AND resource = $2 AND day BETWEEN $3 AND $4",
        )
        .bind(binding.as_str())
        .bind(resource)
        .bind(days.from_day)
        .bind(days.to_day)
        .execute(&mut *tx)
        .await
        .map_err(during(WHAT))?;
        put(&mut tx, binding, objects).await?;
        tx.commit().await.map_err(during(WHAT))
    }

    async fn keep_sage_objects(
        &self,
        binding: &BindingId,
        objects: &[SageObject],
    ) -> Result<(), StoreError> {
        let mut tx = begin_for(&self.writer, binding, WHAT).await?;
        put(&mut tx, binding, objects).await?;
        tx.commit().await.map_err(during(WHAT))
    }

    async fn sage_objects(
        &self,
        binding: &BindingId,
        days: Days,
    ) -> Result<Vec<SageObject>, StoreError> {
        sqlx::query_as(concat!(
            sage_objects!(),
            " WHERE binding_id = $1 AND day BETWEEN $2 AND $3 ORDER BY resource, day, sage_id",
        ))
        .bind(binding.as_str())
        .bind(days.from_day)
        .bind(days.to_day)
        .fetch_all(&self.readers)
        .await
        .map_err(during(WHAT))
    }

    async fn sage_objects_by_id(
        &self,
        binding: &BindingId,
        resource: &str,
        ids: &[&str],
    ) -> Result<Vec<SageObject>, StoreError> {
        select_in(
            &self.readers,
            binding,
            sage_objects!(),
            Some(("resource", resource)),
            "sage_id",
            ids,
        )
        .await
    }

    async fn newest_runs(
        &self,
        binding: &BindingId,
        keys: &[&str],
    ) -> Result<BTreeMap<String, KnownRun>, StoreError> {
        let select = "SELECT run_id, key, state, error_code, expected_total, principal_xref, generation FROM run";
        let rows: Vec<(i64, KnownRun)> =
            select_in::<Generation>(&self.readers, binding, select, None, "key", keys)
                .await?
                .into_iter()
                .map(|row| (row.generation, row.run))
                .collect();
        let mut newest: BTreeMap<String, (i64, KnownRun)> = BTreeMap::new();
        for (generation, run) in rows {
            let known = newest.get(&run.key).map(|(known, _)| *known);
            if known.is_none_or(|known| known < generation) {
                newest.insert(run.key.clone(), (generation, run));
            }
        }
        Ok(newest
            .into_iter()
            .map(|(key, (_, run))| (key, run))
            .collect())
    }

    async fn xrefs_of(
        &self,
        binding: &BindingId,
        keys: &[&str],
    ) -> Result<BTreeMap<String, Xref>, StoreError> {
        let select = "SELECT xref_key, resource, sage_id, displayed_as, total, currency, match_tag, adopted FROM entity_xref";
        let rows: Vec<Xref> =
            select_in(&self.readers, binding, select, None, "xref_key", keys).await?;
        Ok(rows
            .into_iter()
            .map(|xref| (xref.xref_key.clone(), xref))
            .collect())
    }

    async fn owners_of(
        &self,
        binding: &BindingId,
        resource: &str,
        ids: &[&str],
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let select = "SELECT sage_id, xref_key FROM entity_xref";
        let rows: Vec<(String, String)> = select_in(
            &self.readers,
            binding,
            select,
            Some(("resource", resource)),
            "sage_id",
            ids,
        )
        .await?;
        Ok(rows.into_iter().collect())
    }
}

#[derive(sqlx::FromRow)]
struct Generation {
    generation: i64,
    #[sqlx(flatten)]
    run: KnownRun,
}

/// Rows of a binding whose column is one of these, and that fit a further condition.
async fn select_in<T>(
    readers: &Pool<Db>,
    binding: &BindingId,
    select: &str,
    and: Option<(&str, &str)>,
    column: &str,
    values: &[&str],
) -> Result<Vec<T>, StoreError>
where
    T: for<'r> FromRow<'r, <Db as sqlx::Database>::Row> + Send + Unpin,
{
    let mut rows = Vec::new();
    for portion in portions(values) {
        let mut query = QueryBuilder::<Db>::new(select);
        query
            .push(" WHERE binding_id = ")
            .push_bind(binding.as_str());
        if let Some((column, value)) = and {
            query
                .push(" AND ")
                .push(column)
                .push(" = ")
                .push_bind(value);
        }
        query.push(" AND ").push(column).push(" IN (");
        let mut list = query.separated(", ");
        for value in portion {
            list.push_bind(*value);
        }
        list.push_unseparated(")");
        let some = query.build_query_as().fetch_all(readers).await;
        rows.extend(some.map_err(during(WHAT))?);
    }
    Ok(rows)
}

async fn put(tx: &mut Tx, binding: &BindingId, objects: &[SageObject]) -> Result<(), StoreError> {
    for portion in portions(objects) {
        let mut insert = QueryBuilder::<Db>::new(
            "INSERT INTO sage_object (binding_id, resource, sage_id, number, reference, day, currency, total, tax,
                                      outstanding, status, detail, updated_at, read_at) ",
        );
        insert.push_values(portion, |mut row, object| {
            row.push_bind(binding.as_str())
                .push_bind(object.resource.as_str())
                .push_bind(object.sage_id.as_str())
                .push_bind(object.number.as_deref())
                .push_bind(object.reference.as_deref())
                .push_bind(object.day)
                .push_bind(object.currency.as_str())
                .push_bind(object.total.as_str())
                .push_bind(object.tax.as_str())
                .push_bind(object.outstanding.as_deref())
                .push_bind(object.status.as_str())
                .push_bind(object.detail.as_str())
                .push_bind(object.updated_at.as_deref())
                .push_bind(object.read_at);
        });
        insert.push(
            " ON CONFLICT (binding_id, resource, sage_id) DO UPDATE SET number = excluded.number,
              reference = excluded.reference, day = excluded.day, currency = excluded.currency, total = excluded.total,
              tax = excluded.tax, outstanding = excluded.outstanding, status = excluded.status,
              detail = excluded.detail, updated_at = excluded.updated_at, read_at = excluded.read_at",
        );
        let done = insert.build().execute(&mut **tx).await;
        done.map_err(during(WHAT))?;
    }
    Ok(())
}
