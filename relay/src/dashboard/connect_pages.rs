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

use crate::operations::{BusinessChoice, ConsentAnswer, Consented, OperationError};

use super::Dashboard;
use super::error::{PageError, page, refused_page};
use super::frame::Frame;
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
}

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
        frame: Frame::of(visit, "Connect a shop")?,
        app: visit.operations(dashboard).sage_app().await?,
        callback: callback_of(dashboard),
        client_id: visit.fields.text("client_id").to_owned(),
        problem,
    })
}

pub(super) async fn show(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    page(&shown(&dashboard, &visit, None).await?)
}

fn problem_of(error: OperationError) -> Result<(&'static str, String), PageError> {
    match error {
        OperationError::Field { field, message } => Ok((field, message)),
        other => match PageError::from(other) {
            PageError::Refused(what) => Ok(("", what)),
            error => Err(error),
        },
    }
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
    let typed = visit.fields.text("binding");
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
        name: match (typed, first) {
            ("", Some(first)) => name_of(&first.name),
            (typed, _) => typed.to_owned(),
        },
        businesses: consented.businesses,
        problem,
    })
}

/// A name for a binding, of the name of a business.
fn name_of(business: &str) -> String {
    let lower = business.to_lowercase();
    let parts = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let name: String = parts.join("-").chars().take(40).collect();
    if name.is_empty() {
        "shop".to_owned()
    } else {
        name
    }
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
    // What the settings choose from. When Sage does not answer now, the page offers it again.
    if operations.refresh(&binding.id).await.is_err() {
        tracing::warn!(binding = %binding.id, "reference data not read after the consent");
    }
    let to = format!("/b/{}/connections?done=connected", binding.id);
    Ok(Redirect::to(&to).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_is_named_after_its_business() {
        assert_eq!(name_of("Example Trading Ltd."), "example-trading-ltd");
        assert_eq!(name_of("Ünïcödé & Co"), "n-c-d-co");
        assert_eq!(name_of("株式会社"), "shop");
    }
}
