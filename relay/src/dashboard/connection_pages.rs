//! The connections of a binding: Sage, and the shop.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};

use ledger_store::accounts::AccountRole;
use secrecy::ExposeSecret as _;

use crate::operations::{
    BindingSummary, CarriedKey, NotificationSummary, OauthStatus, OperationError, PairingRequest,
};

use super::Dashboard;
use super::error::{PageError, page, refused_page};
use super::frame::Frame;
use super::labels::{Status, of_binding};
use super::notification_form::typed;
use super::times::of_text;
use super::visit::Visit;

/// For how long the key before a new one stays good.
const GRACE_HOURS: u32 = 24;

struct List {
    kind: String,
    entries: usize,
    at: String,
}

#[derive(Template)]
#[template(path = "connections.html")]
struct ConnectionsPage {
    frame: Frame,
    binding: BindingSummary,
    oauth: OauthStatus,
    state: Status,
    lists: Vec<List>,
    may_change: bool,
    shop: String,
    relay_url: String,
    live_since: Option<String>,
    problem: Option<String>,
    told: NotificationSummary,
    /// Signs the webhook; shown once.
    secret: Option<String>,
}

#[derive(Template)]
#[template(path = "disconnect.html")]
struct DisconnectPage {
    frame: Frame,
    binding: String,
    open: i64,
}

#[derive(Template)]
#[template(path = "key.html")]
struct KeyPage {
    frame: Frame,
    key: CarriedKey,
    text: String,
    is_first: bool,
}

async fn shown(
    dashboard: &Dashboard,
    visit: &Visit,
    problem: Option<String>,
) -> Result<ConnectionsPage, PageError> {
    let operations = visit.operations(dashboard);
    let id = visit.binding()?;
    let binding = operations.binding(id).await?;
    let lists = operations.references(id).await?;
    let lists = lists.into_iter().map(|list| List {
        kind: list.kind.replace('_', " "),
        entries: list.entries,
        at: list.fetched_at.as_deref().map(of_text).unwrap_or_default(),
    });
    let typed = visit.fields.text("shop").to_owned();
    let pushed = binding.push_url.clone().unwrap_or_default();
    Ok(ConnectionsPage {
        frame: Frame::of(visit, "Connections")?,
        oauth: operations.oauth_status(id, false).await?,
        told: operations.notifications(id).await?,
        secret: None,
        state: of_binding(&binding.state),
        lists: lists.collect(),
        may_change: visit.may(AccountRole::Administrator),
        shop: if typed.is_empty() { pushed } else { typed },
        relay_url: match visit.fields.text("relay_url") {
            "" => dashboard.relay_url.clone(),
            typed => typed.to_owned(),
        },
        live_since: binding.live_since.as_deref().map(of_text),
        binding,
        problem,
    })
}

pub(super) async fn show(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let mut shown = shown(&dashboard, &visit, None).await?;
    let notice = query.get("done").map(|done| match done.as_str() {
        "refreshed" => "Accounts, tax rates and the business were read from Sage.",
        "connected" => "Sage is connected.",
        "live" => "Live. The shop sends its documents from its next cycle on.",
        "stopped" => "Stopped. Documents wait in the shop until you go live again.",
        "disconnected" => "Sage is disconnected. Documents are kept until it is connected again.",
        "told" => "Saved. Messages go out from now on.",
        "tried" => "The test message went out.",
        _ => "The shop is connected.",
    });
    shown.frame = shown.frame.with_notice(notice);
    page(&shown)
}

/// Back to the page, with what was done or why it was not.
async fn done<T>(
    dashboard: &Dashboard,
    visit: &Visit,
    outcome: Result<T, OperationError>,
    word: &str,
) -> Result<Response, PageError> {
    let problem = match outcome {
        Ok(_) => {
            let to = format!("/b/{}/connections?done={word}", visit.binding()?);
            return Ok(Redirect::to(&to).into_response());
        }
        Err(OperationError::Settings(problems)) => {
            let first = problems.first().map(|problem| problem.message.clone());
            format!(
                "They were read, but the settings are not good with them any more: {}. The settings that stand are kept.",
                first.unwrap_or_default()
            )
        }
        Err(error) => PageError::from(error).words()?,
    };
    refused_page(&shown(dashboard, visit, Some(problem)).await?)
}

pub(super) async fn refresh(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let outcome = visit.operations(&dashboard).refresh(visit.binding()?).await;
    done(&dashboard, &visit, outcome, "refreshed").await
}

pub(super) async fn pair(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let fields = &visit.fields;
    let request = PairingRequest {
        shop: fields.text("shop").to_owned(),
        code: fields.text("code").to_owned().into(),
        relay_url: fields.text("relay_url").to_owned(),
        grace_hours: GRACE_HOURS,
    };
    let operations = visit.operations(&dashboard);
    let outcome = operations.pair(visit.binding()?, &request).await;
    done(&dashboard, &visit, outcome, "paired").await
}

/// A key to paste into the shop's admin; on the page of this answer only.
pub(super) async fn key(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let operations = visit.operations(&dashboard);
    let id = visit.binding()?;
    let relay_url = match visit.fields.text("relay_url") {
        "" => dashboard.relay_url.as_str(),
        typed => typed,
    };
    let is_first = operations.binding(id).await?.installation.is_none();
    match operations.key_to_carry(id, relay_url, GRACE_HOURS).await {
        Ok(key) => page(&KeyPage {
            frame: Frame::of(&visit, "A key for the shop")?,
            text: key.text().expose_secret().to_owned(),
            key,
            is_first,
        }),
        Err(error) => done::<()>(&dashboard, &visit, Err(error), "").await,
    }
}

/// Has documents accepted, or no longer.
pub(super) async fn live(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let is_live = visit.fields.text("live") == "on";
    let operations = visit.operations(&dashboard);
    let outcome = operations.set_live(visit.binding()?, is_live).await;
    let word = if is_live { "live" } else { "stopped" };
    done(&dashboard, &visit, outcome, word).await
}

pub(super) async fn confirm_disconnect(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let id = visit.binding()?;
    let binding = visit.operations(&dashboard).binding(id).await?;
    page(&DisconnectPage {
        frame: Frame::of(&visit, "Disconnect")?,
        binding: id.to_owned(),
        open: binding.open_runs,
    })
}

pub(super) async fn disconnect(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let outcome = visit
        .operations(&dashboard)
        .disconnect(visit.binding()?)
        .await;
    done(&dashboard, &visit, outcome, "disconnected").await
}

/// Saves who is told. A new secret is shown once, on the page itself.
pub(super) async fn set_notifications(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let new = typed(&visit.fields);
    let operations = visit.operations(&dashboard);
    let outcome = operations.set_notifications(visit.binding()?, &new).await;
    match outcome {
        Ok(Some(secret)) => {
            let mut shown = shown(&dashboard, &visit, None).await?;
            shown.secret = Some(secret.expose_secret().to_owned());
            page(&shown)
        }
        Ok(None) => done(&dashboard, &visit, Ok(()), "told").await,
        Err(error) => {
            let problem = PageError::from(error).words()?;
            let mut shown = shown(&dashboard, &visit, Some(problem)).await?;
            shown.told = NotificationSummary {
                has_password: shown.told.has_password,
                ..new.shown
            };
            refused_page(&shown)
        }
    }
}

pub(super) async fn try_notifications(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let operations = visit.operations(&dashboard);
    let origin = &dashboard.address.origin;
    let outcome = operations.try_notifications(visit.binding()?, origin).await;
    done(&dashboard, &visit, outcome, "tried").await
}
