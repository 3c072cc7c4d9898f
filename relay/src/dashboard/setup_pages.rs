//! The set-up guide of a binding: five steps on one page.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use ledger_store::clock;

use crate::operations::{OperationError, PairingRequest, SettingsProblem, interface_of};

use super::Dashboard;
use super::check_view::{Check, check};
use super::error::{PageError, page};
use super::frame::Frame;
use super::mapping_form::{self, MapForm};
use super::settings_pages::business_facts;
use super::setup_steps::{Progress, Step};
use super::times::{beginning, date};
use super::visit::Visit;

/// How often the page looks for what the shop tells, in seconds.
const LOOK_AGAIN: &str = "5";
/// How long the answer to a pairing waits for the shop's lists.
const PATIENCE: Duration = Duration::from_secs(3);

/// What was typed and refused, with the problem.
#[derive(Default)]
struct Refused {
    /// The step and the field.
    place: Option<(&'static str, &'static str)>,
    what: String,
    policy: Option<Value>,
    problems: Vec<SettingsProblem>,
}

impl Refused {
    fn at(step: &'static str, field: &'static str, what: impl Into<String>) -> Self {
        Self {
            place: Some((step, field)),
            what: what.into(),
            ..Self::default()
        }
    }
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    frame: Frame,
    id: String,
    sage: Step,
    shop: Step,
    map: Step,
    check: Step,
    live: Step,
    /// Whether the page looks again by itself.
    is_looking: bool,
    is_active: bool,
    facts: Vec<(&'static str, String)>,
    shop_url: Option<String>,
    shop_typed: String,
    relay_url: String,
    relay_url_is_known: bool,
    has_profile: bool,
    form: MapForm,
    version: i64,
    run: Option<Check>,
    /// Whether the settings were changed since.
    run_is_old: bool,
    refused: u64,
    since: String,
    since_is_set: bool,
    /// The first day in words.
    first_day: String,
    locked_until: Option<String>,
    /// The page of the shop's admin that sends older documents.
    backfill_url: Option<String>,
    place: (&'static str, &'static str),
    what: String,
}

impl SetupPage {
    /// The problem at a field of a step.
    fn wrong(&self, step: &str, field: &str) -> Option<&str> {
        (self.place == (step, field)).then_some(self.what.as_str())
    }
}

fn today() -> String {
    let now = clock::rfc3339(clock::now()).unwrap_or_default();
    now.get(..10).unwrap_or_default().to_owned()
}

async fn shown(
    dashboard: &Dashboard,
    visit: &Visit,
    may_skip: bool,
    refused: Refused,
) -> Result<SetupPage, PageError> {
    let operations = visit.operations(dashboard);
    let id = visit.binding()?.to_owned();
    let progress = Progress::of(&operations, &id).await?;
    let mapping = &progress.mapping;
    let form = mapping_form::form(mapping, refused.policy.as_ref(), &refused.problems);
    let run = progress.run();
    let pace = operations.pace();
    let live = progress.live(may_skip);
    let waits_for_profile = progress.shop() == Step::Done
        && progress.map() == Step::Waiting
        && mapping.profile.is_none();
    let waits_for_run = progress.map() == Step::Done && live == Step::Waiting;
    let since = mapping.policy.get("sync_since").and_then(Value::as_str);
    let typed = |name: &str| visit.fields.text(name).to_owned();
    let pushed = progress.overview.binding.push_url.clone();
    Ok(SetupPage {
        frame: Frame::of(visit, "Set-up")?,
        sage: progress.sage(),
        shop: progress.shop(),
        map: progress.map(),
        check: progress.check(),
        live,
        is_looking: refused.place.is_none() && (waits_for_profile || waits_for_run),
        is_active: progress.overview.binding.state == "active",
        facts: business_facts(&mapping.business),
        shop_typed: match typed("shop") {
            typed if typed.is_empty() => pushed.clone().unwrap_or_default(),
            typed => typed,
        },
        shop_url: pushed,
        relay_url: match typed("relay_url") {
            typed if typed.is_empty() => dashboard.relay_url.clone(),
            typed => typed,
        },
        relay_url_is_known: !dashboard.relay_url.is_empty(),
        has_profile: mapping.profile.is_some(),
        form,
        version: mapping.version,
        run: run.map(|(run, _)| check(run, &mapping.reference, pace)),
        // Going live sets the first day, which is no reason to check again.
        run_is_old: live != Step::Done && run.is_some_and(|(_, is_present)| !is_present),
        refused: progress.refused(),
        since: match (typed("since"), since) {
            (typed, _) if !typed.is_empty() => typed,
            (_, Some(since)) => since.get(..10).unwrap_or(since).to_owned(),
            _ => today(),
        },
        since_is_set: since.is_some(),
        first_day: since
            .map(|day| date(day.get(..10).unwrap_or(day)))
            .unwrap_or_default(),
        locked_until: mapping
            .business
            .get("locked_until")
            .and_then(Value::as_str)
            .map(ToOwned::to_owned),
        backfill_url: operations.admin_page(&id, "byte8_sage/backfill/").await?,
        place: refused.place.unwrap_or(("", "")),
        what: refused.what,
        id,
    })
}

pub(super) async fn show(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let may_skip = query.contains_key("unchecked");
    let mut shown = shown(&dashboard, &visit, may_skip, Refused::default()).await?;
    let notice = query.get("done").and_then(|done| match done.as_str() {
        "shop" => Some("The shop is connected: both sides have proved it."),
        "map" => Some("The settings are saved. The shop fetches them within a minute."),
        "live" => Some("Live. Documents from the chosen day on go to Sage by themselves."),
        _ => None,
    });
    shown.frame = shown.frame.with_notice(notice);
    let is_looking = shown.is_looking;
    let mut response = page(&shown)?;
    if is_looking {
        let look = HeaderValue::from_static(LOOK_AGAIN);
        response.headers_mut().insert("refresh", look);
    }
    Ok(response)
}

async fn refuse(
    dashboard: &Dashboard,
    visit: &Visit,
    refused: Refused,
) -> Result<Response, PageError> {
    let shown = shown(dashboard, visit, true, refused).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)?).into_response())
}

