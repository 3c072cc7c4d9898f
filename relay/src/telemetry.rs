//! Metrics for Prometheus, and the listener that shows them.
//!
//! Counters say what this process did; gauges are read from the database when they are asked
//! for, so they are the same in every process on it. Labels are states, routes and codes: no
//! binding, no key, nothing of a person.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use ledger_store::Store;
use ledger_store::clock;
use ledger_store::operations::Gauges;

/// Upper bounds in seconds: a commit takes about one millisecond, Sage up to half a minute.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0,
];

/// Every metric with its meaning; one that is not here is a mistake.
pub(crate) const MEANINGS: [(&str, Kind, &str); 20] = [
    (
        "ledger_relay_http_requests_total",
        Kind::Counter,
        "Requests answered, by route, method and status.",
    ),
    (
        "ledger_relay_http_request_seconds",
        Kind::Histogram,
        "Time to answer a request, in seconds.",
    ),
    (
        "ledger_relay_plans_total",
        Kind::Counter,
        "Plans answered, by what became of them on arrival.",
    ),
    (
        "ledger_relay_runs_settled_total",
        Kind::Counter,
        "Settlements of runs, by the state they led to.",
    ),
    (
        "ledger_relay_sage_requests_total",
        Kind::Counter,
        "Requests to Sage, by method, resource and status; status 0 is no answer.",
    ),
    (
        "ledger_relay_sage_request_seconds",
        Kind::Histogram,
        "Time of a request to Sage, in seconds.",
    ),
    (
        "ledger_relay_token_refreshes_total",
        Kind::Counter,
        "Token refreshes, by outcome.",
    ),
    (
        "ledger_relay_sign_ins_total",
        Kind::Counter,
        "Attempts to sign in to the dashboard, by outcome: welcome, refused, throttled.",
    ),
    (
        "ledger_relay_pushes_total",
        Kind::Counter,
        "Pushes of states to shops, by outcome.",
    ),
    (
        "ledger_relay_reference_refreshes_total",
        Kind::Counter,
        "Refreshes of reference data that was too old, by outcome.",
    ),
    (
        "ledger_relay_runs",
        Kind::Gauge,
        "Runs that are not at their end, by state.",
    ),
    ("ledger_relay_bindings", Kind::Gauge, "Bindings, by state."),
    (
        "ledger_relay_connections",
        Kind::Gauge,
        "Open connections of the public listener.",
    ),
    (
        "ledger_relay_connections_refused_total",
        Kind::Counter,
        "Connections refused because a limit was reached, by limit: all, or address.",
    ),
    (
        "ledger_relay_recovering_bindings",
        Kind::Gauge,
        "Bindings whose shop knows more than the database, which was restored from a backup.",
    ),
    (
        "ledger_relay_other_installations_total",
        Kind::Counter,
        "Requests refused because another installation of the shop is served.",
    ),
    (
        "ledger_relay_oldest_eligible_seconds",
        Kind::Gauge,
        "Age of the oldest run that could be under way; throttled ones count, those that wait for another document do not. 0: none.",
    ),
    (
        "ledger_relay_oldest_unpushed_seconds",
        Kind::Gauge,
        "Age of the oldest state that a shop with a push address has not been sent. 0: none.",
    ),
    (
        "ledger_relay_oldest_reference_seconds",
        Kind::Gauge,
        "Age of the oldest reference data of a binding that can send. 0: none.",
    ),
    (
        "ledger_relay_store_up",
        Kind::Gauge,
        "1 when the database answered.",
    ),
];

#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// States that are shown even when no run or binding is in them: a gauge must fall to zero.
const RUN_STATES: [&str; 5] = ["queued", "running", "waiting", "ambiguous", "parked"];
const BINDING_STATES: [&str; 4] = [
    "active",
    "token_revoked",
    "access_denied",
    "subscription_inactive",
];

/// The recorder of this process; the first relay in it sets it up.
fn recorder() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let matcher = Matcher::Suffix("_seconds".to_owned());
            let builder = PrometheusBuilder::new()
                .set_buckets_for_metric(matcher, &SECONDS)
                .ok()?;
            let handle = builder.install_recorder().ok()?;
            for (name, kind, meaning) in MEANINGS {
                match kind {
                    Kind::Counter => metrics::describe_counter!(name, meaning),
                    Kind::Gauge => metrics::describe_gauge!(name, meaning),
                    Kind::Histogram => metrics::describe_histogram!(name, meaning),
                }
            }
            Some(handle)
        })
        .as_ref()
}

/// Opens the admin listener, where one is wanted. Its routes: `/metrics`, `/healthz`, `/readyz`.
pub(crate) async fn listen(
    address: &str,
    store: Arc<dyn Store>,
    beside: &mut JoinSet<()>,
) -> Result<Option<SocketAddr>, std::io::Error> {
    let handle = recorder();
    if address.is_empty() {
        return Ok(None);
    }
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    let router = Router::new()
        .route("/metrics", get(show))
        .route("/healthz", get(async || StatusCode::OK))
        .route("/readyz", get(ready))
        .with_state((store, handle));
    beside.spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(error = %error, "the admin listener failed");
        }
    });
    Ok(Some(bound))
}

type Shared = (Arc<dyn Store>, Option<&'static PrometheusHandle>);

async fn ready(State((store, _)): State<Shared>) -> StatusCode {
    if store.ping().await.is_ok() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

async fn show(State((store, handle)): State<Shared>) -> Response {
    let gauges = store.gauges().await;
    metrics::gauge!("ledger_relay_store_up").set(if gauges.is_ok() { 1.0 } else { 0.0 });
    match gauges {
        Ok(gauges) => set(&gauges),
        Err(error) => tracing::error!(error = %error, "gauges not read"),
    }
    let Some(handle) = handle else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (kind, handle.render()).into_response()
}

fn set(gauges: &Gauges) {
    let now = clock::now();
    for state in RUN_STATES {
        let count = gauges.runs.get(state).copied().unwrap_or_default();
        metrics::gauge!("ledger_relay_runs", "state" => state).set(figure(count));
    }
    for state in BINDING_STATES {
        let count = gauges.bindings.get(state).copied().unwrap_or_default();
        metrics::gauge!("ledger_relay_bindings", "state" => state).set(figure(count));
    }
    metrics::gauge!("ledger_relay_recovering_bindings").set(figure(gauges.recovering));
    let age = |since: Option<i64>| figure(since.map_or(0, |at| now.saturating_sub(at) / 1000));
    metrics::gauge!("ledger_relay_oldest_eligible_seconds").set(age(gauges.oldest_eligible));
    metrics::gauge!("ledger_relay_oldest_unpushed_seconds").set(age(gauges.oldest_unpushed));
    metrics::gauge!("ledger_relay_oldest_reference_seconds").set(age(gauges.oldest_reference));
}

/// A count for a gauge, which is a float by its format.
fn figure(count: i64) -> f64 {
    u32::try_from(count.max(0)).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_become_figures() {
        for (count, wanted) in [
            (0, 0.0),
            (7, 7.0),
            (-1, 0.0),
            (i64::MAX, f64::from(u32::MAX)),
        ] {
            assert!((figure(count) - wanted).abs() < f64::EPSILON, "{count}");
        }
    }
}
