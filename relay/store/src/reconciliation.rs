//! What is compared month by month: what the shop told of its documents, and what stood in Sage.
//!
//! Days are counted from 1970. Amounts are decimal text.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::retry::Millis;

use super::operations::NewAuditEntry;
use super::{BindingId, StoreError, Xref};

/// A day of a shop, as it told it last.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ShopDay {
    pub day: i64,
    pub body: String,
    pub received_at: Millis,
}

/// Days, the last one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct Days {
    pub from_day: i64,
    pub to_day: i64,
}

/// An object in Sage as it was last read.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SageObject {
    pub resource: String,
    pub sage_id: String,
    /// Sage's own number, such as `SI-27`.
    pub number: Option<String>,
    pub reference: Option<String>,
    pub day: i64,
    pub currency: String,
    pub total: String,
    pub tax: String,
    pub outstanding: Option<String>,
    pub status: String,
    pub detail: String,
    pub updated_at: Option<String>,
    pub read_at: Millis,
}

/// A look into Sage for some days.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SageReading {
    pub from_day: i64,
    pub to_day: i64,
    pub began_at: Millis,
    pub ended_at: Option<Millis>,
    pub calls: i64,
    pub problem: Option<String>,
}

/// The newest run of a key, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KnownRun {
    pub run_id: String,
    pub key: String,
    pub state: String,
    pub error_code: Option<String>,
    pub expected_total: Option<String>,
    pub principal_xref: String,
}

/// Calls to Sage beside the documents.
#[derive(Debug, Clone, Copy)]
pub struct CallsOfDay {
    /// The day they count for.
    pub day: i64,
    pub calls: u32,
    /// How many calls of the day there may be with them.
    pub up_to: u32,
}

/// What is compared.
#[async_trait]
pub trait ReconciliationStore: Send + Sync {
    /// Keeps what a shop tells of some days, in place of what it told before. Days that were wanted
    /// and are told by now are wanted no more.
    async fn keep_shop_days(
        &self,
        binding: &BindingId,
        days: &[(i64, String)],
        now: Millis,
    ) -> Result<(), StoreError>;
    /// What a shop told of some days.
    async fn shop_days(&self, binding: &BindingId, days: Days) -> Result<Vec<ShopDay>, StoreError>;
    /// Asks the shop for some days.
    async fn want_shop_days(
        &self,
        binding: &BindingId,
        days: Days,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError>;
    /// Days that the shop is asked for, the earliest first.
    async fn wanted_shop_days(&self, binding: &BindingId) -> Result<Vec<Days>, StoreError>;

    /// Counts calls to Sage before they are made; false and nothing counted when the day has no
    /// room or a 429 is being sat out.
    async fn take_calls(
        &self,
        binding: &BindingId,
        calls: CallsOfDay,
        now: Millis,
    ) -> Result<bool, StoreError>;
    /// A look into Sage begins.
    async fn begin_sage_reading(
        &self,
        binding: &BindingId,
        days: Days,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError>;
    /// It ended: with a problem, or well.
    async fn end_sage_reading(
        &self,
        binding: &BindingId,
        reading: &SageReading,
    ) -> Result<(), StoreError>;
    /// Looks that cover some days, the newest first.
    async fn sage_readings(
        &self,
        binding: &BindingId,
        days: Days,
    ) -> Result<Vec<SageReading>, StoreError>;
    /// Keeps objects as they were read; those of the kind and days that were not read again are
    /// forgotten.
    async fn replace_sage_objects(
        &self,
        binding: &BindingId,
        resource: &str,
        days: Days,
        objects: &[SageObject],
    ) -> Result<(), StoreError>;
    /// Keeps objects as they were read, of whatever day.
    async fn keep_sage_objects(
        &self,
        binding: &BindingId,
        objects: &[SageObject],
    ) -> Result<(), StoreError>;
    /// Objects of some days.
    async fn sage_objects(
        &self,
        binding: &BindingId,
        days: Days,
    ) -> Result<Vec<SageObject>, StoreError>;
    /// Objects by their ids, of whatever day.
    async fn sage_objects_by_id(
        &self,
        binding: &BindingId,
        resource: &str,
        ids: &[&str],
    ) -> Result<Vec<SageObject>, StoreError>;
    /// The newest runs of these keys, by key.
    async fn newest_runs(
        &self,
        binding: &BindingId,
        keys: &[&str],
    ) -> Result<BTreeMap<String, KnownRun>, StoreError>;
    /// What these keys stand for, by key.
    async fn xrefs_of(
        &self,
        binding: &BindingId,
        keys: &[&str],
    ) -> Result<BTreeMap<String, Xref>, StoreError>;
    /// The keys that stand for objects of a kind, by Sage's id.
    async fn owners_of(
        &self,
        binding: &BindingId,
        resource: &str,
        ids: &[&str],
    ) -> Result<BTreeMap<String, String>, StoreError>;
}
