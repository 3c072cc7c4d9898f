//! People: add, roles, reset, disable.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};

use ledger_store::BindingId;
use ledger_store::accounts::{AccountRole, RoleGrant};

use crate::operations::{EVERY_BINDING, Invitation, NewPerson, OperationError};

use super::Dashboard;
use super::error::{PageError, page, refused_page};
use super::fields::Fields;
use super::frame::Frame;
use super::times::of_text;
use super::visit::Visit;

/// A role on a binding, as it is chosen.
struct RoleChoice {
    binding: String,
    label: String,
    role: String,
}

struct Person {
    id: String,
    name: String,
    email: String,
    state: &'static str,
    is_me: bool,
    last_sign_in: String,
    roles: Vec<RoleChoice>,
}

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    frame: Frame,
    people: Vec<Person>,
    new_roles: Vec<RoleChoice>,
    name: String,
    email: String,
    problem: Option<(String, String)>,
    invitation: Option<Invitation>,
}

/// What a page shows besides the list.
#[derive(Default)]
struct Extra {
    notice: Option<&'static str>,
    problem: Option<(String, String)>,
    invitation: Option<Invitation>,
}

fn choices(bindings: &[String], of: impl Fn(&str) -> String) -> Vec<RoleChoice> {
    let every = (EVERY_BINDING.to_owned(), "Every shop".to_owned());
    let named = bindings.iter().map(|id| (id.clone(), id.clone()));
    std::iter::once(every)
        .chain(named)
        .map(|(binding, label)| RoleChoice {
            role: of(&binding),
            binding,
            label,
        })
        .collect()
}

async fn shown(dashboard: &Dashboard, visit: &Visit, extra: Extra) -> Result<UsersPage, PageError> {
    let operations = visit.operations(dashboard);
    let bindings = operations.bindings().await?;
    let bindings: Vec<String> = bindings.into_iter().map(|binding| binding.id).collect();
    let me = &visit.user()?.account.id;
    let people = operations.accounts().await?.into_iter().map(|account| {
        let of = |binding: &str| {
            let role = account.roles.iter().find_map(|role| {
                let (on, role) = role.split_once('=')?;
                (on == binding).then(|| role.to_owned())
            });
            role.unwrap_or_default()
        };
        Person {
            roles: choices(&bindings, of),
            is_me: account.id == *me,
            state: account.state,
            last_sign_in: account
                .last_sign_in
                .as_deref()
                .map(of_text)
                .unwrap_or_default(),
            id: account.id,
            name: account.name,
            email: account.email,
        }
    });
    let fields = &visit.fields;
    Ok(UsersPage {
        frame: Frame::of(visit, "Users")?.with_notice(extra.notice),
        people: people.collect(),
        new_roles: choices(&bindings, |binding| {
            fields.text(&format!("role/{binding}")).to_owned()
        }),
        name: fields.text("name").to_owned(),
        email: fields.text("email").to_owned(),
        problem: extra.problem,
        invitation: extra.invitation,
    })
}

/// The roles that were chosen in a form.
fn grants(fields: &Fields, bindings: &[String]) -> Vec<RoleGrant> {
    let every = std::iter::once(EVERY_BINDING.to_owned());
    every
        .chain(bindings.iter().cloned())
        .filter_map(|binding| {
            let role = fields.text(&format!("role/{binding}"));
            Some(RoleGrant {
                binding: BindingId::new(&binding),
                role: AccountRole::from_word(role)?,
            })
        })
        .collect()
}

async fn bindings(dashboard: &Dashboard) -> Result<Vec<String>, PageError> {
    let all = dashboard.operations.bindings().await?;
    Ok(all.into_iter().map(|binding| binding.id).collect())
}

pub(super) async fn list(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let notice = query.get("done").map(|done| match done.as_str() {
        "roles" => "The roles are saved.",
        "disabled" => "The account is disabled; its sessions have ended.",
        _ => "The account can sign in again.",
    });
    let extra = Extra {
        notice,
        ..Extra::default()
    };
    page(&shown(&dashboard, &visit, extra).await?)
}

async fn invited(
    dashboard: &Dashboard,
    mut visit: Visit,
    outcome: Result<Invitation, OperationError>,
) -> Result<Response, PageError> {
    let problem = match outcome {
        Ok(invitation) => {
            visit.fields = Fields::default();
            let extra = Extra {
                invitation: Some(invitation),
                ..Extra::default()
            };
            return page(&shown(dashboard, &visit, extra).await?);
        }
        Err(OperationError::Field { field, message }) => (field.to_owned(), message),
        Err(OperationError::Argument(message)) => (String::new(), message),
        Err(error) => return Err(error.into()),
    };
    let extra = Extra {
        problem: Some(problem),
        ..Extra::default()
    };
    refused_page(&shown(dashboard, &visit, extra).await?)
}

pub(super) async fn add(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let new = NewPerson {
        name: visit.fields.text("name").to_owned(),
        email: visit.fields.text("email").to_owned(),
        grants: grants(&visit.fields, &bindings(&dashboard).await?),
    };
    let outcome = if new.grants.is_empty() {
        Err(OperationError::Field {
            field: "role",
            message: "Choose at least one role.".to_owned(),
        })
    } else {
        visit.operations(&dashboard).add_person(&new).await
    };
    invited(&dashboard, visit, outcome).await
}

pub(super) async fn reset(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, PageError> {
    let outcome = visit.operations(&dashboard).reset_person(&account).await;
    invited(&dashboard, visit, outcome).await
}

pub(super) async fn roles(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, PageError> {
    let chosen = grants(&visit.fields, &bindings(&dashboard).await?);
    visit
        .operations(&dashboard)
        .set_roles(&account, &chosen)
        .await?;
    Ok(Redirect::to("/users?done=roles").into_response())
}

pub(super) async fn disable(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, PageError> {
    let operations = visit.operations(&dashboard);
    operations.set_person_disabled(&account, true).await?;
    Ok(Redirect::to("/users?done=disabled").into_response())
}

pub(super) async fn enable(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, PageError> {
    let operations = visit.operations(&dashboard);
    operations.set_person_disabled(&account, false).await?;
    Ok(Redirect::to("/users?done=enabled").into_response())
}