fn on(visit: &Visit, done: &str) -> Result<Response, PageError> {
    let to = format!("/b/{}/setup?done={done}", visit.binding()?);
    Ok(Redirect::to(&to).into_response())
}

/// Reads accounts and tax rates from Sage once more.
pub(super) async fn read(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    match visit.operations(&dashboard).refresh(visit.binding()?).await {
        Ok(_) => on(&visit, "read"),
        Err(error) => {
            let refused = Refused::at("sage", "", PageError::from(error).words()?);
            refuse(&dashboard, &visit, refused).await
        }
    }
}

/// Connects the shop by its code.
pub(super) async fn shop(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let fields = &visit.fields;
    let typed_url = fields.text("relay_url");
    let request = PairingRequest {
        shop: interface_of(fields.text("shop")),
        code: fields.text("code").to_owned().into(),
        relay_url: match typed_url {
            "" => dashboard.relay_url.clone(),
            typed => typed.to_owned(),
        },
        grace_hours: 24,
    };
    let operations = visit.operations(&dashboard);
    let id = visit.binding()?;
    match operations.pair(id, &request).await {
        Ok(_) => {
            operations.set_push(id, Some(&request.shop)).await?;
            // A shop tells its lists as soon as it is connected.
            let end = tokio::time::Instant::now() + PATIENCE;
            while operations.shop_profile(id).await?.is_none() && tokio::time::Instant::now() < end
            {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            on(&visit, "shop")
        }
        Err(OperationError::Field { field, message }) => {
            let refused = Refused::at("shop", field, message);
            refuse(&dashboard, &visit, refused).await
        }
        Err(error) => {
            let refused = Refused::at("shop", "", PageError::from(error).words()?);
            refuse(&dashboard, &visit, refused).await
        }
    }
}

/// Saves a policy, or shows the form again with what is wrong.
async fn save(
    dashboard: &Dashboard,
    visit: &Visit,
    step: &'static str,
    policy: Value,
) -> Result<Response, PageError> {
    let based_on = visit.fields.text("version").parse().unwrap_or(-1);
    let operations = visit.operations(dashboard);
    let saved = operations.set_policy(visit.binding()?, based_on, policy.clone());
    match saved.await {
        Ok(_) => {
            if step == "live" {
                operations.set_live(visit.binding()?, true).await?;
            }
            on(visit, step)
        }
        Err(OperationError::Settings(problems)) => {
            let refused = Refused {
                place: Some((step, "")),
                what: "Nothing is saved yet: look at the fields marked below.".to_owned(),
                policy: Some(policy),
                problems,
            };
            refuse(dashboard, visit, refused).await
        }
        Err(error) => {
            let refused = Refused::at(step, "", PageError::from(error).words()?);
            refuse(dashboard, visit, refused).await
        }
    }
}

/// Confirms every proposal, as it stands in the form.
pub(super) async fn map(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let operations = visit.operations(&dashboard);
    let mapping = operations.mapping(visit.binding()?).await?;
    if visit.fields.has("websites") && !visit.fields.has("website") {
        let refused = Refused::at("map", "website", "Choose at least one website.");
        return refuse(&dashboard, &visit, refused).await;
    }
    let policy = mapping_form::policy(&mapping, &visit.fields);
    save(&dashboard, &visit, "map", policy).await
}

/// From which day documents are sent.
pub(super) async fn live(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let since = visit.fields.text("since");
    if beginning(since).is_none() {
        let refused = Refused::at("live", "since", "Choose a day, such as 2026-04-01.");
        return refuse(&dashboard, &visit, refused).await;
    }
    let operations = visit.operations(&dashboard);
    let mut policy = operations.mapping(visit.binding()?).await?.policy;
    if let Value::Object(settings) = &mut policy {
        settings.insert("sync_since".to_owned(), json!(since));
    }
    save(&dashboard, &visit, "live", policy).await
}
