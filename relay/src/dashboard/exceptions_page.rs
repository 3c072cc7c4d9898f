//! What only people can decide on, each with its ways out.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use std::collections::BTreeMap;

use ledger_plan::Resource;
use ledger_store::accounts::AccountRole;
use ledger_store::clock;

use crate::operations::{Candidate, ExceptionDetail, ExceptionKind};

use super::Dashboard;
use super::error::{PageError, page, refused_page};
use super::frame::Frame;
use super::labels::{masked, name_of, total_of};
use super::plan_view::thing;
use super::reasons::reason;
use super::times::{ago, date};
use super::visit::Visit;

struct Line {
    run_id: String,
    document: String,
    title: &'static str,
    reason: String,
    total: String,
    ago: String,
}

#[derive(Template)]
#[template(path = "exceptions.html")]
struct ExceptionsPage {
    frame: Frame,
    binding: String,
    lines: Vec<Line>,
    may_act: bool,
}

/// An object that can be chosen.
struct Choice {
    sage_id: String,
    name: String,
    facts: String,
    is_deleted: bool,
}

#[derive(Template)]
#[template(path = "exception.html")]
struct ExceptionPage {
    frame: Frame,
    binding: String,
    run_id: String,
    title: &'static str,
    reason: String,
    explanation: &'static str,
    thing: String,
    choices: Vec<Choice>,
    is_contact: bool,
    is_in_doubt: bool,
    is_total: bool,
    others: usize,
    problem: Option<String>,
}

/// A kind of exception: its title, and what happened.
fn words(kind: ExceptionKind) -> (&'static str, &'static str) {
    match kind {
        ExceptionKind::InDoubt => (
            "It may or may not be in Sage",
            "The relay sent this document and cannot tell from Sage’s answers whether it is there. It sends nothing until you say so, because it could be posted twice.",
        ),
        ExceptionKind::ReferenceReserved => (
            "The customer’s reference is taken in Sage",
            "Sage refuses to make the contact: another contact has this reference already. A contact that was deleted in Sage keeps its reference, and Sage’s search does not find it.",
        ),
        ExceptionKind::OtherContact => (
            "The reference belongs to another contact",
            "Sage has a contact with the customer’s reference but another e-mail address. It may be the same customer with a new address, or somebody else.",
        ),
        ExceptionKind::TotalDiffers => (
            "It is in Sage with another total",
            "Sage came to another total or currency than Magento. The document stands in Sage as it is.",
        ),
    }
}

pub(super) async fn list(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let binding = visit.binding()?;
    let all = visit.operations(&dashboard).exceptions(binding).await?;
    let now = clock::now();
    let lines = all.iter().map(|exception| {
        let line = &exception.line;
        Line {
            run_id: line.run_id.clone(),
            document: name_of(line),
            title: words(exception.kind).0,
            reason: reason(&exception.code).to_owned(),
            total: total_of(line),
            ago: ago(line.updated_at, now),
        }
    });
    let notice = query.get("done").map(|done| match done.as_str() {
        "1" => "Done. The document goes on.",
        "accepted" => "Done. The document is taken as it is in Sage.",
        _ => "Done. The document and those that waited for the same contact go on.",
    });
    page(&ExceptionsPage {
        frame: Frame::of(&visit, "Exceptions")?.with_notice(notice),
        binding: binding.to_owned(),
        lines: lines.collect(),
        may_act: visit.may(AccountRole::Operator),
    })
}

fn choice(candidate: &Candidate, is_contact: bool) -> Choice {
    let mut facts = Vec::new();
    if !candidate.reference.is_empty() {
        facts.push(format!("reference {}", candidate.reference));
    }
    facts.extend(
        candidate
            .date
            .as_ref()
            .map(|day| format!("of {}", date(day))),
    );
    facts.extend(
        candidate
            .total
            .as_ref()
            .map(|total| format!("total {total}")),
    );
    facts.extend(candidate.has_email.map(|same| {
        let words = if same {
            "the customer’s e-mail address"
        } else {
            "another e-mail address"
        };
        words.to_owned()
    }));
    if candidate.is_deleted {
        facts.push("deleted in Sage".to_owned());
    }
    Choice {
        sage_id: candidate.sage_id.clone(),
        name: if is_contact {
            masked(&candidate.name)
        } else {
            candidate.name.clone()
        },
        facts: facts.join(", "),
        is_deleted: candidate.is_deleted,
    }
}

fn shown(
    visit: &Visit,
    detail: &ExceptionDetail,
    problem: Option<String>,
) -> Result<ExceptionPage, PageError> {
    let exception = &detail.exception;
    let (title, explanation) = words(exception.kind);
    let is_contact = detail.resource == Resource::Contacts;
    Ok(ExceptionPage {
        frame: Frame::of(visit, &name_of(&exception.line))?,
        binding: visit.binding()?.to_owned(),
        run_id: exception.line.run_id.clone(),
        title,
        reason: reason(&exception.code).to_owned(),
        explanation,
        thing: thing(detail.resource.path()).to_owned(),
        choices: detail
            .candidates
            .iter()
            .map(|candidate| choice(candidate, is_contact))
            .collect(),
        is_contact,
        is_in_doubt: exception.kind == ExceptionKind::InDoubt,
        is_total: exception.kind == ExceptionKind::TotalDiffers,
        others: detail.others.len(),
        problem: problem.or_else(|| detail.problem.clone()),
    })
}

pub(super) async fn show(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path((binding, run)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let detail = visit
        .operations(&dashboard)
        .exception(&binding, &run)
        .await?;
    page(&shown(&visit, &detail, None)?)
}

pub(super) async fn decide(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path((binding, run, action)): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    let operations = visit.operations(&dashboard);
    let outcome = match action.as_str() {
        "use" => {
            let object = visit.fields.text("object");
            operations.use_object(&binding, &run, object).await
        }
        "freed" => operations.try_freed(&binding, &run).await,
        "accept" => operations.accept_finding(&binding, &run).await.map(|()| 0),
        "look" => operations.look_again(&binding, &run).await.map(|()| 0),
        _ => return Err(PageError::NotFound),
    };
    match outcome {
        Ok(documents) => {
            let done = if documents == 0 {
                "accepted".to_owned()
            } else {
                documents.to_string()
            };
            let to = format!("/b/{binding}/exceptions?done={done}");
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) => {
            let problem = PageError::from(error).words()?;
            let detail = operations.exception(&binding, &run).await?;
            refused_page(&shown(&visit, &detail, Some(problem))?)
        }
    }
}
