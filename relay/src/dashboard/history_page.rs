//! The documents of a binding: filters, pages, CSV, and what is done to several at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};

use ledger_store::accounts::AccountRole;
use ledger_store::clock;
use ledger_store::history::{HistoryLine, SavedFilter};

use crate::operations::RunCommand;

use super::Dashboard;
use super::assets::live_path;
use super::csv::cell;
use super::document_page::command_of;
use super::error::{PageError, page};
use super::frame::Frame;
use super::history_filter::{Chosen, ON_A_PAGE, again, wanted};
use super::labels::{CHOICES, KINDS, Status, kind, number_of, of_state, total_of};
use super::reasons::reason;
use super::times::{ago, moment};
use super::visit::Visit;

const MOST_IN_CSV: u32 = 10_000;
/// Documents that something is done with at one press.
const MOST_AT_ONCE: u32 = 1_000;

struct Line {
    run_id: String,
    kind: &'static str,
    number: String,
    status: Status,
    reason: String,
    total: String,
    reference: String,
    at: String,
    ago: String,
}

/// A reason for which documents need somebody.
struct ReasonLine {
    code: String,
    words: String,
    documents: i64,
}

#[derive(Template)]
#[template(path = "direct_all.html")]
struct DirectAllPage {
    frame: Frame,
    binding: String,
    action: String,
    verb: &'static str,
    consequence: &'static str,
    code: String,
    words: String,
    documents: i64,
    at_once: u32,
}

#[derive(Template)]
#[template(path = "documents.html")]
struct DocumentsPage {
    frame: Frame,
    binding: String,
    chosen: Chosen,
    script: &'static str,
    reasons: Vec<ReasonLine>,
    saved: Vec<SavedFilter>,
    statuses: Vec<(&'static str, &'static str)>,
    kinds: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    is_filtered: bool,
    may_act: bool,
    problem: Option<String>,
    /// The query of the page with older ones.
    older: Option<String>,
    /// The query without a page.
    query: String,
}

#[derive(Template)]
#[template(path = "confirm_several.html")]
struct ConfirmPage {
    frame: Frame,
    binding: String,
    action: String,
    verb: &'static str,
    consequence: &'static str,
    runs: Vec<String>,
}

#[derive(Template)]
#[template(path = "applied.html")]
struct AppliedPage {
    frame: Frame,
    binding: String,
    done: usize,
    refused: Vec<(String, String)>,
}

fn shown(line: &HistoryLine, now: i64) -> Line {
    Line {
        run_id: line.run_id.clone(),
        kind: kind(&line.key),
        number: number_of(line),
        status: of_state(&line.state),
        reason: line
            .error_code
            .as_deref()
            .map(reason)
            .unwrap_or_default()
            .to_owned(),
        total: total_of(line),
        reference: line.sage_reference.clone().unwrap_or_default(),
        at: moment(line.created_at),
        ago: ago(line.updated_at, now),
    }
}

pub(super) async fn list(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let binding = visit.binding()?;
    let (filter, chosen, problem) = wanted(&query);
    let operations = visit.operations(&dashboard);
    let mut found = if problem.is_some() {
        Vec::new()
    } else {
        operations.documents(binding, &filter).await?
    };
    let reasons = operations.reasons(binding).await?;
    let account = &visit.user()?.account.id;
    let saved = operations.saved_filters(account, binding).await?;
    let more = found.len() > ON_A_PAGE;
    found.truncate(ON_A_PAGE);
    let older = found.last().filter(|_| more).map(HistoryLine::place);
    let now = clock::now();
    page(&DocumentsPage {
        frame: Frame::of(&visit, "Documents")?,
        binding: binding.to_owned(),
        chosen,
        script: live_path(),
        reasons: reasons
            .into_iter()
            .map(|one| ReasonLine {
                words: reason(&one.code).to_owned(),
                code: one.code,
                documents: one.documents,
            })
            .collect(),
        saved,
        statuses: CHOICES
            .iter()
            .map(|(value, word, _)| (*value, *word))
            .collect(),
        kinds: KINDS
            .iter()
            .map(|(value, word, _)| (*value, *word))
            .collect(),
        lines: found.iter().map(|line| shown(line, now)).collect(),
        is_filtered: !query.is_empty(),
        may_act: visit.may(AccountRole::Operator),
        problem,
        older: older.map(|below| again(&query, Some(below))),
        query: again(&query, None),
    })
}

