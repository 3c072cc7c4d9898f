//! One document: what was to be done, what was sent, what Sage said, what to do.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

use ledger_store::accounts::AccountRole;

use crate::operations::{Document, RunCommand};

use super::Dashboard;
use super::check_view::sentence;
use super::document_comments::CommentLine;
use super::document_links::{Relative, page_in_magento};
use super::error::{PageError, page};
use super::frame::Frame;
use super::labels::{Status, kind, of_state};
use super::plan_view::{PlanStep, number, steps, thing};
use super::reasons::{reason, remedy};
use super::times::of_text;
use super::visit::Visit;

/// Stands in the place of what Sage said.
const COVERED: &str = "Its own words may name a person: “Show personal data” below uncovers them.";

struct Attempt {
    at: String,
    what: String,
    outcome: &'static str,
    class: &'static str,
    detail: String,
}

/// One cause of a refusal.
struct Cause {
    what: String,
    why: String,
    field: String,
    remedy: String,
}

struct Problem {
    title: String,
    detail: String,
    remedy: &'static str,
    causes: Vec<Cause>,
}

/// A button that leads to a confirmation.
struct Action {
    word: &'static str,
    label: &'static str,
}

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    frame: Frame,
    binding: String,
    run_id: String,
    kind: &'static str,
    number: String,
    key: String,
    status: Status,
    arrived: String,
    changed: String,
    next: Option<String>,
    sage_reference: Option<String>,
    expected: Option<String>,
    sage_total: Option<String>,
    problem: Option<Problem>,
    attempts: Vec<Attempt>,
    plan: Vec<PlanStep>,
    plan_is_kept: bool,
    is_revealed: bool,
    actions: Vec<Action>,
    comments: Vec<CommentLine>,
    relatives: Vec<Relative>,
    /// Its page in the admin of the shop.
    in_magento: Option<String>,
    is_in_sage: bool,
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmPage {
    frame: Frame,
    binding: String,
    run_id: String,
    title: String,
    action: String,
    verb: &'static str,
    consequence: &'static str,
}

/// What a word in the address stands for: the command, its verb, its consequence.
pub(super) fn command_of(
    action: &str,
) -> Result<(RunCommand, &'static str, &'static str), PageError> {
    match action {
        "retry" => Ok((
            RunCommand::Retry,
            "Try again",
            "It is queued again. The relay first looks in Sage for what may stand there already, so nothing is posted twice.",
        )),
        "absent" => Ok((
            RunCommand::RetryAbsent,
            "It is not in Sage",
            "You say that you looked and nothing of this document stands in Sage. It is queued and made there; if it is there after all, it will be there twice.",
        )),
        "hold" => Ok((
            RunCommand::Hold,
            "Hold",
            "It is set aside and not sent until somebody releases it. Documents that need it wait as well.",
        )),
        "release" => Ok((
            RunCommand::Release,
            "Release",
            "It is queued again and goes to Sage in its turn.",
        )),
        "resend" => Ok((
            RunCommand::Resend,
            "Send again from Magento",
            "The shop decides on it again with the settings of now and sends what has become of it, within a minute as a rule. Nothing is posted twice.",
        )),
        _ => Err(PageError::NotFound),
    }
}

fn actions(state: &str, code: &str) -> Vec<Action> {
    let action = |word, label| Action { word, label };
    match state {
        "rejected" => vec![
            action("retry", "Try again"),
            action("resend", "Send again from Magento"),
        ],
        "ambiguous" => vec![
            action("retry", "Look in Sage and try again"),
            action("absent", "It is not in Sage"),
        ],
        "queued" | "waiting" => vec![action("hold", "Hold")],
        "parked" if code == "held_by_operator" => vec![action("release", "Release")],
        _ => Vec::new(),
    }
}

pub(super) async fn show(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path((binding, run)): Path<(String, String)>,
) -> Result<Response, PageError> {
    whole(&dashboard, &visit, (binding, run), false).await
}

/// The page with what stands around the document.
async fn whole(
    dashboard: &Dashboard,
    visit: &Visit,
    (binding, run): (String, String),
    is_revealed: bool,
) -> Result<Response, PageError> {
    let operations = visit.operations(dashboard);
    let document = operations.document(&binding, &run).await?;
    let comments = operations.comments(&binding, &run).await?;
    let relatives = operations.relatives(&binding, &run).await?;
    let opened = page_in_magento(&text(&document.run, "/key"));
    let in_magento = match opened {
        Some(path) => operations.admin_page(&binding, &path).await?,
        None => None,
    };
    let mut shown = shown(visit, binding, document, is_revealed)?;
    shown.comments = comments.into_iter().map(CommentLine::from).collect();
    shown.relatives = relatives.into_iter().map(Relative::from).collect();
    shown.in_magento = in_magento;
    page(&shown)
}

pub(super) async fn reveal(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path((binding, run)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let operations = visit.operations(&dashboard);
    // Written down before it is shown.
    operations.note_reveal(&binding, &run).await?;
    whole(&dashboard, &visit, (binding, run), true).await
}

pub(super) async fn confirm(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path((binding, run, action)): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    let (_, verb, consequence) = command_of(&action)?;
    let document = visit
        .operations(&dashboard)
        .document(&binding, &run)
        .await?;
    let (name, _) = named(&document);
    page(&ConfirmPage {
        frame: Frame::of(&visit, verb)?,
        binding,
        run_id: run,
        title: name,
        action,
        verb,
        consequence,
    })
}

pub(super) async fn apply(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path((binding, run, action)): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    let (command, ..) = command_of(&action)?;
    let operations = visit.operations(&dashboard);
    operations.direct_of(&binding, &run, command).await?;
    Ok(Redirect::to(&format!("/b/{binding}/documents/{run}")).into_response())
}

fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_default().to_owned()
}

