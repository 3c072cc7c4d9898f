//! Counts every answer and how long it took.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

/// Around one route; the label is the route's pattern, never what a caller wrote.
pub(super) async fn metered(
    State(route): State<&'static str>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let method = if request.method() == axum::http::Method::POST {
        "POST"
    } else {
        "GET"
    };
    let answer = next.run(request).await;
    let status = answer.status().as_u16().to_string();
    metrics::counter!("ledger_relay_http_requests_total", "route" => route, "method" => method, "status" => status)
        .increment(1);
    metrics::histogram!("ledger_relay_http_request_seconds", "route" => route)
        .record(begun.elapsed().as_secs_f64());
    answer
}
