//! `GET /v1/sync-state`: the feed a shop pulls.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::value::RawValue;

use ledger_store::clock;
use ledger_store::{ContactRow, ReportRow};

use super::auth::Caller;
use super::shop::{agreed_position, positioned, unavailable};
use super::{ApiState, Problem};

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1000;

#[derive(Serialize)]
pub(super) struct Feed {
    items: Vec<Entry>,
    next: String,
}

/// The newest state of one document, as shops see it.
#[derive(Serialize)]
pub(crate) struct Entry {
    cursor: String,
    key: String,
    run_id: String,
    entity_type: String,
    entity_id: i64,
    status: String,
    sage_id: Option<String>,
    sage_reference: Option<String>,
    expected_total: Option<String>,
    sage_total: Option<String>,
    error: Option<Box<RawValue>>,
    contacts: Vec<Contact>,
}

/// The contact of a customer in one currency, as far as the document tells of it.
#[derive(Serialize)]
struct Contact {
    customer_id: i64,
    currency: String,
    sage_id: String,
    sage_reference: Option<String>,
}

impl From<ContactRow> for Contact {
    fn from(row: ContactRow) -> Self {
        Self {
            customer_id: row.customer_id,
            currency: row.currency,
            sage_id: row.sage_id,
            sage_reference: row.sage_reference,
        }
    }
}

impl From<ReportRow> for Entry {
    fn from(row: ReportRow) -> Self {
        Self {
            cursor: row.cursor.to_string(),
            key: row.key,
            run_id: row.run_id,
            entity_type: row.entity_type,
            entity_id: row.entity_id,
            status: row.status,
            sage_id: row.sage_id,
            sage_reference: row.sage_reference,
            expected_total: row.expected_total,
            sage_total: row.sage_total,
            error: row
                .error
                .and_then(|error| RawValue::from_string(error).ok()),
            contacts: row.contacts.into_iter().map(Contact::from).collect(),
        }
    }
}

pub(super) async fn feed(
    State(api): State<Arc<ApiState>>,
    Caller {
        tenant, presented, ..
    }: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (since, limit) = parameters(query.as_deref().unwrap_or_default())?;
    let binding = tenant.binding();
    let failed = |error| unavailable(binding, &error);
    let rows = api.store.sync_state(&tenant, since, limit).await;
    let rows = rows.map_err(failed)?;
    if rows.is_empty() && since > 0 {
        let present = api.store.places().await.map_err(failed)?;
        if since > present.cursor {
            // The position says up to where both agree; what this store has done since it was
            // restored lies beyond.
            agreed_position(&api, binding, &presented, true).await?;
            let begun = api.store.begin_recovery(binding, present, clock::now());
            begun.await.map_err(failed)?;
            let detail = "The feed has never reached this place: the relay's database was restored from a backup. Read GET /v1/binding.";
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "position_unknown",
                detail,
            ));
        }
    }
    let next = rows.last().map_or(since, |row| row.cursor);
    let feed = Feed {
        items: rows.into_iter().map(Entry::from).collect(),
        next: next.to_string(),
    };
    let before = agreed_position(&api, binding, &presented, false).await?;
    let answer = Json(feed).into_response();
    positioned(&api, binding, &before, (0, next), answer).await
}

/// `since` and `limit`; anything else is a mistake worth telling.
fn parameters(query: &str) -> Result<(i64, u32), Problem> {
    let refuse = |name: &str| {
        let detail = format!("The parameter {name} is unknown or out of range.");
        Problem::new(StatusCode::BAD_REQUEST, "parameter_invalid", detail)
    };
    let (mut since, mut limit) = (0_i64, DEFAULT_LIMIT);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name {
            "since" if value.is_empty() => {}
            "since" => {
                since = value
                    .parse()
                    .ok()
                    .filter(|since| *since >= 0)
                    .ok_or_else(|| refuse("since"))?
            }
            "limit" => {
                limit = value
                    .parse()
                    .ok()
                    .filter(|limit| (1..=MAX_LIMIT).contains(limit))
                    .ok_or_else(|| refuse("limit"))?
            }
            _ => return Err(refuse("of that name")),
        }
    }
    Ok((since, limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_or_refused() {
        assert_eq!(parameters("").unwrap(), (0, 100));
        assert_eq!(parameters("since=12&limit=1000").unwrap(), (12, 1000));
        assert_eq!(parameters("since=").unwrap(), (0, 100));
        for bad in [
            "since=x",
            "since=-1",
            "limit=0",
            "limit=1001",
            "until=5",
            "since=9223372036854775808",
        ] {
            assert!(parameters(bad).is_err(), "{bad}");
        }
    }
}
