//! Errors on the wire: `application/problem+json` with a stable code.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use ledger_store::StoreError;

/// One refused request. Never carries what the request contained.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: String,
    pointer: String,
    #[serde(skip)]
    http: StatusCode,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

impl Problem {
    pub(super) fn new(http: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let title = http.canonical_reason().unwrap_or("Error");
        Self {
            kind: "about:blank",
            title,
            status: http.as_u16(),
            code,
            detail: detail.into(),
            pointer: String::new(),
            http,
            retry_after: None,
        }
    }

    /// Says when another try is worth while.
    pub(super) fn after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    pub(super) fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = pointer.into();
        self
    }

    pub(super) fn not_found(code: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, "There is no such thing here.")
    }

    /// What the store's error means to whoever asked.
    pub(super) fn of(error: &StoreError) -> Self {
        if error.is_refusal() {
            let detail = "The relay's database cannot store what the request contains; the same request will be refused again.";
            return Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not_storable", detail)
                .at("/plans");
        }
        if matches!(error, StoreError::Replaced) {
            let detail = "The relay's database file was moved, removed or replaced; nothing was accepted. Put it back, or restart the relay.";
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "database_replaced", detail);
        }
        Self::unavailable()
    }

    /// The store failed: worth another try, nothing was accepted.
    pub(super) fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "store_unavailable",
            "The relay's database does not answer; nothing was accepted.",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.http, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if self.http == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.retry_after {
            // Rounded up, so that who waits as told is let in.
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
        }
        response
    }
}
