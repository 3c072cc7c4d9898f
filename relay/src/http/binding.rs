//! `GET /v1/binding`, `POST /v1/recovery`, `POST /v1/installation`: how shop and relay stand to each
//! other.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use ledger_store::clock;
use ledger_store::history::{WantedDocument, WantedPage};
use ledger_store::operations::NewAuditEntry;
use ledger_store::reconciliation::Days;
use ledger_store::recovery::{BindingStatus, Recovery};
use ledger_store::{BindingId, BindingState};

use super::auth::{Bearer, Caller};
use super::batch::whole;
use super::shop::{agreed_position, is_installation, other_installation, positioned, unavailable};
use super::{ApiState, Problem};
use crate::reconciliation::Day;

/// A shop asks about once a minute.
const MINUTE: i64 = 60_000;
/// How long a shop is asked for a document; one that it skips or refuses by now never comes.
const WANTED_FOR: i64 = 3_600_000;
/// Documents that a shop is asked for at once.
const MOST_WANTED: u32 = 100;

#[derive(Serialize)]
struct BindingBody {
    binding_id: String,
    state: String,
    since: Option<String>,
    reason: Option<WaitingReason>,
    waiting: i64,
    oldest_waiting_since: Option<String>,
    paused_until: Option<String>,
    needs_person: i64,
    sequence: String,
    dashboard_url: Option<String>,
    recovery: Option<RecoveryBody>,
    wanted: WantedBody,
}

/// What somebody asked for and the shop has not told since.
#[derive(Serialize)]
struct WantedBody {
    shop_totals: Vec<WantedDays>,
    documents: Vec<DocumentBody>,
}

#[derive(Serialize)]
struct DocumentBody {
    entity_type: String,
    entity_id: i64,
}

impl From<WantedDocument> for DocumentBody {
    fn from(wanted: WantedDocument) -> Self {
        Self {
            entity_type: wanted.entity_type,
            entity_id: wanted.entity_id,
        }
    }
}

#[derive(Serialize)]
struct WantedDays {
    from: Day,
    to: Day,
}

impl From<Days> for WantedDays {
    fn from(days: Days) -> Self {
        Self {
            from: Day(days.from_day),
            to: Day(days.to_day),
        }
    }
}

#[derive(Serialize)]
struct WaitingReason {
    code: String,
    detail: &'static str,
}

#[derive(Serialize)]
struct RecoveryBody {
    recovery_id: String,
    since: Option<String>,
    feed_cursor: String,
    offered: bool,
    documents: i64,
    open: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offered {
    recovery_id: String,
    highest: BTreeMap<String, i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moved {
    installation: String,
    replaces: Option<String>,
}

/// The kinds of entities whose highest ids a shop tells.
const KINDS: [&str; 5] = ["invoice", "creditmemo", "order", "customer", "product"];

pub(super) async fn show(
    State(api): State<Arc<ApiState>>,
    Caller {
        tenant, presented, ..
    }: Caller,
) -> Result<Response, Problem> {
    let binding = tenant.binding();
    if let Some(sequence) = presented.sequence {
        let heard = api
            .store
            .hear_sequence(binding, sequence, clock::now())
            .await;
        heard.map_err(|error| unavailable(binding, &error))?;
    }
    let before = agreed_position(&api, binding, &presented, true).await?;
    let body = binding_body(&api, binding).await?;
    positioned(&api, binding, &before, (0, 0), Json(body).into_response()).await
}

pub(super) async fn offered(
    State(api): State<Arc<ApiState>>,
    Caller {
        tenant, presented, ..
    }: Caller,
    body: Body,
) -> Result<Response, Problem> {
    let binding = tenant.binding();
    let offered: Offered = read(body, &api).await?;
    let highest: Vec<(String, i64)> = offered.highest.into_iter().collect();
    let known = |(kind, id): &(String, i64)| KINDS.contains(&kind.as_str()) && *id >= 0;
    if !highest.iter().all(known) {
        let detail = "highest names invoice, creditmemo, order, customer and product, each with a whole number of 0 or more.";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "body_invalid", detail).at("/highest"));
    }
    let failed = |error| unavailable(binding, &error);
    let recoveries = api.store.recoveries(binding).await.map_err(failed)?;
    if !recoveries
        .iter()
        .any(|recovery| recovery.recovery_id == offered.recovery_id)
    {
        return Err(Problem::not_found("recovery_not_found"));
    }
    // Said twice is said once.
    let now = clock::now();
    let done = api
        .store
        .offered(binding, &offered.recovery_id, &highest, now)
        .await;
    done.map_err(failed)?;
    let before = agreed_position(&api, binding, &presented, false).await?;
    let body = binding_body(&api, binding).await?;
    positioned(&api, binding, &before, (0, 0), Json(body).into_response()).await
}

