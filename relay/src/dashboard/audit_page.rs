//! Who did what.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::Dashboard;
use super::error::{PageError, page};
use super::frame::Frame;
use super::times::moment;
use super::visit::Visit;

const ON_A_PAGE: usize = 100;

struct Entry {
    at: String,
    who: String,
    binding: String,
    action: String,
    subject: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    entries: Vec<Entry>,
    shows_binding: bool,
    older: Option<i64>,
}

pub(super) async fn of_binding(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let own = [visit.binding()?.to_owned()];
    show(&dashboard, &visit, Some(&own), &query).await
}

pub(super) async fn of_relay(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    show(&dashboard, &visit, None, &query).await
}

async fn show(
    dashboard: &Dashboard,
    visit: &Visit,
    bindings: Option<&[String]>,
    query: &BTreeMap<String, String>,
) -> Result<Response, PageError> {
    let operations = visit.operations(dashboard);
    let below = query.get("below").and_then(|below| below.parse().ok());
    let limit = u32::try_from(ON_A_PAGE + 1).unwrap_or(u32::MAX);
    let mut lines = operations.audit_page(bindings, below, limit).await?;
    let more = lines.len() > ON_A_PAGE;
    lines.truncate(ON_A_PAGE);
    let older = lines.last().map(|(place, _)| *place).filter(|_| more);
    let people = operations.accounts().await?;
    let names: BTreeMap<String, String> = people
        .into_iter()
        .map(|account| (account.id, account.name))
        .collect();
    let named = |text: &str| {
        let known = names.iter().find(|(id, _)| text.contains(id.as_str()));
        known.map_or_else(
            || text.to_owned(),
            |(id, name)| {
                text.replace(&format!("account:{id}"), name)
                    .replace(id, name)
            },
        )
    };
    let entries = lines.into_iter().map(|(_, line)| Entry {
        at: moment(line.at),
        who: named(&line.actor),
        binding: line.binding_id.unwrap_or_default(),
        action: line.action,
        subject: named(&line.subject),
    });
    page(&AuditPage {
        frame: Frame::of(visit, "Audit")?,
        entries: entries.collect(),
        shows_binding: bindings.is_none(),
        older,
    })
}
