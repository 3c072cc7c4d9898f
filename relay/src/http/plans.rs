//! `POST /v1/plans`: plans in, one durable answer for each.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::clock;
use crate::inbox::Admitted;
use crate::inbox::admission::Decision;
use crate::plan::Invalid;

use super::auth::{Bearer, replayed};
use super::batch::{plans, within_tier};
use super::{Door, Problem};

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
    State(door): State<Arc<Door>>,
    bearer: Bearer,
    body: Body,
) -> Result<Response, Problem> {
    let plans = match plans(body, door.limits).await {
        Ok(plans) => plans,
        Err(problem) => {
            bearer.spend(&door).await?;
            return Err(problem);
        }
    };
    let plans = within_tier(&door, bearer.tenant.binding(), plans).await?;
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
    let admitted = door
        .store
        .admit(tenant, &bearer.ticket, runs, clock::now())
        .await
        .map_err(|error| {
            tracing::error!(binding = %tenant.binding(), error = %error, "plans not accepted");
            Problem::unavailable()
        })?
        .ok_or_else(replayed)?;
    if admitted
        .iter()
        .any(|admitted| matches!(admitted.decision, Decision::Accept(_)))
    {
        door.dispatcher.wake(tenant.binding());
    }
    let mut admitted = admitted.into_iter();
    let results: Vec<Item> = keys
        .into_iter()
        .filter_map(|key| item(key, &mut admitted))
        .collect();
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
    Ok((status, Json(Results { results })).into_response())
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
