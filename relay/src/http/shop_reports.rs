//! `PUT /v1/shop-profile`, `PUT /v1/dry-run`, `PUT /v1/shop-totals`: what a shop tells of itself, the
//! newest in place of the one before.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;

use ledger_core::policy::shop::ShopProfile;
use ledger_store::clock;
use ledger_store::operations::ShopReport;

use super::auth::Caller;
use super::batch::whole;
use super::shop::unavailable;
use super::{ApiState, Problem};
use crate::reconciliation::ShopTotals;
use crate::settings::dry_run::DryRunSummary;

pub(super) async fn profile(
    State(api): State<Arc<ApiState>>,
    Caller { tenant, .. }: Caller,
    body: Body,
) -> Result<StatusCode, Problem> {
    let bytes = whole(body, api.limits).await?;
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| invalid("The body is no UTF-8."))?;
    ShopProfile::parse(&text).map_err(|rejection| {
        invalid(format!("{}: {}.", rejection.message, rejection.suggestion)).at(&rejection.pointer)
    })?;
    keep(&api, tenant.binding(), ShopReport::Profile, &text).await
}

pub(super) async fn dry_run(
    State(api): State<Arc<ApiState>>,
    Caller { tenant, .. }: Caller,
    body: Body,
) -> Result<StatusCode, Problem> {
    let bytes = whole(body, api.limits).await?;
    let summary = DryRunSummary::parse(&bytes).map_err(invalid)?;
    let text = serde_json::to_string(&summary).unwrap_or_default();
    keep(&api, tenant.binding(), ShopReport::DryRun, &text).await
}

pub(super) async fn totals(
    State(api): State<Arc<ApiState>>,
    Caller { tenant, .. }: Caller,
    body: Body,
) -> Result<StatusCode, Problem> {
    let bytes = whole(body, api.limits).await?;
    let report = ShopTotals::parse(&bytes).map_err(invalid)?;
    let days: Vec<(i64, String)> = report
        .into_days()
        .into_iter()
        .map(|(day, report)| (day.0, serde_json::to_string(&report).unwrap_or_default()))
        .collect();
    let binding = tenant.binding();
    let kept = api.store.keep_shop_days(binding, &days, clock::now()).await;
    kept.map_err(|error| unavailable(binding, &error))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn keep(
    api: &ApiState,
    binding: &ledger_store::BindingId,
    kind: ShopReport,
    text: &str,
) -> Result<StatusCode, Problem> {
    let kept = api
        .store
        .keep_shop_report(binding, kind, text, clock::now())
        .await;
    kept.map_err(|error| unavailable(binding, &error))?;
    Ok(StatusCode::NO_CONTENT)
}

fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "body_invalid", detail.into())
}
