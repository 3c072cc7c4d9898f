//! The documents of a binding: filters, pages, CSV, and what is done to several at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use ledger_store::accounts::AccountRole;
use ledger_store::clock;
use ledger_store::history::{HistoryFilter, HistoryLine};

use crate::operations::RunCommand;

use super::Dashboard;
use super::csv::cell;
use super::document_page::command_of;
use super::error::{PageError, page};
use super::frame::Frame;
use super::labels::{CHOICES, KINDS, Status, kind, of_state, reason};
use super::times::{ago, beginning, moment};
use super::visit::Visit;

const ON_A_PAGE: usize = 50;
const MOST_IN_CSV: u32 = 10_000;
const DAY: i64 = 86_400_000;

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

/// What the filter was set to, to be shown again.
struct Chosen {
    status: String,
    kind: String,
    number: String,
    reference: String,
    reason: String,
    from: String,
    until: String,
}

#[derive(Template)]
#[template(path = "documents.html")]
struct DocumentsPage {
    frame: Frame,
    binding: String,
    chosen: Chosen,
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

fn wanted(query: &BTreeMap<String, String>) -> (HistoryFilter, Chosen, Option<String>) {
    let text = |name: &str| {
        let value = query.get(name).map(|value| value.trim());
        value
            .unwrap_or_default()
            .chars()
            .take(100)
            .collect::<String>()
    };
    let chosen = Chosen {
        status: text("status"),
        kind: text("kind"),
        number: text("number"),
        reference: text("reference"),
        reason: text("reason"),
        from: text("from"),
        until: text("until"),
    };
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let mut problem = None;
    let mut date = |text: &String| {
        let read = beginning(text);
        if read.is_none() && !text.is_empty() {
            problem = Some(format!("{text} is not a date such as 2026-11-28."));
        }
        read
    };
    let (from, until) = (date(&chosen.from), date(&chosen.until));
    let entity_id = chosen.number.parse().ok();
    if entity_id.is_none() && !chosen.number.is_empty() {
        problem =
            Some("An id is a number; look for the number of a document as reference.".to_owned());
    }
    let states = CHOICES.iter().find(|(value, ..)| *value == chosen.status);
    let states = states.map(|(_, _, states)| *states).unwrap_or_default();
    let filter = HistoryFilter {
        states: states.iter().map(ToString::to_string).collect(),
        reason: some(&chosen.reason),
        entity_type: some(&chosen.kind),
        entity_id,
        sage_reference: some(&chosen.reference),
        from,
        before: until.map(|until| until.saturating_add(DAY)),
        below: query.get("below").and_then(|below| below.parse().ok()),
        limit: u32::try_from(ON_A_PAGE + 1).unwrap_or(u32::MAX),
    };
    (filter, chosen, problem)
}

fn again(query: &BTreeMap<String, String>, below: Option<i64>) -> String {
    let mut again = form_urlencoded::Serializer::new(String::new());
    for (name, value) in query
        .iter()
        .filter(|(name, value)| *name != "below" && !value.is_empty())
    {
        again.append_pair(name, value);
    }
    if let Some(below) = below {
        again.append_pair("below", &below.to_string());
    }
    again.finish()
}

fn shown(line: &HistoryLine, now: i64) -> Line {
    let total = line.expected_total.clone().unwrap_or_default();
    let currency = line.expected_currency.clone().unwrap_or_default();
    Line {
        run_id: line.run_id.clone(),
        kind: kind(&line.key),
        number: line.entity_id.to_string(),
        status: of_state(&line.state),
        reason: line
            .error_code
            .as_deref()
            .map(reason)
            .unwrap_or_default()
            .to_owned(),
        total: format!("{total} {currency}").trim().to_owned(),
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
    let mut found = if problem.is_some() {
        Vec::new()
    } else {
        visit
            .operations(&dashboard)
            .documents(binding, &filter)
            .await?
    };
    let more = found.len() > ON_A_PAGE;
    found.truncate(ON_A_PAGE);
    let older = found.last().filter(|_| more).map(|last| last.seq);
    let now = clock::now();
    page(&DocumentsPage {
        frame: Frame::of(&visit, "Documents")?,
        binding: binding.to_owned(),
        chosen,
        statuses: CHOICES
            .iter()
            .map(|(value, word, _)| (*value, *word))
            .collect(),
        kinds: KINDS.to_vec(),
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
        "Arrived (UTC),Kind,Magento id,Status,Reason,Total,Currency,Sage reference\r\n".to_owned();
    for line in found {
        let cells = [
            moment(line.created_at).as_str(),
            kind(&line.key),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_and_what_is_no_date_is_told() {
        let query = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect::<BTreeMap<_, _>>()
        };
        let asked = query(&[
            ("status", "attention"),
            ("until", "2026-11-28"),
            ("below", "7"),
        ]);
        let (filter, _, problem) = wanted(&asked);
        assert_eq!(filter.states, ["rejected", "ambiguous"]);
        assert_eq!(filter.before, beginning("2026-11-29"));
        assert_eq!((filter.below, problem), (Some(7), None));
        assert_eq!(again(&asked, None), "status=attention&until=2026-11-28");
        assert!(wanted(&query(&[("from", "yesterday")])).2.is_some());
        assert!(wanted(&query(&[("number", "000000031x")])).2.is_some());
    }
}