/// The name of a document, and its number in the shop.
fn named(document: &Document) -> (String, String) {
    let key = text(&document.run, "/key");
    let in_shop = document.plan.as_ref().and_then(number);
    let number = in_shop.unwrap_or_else(|| key.split(':').nth(1).unwrap_or_default().to_owned());
    (format!("{} {number}", kind(&key)), number)
}

fn shown(
    visit: &Visit,
    binding: String,
    document: Document,
    is_revealed: bool,
) -> Result<DocumentPage, PageError> {
    let (name, number) = named(&document);
    let run = &document.run;
    let of = |pointer: &str| text(run, pointer);
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let amount = |of_what: &str| {
        let total = of(&format!("/{of_what}/total_amount"));
        let currency = of(&format!("/{of_what}/currency"));
        some(total).map(|total| format!("{total} {currency}").trim().to_owned())
    };
    let state = of("/state");
    let may_act = visit.may(AccountRole::Operator);
    let plan = document.plan.as_ref();
    Ok(DocumentPage {
        frame: Frame::of(visit, &name)?,
        run_id: of("/run_id"),
        kind: kind(&of("/key")),
        number,
        key: of("/key"),
        status: of_state(&state),
        arrived: of_text(&of("/created_at")),
        changed: of_text(&of("/updated_at")),
        next: some(of("/next_at")).map(|at| of_text(&at)),
        sage_reference: some(of("/sage/reference")),
        expected: amount("expected"),
        sage_total: amount("sage"),
        problem: problem(run, is_revealed),
        attempts: attempts(run),
        plan: plan
            .map(|plan| steps(plan, &document.names, is_revealed))
            .unwrap_or_default(),
        plan_is_kept: plan.is_some(),
        is_revealed,
        actions: if may_act {
            actions(&state, &of("/error/code"))
        } else {
            Vec::new()
        },
        comments: Vec::new(),
        relatives: Vec::new(),
        in_magento: None,
        is_in_sage: !of("/sage/id").is_empty(),
        binding,
    })
}

fn problem(run: &Value, is_revealed: bool) -> Option<Problem> {
    let code = text(run, "/error/code");
    if code.is_empty() {
        return None;
    }
    // What Sage says repeats names and addresses: it is shown to whoever asks for them.
    let said = |text: String| {
        if is_revealed { text } else { String::new() }
    };
    let list = |name: &str| {
        let list = run.pointer(&format!("/error/{name}"));
        list.and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let mut causes: Vec<Cause> = list("causes")
        .iter()
        .map(|cause| Cause {
            what: said(text(cause, "/what")),
            why: text(cause, "/why"),
            field: text(cause, "/pointer"),
            remedy: sentence(&text(cause, "/suggestion")),
        })
        .collect();
    if causes.is_empty() {
        causes = list("items")
            .iter()
            .map(|item| Cause {
                what: said(text(item, "/message")),
                why: text(item, "/data_code"),
                field: text(item, "/source"),
                remedy: String::new(),
            })
            .collect();
    }
    let is_of_sage = code == "sage_rejected";
    let detail = text(run, "/error/detail");
    Some(Problem {
        title: reason(&code).to_owned(),
        detail: if is_of_sage && !is_revealed {
            COVERED.to_owned()
        } else {
            detail
        },
        remedy: remedy(&code),
        causes,
    })
}

fn attempts(run: &Value) -> Vec<Attempt> {
    let steps = run.pointer("/steps").and_then(Value::as_array);
    let mut all = Vec::new();
    for step in steps.into_iter().flatten() {
        let sends = step.pointer("/attempts").and_then(Value::as_array);
        for send in sends.into_iter().flatten() {
            let (outcome, class) = outcome(&text(send, "/outcome"));
            let status = send.pointer("/http_status").and_then(Value::as_i64);
            let request = text(send, "/request_id");
            let status = status.map(|status| format!("HTTP {status}"));
            let request = Some(request)
                .filter(|id| !id.is_empty())
                .map(|id| format!("request {id}"));
            let detail: Vec<String> = status.into_iter().chain(request).collect();
            all.push((
                text(send, "/sent_at"),
                Attempt {
                    at: of_text(&text(send, "/sent_at")),
                    what: format!("{} {}", text(step, "/op"), thing(&text(step, "/resource"))),
                    outcome,
                    class,
                    detail: detail.join(", "),
                },
            ));
        }
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all.into_iter().map(|(_, attempt)| attempt).collect()
}

fn outcome(word: &str) -> (&'static str, &'static str) {
    match word {
        "created" => ("Done in Sage", "good"),
        "resolved" => ("Cleared up by a look in Sage", "good"),
        "refused" => ("Refused by Sage", "bad"),
        "not_sent" => ("Not sent: Sage was not reached", "open"),
        "throttled" => ("Sage asked to slow down", "open"),
        "unauthorised" => ("The access token was not taken", "open"),
        "unknown" => ("No answer; looked up before it is repeated", "open"),
        _ => ("Under way", "open"),
    }
}
