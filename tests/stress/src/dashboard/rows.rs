//! A year of documents in the tables of the relay, copied from some that were really delivered.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use sqlx::{AssertSqlSafe, PgPool, Row, SqlitePool};
use time::{Date, Duration, OffsetDateTime};

use crate::relay::{Database, Installation};

const DAY: i64 = 86_400_000;
/// Plans of older documents are erased.
const KEPT: i64 = 30 * DAY;

/// Documents of a binding, evenly over a year that ends now.
pub(super) struct Span {
    pub(super) documents: usize,
    end: OffsetDateTime,
}

impl Span {
    pub(super) fn year(documents: usize) -> Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let end = OffsetDateTime::from_unix_timestamp(i64::try_from(now)?)?;
        Ok(Self { documents, end })
    }

    /// Milliseconds between two documents.
    fn step(&self) -> i64 {
        let documents = i64::try_from(self.documents).unwrap_or(i64::MAX);
        (365 * DAY / documents.max(1)).max(1)
    }

    fn end_ms(&self) -> i64 {
        self.end.unix_timestamp().saturating_mul(1_000)
    }

    fn begin_ms(&self) -> i64 {
        self.end_ms() - 365 * DAY
    }

    /// The entity id of the nth document; beyond those that were delivered.
    pub(super) fn entity(n: usize) -> usize {
        1_000_000 + n
    }

    /// Its number in the shop.
    pub(super) fn number(n: usize) -> String {
        (100_000_000 + n).to_string()
    }

    fn date(&self, n: usize) -> Date {
        let passed = i64::try_from(n).unwrap_or(0).saturating_mul(self.step());
        (self.end + Duration::milliseconds(passed - 365 * DAY)).date()
    }

    /// The day of the nth document.
    pub(super) fn day_of(&self, n: usize) -> String {
        self.date(n).to_string()
    }

    pub(super) fn day_before_the_end(&self, days: i64) -> String {
        (self.end - Duration::days(days)).date().to_string()
    }

    /// The newest documents that are invoices; see `multiply`.
    pub(super) fn newest_invoices(&self, count: usize) -> impl Iterator<Item = usize> {
        (1..=self.documents)
            .rev()
            .filter(|n| n % 10 != 0)
            .take(count)
    }

    /// The first and the last day of the newest invoices.
    pub(super) fn newest(&self, count: usize) -> (String, String) {
        let oldest = self.newest_invoices(count).last().unwrap_or(1);
        (self.day_of(oldest), self.day_of(self.documents))
    }
}

/// The tables of a relay that does not run.
pub(super) enum Rows {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Rows {
    pub(super) async fn open(installation: &Installation) -> Result<Self> {
        match installation.database() {
            Database::Sqlite => {
                let url = format!("sqlite://{}", installation.file().display());
                Ok(Self::Sqlite(SqlitePool::connect(&url).await?))
            }
            Database::Postgres(url) => Ok(Self::Postgres(PgPool::connect(url).await?)),
        }
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }

    async fn execute(&self, statement: String) -> Result<()> {
        let statement = sqlx::raw_sql(AssertSqlSafe(statement));
        match self {
            Self::Sqlite(pool) => statement.execute(pool).await.map(drop)?,
            Self::Postgres(pool) => statement.execute(pool).await.map(drop)?,
        }
        Ok(())
    }

    /// The documents of a binding that were delivered.
    pub(super) async fn delivered(&self, binding: &str, count: usize) -> Result<Vec<String>> {
        let statement = format!(
            "SELECT run_id FROM run WHERE binding_id = '{binding}' ORDER BY seq LIMIT {count}"
        );
        let statement = sqlx::raw_sql(AssertSqlSafe(statement));
        let runs = match self {
            Self::Sqlite(pool) => {
                let rows = statement.fetch_all(pool).await?;
                rows.iter()
                    .map(|row| row.try_get(0))
                    .collect::<Result<_, _>>()
            }
            Self::Postgres(pool) => {
                let rows = statement.fetch_all(pool).await?;
                rows.iter().map(|row| row.try_get(0)).collect()
            }
        };
        runs.context("runs")
    }

