//! `POST /v1/plans`: plans in, one durable answer for each.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use ledger_plan::Invalid;
use ledger_store::Admitted;
use ledger_store::admission::Decision;
use ledger_store::clock;

use super::auth::{Bearer, replayed};
use super::batch::{plans, within_tier};
use super::shop::{agreed_position, positioned, unavailable};
use super::{ApiState, Problem};

/// The shop sends records that existed before; documents of today go first.
const BACKFILL: HeaderName = HeaderName::from_static("ledger-backfill");

/// What became of one plan.
#[derive(Debug, Serialize)]
struct Item {
    key: Option<String>,
    status: &'static str,
    run_id: Option<String>,
    code: Option<&'static str>,
    pointer: Option<String>,
    detail: Option<String>,
}

#[derive(Serialize)]
struct Results {
    results: Vec<Item>,
}

pub(super) async fn accept(
    State(api): State<Arc<ApiState>>,
    bearer: Bearer,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    bearer.installed(&api).await?;
    if !bearer.is_live() {
        bearer.spend(&api).await?;
        return Err(not_live());
    }
    let is_backfill = headers.get(BACKFILL).is_some_and(|said| said == "yes");
    let plans = match plans(body, api.limits, is_backfill).await {
        Ok(plans) => plans,
        Err(problem) => {
            bearer.spend(&api).await?;
            return Err(problem);
        }
    };
    let plans = within_tier(&api, bearer.tenant.binding(), plans).await?;
    let mut keys = Vec::with_capacity(plans.len());
    let mut runs = Vec::with_capacity(plans.len());
    for plan in plans {
        keys.push(
            plan.as_ref()
                .map(|(_, run)| run.key.clone())
                .map_err(Clone::clone),
        );
        runs.extend(plan.map(|(_, run)| run));
    }
    let new = runs.len();
    let tenant = &bearer.tenant;
    let before = agreed_position(&api, tenant.binding(), &bearer.presented, false).await?;
    let admission = api
        .store
        .admit(tenant, &bearer.token_use, runs, clock::now())
        .await
        .map_err(|error| {
            tracing::error!(binding = %tenant.binding(), error = %error, "plans not accepted");
            Problem::of(&error)
        })?
        .ok_or_else(replayed)?;
    if admission
        .admitted
        .iter()
        .any(|admitted| matches!(admitted.decision, Decision::Accept(_)))
    {
        api.dispatcher.wake(tenant.binding());
    }
    let newest_seq = admission.newest_seq;
    let mut admitted = admission.admitted.into_iter();
    let mut results: Vec<Item> = keys
        .into_iter()
        .filter_map(|key| item(key, &mut admitted))
        .collect();
    explain_conflicts(&api, &bearer, &mut results).await?;
    let taken = results
        .iter()
        .filter(|item| matches!(item.status, "accepted" | "replayed"))
        .count();
    tracing::info!(binding = %tenant.binding(), plans = results.len(), readable = new, taken, "plans");
    for item in &results {
        metrics::counter!("ledger_relay_plans_total", "status" => item.status).increment(1);
    }
    let status = if taken == results.len() {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    let answer = (status, Json(Results { results })).into_response();
    positioned(&api, tenant.binding(), &before, (newest_seq, 0), answer).await
}

fn not_live() -> Problem {
    let detail = "Nobody has gone live with this shop yet, or it was stopped; nothing was accepted. Documents wait in the shop. Go live at the end of the relay's set-up guide, or with binding:live.";
    Problem::new(StatusCode::CONFLICT, "not_live", detail)
}

/// A shop that was restored from a backup uses ids again: then the key stands for another document,
/// and not for another content of the same one.
async fn explain_conflicts(
    api: &ApiState,
    bearer: &Bearer,
    results: &mut [Item],
) -> Result<(), Problem> {
    let Some(restored_at) = bearer.shop_restored_at() else {
        return Ok(());
    };
    let binding = bearer.tenant.binding();
    for item in results.iter_mut().filter(|item| item.status == "conflict") {
        let Some(run_id) = &item.run_id else { continue };
        let line = api.store.run_line(binding, run_id).await;
        let line = line.map_err(|error| unavailable(binding, &error))?;
        if line.is_some_and(|line| line.created_at < restored_at) {
            item.code = Some("id_used_again");
            let detail = "The shop was restored from a backup and has given this id to another document. The earlier document stands in Sage; this one is not posted.";
            item.detail = Some(detail.to_owned());
        }
    }
    Ok(())
}

fn item(
    plan: Result<String, Invalid>,
    admitted: &mut impl Iterator<Item = Admitted>,
) -> Option<Item> {
    let key = match plan {
        Ok(key) => key,
        Err(invalid) => {
            return Some(Item {
                key: invalid.key,
                status: "invalid",
                run_id: None,
                code: Some(invalid.code),
                pointer: Some(invalid.pointer),
                detail: Some(invalid.detail),
            });
        }
    };
    let admitted = admitted.next()?;
    let (status, code, detail) = match admitted.decision {
        Decision::Accept(_) => ("accepted", None, None),
        Decision::Replay => ("replayed", None, None),
        Decision::Conflict => (
            "conflict",
            Some("key_reused"),
            Some("The key stands for another content; the earlier one is kept."),
        ),
        Decision::Outdated => (
            "superseded",
            Some("older_sequence"),
            Some("A newer state is here already."),
        ),
    };
    let run_id = Some(admitted.run_id);
    Some(Item {
        key: Some(key),
        status,
        run_id,
        code,
        pointer: None,
        detail: detail.map(ToOwned::to_owned),
    })
}
