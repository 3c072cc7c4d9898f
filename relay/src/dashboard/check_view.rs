//! A dry run of the shop as an accountant reads it, and how long a backfill takes.

use serde_json::Value;

use crate::operations::{DryRunProblem, DryRunSummary, Pace};
use crate::settings::knobs::TOPICS;

use super::labels::{count, kind};
use super::settings_form::Lists;
use super::times::date;

/// Calls to Sage for a document: the document itself and, at worst, its contact.
const CALLS: u64 = 2;

/// Documents of a kind.
pub(super) struct Count {
    pub(super) kind: &'static str,
    pub(super) post: String,
    pub(super) skip: String,
    pub(super) reject: String,
}

/// What would be posted at a rate.
pub(super) struct Total {
    pub(super) kind: &'static str,
    pub(super) rate: String,
    pub(super) currency: String,
    pub(super) net: String,
    pub(super) tax: String,
}

/// A kind of problem.
pub(super) struct Problem {
    pub(super) outcome: &'static str,
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) count: u64,
    pub(super) message: String,
    pub(super) to_do: String,
    pub(super) example: String,
    /// The settings that mend it: their name and their card.
    pub(super) setting: Option<(&'static str, String)>,
}

/// A dry run.
pub(super) struct Check {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) counts: Vec<Count>,
    pub(super) totals: Vec<Total>,
    pub(super) problems: Vec<Problem>,
    /// A backfill of so many days: documents, and how long it takes.
    pub(super) backfills: Vec<(&'static str, String, String)>,
}

pub(super) fn check(run: &DryRunSummary, reference: &Value, pace: Pace) -> Check {
    let lists = Lists::of(reference);
    let amount = |text: &str| grouped(text);
    Check {
        from: date(&run.from),
        to: date(&run.to),
        counts: run
            .documents
            .iter()
            .map(|one| Count {
                kind: kind(&one.event),
                post: number(one.post),
                skip: number(one.skip),
                reject: number(one.reject),
            })
            .collect(),
        totals: run
            .totals
            .iter()
            .map(|one| Total {
                kind: kind(&one.event),
                rate: lists
                    .name("tax_rates", &one.rate)
                    .unwrap_or(&one.rate)
                    .to_owned(),
                currency: one.currency.clone(),
                net: amount(&one.net),
                tax: amount(&one.tax),
            })
            .collect(),
        problems: run.problems.iter().map(problem).collect(),
        backfills: backfills(run, pace),
    }
}

fn number(number: u64) -> String {
    count(i64::try_from(number).unwrap_or(i64::MAX))
}

/// `9120.40` as `9,120.40`.
fn grouped(text: &str) -> String {
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("-", rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), number);
    if rest.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest}")
    }
}

/// Words as the beginning of a sentence.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn problem(one: &DryRunProblem) -> Problem {
    let (outcome, sign, class) = match one.outcome.as_str() {
        "reject" => ("Refused", "✕", "bad"),
        "skip" => ("Left out", "↷", "quiet"),
        _ => ("Sent, with a warning", "!", "open"),
    };
    Problem {
        outcome,
        class,
        sign,
        count: one.count,
        message: sentence(&one.message),
        to_do: one.suggestion.clone(),
        example: one.increment_id.clone(),
        setting: topic(&one.code, &one.pointer),
    }
}

/// Parts of codes, with the settings that mend what they name.
const BY_CODE: [(&str, &str); 12] = [
    ("destination", "VAT abroad"),
    ("payment", "Payments"),
    ("bank_account", "Payments"),
    ("gift_card", "Payments"),
    ("tax", "VAT at home"),
    ("rounding", "Rounding"),
    ("ledger_account", "Accounts"),
    ("sync_since", "What is sent"),
    ("website", "What is sent"),
    ("store", "What is sent"),
    ("locked_period", "Documents and corrections"),
    ("over_invoiced", "Documents and corrections"),
];

/// The settings that a problem is about: their name and the id of their card.
fn topic(code: &str, pointer: &str) -> Option<(&'static str, String)> {
    let place = pointer.strip_prefix("/settings/policy/");
    let by_place = TOPICS.iter().find(|topic| {
        let mut knobs = topic.knobs.iter();
        place.is_some_and(|place| knobs.any(|knob| place.starts_with(knob.path)))
    });
    let by_code = || {
        let (_, name) = BY_CODE.iter().find(|(part, _)| code.contains(part))?;
        TOPICS.iter().find(|topic| topic.name == *name)
    };
    let topic = by_place.or_else(by_code)?;
    Some((topic.name, topic.name.to_lowercase().replace(' ', "-")))
}

fn day(text: &str) -> Option<time::Date> {
    let shape = time::macros::format_description!("[year]-[month]-[day]");
    time::Date::parse(text, shape).ok()
}

fn backfills(run: &DryRunSummary, pace: Pace) -> Vec<(&'static str, String, String)> {
    let posted: u64 = run.documents.iter().map(|one| one.post).sum();
    let days = day(&run.from).zip(day(&run.to));
    let days = days.map_or(30, |(from, to)| (to - from).whole_days().saturating_add(1));
    let days = u64::try_from(days).unwrap_or(1).max(1);
    if posted == 0 {
        return Vec::new();
    }
    let periods = [("30 days", 30), ("three months", 91), ("a year", 365)];
    periods
        .into_iter()
        .map(|(name, length)| {
            let documents = posted.saturating_mul(length).div_ceil(days);
            (name, number(documents), duration(documents, pace))
        })
        .collect()
}

/// How long Sage's limits make so many documents take.
fn duration(documents: u64, pace: Pace) -> String {
    let calls = documents.saturating_mul(CALLS);
    let per_day = u64::from(pace.per_day);
    if per_day > 0 && calls > per_day {
        return format!("about {} days", calls.div_ceil(per_day));
    }
    let minutes = match pace.per_minute {
        0 => 0,
        per_minute => calls.div_ceil(u64::from(per_minute)),
    };
    match minutes {
        ..=1 => "about a minute".to_owned(),
        2..=90 => format!("about {minutes} minutes"),
        _ => format!("about {} hours", minutes.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        per_minute: 60,
        per_day: 1_440,
    };

    #[test]
    fn a_backfill_takes_as_long_as_the_limits_make_it() {
        assert_eq!(duration(20, PACE), "about a minute");
        assert_eq!(duration(600, PACE), "about 20 minutes");
        assert_eq!(duration(720, PACE), "about 24 minutes");
        assert_eq!(duration(721, PACE), "about 2 days");
        let no_limit = Pace {
            per_minute: 0,
            per_day: 0,
        };
        assert_eq!(duration(1_000_000, no_limit), "about a minute");
    }

    #[test]
    fn a_problem_leads_to_the_settings_that_mend_it() {
        let name = |code, pointer| topic(code, pointer).map(|(name, _)| name);
        assert_eq!(
            name("tax_rate_not_mapped", "/invoice/items/0"),
            Some("VAT at home")
        );
        assert_eq!(
            name("destination_rate_not_mapped", "/x"),
            Some("VAT abroad")
        );
        assert_eq!(name("x", "/settings/policy/rounding_cap"), Some("Rounding"));
        assert_eq!(name("payment_method_not_mapped", "/x"), Some("Payments"));
        assert_eq!(name("reference_too_long", "/x"), None);
    }

    #[test]
    fn amounts_have_separators() {
        assert_eq!(grouped("-9120.40"), "-9,120.40");
        assert_eq!(grouped("0"), "0");
    }
}