pub(super) async fn moved(
    State(api): State<Arc<ApiState>>,
    bearer: Bearer,
    body: Body,
) -> Result<Response, Problem> {
    bearer.spend(&api).await?;
    let binding = bearer.tenant.binding();
    let moved: Moved = read(body, &api).await?;
    let replaces = moved.replaces.as_deref();
    if !is_installation(&moved.installation) || !replaces.is_none_or(is_installation) {
        let detail = "An installation is named by 32 hexadecimal digits.";
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "body_invalid",
            detail,
        ));
    }
    let audit_entry = NewAuditEntry {
        actor: "shop",
        action: "installation:moved",
        subject: &moved.installation,
        now: clock::now(),
    };
    let served = api
        .store
        .serve_installation(binding, &moved.installation, replaces, audit_entry)
        .await;
    if served.map_err(|error| unavailable(binding, &error))? {
        return Ok(Json(binding_body(&api, binding).await?).into_response());
    }
    Err(other_installation())
}

async fn read<T: DeserializeOwned>(body: Body, api: &ApiState) -> Result<T, Problem> {
    let bytes = whole(body, api.limits).await?;
    serde_json::from_slice(&bytes).map_err(|_| {
        let detail = "The body is not the JSON object that the contract describes.";
        Problem::new(StatusCode::BAD_REQUEST, "body_invalid", detail)
    })
}

async fn binding_body(api: &ApiState, binding: &BindingId) -> Result<BindingBody, Problem> {
    let now = clock::now();
    let failed = |error| unavailable(binding, &error);
    let status = api
        .store
        .binding_status(binding, now)
        .await
        .map_err(failed)?;
    let status = status.ok_or_else(|| Problem::not_found("binding_not_found"))?;
    let recoveries = api.store.recoveries(binding).await.map_err(failed)?;
    let recovery = recoveries
        .into_iter()
        .find(|recovery| recovery.ended_at.is_none());
    let wanted = api.store.wanted_shop_days(binding).await.map_err(failed)?;
    let page = WantedPage {
        size: MOST_WANTED,
        round: now / MINUTE,
    };
    let documents = api
        .store
        .wanted_documents(binding, now.saturating_sub(WANTED_FOR), page)
        .await
        .map_err(failed)?;
    let is_active = status.state == BindingState::Active.word();
    let state = if is_active && recovery.is_some() {
        "recovering".to_owned()
    } else {
        status.state.clone()
    };
    let began = recovery.as_ref().filter(|_| is_active);
    Ok(BindingBody {
        binding_id: binding.to_string(),
        since: clock::rfc3339(began.map_or(status.state_since, |recovery| recovery.began_at)),
        reason: waiting_reason(&state, &status),
        state,
        waiting: status.waiting,
        oldest_waiting_since: status.oldest_waiting_since.and_then(clock::rfc3339),
        paused_until: status.paused_until.and_then(clock::rfc3339),
        needs_person: status.needs_person,
        sequence: status.shop_sequence.to_string(),
        dashboard_url: api.dashboard_url.clone(),
        recovery: recovery.map(RecoveryBody::from),
        wanted: WantedBody {
            shop_totals: wanted.into_iter().map(WantedDays::from).collect(),
            documents: documents.into_iter().map(DocumentBody::from).collect(),
        },
    })
}

impl From<Recovery> for RecoveryBody {
    fn from(recovery: Recovery) -> Self {
        Self {
            recovery_id: recovery.recovery_id,
            since: clock::rfc3339(recovery.known_until),
            feed_cursor: recovery.feed_cursor.to_string(),
            offered: recovery.offered_at.is_some(),
            documents: recovery.documents,
            open: recovery.open,
        }
    }
}

/// Why documents wait, where the relay knows.
fn waiting_reason(state: &str, status: &BindingStatus) -> Option<WaitingReason> {
    let code = if state == BindingState::Active.word() {
        status.waiting_code.as_deref()?
    } else {
        state
    };
    let detail = match code {
        "recovering" => {
            "The relay's database was restored from a backup. Everything is looked for in Sage before it is sent."
        }
        "token_revoked" => "Sage no longer accepts the connection. Connect Sage again.",
        "access_denied" => {
            "Sage does not allow this user to write. Give the user access in Sage, then connect again."
        }
        "subscription_inactive" => "The Sage subscription is not active.",
        "sage_throttled" => "Sage asks for fewer requests. Documents are sent more slowly.",
        "sage_unreachable" => "Sage cannot be reached. It is tried again by itself.",
        "token_unavailable" => "No access token can be had from Sage. It is tried again by itself.",
        "outcome_unknown" | "search_failed" | "waiting_for_other_run" => {
            "Sage did not answer a request. The relay looks for its result before it sends again."
        }
        _ => return None,
    };
    Some(WaitingReason {
        code: code.to_owned(),
        detail,
    })
}
