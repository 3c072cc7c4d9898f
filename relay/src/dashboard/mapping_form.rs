//! Proposals merged into the settings, as rows of one form; and the form as settings again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::operations::{Mapping, Proposal, SettingsProblem};
use crate::settings::knobs::all;

use super::fields::Fields;
use super::mapping_rows::{
    Wanted, text, told, wanted_abroad, wanted_accounts, wanted_payments, wanted_rates, without_rate,
};
use super::settings_form::{Choice, Lists, NOTHING};
use super::settings_read::put_at;

/// One setting to confirm.
pub(super) struct MapRow {
    /// The name of its field: its place in the policy, keys of maps escaped as in a JSON pointer.
    pub(super) path: String,
    pub(super) label: String,
    /// More of it, in small.
    pub(super) note: String,
    pub(super) choices: Vec<Choice>,
    /// Why the chosen value is proposed; none once it is saved.
    pub(super) proposed: Option<String>,
    pub(super) problems: Vec<String>,
}

/// A website of the shop.
pub(super) struct Website {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) is_chosen: bool,
}

/// The form.
pub(super) struct MapForm {
    pub(super) accounts: Vec<MapRow>,
    pub(super) payments: Vec<MapRow>,
    pub(super) rates: Vec<MapRow>,
    pub(super) abroad: Vec<MapRow>,
    /// Countries whose tax the shop charges and that have no rate in Sage.
    pub(super) without_rate: Vec<String>,
    /// The shop's websites, where it has several.
    pub(super) websites: Vec<Website>,
    /// What is wrong and belongs to no row.
    pub(super) others: Vec<String>,
}

struct Maker<'a> {
    mapping: &'a Mapping,
    lists: Lists,
    proposals: BTreeMap<String, &'a Proposal>,
    given: Option<&'a Value>,
    problems: &'a [SettingsProblem],
}

/// The form of what stands and what is proposed; `given` is what was sent and refused.
pub(super) fn form(
    mapping: &Mapping,
    given: Option<&Value>,
    problems: &[SettingsProblem],
) -> MapForm {
    let proposals = mapping.proposals.iter();
    let maker = Maker {
        mapping,
        lists: Lists::of(&mapping.reference),
        proposals: proposals
            .filter_map(|one| {
                Some((
                    one.pointer.strip_prefix("/settings/policy/")?.to_owned(),
                    one,
                ))
            })
            .collect(),
        given,
        problems,
    };
    let mut form = MapForm {
        accounts: maker.rows(wanted_accounts()),
        payments: maker.rows(wanted_payments(mapping)),
        rates: with_missing(maker.rows(wanted_rates(mapping))),
        abroad: maker.rows(wanted_abroad(mapping, &maker.proposals)),
        without_rate: without_rate(mapping, &maker.proposals),
        websites: websites(mapping, given),
        others: Vec::new(),
    };
    let placed: BTreeSet<String> = [&form.accounts, &form.payments, &form.rates, &form.abroad]
        .into_iter()
        .flatten()
        .map(|row| format!("/settings/policy/{}", row.path))
        .collect();
    let unplaced = problems.iter().filter(|one| !placed.contains(&one.pointer));
    form.others = unplaced.map(unplaced_words).collect();
    form
}

/// A problem of a setting that has no row, with the name of the setting.
fn unplaced_words(problem: &SettingsProblem) -> String {
    let place = problem.pointer.strip_prefix("/settings/policy/");
    let knob = place.and_then(|place| all().find(|knob| place.starts_with(knob.path)));
    let name = knob.map_or(problem.pointer.as_str(), |knob| knob.label);
    format!(
        "{name}: {}. To do: {}.",
        problem.message, problem.suggestion
    )
}