pub(super) async fn csv(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let (mut filter, ..) = wanted(&query);
    filter.limit = MOST_IN_CSV;
    let binding = visit.binding()?;
    let found = visit
        .operations(&dashboard)
        .documents(binding, &filter)
        .await?;
    let mut text =
        "Arrived (UTC),Kind,Magento number,Magento id,Status,Reason,Total,Currency,Sage reference\r\n".to_owned();
    for line in found {
        let cells = [
            moment(line.created_at).as_str(),
            kind(&line.key),
            line.increment_id.as_deref().unwrap_or_default(),
            &line.entity_id.to_string(),
            of_state(&line.state).word,
            line.error_code.as_deref().map(reason).unwrap_or_default(),
            line.expected_total.as_deref().unwrap_or_default(),
            line.expected_currency.as_deref().unwrap_or_default(),
            line.sage_reference.as_deref().unwrap_or_default(),
        ]
        .map(cell);
        // Writing into a string does not fail.
        let _ = write!(text, "{}\r\n", cells.join(","));
    }
    let name = format!("attachment; filename=\"documents-{binding}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

pub(super) async fn confirm(visit: Visit) -> Result<Response, PageError> {
    let action = visit.fields.text("action").to_owned();
    let (_, verb, consequence) = command_of(&action)?;
    let runs: Vec<String> = visit.fields.all("run").map(ToOwned::to_owned).collect();
    if runs.is_empty() {
        return Err(PageError::Refused("No document was chosen.".to_owned()));
    }
    page(&ConfirmPage {
        frame: Frame::of(&visit, verb)?,
        binding: visit.binding()?.to_owned(),
        action,
        verb,
        consequence,
        runs,
    })
}

pub(super) async fn apply(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let binding = visit.binding()?;
    let (command, verb, _): (RunCommand, _, _) = command_of(visit.fields.text("action"))?;
    let operations = visit.operations(&dashboard);
    let (mut done, mut refused) = (0, Vec::new());
    for run in visit.fields.all("run").take(ON_A_PAGE * 2) {
        match operations.direct_of(binding, run, command).await {
            Ok(_) => done += 1,
            Err(error) => refused.push((run.to_owned(), PageError::from(error).words()?)),
        }
    }
    page(&AppliedPage {
        frame: Frame::of(&visit, verb)?,
        binding: binding.to_owned(),
        done,
        refused,
    })
}

/// What may be done with all documents of a reason.
fn for_all(action: &str) -> Result<(RunCommand, &'static str, &'static str), PageError> {
    match action {
        "retry" | "resend" => command_of(action),
        _ => Err(PageError::NotFound),
    }
}

/// How many documents it would be done with, before it is.
pub(super) async fn confirm_direct_all(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let binding = visit.binding()?;
    let reasons = visit.operations(&dashboard).reasons(binding).await?;
    let code = query.get("reason").map(String::as_str).unwrap_or_default();
    let found = reasons.into_iter().find(|one| one.code == code);
    let found = found.ok_or_else(|| {
        PageError::Refused("No document needs attention for this reason any more.".to_owned())
    })?;
    let action = query.get("action").map_or("retry", String::as_str);
    let (_, verb, consequence) = for_all(action)?;
    page(&DirectAllPage {
        frame: Frame::of(&visit, verb)?,
        binding: binding.to_owned(),
        action: action.to_owned(),
        verb,
        consequence,
        words: reason(&found.code).to_owned(),
        code: found.code,
        documents: found.documents,
        at_once: MOST_AT_ONCE,
    })
}

pub(super) async fn direct_all(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let binding = visit.binding()?;
    let operations = visit.operations(&dashboard);
    let code = visit.fields.text("reason");
    let (command, verb, _) = for_all(visit.fields.text("action"))?;
    let done = operations
        .direct_reason(binding, code, command, MOST_AT_ONCE)
        .await?;
    page(&AppliedPage {
        frame: Frame::of(&visit, verb)?,
        binding: binding.to_owned(),
        done,
        refused: Vec::new(),
    })
}

/// Keeps a filter, or forgets one.
pub(super) async fn keep_filter(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let binding = visit.binding()?;
    let account = &visit.user()?.account.id;
    let (name, query) = (visit.fields.text("name"), visit.fields.text("query"));
    let kept = (!visit.fields.has("forget")).then_some(query);
    let operations = visit.operations(&dashboard);
    operations.keep_filter(account, binding, name, kept).await?;
    let to = format!("/b/{binding}/documents?{query}");
    Ok(Redirect::to(&to).into_response())
}
