//! The HTTP API, version 1. See `docs/contracts.md`, section 7.

mod auth;
mod batch;
pub(crate) mod jwt;
pub(crate) mod listener;
mod metered;
mod plans;
mod rate;
mod problem;
mod runs;
mod settings;
mod shop;
mod shop_reports;
mod binding;
mod sync_state;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post, put};

use crate::settings::tiers::Tiers;
use ledger_delivery::Dispatcher;
use ledger_store::Store;
use ledger_store::vault::Vault;

use problem::Problem;
pub(crate) use rate::Rate;
pub(crate) use runs::run_body;
pub(crate) use shop::Handed;
pub(crate) use sync_state::Entry;

/// The public surface as published; every answer is held against it by the tests.
pub(crate) const DESCRIPTION: &str = include_str!("../../openapi.json");

/// Limits of one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) body_bytes: usize,
    pub(crate) json_depth: usize,
    pub(crate) batch: usize,
    /// How long a body may take to arrive.
    pub(crate) body_wait: Duration,
}

/// What the handlers share.
pub(crate) struct ApiState {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) limits: Limits,
    pub(crate) rate: Rate,
    pub(crate) tiers: Tiers,
    pub(crate) handed: Handed,
    /// Where browsers reach the dashboard, as far as it is configured.
    pub(crate) dashboard_url: Option<String>,
}

/// Every route, by its path in [`DESCRIPTION`].
fn routes() -> [(&'static str, MethodRouter<Arc<ApiState>>); 13] {
    let described = async || ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION);
    [
        ("/v1/plans", post(plans::accept)),
        ("/v1/runs/{run_id}", get(runs::show)),
        ("/v1/sync-state", get(sync_state::feed)),
        ("/v1/settings", get(settings::pull)),
        ("/v1/shop-profile", put(shop_reports::profile)),
        ("/v1/dry-run", put(shop_reports::dry_run)),
        ("/v1/shop-totals", put(shop_reports::totals)),
        ("/v1/binding", get(binding::show)),
        ("/v1/recovery", post(binding::offered)),
        ("/v1/installation", post(binding::moved)),
        ("/openapi.json", get(described)),
        ("/healthz", get(async || StatusCode::OK)),
        ("/readyz", get(ready)),
    ]
}

/// All routes.
pub(crate) fn router(api: Arc<ApiState>) -> Router {
    routes()
        .into_iter()
        .fold(Router::new(), |router, (path, methods)| {
            router.route(
                path,
                methods.layer(from_fn_with_state(path, metered::metered)),
            )
        })
        .fallback(async || Problem::not_found("route_not_found"))
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "This route knows other methods.",
            )
        })
        .with_state(api)
}

async fn ready(State(api): State<Arc<ApiState>>) -> Response {
    match api.store.ping().await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => Problem::of(&error).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_and_every_description_has_a_route() {
        let description: serde_json::Value = serde_json::from_str(DESCRIPTION).unwrap();
        let mut described: Vec<&str> = description["paths"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let mut routed: Vec<&str> = routes().iter().map(|(path, _)| *path).collect();
        described.sort_unstable();
        routed.sort_unstable();
        assert_eq!(routed, described);
    }
}
