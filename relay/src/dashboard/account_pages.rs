//! What everybody does with their own account: the second factor.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};

use crate::operations::OperationError;

use super::Dashboard;
use super::error::{PageError, page, refused_page};
use super::frame::Frame;
use super::qr_code::{Drawing, drawn};
use super::visit::Visit;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    email: String,
    is_on: bool,
    /// A secret that is not kept yet, and its address.
    secret: String,
    url: String,
    code: Option<Drawing>,
    /// Whether nobody gets on without it.
    is_required: bool,
    problem: Option<String>,
}

fn shown(
    dashboard: &Dashboard,
    visit: &Visit,
    secret: &SecretString,
    problem: Option<String>,
) -> Result<AccountPage, PageError> {
    let account = &visit.user()?.account;
    let operations = visit.operations(dashboard);
    let mut page = AccountPage {
        frame: Frame::of(visit, "Your account")?,
        email: account.email.clone(),
        is_on: account.has_second_factor,
        secret: String::new(),
        url: String::new(),
        code: None,
        is_required: operations.requires_second_factor(),
        problem,
    };
    if !page.is_on {
        let again = operations.second_factor_of(account, secret);
        let new = match again {
            Ok(again) => again,
            Err(_) => operations.new_second_factor(account)?,
        };
        page.secret = new.secret.expose_secret().to_owned();
        page.url = new.url.expose_secret().to_owned();
        page.code = drawn(&page.url);
    }
    Ok(page)
}

pub(super) async fn show(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let mut shown = shown(&dashboard, &visit, &SecretString::default(), None)?;
    let notice = query.get("done").map(|done| match done.as_str() {
        "on" => "From now on each sign-in asks for a code of your app.",
        _ => "Codes are not asked for any more.",
    });
    shown.frame = shown.frame.with_notice(notice);
    page(&shown)
}

fn done(
    dashboard: &Dashboard,
    visit: &Visit,
    outcome: Result<(), OperationError>,
    word: &str,
) -> Result<Response, PageError> {
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/account?done={word}")).into_response()),
        Err(error) => {
            let secret = SecretString::from(visit.fields.text("secret").to_owned());
            let problem = PageError::from(error).words()?;
            refused_page(&shown(dashboard, visit, &secret, Some(problem))?)
        }
    }
}

pub(super) async fn switch_on(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let secret = SecretString::from(visit.fields.text("secret").to_owned());
    let account = &visit.user()?.account;
    let operations = visit.operations(&dashboard);
    let kept = operations.keep_second_factor(account, &secret, visit.fields.text("code"));
    done(&dashboard, &visit, kept.await, "on")
}

pub(super) async fn switch_off(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let account = &visit.user()?.account;
    let operations = visit.operations(&dashboard);
    let removed = operations.remove_second_factor(account, visit.fields.text("code"));
    done(&dashboard, &visit, removed.await, "off")
}
