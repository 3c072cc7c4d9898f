//! Pages for what cannot be shown.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use ledger_store::accounts::AccountRole;

use crate::operations::OperationError;

use super::Dashboard;
use super::assets::style_path;

/// Why there is no page.
#[derive(Debug)]
pub(super) enum PageError {
    /// There is none, or it is somebody else's.
    NotFound,
    /// It takes another role.
    Forbidden(AccountRole),
    /// A form without its token: too old, or another site's.
    StaleForm,
    /// A form longer than any of ours.
    TooLarge,
    /// Something that somebody can mend.
    Refused(String),
    /// The relay could not do it.
    Failed,
}

impl PageError {
    /// What somebody can mend, in words.
    ///
    /// # Errors
    /// Everything else, which is a page of its own.
    pub(super) fn words(self) -> Result<String, Self> {
        match self {
            Self::Refused(what) => Ok(what),
            Self::NotFound
            | Self::Forbidden(_)
            | Self::StaleForm
            | Self::TooLarge
            | Self::Failed => Err(self),
        }
    }
}

impl From<OperationError> for PageError {
    fn from(error: OperationError) -> Self {
        match error {
            OperationError::NoBinding(_) | OperationError::NoRun(_) => Self::NotFound,
            OperationError::Relay(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(error = %error, cause, "a page failed");
                Self::Failed
            }
            other @ (OperationError::NotNow { .. }
            | OperationError::Settings(_)
            | OperationError::Sage(_)
            | OperationError::Refused(_)
            | OperationError::Field { .. }
            | OperationError::Argument(_)) => Self::Refused(other.to_string()),
        }
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        tracing::error!(error = %error, "a template failed");
        Self::Failed
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    style: &'a str,
    title: &'a str,
    what: String,
    remedy: &'a str,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let again = "Go back, reload the page and send it again.";
        let (status, title, what, remedy) = match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "Not found",
                "There is no such page, or it belongs to a shop that you have no role on."
                    .to_owned(),
                "Start from the overview.",
            ),
            Self::Forbidden(role) => (
                StatusCode::FORBIDDEN,
                "Not allowed",
                format!("This needs the role of an {}.", role.word()),
                "Ask an administrator to give it to you under Users.",
            ),
            Self::StaleForm => (
                StatusCode::FORBIDDEN,
                "The form is out of date",
                "Nothing was changed: the form did not carry the token of your present session."
                    .to_owned(),
                again,
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "Too much",
                "Nothing was changed: a form has at most 256 KiB.".to_owned(),
                again,
            ),
            Self::Refused(what) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "That did not work",
                what,
                "Nothing else was changed.",
            ),
            Self::Failed => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The relay could not do it",
                "Its database or its settings failed; the log of the relay says more.".to_owned(),
                "Try again in a minute.",
            ),
        };
        let page = ErrorPage {
            style: style_path(),
            title,
            what,
            remedy,
        };
        match page.render() {
            Ok(page) => (status, Html(page)).into_response(),
            Err(_) => status.into_response(),
        }
    }
}

/// For paths without a route.
pub(super) async fn no_page(State(_): State<Arc<Dashboard>>) -> PageError {
    PageError::NotFound
}

/// A template as an answer.
pub(super) fn page(template: &impl Template) -> Result<Response, PageError> {
    Ok(Html(template.render()?).into_response())
}

/// A template as an answer that says that something is wrong with the form.
pub(super) fn refused_page(template: &impl Template) -> Result<Response, PageError> {
    let page = Html(template.render()?);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
