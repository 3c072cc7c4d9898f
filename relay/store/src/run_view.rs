//! Runs, attempts and contacts as they are shown.

use crate::retry::Millis;

/// A run as shown to its owner.
#[derive(Debug, sqlx::FromRow)]
pub struct RunView {
    pub run_id: String,
    pub key: String,
    #[sqlx(try_from = "i64")]
    pub generation: u32,
    pub state: String,
    #[sqlx(try_from = "i64")]
    pub step: u32,
    pub plan: Vec<u8>,
    pub principal_xref: String,
    pub next_at: Option<Millis>,
    pub error: Option<String>,
    pub finding: Option<String>,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// A send as shown.
#[derive(Debug, sqlx::FromRow)]
pub struct AttemptView {
    #[sqlx(try_from = "i64")]
    pub step: u32,
    #[sqlx(try_from = "i64")]
    pub number: u32,
    pub sent_at: Millis,
    pub outcome: Option<String>,
    pub http_status: Option<i64>,
    pub request_id: Option<String>,
}

/// A row of the feed.
#[derive(Debug, sqlx::FromRow)]
pub struct ReportRow {
    pub cursor: i64,
    pub key: String,
    pub run_id: String,
    pub entity_type: String,
    pub entity_id: i64,
    pub status: String,
    pub sage_id: Option<String>,
    pub sage_reference: Option<String>,
    pub expected_total: Option<String>,
    pub sage_total: Option<String>,
    pub error: Option<String>,
    #[sqlx(skip)]
    pub contacts: Vec<ContactRow>,
}

/// A contact of a customer of the shop, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRow {
    pub customer_id: i64,
    pub currency: String,
    pub sage_id: String,
    pub sage_reference: Option<String>,
}
