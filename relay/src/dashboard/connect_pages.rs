//! Connecting a business of Sage: the relay's app, the consent, the business.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;

use ledger_sage::consent::ConsentedBusiness;
use ledger_store::accounts::AccountRole;

use crate::operations::{BusinessChoice, ConsentAnswer, Consented, OperationError, Operations};

use super::Dashboard;
use super::error::{PageError, page, refused_page};
use super::frame::Frame;
use super::setup_steps::Progress;
use super::visit::Visit;

#[derive(Template)]
#[template(path = "connect.html")]
struct ConnectPage {
    frame: Frame,
    /// The app id, and whether it stands in the settings of the relay.
    app: Option<(String, bool)>,
    callback: String,
    client_id: String,
    problem: Option<(&'static str, String)>,
    later: [(u8, &'static str, &'static str); 4],
}

/// The steps that come after the consent.
const LATER: [(u8, &str, &str); 4] = [
    (
        2,
        "Connect the shop",
        "By its address and the code that its admin shows.",
    ),
    (
        3,
        "Accounts, payments and tax rates",
        "Everything that can be proposed is; you confirm it.",
    ),
    (
        4,
        "Check",
        "What the last 30 days would become in Sage, before anything is sent.",
    ),
    (
        5,
        "Go live",
        "You choose the first day whose documents go to Sage.",
    ),
];

#[derive(Template)]
#[template(path = "to_sage.html")]
struct ToSagePage {
    frame: Frame,
    url: String,
}

#[derive(Template)]
#[template(path = "choose_business.html")]
struct ChooseBusinessPage {
    frame: Frame,
    consent: String,
    /// The binding that is connected again.
    binding: Option<String>,
    businesses: Vec<ConsentedBusiness>,
    chosen: String,
    name: String,
    problem: Option<(&'static str, String)>,
}

fn callback_of(dashboard: &Dashboard) -> String {
    format!("{}/oauth/callback", dashboard.address.origin)
}

async fn shown(
    dashboard: &Dashboard,
    visit: &Visit,
    problem: Option<(&'static str, String)>,
) -> Result<ConnectPage, PageError> {
    Ok(ConnectPage {
        frame: Frame::of(visit, "Add a business")?,
        app: visit.operations(dashboard).sage_app().await?,
        callback: callback_of(dashboard),
        client_id: visit.fields.text("client_id").to_owned(),
        problem,
        later: LATER,
    })
}

pub(super) async fn show(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    page(&shown(&dashboard, &visit, None).await?)
}

fn problem_of(error: OperationError) -> Result<(&'static str, String), PageError> {
    if let OperationError::Field { field, message } = error {
        return Ok((field, message));
    }
    Ok(("", PageError::from(error).words()?))
}

pub(super) async fn set_app(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let secret = SecretString::from(visit.fields.text("client_secret").to_owned());
    let operations = visit.operations(&dashboard);
    let outcome = operations.set_sage_app(visit.fields.text("client_id"), &secret);
    match outcome.await {
        Ok(()) => Ok(Redirect::to("/connect").into_response()),
        Err(error) => {
            let problem = problem_of(error)?;
            refused_page(&shown(&dashboard, &visit, Some(problem)).await?)
        }
    }
}

pub(super) async fn start(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    to_sage(&dashboard, &visit, None).await
}

pub(super) async fn renew(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let binding = visit.binding()?.to_owned();
    to_sage(&dashboard, &visit, Some(&binding)).await
}

/// A page that goes on to Sage by itself. A redirect would not do: browsers hold it against
/// `form-action`, which names this site only.
async fn to_sage(
    dashboard: &Dashboard,
    visit: &Visit,
    binding: Option<&str>,
) -> Result<Response, PageError> {
    let account = &visit.user()?.account.id;
    let url = visit
        .operations(dashboard)
        .begin_consent(account, binding, &callback_of(dashboard))
        .await?;
    let refresh = HeaderValue::from_str(&format!("0; url={url}"));
    let mut response = page(&ToSagePage {
        frame: Frame::of(visit, "To Sage")?,
        url,
    })?;
    let refresh = refresh.map_err(|_| PageError::Failed)?;
    response.headers_mut().insert("refresh", refresh);
    Ok(response)
}

pub(super) async fn callback(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let some = |name: &str| query.get(name).filter(|value| !value.is_empty()).cloned();
    let answer = ConsentAnswer {
        state: SecretString::from(some("state").unwrap_or_default()),
        code: some("code").map(SecretString::from),
        error: some("error"),
        redirect_uri: callback_of(&dashboard),
    };
    let account = visit.user()?.account.id.clone();
    let operations = visit.operations(&dashboard);
    let consented = operations.answer_consent(&account, &answer).await?;
    // Of one business there is nothing to choose.
    if let [only] = consented.businesses.as_slice() {
        still_may(&visit, &consented)?;
        let choice = BusinessChoice {
            id: consented.id.clone(),
            business: only.id.clone(),
            binding: String::new(),
        };
        let binding = operations.choose_business(&account, &choice).await?;
        return connected(&operations, &binding.id).await;
    }
    // The address holds code and state: the page after it has an address of its own.
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("consent", &consented.id)
        .finish();
    Ok(Redirect::to(&format!("/connect/choose?{query}")).into_response())
}

/// The role that a consent needs still, when its business is chosen.
fn still_may(visit: &Visit, consented: &Consented) -> Result<(), PageError> {
    let account = &visit.user()?.account;
    let role = match &consented.binding {
        Some(binding) => account.role_on(binding),
        None => account.role_everywhere(),
    };
    if role == Some(AccountRole::Administrator) {
        return Ok(());
    }
    Err(PageError::Forbidden(AccountRole::Administrator))
}

fn choosing(
    visit: &Visit,
    consented: Consented,
    problem: Option<(&'static str, String)>,
) -> Result<ChooseBusinessPage, PageError> {
    let first = consented.businesses.first();
    let chosen = visit.fields.text("business");
    Ok(ChooseBusinessPage {
        frame: Frame::of(visit, "Choose the business")?,
        consent: consented.id,
        binding: consented.binding,
        chosen: match (chosen, first) {
            ("", Some(first)) => first.id.clone(),
            (chosen, _) => chosen.to_owned(),
        },
        name: visit.fields.text("binding").to_owned(),
        businesses: consented.businesses,
        problem,
    })
}

pub(super) async fn choose_from(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let id = query.get("consent").map(String::as_str).unwrap_or_default();
    let account = visit.user()?.account.id.clone();
    let consented = visit.operations(&dashboard).consented(&account, id).await?;
    still_may(&visit, &consented)?;
    page(&choosing(&visit, consented, None)?)
}

pub(super) async fn choose(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let account = visit.user()?.account.id.clone();
    let operations = visit.operations(&dashboard);
    let fields = &visit.fields;
    let consented = operations
        .consented(&account, fields.text("consent"))
        .await?;
    still_may(&visit, &consented)?;
    let choice = BusinessChoice {
        id: consented.id.clone(),
        business: fields.text("business").to_owned(),
        binding: fields.text("binding").to_owned(),
    };
    let binding = match operations.choose_business(&account, &choice).await {
        Ok(binding) => binding,
        Err(error) => {
            let problem = problem_of(error)?;
            return refused_page(&choosing(&visit, consented, Some(problem))?);
        }
    };
    connected(&operations, &binding.id).await
}

/// Reads what the settings choose from, and goes on with the guide, or back where that is finished.
async fn connected(operations: &Operations, binding: &str) -> Result<Response, PageError> {
    // When Sage does not answer now, the guide offers it again.
    if operations.refresh(binding).await.is_err() {
        tracing::warn!(%binding, "reference data not read after the consent");
    }
    let to = if Progress::of(operations, binding).await?.is_finished() {
        format!("/b/{binding}/connections?done=connected")
    } else {
        format!("/b/{binding}/setup")
    };
    Ok(Redirect::to(&to).into_response())
}
