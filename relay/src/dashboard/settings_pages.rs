//! Settings by topic, their versions, what changed between two.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

use ledger_store::accounts::AccountRole;

use crate::operations::{OperationError, PolicyView, SettingsProblem, SettingsVersion};
use crate::settings::knobs::{TOPICS, all};

use super::Dashboard;
use super::assets::settings_path;
use super::error::{PageError, page, refused_page};
use super::frame::Frame;
use super::headers::with_core;
use super::settings_changes::{Change, changes};
use super::settings_form::{Field, Lists, field};
use super::settings_read::policy;
use super::times::{date, of_text};
use super::visit::Visit;

struct Card {
    name: &'static str,
    about: &'static str,
    id: String,
    index: usize,
    is_open: bool,
    fields: Vec<Field>,
}

/// A version in the list.
struct Version {
    number: i64,
    by: String,
    at: String,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    binding: String,
    version: i64,
    cards: Vec<Card>,
    versions: Vec<Version>,
    may_change: bool,
    lists_are_empty: bool,
    /// What judges the settings while they are typed, where the core is there.
    core: Option<String>,
    script: &'static str,
    business: Vec<(&'static str, String)>,
    /// What is wrong and belongs to no field.
    problems: Vec<String>,
}

#[derive(Template)]
#[template(path = "version.html")]
struct VersionPage {
    frame: Frame,
    binding: String,
    version: Version,
    is_newest: bool,
    may_change: bool,
    changes: Vec<Change>,
}

/// What Sage says of the business, as it is shown.
const BUSINESS: [(&str, &str); 7] = [
    ("country", "Country"),
    ("sage_variant", "Plan"),
    ("base_currency", "Currency"),
    ("multi_currency", "Foreign currencies"),
    ("vat_scheme", "VAT scheme"),
    ("accounts_start_date", "Accounts start"),
    ("locked_until", "Closed until"),
];

/// What Sage says of the business, in words.
pub(super) fn business_facts(facts: &Value) -> Vec<(&'static str, String)> {
    let shown = BUSINESS.iter().filter_map(|(key, label)| {
        let value = match facts.get(*key)? {
            Value::String(text) if *key == "sage_variant" => {
                let mut letters = text.chars();
                let first = letters.next().map(|first| first.to_ascii_uppercase());
                first.into_iter().chain(letters).collect()
            }
            Value::String(text) => date(text),
            Value::Bool(true) => "Yes".to_owned(),
            Value::Bool(false) => "No".to_owned(),
            Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        Some((*label, value))
    });
    shown.collect()
}

async fn names(dashboard: &Dashboard) -> Result<BTreeMap<String, String>, PageError> {
    let all = dashboard.operations.accounts().await?;
    let named = all.into_iter();
    Ok(named
        .map(|one| (format!("account:{}", one.id), one.name))
        .collect())
}

fn version_of(version: SettingsVersion, names: &BTreeMap<String, String>) -> Version {
    Version {
        number: version.version,
        by: names
            .get(&version.author)
            .cloned()
            .unwrap_or(version.author),
        at: version
            .created_at
            .as_deref()
            .map(of_text)
            .unwrap_or_default(),
    }
}

/// The form; `given` stands in the place of what is saved where it was refused.
async fn shown(
    dashboard: &Dashboard,
    visit: &Visit,
    given: Option<Value>,
    problems: &[SettingsProblem],
    others: Vec<String>,
) -> Result<SettingsPage, PageError> {
    let operations = visit.operations(dashboard);
    let binding = visit.binding()?;
    let view = operations.policy(binding, None).await?;
    let names = names(dashboard).await?;
    let versions = operations.settings_versions(binding).await?;
    let lists = Lists::of(&view.reference);
    let standing = given.unwrap_or_else(|| view.policy.clone());
    let cards = TOPICS.iter().enumerate().map(|(index, topic)| {
        let fields = topic.knobs.iter();
        let fields: Vec<Field> = fields
            .map(|knob| field(knob, &standing, &lists, problems))
            .collect();
        Card {
            name: topic.name,
            about: topic.about,
            id: topic.name.to_lowercase().replace(' ', "-"),
            index,
            is_open: fields.iter().any(|field| !field.problems.is_empty()),
            fields,
        }
    });
    let cards: Vec<Card> = cards.collect();
    let is_placed = |problem: &&SettingsProblem| {
        let place = problem.pointer.strip_prefix("/settings/policy/");
        place.is_some_and(|place| all().any(|knob| place.starts_with(knob.path)))
    };
    let unplaced = problems.iter().filter(|problem| !is_placed(problem));
    let unplaced = unplaced.map(|problem| {
        format!(
            "{}: {}. To do: {}.",
            problem.pointer, problem.message, problem.suggestion
        )
    });
    let PolicyView {
        version,
        binding: facts,
        ..
    } = view;
    let may_change = visit.may(AccountRole::Administrator);
    let core = dashboard.core.as_ref().filter(|_| may_change);
    Ok(SettingsPage {
        core: core.map(|core| core.script.clone()),
        script: settings_path(),
        frame: Frame::of(visit, "Settings")?,
        binding: binding.to_owned(),
        version,
        cards,
        versions: versions
            .into_iter()
            .take(20)
            .map(|version| version_of(version, &names))
            .collect(),
        may_change,
        lists_are_empty: lists.are_empty(),
        business: business_facts(&facts),
        problems: others.into_iter().chain(unplaced).collect(),
    })
}

pub(super) async fn show(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let mut shown = shown(&dashboard, &visit, None, &[], Vec::new()).await?;
    if let Some(saved) = query
        .get("saved")
        .and_then(|saved| saved.parse::<i64>().ok())
    {
        let notice = format!("Version {saved} is saved. Shops take it over with their next cycle.");
        shown.frame = shown.frame.with_notice(Some(&notice));
    }
    if let Some(open) = query.get("topic") {
        for card in &mut shown.cards {
            card.is_open = card.id == *open;
        }
    }
    Ok(with_core(page(&shown)?))
}

fn refused(page: &SettingsPage) -> Result<Response, PageError> {
    Ok(with_core(refused_page(page)?))
}

pub(super) async fn save(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let binding = visit.binding()?;
    let operations = visit.operations(&dashboard);
    let topic = visit.fields.text("topic").parse().ok();
    let topic = topic.and_then(|topic: usize| TOPICS.get(topic));
    let topic = topic.ok_or(PageError::NotFound)?;
    let based_on = visit.fields.text("version").parse().unwrap_or(-1);
    let standing = operations.policy(binding, None).await?;
    let changed = policy(standing.policy, topic.knobs, &visit.fields);
    match operations
        .set_policy(binding, based_on, changed.clone())
        .await
    {
        Ok(saved) => {
            let id = topic.name.to_lowercase().replace(' ', "-");
            let to = format!("/b/{binding}/settings?saved={}&topic={id}", saved.version);
            Ok(Redirect::to(&to).into_response())
        }
        Err(OperationError::Settings(problems)) => {
            let shown = shown(&dashboard, &visit, Some(changed), &problems, Vec::new());
            refused(&shown.await?)
        }
        Err(OperationError::Argument(what)) => {
            refused(&shown(&dashboard, &visit, None, &[], vec![what]).await?)
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn version(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path((binding, number)): Path<(String, i64)>,
) -> Result<Response, PageError> {
    let operations = visit.operations(&dashboard);
    let versions = operations.settings_versions(&binding).await?;
    let newest = versions.first().map(|version| version.version);
    let found = versions
        .into_iter()
        .find(|version| version.version == number);
    let found = found.ok_or(PageError::NotFound)?;
    let view = operations.policy(&binding, Some(number)).await?;
    let before = match number {
        ..=1 => Value::Null,
        _ => operations.policy(&binding, Some(number - 1)).await?.policy,
    };
    page(&VersionPage {
        frame: Frame::of(&visit, &format!("Version {number}"))?,
        is_newest: newest == Some(number),
        may_change: visit.may(AccountRole::Administrator),
        version: version_of(found, &names(&dashboard).await?),
        changes: changes(&before, &view.policy, &Lists::of(&view.reference)),
        binding,
    })
}

pub(super) async fn restore(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let binding = visit.binding()?;
    let number = visit
        .fields
        .text("restore")
        .parse()
        .map_err(|_| PageError::NotFound)?;
    let operations = visit.operations(&dashboard);
    match operations.restore_settings(binding, number).await {
        Ok(saved) => {
            let to = format!("/b/{binding}/settings?saved={}", saved.version);
            Ok(Redirect::to(&to).into_response())
        }
        Err(OperationError::Settings(problems)) => {
            let what = problems.iter().map(|problem| {
                format!(
                    "Version {number} is not good any more: {}. To do: {}.",
                    problem.message, problem.suggestion
                )
            });
            refused(&shown(&dashboard, &visit, None, &[], what.collect()).await?)
        }
        Err(error) => Err(error.into()),
    }
}