    /// Copies the first document of a binding: every tenth becomes a credit memo, every hundredth
    /// was refused, every thousandth is in doubt, every fiftieth was replaced.
    pub(super) async fn multiply(&self, binding: &str, span: &Span) -> Result<()> {
        let (count, begin, step) = (span.documents, span.begin_ms(), span.step());
        let fresh = span.end_ms() - KEPT;
        let series = format!(
            "WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count}),
             document AS (SELECT n, CAST({begin} AS BIGINT) + CAST(n AS BIGINT) * {step} AS at,
                 CASE WHEN n % 10 = 0 THEN 'creditmemo' ELSE 'invoice' END AS kind,
                 CASE WHEN n % 1000 = 7 THEN 'ambiguous' WHEN n % 100 = 7 THEN 'rejected'
                      WHEN n % 50 = 9 THEN 'superseded' ELSE 'succeeded' END AS became FROM series)"
        );
        self.execute(format!(
            "INSERT INTO run (run_id, binding_id, key, generation, digest, plan, sequence, entity_type, entity_id,
                 principal_xref, expected_total, expected_currency, state, step, tries, error, error_code, created_at,
                 updated_at, priority, increment_id)
             {series}
             SELECT '{binding}-' || CAST(n AS TEXT), r.binding_id, kind || '.created:' || CAST(1000000 + n AS TEXT), 1,
                 r.digest, substr(r.plan, 1, CASE WHEN at > {fresh} THEN length(r.plan) ELSE 0 END), n, kind, 1000000 + n,
                 kind || ':' || CAST(1000000 + n AS TEXT), CASE WHEN became = 'rejected' THEN '77.99' ELSE '60.00' END, 'GBP',
                 became, r.step, 0,
                 CASE WHEN became IN ('rejected', 'ambiguous') THEN '{{\"code\":\"sage_refused\"}}' END,
                 CASE WHEN became = 'rejected' AND n % 3 = 0 THEN 'tax_rate_not_mapped'
                      WHEN became = 'rejected' THEN 'sage_refused' END,
                 at, at, r.priority, CAST(100000000 + n AS TEXT)
             FROM document, (SELECT * FROM run WHERE binding_id = '{binding}' ORDER BY seq LIMIT 1) r"
        ))
        .await
        .context("runs")?;
        self.execute(format!(
            "INSERT INTO run_key (binding_id, xref_key, role, run_id)
             {series}
             SELECT '{binding}', kind || ':' || CAST(1000000 + n AS TEXT), 'makes', '{binding}-' || CAST(n AS TEXT) FROM document
             UNION ALL
             SELECT '{binding}', 'contact:M' || CAST(n % 5000 AS TEXT) || ':GBP', 'needs', '{binding}-' || CAST(n AS TEXT) FROM document"
        ))
        .await
        .context("keys")?;
        self.execute(format!(
            "INSERT INTO entity_xref (binding_id, xref_key, resource, sage_id, displayed_as, total, currency, adopted, run_id, created_at)
             {series}
             SELECT '{binding}', kind || ':' || CAST(1000000 + n AS TEXT),
                 CASE WHEN kind = 'invoice' THEN 'sales_invoices' ELSE 'sales_credit_notes' END,
                 '{binding}-' || CAST(n AS TEXT), 'SI-' || CAST(n AS TEXT), '60.00', 'GBP', {no}, '{binding}-' || CAST(n AS TEXT), at
             FROM document WHERE became = 'succeeded'",
            no = self.no(),
        ))
        .await
        .context("objects")
    }

    fn no(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "0",
            Self::Postgres(_) => "FALSE",
        }
    }

    /// As if Sage had been read: what it holds of the newest invoices.
    pub(super) async fn stand_in_sage(
        &self,
        binding: &str,
        span: &Span,
        count: usize,
    ) -> Result<()> {
        let oldest = span.newest_invoices(count).last().unwrap_or(1);
        let (begin, step, end) = (span.begin_ms(), span.step(), span.end_ms());
        let documents = span.documents;
        self.execute(format!(
            "INSERT INTO sage_object (binding_id, resource, sage_id, number, reference, day, currency, total, tax, status,
                 detail, read_at)
             WITH RECURSIVE series (n) AS (SELECT CAST({oldest} AS BIGINT) UNION ALL SELECT n + 1 FROM series WHERE n < {documents})
             SELECT '{binding}', 'sales_invoices', '{binding}-' || CAST(n AS TEXT), 'SI-' || CAST(n AS TEXT),
                 CAST(100000000 + n AS TEXT), (CAST({begin} AS BIGINT) + n * {step}) / {DAY}, 'GBP', '60.00', '10.00', 'UNPAID',
                 '{{\"parts\":[{{\"rate\":\"GB_STANDARD\",\"net\":\"50.00\",\"tax\":\"10.00\"}}]}}', {end}
             FROM series WHERE n % 10 <> 0 AND n % 100 <> 7 AND n % 50 <> 9"
        ))
        .await
        .context("objects in Sage")?;
        self.execute(format!(
            "INSERT INTO sage_reading (binding_id, from_day, to_day, began_at, ended_at)
             VALUES ('{binding}', ({begin} + {oldest} * {step}) / {DAY}, {end} / {DAY}, {end}, {end})"
        ))
        .await
        .context("the reading")
    }
}
