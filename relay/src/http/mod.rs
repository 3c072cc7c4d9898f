//! The door: HTTP, version 1. See `docs/contracts.md`, section 7.

mod auth;
mod jwt;
mod plans;
mod problem;
mod runs;
mod sync_state;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::dispatch::Dispatcher;
use crate::inbox::Store;
use crate::vault::Vault;

use problem::Problem;

/// Limits at the door.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) body_bytes: usize,
    pub(crate) json_depth: usize,
    pub(crate) batch: usize,
}

/// What the handlers share.
pub(crate) struct Door {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) limits: Limits,
}

/// All routes.
pub(crate) fn router(door: Door) -> Router {
    Router::new()
        .route("/v1/plans", post(plans::accept))
        .route("/v1/runs/{run_id}", get(runs::show))
        .route("/v1/sync-state", get(sync_state::feed))
        .route("/healthz", get(async || StatusCode::OK))
        .route("/readyz", get(ready))
        .fallback(async || Problem::not_found("route_not_found"))
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "This route knows other methods.",
            )
        })
        .with_state(Arc::new(door))
}

async fn ready(State(door): State<Arc<Door>>) -> Response {
    match door.store.ping().await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(_) => Problem::unavailable().into_response(),
    }
}
