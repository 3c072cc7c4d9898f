//! Settings as a file: a download, and an upload that shows what it would change before it is saved.

use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use crate::operations::OperationError;

use super::Dashboard;
use super::error::{PageError, page, refused_page};
use super::frame::Frame;
use super::settings_changes::{Change, changes};
use super::settings_form::Lists;
use super::visit::Visit;

#[derive(Template)]
#[template(path = "settings_file.html")]
struct FilePage {
    frame: Frame,
    binding: String,
    version: i64,
    changes: Vec<Change>,
    /// Of the field they stand at, or of the file.
    problems: Vec<String>,
    /// What is saved when the person says so; nothing when it cannot be.
    policy: Option<String>,
}

/// The settings that stand, without what Sage says of the business.
pub(super) async fn export(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let binding = visit.binding()?;
    let view = visit.operations(&dashboard).policy(binding, None).await?;
    let document = json!({ "schema": "1", "policy": view.policy });
    let mut text = serde_json::to_string_pretty(&document).map_err(|_| PageError::Failed)?;
    text.push('\n');
    // A binding's name has letters, digits and the signs . _ - only.
    let name = format!(
        "attachment; filename=\"{binding}-settings-{}.json\"",
        view.version
    );
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

/// What the core in the browser judges settings with.
pub(super) async fn to_judge(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let operations = visit.operations(&dashboard);
    let judged = operations.settings_to_judge(visit.binding()?).await?;
    Ok(Json(judged).into_response())
}

/// The policy of a file: of an export, or of a whole settings document.
fn policy_of(text: &str) -> Result<Value, String> {
    let whole: Value = serde_json::from_str(text).map_err(|error| {
        format!(
            "This is no settings file: line {} is not JSON.",
            error.line()
        )
    })?;
    match whole.get("policy") {
        Some(policy @ Value::Object(_)) => Ok(policy.clone()),
        _ => Err(
            "This is no settings file: it has no “policy”. Choose a file that was exported here."
                .to_owned(),
        ),
    }
}

/// What a file would change, and whether it can be saved.
async fn shown(
    dashboard: &Dashboard,
    visit: &Visit,
    policy: Result<Value, String>,
) -> Result<Response, PageError> {
    let binding = visit.binding()?;
    let operations = visit.operations(dashboard);
    let view = operations.policy(binding, None).await?;
    let mut file = FilePage {
        frame: Frame::of(visit, "Settings from a file")?,
        binding: binding.to_owned(),
        version: view.version,
        changes: Vec::new(),
        problems: Vec::new(),
        policy: None,
    };
    let policy = match policy {
        Ok(policy) => policy,
        Err(what) => {
            file.problems.push(what);
            return refused_page(&file);
        }
    };
    file.changes = changes(&view.policy, &policy, &Lists::of(&view.reference));
    match operations.validate_policy(binding, policy.clone()).await {
        Ok(()) => {
            file.policy = Some(policy.to_string());
            page(&file)
        }
        Err(OperationError::Settings(problems)) => {
            file.problems = problems
                .iter()
                .map(|one| {
                    let place = one.pointer.trim_start_matches("/settings/policy/");
                    format!("{place}: {}. To do: {}.", one.message, one.suggestion)
                })
                .collect();
            refused_page(&file)
        }
        Err(error) => Err(error.into()),
    }
}

/// Shows what an uploaded file would change.
pub(super) async fn import(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let policy = policy_of(visit.fields.text("file").trim_start_matches('\u{feff}'));
    shown(&dashboard, &visit, policy).await
}

/// Saves what was shown.
pub(super) async fn import_saved(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let binding = visit.binding()?;
    let based_on = visit.fields.text("version").parse().unwrap_or(-1);
    let policy: Value = serde_json::from_str(visit.fields.text("policy"))
        .map_err(|_| PageError::Refused("The file was changed on its way.".to_owned()))?;
    let operations = visit.operations(&dashboard);
    match operations
        .set_policy(binding, based_on, policy.clone())
        .await
    {
        Ok(saved) => {
            let to = format!("/b/{binding}/settings?saved={}", saved.version);
            Ok(Redirect::to(&to).into_response())
        }
        Err(OperationError::Settings(_)) => shown(&dashboard, &visit, Ok(policy)).await,
        Err(error) => Err(error.into()),
    }
}
