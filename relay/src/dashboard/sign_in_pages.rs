//! The way in and out: sign in, the first account, a password by link.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};

use ledger_store::accounts::LinkPurpose;

use crate::operations::{OperationError, SignIn, SignInAttempt};

use super::Dashboard;
use super::assets::style_path;
use super::error::{PageError, page, refused_page};
use super::visit::Visit;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    style: &'a str,
    form_token: &'a str,
    next: &'a str,
    email: &'a str,
    problem: Option<String>,
    notice: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage<'a> {
    style: &'a str,
    form_token: &'a str,
    /// Whether it is the first account, whose name and address are asked for.
    is_first: bool,
    name: &'a str,
    email: &'a str,
    /// A field and what is wrong with it; without a field, with all of it.
    problem: Option<(&'a str, String)>,
}

/// Where to go after signing in: a place of this site, or its front page.
pub(super) fn place_of_ours(next: &str) -> &str {
    let mut characters = next.chars();
    let is_absolute = characters.next() == Some('/');
    let leaves = matches!(characters.next(), Some('/' | '\\'));
    let is_plain = next.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    if is_absolute && !leaves && is_plain {
        next
    } else {
        "/"
    }
}

pub(super) async fn sign_in(
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let next = query.get("next").map_or("/", |next| place_of_ours(next));
    if visit.user.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    let notice = query.contains_key("chosen");
    page(&SignInPage {
        style: style_path(),
        form_token: &visit.form_token,
        next,
        email: "",
        problem: None,
        notice: notice.then_some("Done. Sign in with your new password."),
    })
}

pub(super) async fn try_sign_in(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let fields = &visit.fields;
    let next = place_of_ours(fields.text("next"));
    let attempt = SignInAttempt {
        email: fields.text("email").to_owned(),
        password: SecretString::from(fields.raw("password").to_owned()),
        code: fields.text("code").to_owned(),
        address: visit.address,
    };
    let (status, problem) = match dashboard.operations.sign_in(attempt).await? {
        SignIn::Welcome(token) => {
            // A new token: whoever knew the one before knows nothing.
            let mut response = Redirect::to(next).into_response();
            give(&dashboard, &mut response, Some(&token))?;
            return Ok(response);
        }
        SignIn::Refused => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "E-mail address, password or code is wrong, or the account is disabled.".to_owned(),
        ),
        SignIn::TooMany(minutes) => (
            StatusCode::TOO_MANY_REQUESTS,
            format!(
                "Too many attempts. Try again in {minutes} minute(s); a lost password is replaced by an administrator."
            ),
        ),
    };
    let shown = SignInPage {
        style: style_path(),
        form_token: &visit.form_token,
        next,
        email: fields.text("email"),
        problem: Some(problem),
        notice: None,
    };
    let mut response = page(&shown)?;
    *response.status_mut() = status;
    Ok(response)
}

fn give(
    dashboard: &Dashboard,
    response: &mut Response,
    token: Option<&SecretString>,
) -> Result<(), PageError> {
    let cookie = dashboard
        .address
        .cookie(token.map(ExposeSecret::expose_secret));
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| PageError::Failed)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(())
}

pub(super) async fn sign_out(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    if let Some(token) = &visit.token {
        visit.operations(&dashboard).sign_out(token).await?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    give(&dashboard, &mut response, None)?;
    Ok(response)
}

async fn choose(
    dashboard: &Dashboard,
    visit: &Visit,
    token: &str,
    is_first: bool,
) -> Result<Response, PageError> {
    let token = SecretString::from(token.to_owned());
    let purpose = dashboard.operations.link_purpose(&token).await?;
    if (purpose == LinkPurpose::FirstAccount) != is_first {
        return Err(PageError::NotFound);
    }
    page(&ChoosePage {
        style: style_path(),
        form_token: &visit.form_token,
        is_first,
        name: "",
        email: "",
        problem: None,
    })
}

pub(super) async fn start(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    choose(&dashboard, &visit, &token, true).await
}

pub(super) async fn password(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    choose(&dashboard, &visit, &token, false).await
}

pub(super) async fn add_first(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    let fields = &visit.fields;
    let who = (fields.text("name"), fields.text("email"));
    let password = SecretString::from(fields.raw("password").to_owned());
    let added = dashboard
        .operations
        .add_first_account(&token.into(), who, password.clone())
        .await;
    if let Err(error) = added {
        return again(&visit, true, error);
    }
    // Whoever has just chosen a password need not type it once more.
    let attempt = SignInAttempt {
        email: who.1.to_owned(),
        password,
        code: String::new(),
        address: visit.address,
    };
    let mut response = Redirect::to("/").into_response();
    if let SignIn::Welcome(token) = dashboard.operations.sign_in(attempt).await? {
        give(&dashboard, &mut response, Some(&token))?;
    }
    Ok(response)
}

pub(super) async fn choose_password(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    let password = SecretString::from(visit.fields.raw("password").to_owned());
    let chosen = dashboard
        .operations
        .choose_password(&token.into(), password)
        .await;
    match chosen {
        Ok(()) => Ok(Redirect::to("/sign-in?chosen=1").into_response()),
        Err(error) => again(&visit, false, error),
    }
}

fn again(visit: &Visit, is_first: bool, error: OperationError) -> Result<Response, PageError> {
    let problem = if let OperationError::Field { field, message } = error {
        (field, message)
    } else {
        ("", PageError::from(error).words()?)
    };
    refused_page(&ChoosePage {
        style: style_path(),
        form_token: &visit.form_token,
        is_first,
        name: visit.fields.text("name"),
        email: visit.fields.text("email"),
        problem: Some(problem),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for ours in ["/", "/b/one/documents?status=open&page=2"] {
            assert_eq!(place_of_ours(ours), ours);
        }
        for foreign in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\\b",
            "/\t/evil.example",
            "/ /evil",
        ] {
            assert_eq!(place_of_ours(foreign), "/", "{foreign}");
        }
    }
}
