//! `GET /v1/runs/{run_id}`: what became of a plan, step by step.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use ledger_plan::{Plan, Step};
use ledger_store::clock;
use ledger_store::{AttemptView, RunView, Store, StoreError, Xref};

use ledger_store::tenant::Tenant;

use super::auth::Caller;
use super::{ApiState, Problem};

#[derive(Serialize)]
pub(crate) struct RunBody {
    run_id: String,
    key: String,
    generation: u32,
    state: String,
    steps: Vec<StepBody>,
    sage: Option<SageBody>,
    expected: Option<Expected>,
    error: Option<Box<RawValue>>,
    next_at: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

#[derive(Serialize)]
struct StepBody {
    op: &'static str,
    resource: &'static str,
    xref: String,
    state: &'static str,
    sage_id: Option<String>,
    sage_reference: Option<String>,
    adopted: bool,
    attempts: Vec<AttemptBody>,
}

#[derive(Serialize)]
struct AttemptBody {
    number: u32,
    sent_at: Option<String>,
    outcome: Option<String>,
    http_status: Option<i64>,
    request_id: Option<String>,
}

#[derive(Serialize)]
struct SageBody {
    id: String,
    reference: Option<String>,
    total_amount: Option<String>,
    currency: Option<String>,
}

#[derive(Serialize)]
struct Expected {
    total_amount: String,
    currency: Option<String>,
}

pub(super) async fn show(
    State(api): State<Arc<ApiState>>,
    Caller { tenant, .. }: Caller,
    Path(run_id): Path<String>,
) -> Result<Json<RunBody>, Problem> {
    // Whatever is no id of ours is nobody's run; the database would refuse some of it.
    if Uuid::try_parse(&run_id).is_err() {
        return Err(Problem::not_found("run_not_found"));
    }
    let depth = api.limits.json_depth;
    let run = run_body(api.store.as_ref(), &tenant, &run_id, depth)
        .await
        .map_err(|error| {
            tracing::error!(binding = %tenant.binding(), error = %error, "run not read");
            Problem::unavailable()
        })?;
    run.map(Json)
        .ok_or_else(|| Problem::not_found("run_not_found"))
}

/// A run of a tenant; `None` when it has no such run.
pub(crate) async fn run_body(
    store: &dyn Store,
    tenant: &Tenant,
    run_id: &str,
    depth: usize,
) -> Result<Option<RunBody>, StoreError> {
    let Some(run) = store.run(tenant, run_id).await? else {
        return Ok(None);
    };
    let attempts = store.attempts(tenant, run_id).await?;
    let plan = Plan::parse(&run.plan, depth).ok();
    let steps = plan
        .as_ref()
        .map(|plan| plan.steps.as_slice())
        .unwrap_or_default();
    let keys: Vec<&str> = steps.iter().map(|step| step.xref.as_str()).collect();
    let xrefs = store.known(tenant, &keys).await?;
    Ok(Some(assembled(&run, steps, &xrefs, &attempts)))
}

fn assembled(
    run: &RunView,
    steps: &[Step],
    xrefs: &BTreeMap<String, Xref>,
    attempts: &[AttemptView],
) -> RunBody {
    let principal = steps.iter().find(|step| step.xref == run.principal_xref);
    let reason = run.finding.as_ref().or(run.error.as_ref());
    RunBody {
        run_id: run.run_id.clone(),
        key: run.key.clone(),
        generation: run.generation,
        state: run.state.clone(),
        steps: steps
            .iter()
            .zip(0_u32..)
            .map(|(step, index)| step_body(run, step, index, xrefs, attempts))
            .collect(),
        sage: xrefs.get(&run.principal_xref).map(|xref| SageBody {
            id: xref.sage_id.clone(),
            reference: xref.displayed_as.clone(),
            total_amount: xref.total.clone(),
            currency: xref.currency.clone(),
        }),
        expected: principal
            .and_then(|step| step.expect.as_ref())
            .map(|expect| Expected {
                total_amount: expect.total_text.clone(),
                currency: expect.currency.clone(),
            }),
        error: reason.and_then(|reason| RawValue::from_string(reason.clone()).ok()),
        next_at: run.next_at.and_then(clock::rfc3339),
        created_at: clock::rfc3339(run.created_at),
        updated_at: clock::rfc3339(run.updated_at),
    }
}

fn step_body(
    run: &RunView,
    step: &Step,
    index: u32,
    xrefs: &BTreeMap<String, Xref>,
    attempts: &[AttemptView],
) -> StepBody {
    let xref = xrefs.get(&step.xref);
    let state = match index.cmp(&run.step) {
        std::cmp::Ordering::Less => "done",
        std::cmp::Ordering::Equal => "current",
        std::cmp::Ordering::Greater => "open",
    };
    StepBody {
        op: step.op.word(),
        resource: step.resource.path(),
        xref: step.xref.clone(),
        state,
        sage_id: xref.map(|xref| xref.sage_id.clone()),
        sage_reference: xref.and_then(|xref| xref.displayed_as.clone()),
        adopted: xref.is_some_and(|xref| xref.adopted),
        attempts: attempts
            .iter()
            .filter(|attempt| attempt.step == index)
            .map(attempt_body)
            .collect(),
    }
}

fn attempt_body(attempt: &AttemptView) -> AttemptBody {
    AttemptBody {
        number: attempt.number,
        sent_at: clock::rfc3339(attempt.sent_at),
        outcome: attempt.outcome.clone(),
        http_status: attempt.http_status,
        request_id: attempt.request_id.clone(),
    }
}
