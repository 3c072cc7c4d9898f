//! `POST /v1/plans`: plans in, one durable answer for each.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::clock;
use crate::inbox::admission::Decision;
use crate::inbox::{Admitted, NewRun};
use crate::plan::{Invalid, Plan};
use crate::vault::sha256_hex;

use super::auth::{Bearer, replayed};
use super::{Door, Limits, Problem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch<'b> {
    #[serde(borrow)]
    plans: Vec<&'b RawValue>,
}

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
    let mut keys = Vec::with_capacity(plans.len());
    let mut runs = Vec::with_capacity(plans.len());
    for plan in plans {
        keys.push(
            plan.as_ref()
                .map(|run| run.key.clone())
                .map_err(Clone::clone),
        );
        runs.extend(plan);
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
    let status = if taken == results.len() {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(Results { results })).into_response())
}

/// The plans of a body, each read or refused.
async fn plans(body: Body, limits: Limits) -> Result<Vec<Result<NewRun, Invalid>>, Problem> {
    let bytes = whole(body, limits).await?;
    // Reading megabytes of JSON must not hold up the lanes.
    tokio::task::spawn_blocking(move || read(&bytes, limits))
        .await
        .map_err(|_| Problem::unavailable())?
}

/// The whole body, unless it is too long, too slow or breaks off.
async fn whole(body: Body, limits: Limits) -> Result<Bytes, Problem> {
    let read = axum::body::to_bytes(body, limits.body_bytes);
    match tokio::time::timeout(limits.body_wait, read).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_long(&error) => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("The body is longer than {} bytes.", limits.body_bytes),
        )),
        Ok(Err(_)) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "body_broken",
            "The body broke off.",
        )),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_too_slow",
            "The body did not arrive in time.",
        )),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Splits the batch and reads every plan; a bad plan is an item, a bad batch is a refusal.
fn read(bytes: &[u8], limits: Limits) -> Result<Vec<Result<NewRun, Invalid>>, Problem> {
    let bad = |code, detail: &str| Problem::new(StatusCode::BAD_REQUEST, code, detail);
    let text = std::str::from_utf8(bytes).map_err(|_| bad("not_utf8", "The body is not UTF-8."))?;
    let batch: Batch<'_> = serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => bad(
            "batch_malformed",
            "The body is an object with the one key plans, a list.",
        )
        .at("/plans"),
        serde_json::error::Category::Io
        | serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof => bad(
            "not_json",
            &format!(
                "The body is no JSON document: line {} column {}.",
                error.line(),
                error.column()
            ),
        ),
    })?;
    if batch.plans.len() > limits.batch {
        return Err(bad(
            "batch_too_long",
            &format!("A batch has at most {} plans.", limits.batch),
        )
        .at("/plans"));
    }
    Ok(batch
        .plans
        .iter()
        .map(|raw| new_run(raw.get().as_bytes(), limits.json_depth))
        .collect())
}

fn new_run(bytes: &[u8], depth: usize) -> Result<NewRun, Invalid> {
    let plan = Plan::parse(bytes, depth)?;
    let principal = plan.principal();
    let expect = principal.and_then(|step| step.expect.as_ref());
    Ok(NewRun {
        run_id: Uuid::now_v7().to_string(),
        kind: plan.kind,
        digest: sha256_hex(bytes),
        plan: bytes.to_vec(),
        sequence: plan.sequence,
        entity_id: plan.entity_id,
        principal_xref: principal.map(|step| step.xref.clone()).unwrap_or_default(),
        expected_total: expect.map(|expect| expect.total_text.clone()),
        expected_currency: expect.and_then(|expect| expect.currency.clone()),
        priority: plan.priority(),
        makes: plan.makes().map(ToOwned::to_owned).collect(),
        needs: plan.needs,
        entity_type: plan.entity_type,
        key: plan.key,
    })
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