impl Maker<'_> {
    fn rows(&self, wanted: Vec<Wanted>) -> Vec<MapRow> {
        wanted.into_iter().map(|one| self.row(one)).collect()
    }

    fn row(&self, wanted: Wanted) -> MapRow {
        let pointer = format!("/{}", wanted.path);
        let standing = self.mapping.policy.pointer(&pointer);
        // An empty account stands for "not set"; in a map it is a decision.
        let standing = standing.filter(|value| wanted.may_be_none || !value.is_null());
        let proposal = self
            .proposals
            .get(&wanted.path)
            .filter(|_| standing.is_none());
        let chosen: Option<Value> = match (self.given, standing, proposal) {
            (Some(given), _, _) => given.pointer(&pointer).cloned(),
            (None, Some(standing), _) => Some(standing.clone()),
            (None, None, Some(proposal)) => Some(json!(proposal.value)),
            (None, None, None) => None,
        };
        let chosen = chosen.filter(|value| wanted.may_be_none || !value.is_null());
        let text = chosen.as_ref().and_then(Value::as_str).unwrap_or_default();
        let mut choices = vec![Choice {
            value: String::new(),
            label: wanted.none.to_owned(),
            is_chosen: chosen.is_none(),
        }];
        if wanted.may_be_none {
            choices.push(Choice {
                value: NOTHING.to_owned(),
                label: "not booked".to_owned(),
                is_chosen: chosen.as_ref().is_some_and(Value::is_null),
            });
        }
        choices.extend(self.lists.choices(wanted.list, text));
        let place = format!("/settings/policy/{}", wanted.path);
        let about = self.problems.iter().filter(|one| one.pointer == place);
        MapRow {
            proposed: proposal.map(|one| self.why(one)),
            problems: about
                .map(|one| format!("{}. To do: {}.", one.message, one.suggestion))
                .collect(),
            path: wanted.path,
            label: wanted.label,
            note: wanted.note,
            choices,
        }
    }

    fn why(&self, proposal: &Proposal) -> String {
        let names = proposal.alternatives.iter().map(|id| {
            let known = ["ledger_accounts", "bank_accounts", "tax_rates"];
            let found = known.iter().find_map(|list| self.lists.name(list, id));
            found.unwrap_or(id).to_owned()
        });
        let names: Vec<String> = names.collect();
        if names.is_empty() {
            return proposal.reason.clone();
        }
        format!("{}. Also possible: {}", proposal.reason, names.join(", "))
    }
}

/// Says of a percentage that nothing is chosen for that Sage has no such rate: where it has one, it
/// is proposed.
fn with_missing(mut rows: Vec<MapRow>) -> Vec<MapRow> {
    for row in &mut rows {
        let is_rate = row.path.starts_with("tax_rate_map/");
        let has_none = row.choices.first().is_some_and(|first| first.is_chosen);
        if is_rate && has_none {
            row.note = format!(
                "{}. Sage has no rate of {}: add it there and read from Sage again. Until then such documents are refused.",
                row.note, row.label
            );
        }
    }
    rows
}

fn websites(mapping: &Mapping, given: Option<&Value>) -> Vec<Website> {
    let rows = told(mapping, "websites");
    if rows.len() < 2 {
        return Vec::new();
    }
    let filter = given.unwrap_or(&mapping.policy).get("website_filter");
    let filter = filter
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let shown = rows.iter().filter_map(|row| {
        let id = row.get("website_id")?.as_u64()?;
        Some(Website {
            id,
            name: text(row, "name").to_owned(),
            is_chosen: filter.is_empty() || filter.contains(&json!(id)),
        })
    });
    shown.collect()
}

/// The settings with what was confirmed.
pub(super) fn policy(mapping: &Mapping, fields: &Fields) -> Value {
    let mut policy = mapping.policy.clone();
    if !policy.is_object() {
        policy = json!({});
    }
    let form = form(mapping, None, &[]);
    let rows = [form.accounts, form.payments, form.rates, form.abroad];
    for row in rows.into_iter().flatten() {
        let value = match fields.text(&row.path) {
            "" => None,
            NOTHING => Some(Value::Null),
            id => Some(json!(id)),
        };
        let path: Vec<String> = row
            .path
            .split('/')
            .map(|part| part.replace("~1", "/").replace("~0", "~"))
            .collect();
        put_at(&mut policy, &path, value);
    }
    if !form.websites.is_empty() {
        let chosen: Vec<u64> = fields
            .all("website")
            .filter_map(|id| id.parse().ok())
            .collect();
        let every = chosen.len() == form.websites.len();
        let filter = if every { Vec::new() } else { chosen };
        put_at(
            &mut policy,
            &["website_filter".to_owned()],
            Some(json!(filter)),
        );
    }
    policy
}
