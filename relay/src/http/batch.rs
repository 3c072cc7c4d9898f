//! From a request's body to plans, each read or refused.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::settings::document::base_currency;
use ledger_plan::{Invalid, Plan};
use ledger_store::vault::sha256_hex;
use ledger_store::{BindingId, NewRun, StoreError};

use super::{ApiState, Limits, Problem};

/// Bytes that are read in less time than it takes to have somebody else do it.
const AT_ONCE: usize = 32 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch<'b> {
    #[serde(borrow)]
    plans: Vec<&'b RawValue>,
}

/// A plan and the run that is to come of it, or why not.
pub(super) type Taken = Result<(Plan, NewRun), Invalid>;

/// Refuses what the binding's tier does not include: a shop may hold settings of an earlier one.
pub(super) async fn within_tier(
    api: &ApiState,
    binding: &BindingId,
    plans: Vec<Taken>,
) -> Result<Vec<Taken>, Problem> {
    if api.tiers.are_without_limits() {
        return Ok(plans);
    }
    let unavailable = |error: StoreError| {
        tracing::error!(binding = %binding, error = %error, "tier not read");
        Problem::unavailable()
    };
    let name = api.store.tier_of(binding).await.map_err(unavailable)?;
    let settings = api
        .store
        .settings(binding, None)
        .await
        .map_err(unavailable)?;
    let base = settings.and_then(|settings| base_currency(&settings.document));
    let Some(allowed) = api.tiers.of(name.as_deref()) else {
        return Ok(plans);
    };
    let judged = plans.into_iter().map(|plan| {
        let (plan, run) = plan?;
        match allowed.refuses(&plan, base.as_deref()) {
            Some(invalid) => Err(invalid),
            None => Ok((plan, run)),
        }
    });
    Ok(judged.collect())
}

/// The plans of a body, each read or refused.
pub(super) async fn plans(
    body: Body,
    limits: Limits,
    is_backfill: bool,
) -> Result<Vec<Taken>, Problem> {
    let bytes = whole(body, limits).await?;
    if bytes.len() <= AT_ONCE {
        return read(&bytes, limits, is_backfill);
    }
    // Reading megabytes of JSON must not hold up the lanes.
    tokio::task::spawn_blocking(move || read(&bytes, limits, is_backfill))
        .await
        .map_err(|_| Problem::unavailable())?
}

/// The whole body, unless it is too long, too slow or breaks off.
pub(super) async fn whole(body: Body, limits: Limits) -> Result<Bytes, Problem> {
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
fn read(bytes: &[u8], limits: Limits, is_backfill: bool) -> Result<Vec<Taken>, Problem> {
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
        .map(|raw| new_run(raw.get().as_bytes(), limits.json_depth, is_backfill))
        .collect())
}

/// Magento's numbers have at most 50 characters.
const LONGEST_NUMBER: usize = 50;

fn new_run(bytes: &[u8], depth: usize, is_backfill: bool) -> Taken {
    let plan = Plan::parse(bytes, depth)?;
    let principal = plan.principal();
    let expect = principal.and_then(|step| step.expect.as_ref());
    let run = NewRun {
        run_id: Uuid::now_v7().to_string(),
        kind: plan.kind,
        digest: sha256_hex(bytes),
        plan: bytes.to_vec(),
        sequence: plan.sequence,
        entity_id: plan.entity_id,
        // The column is searched by people; what is no number is left in the plan.
        increment_id: plan
            .increment_id
            .clone()
            .filter(|number| (1..=LONGEST_NUMBER).contains(&number.len())),
        principal_xref: principal.map(|step| step.xref.clone()).unwrap_or_default(),
        expected_total: expect.map(|expect| expect.total_text.clone()),
        expected_currency: expect.and_then(|expect| expect.currency.clone()),
        priority: if is_backfill {
            plan.priority_of_backfill()
        } else {
            plan.priority()
        },
        makes: plan.makes().map(ToOwned::to_owned).collect(),
        needs: plan.awaits().map(ToOwned::to_owned).collect(),
        entity_type: plan.entity_type.clone(),
        key: plan.key.clone(),
    };
    Ok((plan, run))
}
