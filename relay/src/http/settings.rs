//! `GET /v1/settings`: the settings of a binding, byte for byte as they were digested.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::auth::Caller;
use super::{ApiState, Problem};

/// Whether the relay accepts plans of the binding.
const LIVE: HeaderName = HeaderName::from_static("ledger-live");

pub(super) async fn pull(
    State(api): State<Arc<ApiState>>,
    Caller {
        tenant, is_live, ..
    }: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let binding = tenant.binding();
    let row = api.store.settings(binding, None).await.map_err(|error| {
        tracing::error!(binding = %binding, error = %error, "settings not read");
        Problem::unavailable()
    })?;
    let Some(row) = row else {
        return Err(Problem::not_found("settings_not_found"));
    };
    let live = if is_live { "yes" } else { "no" };
    let told = [
        (header::ETAG, format!("\"{}\"", row.digest)),
        (LIVE, live.to_owned()),
    ];
    if knows(&headers, &row.digest) {
        return Ok((StatusCode::NOT_MODIFIED, told).into_response());
    }
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((kind, told, row.document).into_response())
}

/// Whether one of the tags that the shop names is this digest.
fn knows(headers: &HeaderMap, digest: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
        .any(|tag| tag == digest || tag == "*")
}
