//! Headers of every answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Dashboard;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The same for a page that runs the core: WebAssembly, which is fetched.
const WITH_CORE: &str = "default-src 'none'; style-src 'self'; \
                         script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self'; \
                         form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Lets a page run the core.
pub(super) fn with_core(mut response: Response) -> Response {
    let policy = HeaderValue::from_static(WITH_CORE);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// Refuses requests for other names, and says what the browser may do with the answer.
pub(super) async fn secured(
    State(dashboard): State<Arc<Dashboard>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = if dashboard.address.is_meant(request.headers()) {
        next.run(request).await
    } else {
        (
            StatusCode::MISDIRECTED_REQUEST,
            "This is not the address of the dashboard: see dashboard.public_url.",
        )
            .into_response()
    };
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    // Pages that run the core have a policy of their own.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(fixed(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, fixed("DENY"));
    headers.insert(header::REFERRER_POLICY, fixed("no-referrer"));
    headers.insert("cross-origin-opener-policy", fixed("same-origin"));
    headers.insert("cross-origin-resource-policy", fixed("same-origin"));
    if dashboard.address.is_secure {
        let a_year = fixed("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, a_year);
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(fixed("no-store"));
    response
}
