//! Proposals merged into the settings, as rows of one form; and the form as settings again.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use crate::operations::{Mapping, Proposal, SettingsProblem};
use crate::settings::knobs::all;

use super::fields::Fields;
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

/// Accounts to map, by what they are called in this form.
const ACCOUNTS: [(&str, &str); 4] = [
    ("default_ledger_account_id", "Sales"),
    ("shipping_ledger_account_id", "Carriage"),
    ("rounding_ledger_account_id", "Rounding"),
    ("default_purchase_ledger_account_id", "Purchases"),
];

/// A row that is to be made.
struct Wanted {
    path: String,
    label: String,
    note: String,
    list: &'static str,
    /// What "nothing chosen" means.
    none: &'static str,
    may_be_none: bool,
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

fn account(path: &str, list: &'static str, none: &'static str) -> Option<Wanted> {
    let knob = all().find(|knob| knob.path == path)?;
    Some(Wanted {
        path: path.to_owned(),
        label: knob.label.to_owned(),
        note: knob.help.to_owned(),
        list,
        none,
        may_be_none: false,
    })
}

fn wanted_accounts() -> Vec<Wanted> {
    let rows = ACCOUNTS.iter().filter_map(|(path, label)| {
        let row = account(path, "ledger_accounts", "—")?;
        Some(Wanted {
            label: (*label).to_owned(),
            ..row
        })
    });
    rows.collect()
}

/// The rows of a list of the shop.
fn told<'a>(mapping: &'a Mapping, list: &str) -> &'a [Value] {
    let rows = mapping
        .profile
        .as_ref()
        .and_then(|profile| profile.get(list));
    rows.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The keys of a map that is set already.
fn keys(policy: &Value, map: &str) -> Vec<String> {
    let map = policy.get(map).and_then(Value::as_object);
    map.map(|map| map.keys().cloned().collect())
        .unwrap_or_default()
}

/// A key as it stands in a JSON pointer.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn wanted_payments(mapping: &Mapping) -> Vec<Wanted> {
    let mut titles: BTreeMap<String, (String, String)> = BTreeMap::new();
    for code in keys(&mapping.policy, "payment_method_map") {
        titles.insert(code.clone(), (code, String::new()));
    }
    for method in told(mapping, "payment_methods") {
        let (code, title) = (text(method, "code"), text(method, "title"));
        let is_active = method.get("is_active") == Some(&json!(true));
        let note = if is_active {
            code.to_owned()
        } else {
            format!("{code}, used in the last year, not active now")
        };
        let label = if title.is_empty() { code } else { title };
        titles.insert(code.to_owned(), (label.to_owned(), note));
    }
    let methods = titles.into_iter().map(|(code, (label, note))| Wanted {
        path: format!("payment_method_map/{}", escaped(&code)),
        label,
        note,
        list: "bank_accounts",
        none: "as every other method",
        may_be_none: true,
    });
    let others = account("default_bank_account_id", "bank_accounts", "none: refused");
    let others = others.map(|row| Wanted {
        note: "Also where a method belongs that the shop adds later.".to_owned(),
        ..row
    });
    methods.chain(others).collect()
}

/// Percentage and country of each of the shop's tax rates.
fn rates(mapping: &Mapping) -> Vec<(String, Decimal, String)> {
    let rows = told(mapping, "tax_rates").iter();
    rows.filter_map(|row| {
        let percent = text(row, "rate").parse::<Decimal>().ok()?;
        let country = text(row, "tax_country_id").to_owned();
        Some((country, percent, text(row, "code").to_owned()))
    })
    .collect()
}

/// As the core spells it.
fn percentage(percent: Decimal) -> String {
    let mut percent = percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    percent.rescale(2);
    percent.to_string()
}

fn is_at_home(mapping: &Mapping, country: &str) -> bool {
    let home = text(&mapping.business, "country");
    country == home || (home == "GB" && country == "IM")
}

fn wanted_rates(mapping: &Mapping) -> Vec<Wanted> {
    let mut found: BTreeMap<Decimal, Vec<String>> = BTreeMap::from([(Decimal::ZERO, Vec::new())]);
    for key in keys(&mapping.policy, "tax_rate_map") {
        if let Ok(percent) = key.parse::<Decimal>() {
            found.entry(percent).or_default();
        }
    }
    for (country, percent, code) in rates(mapping) {
        if is_at_home(mapping, &country) {
            found.entry(percent).or_default().push(code);
        }
    }
    let rows = found.into_iter().rev().map(|(percent, codes)| Wanted {
        path: format!("tax_rate_map/{}", percentage(percent)),
        label: format!("{} %", percent.normalize()),
        note: if codes.is_empty() && percent.is_zero() {
            "sales without VAT, and deliveries abroad".to_owned()
        } else {
            codes.join(", ")
        },
        list: "tax_rates",
        none: "none: refused",
        may_be_none: false,
    });
    let named = account("default_tax_rate_id", "tax_rates", "none");
    rows.chain(named).collect()
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

fn is_offered(mapping: &Mapping, proposals: &BTreeMap<String, &Proposal>, country: &str) -> bool {
    let prefix = format!("destination_tax_rate_map/{country}/");
    let map = mapping.policy.get("destination_tax_rate_map");
    map.is_some_and(|map| map.get(country).is_some())
        || proposals.keys().any(|path| path.starts_with(&prefix))
}

fn wanted_abroad(mapping: &Mapping, proposals: &BTreeMap<String, &Proposal>) -> Vec<Wanted> {
    let charged: BTreeSet<(String, Decimal)> = rates(mapping)
        .into_iter()
        .filter(|(country, percent, _)| !is_at_home(mapping, country) && !percent.is_zero())
        .filter(|(country, _, _)| is_offered(mapping, proposals, country))
        .map(|(country, percent, _)| (country, percent.normalize()))
        .collect();
    let rows = charged.into_iter().map(|(country, percent)| Wanted {
        path: format!(
            "destination_tax_rate_map/{}/{}",
            escaped(&country),
            percentage(percent)
        ),
        label: format!("{country}, {percent} %"),
        note: String::new(),
        list: "tax_rates",
        none: "none: refused",
        may_be_none: false,
    });
    rows.collect()
}

fn without_rate(mapping: &Mapping, proposals: &BTreeMap<String, &Proposal>) -> Vec<String> {
    let countries: BTreeSet<String> = rates(mapping)
        .into_iter()
        .filter(|(country, percent, _)| !is_at_home(mapping, country) && !percent.is_zero())
        .map(|(country, _, _)| country)
        .filter(|country| !is_offered(mapping, proposals, country))
        .collect();
    countries.into_iter().collect()
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
