//! The filter of the history: read from an address, and written into one.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use ledger_store::history::{HistoryFilter, Place};

use super::labels::{CHOICES, KINDS};
use super::times::beginning;

pub(super) const ON_A_PAGE: usize = 50;
const DAY: i64 = 86_400_000;

/// What the filter was set to, to be shown again.
pub(super) struct Chosen {
    pub(super) status: String,
    pub(super) kind: String,
    pub(super) number: String,
    pub(super) customer: String,
    pub(super) reference: String,
    pub(super) amount: String,
    pub(super) reason: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) sort: String,
}

/// The filter, what it was set to, and what of it cannot be used.
pub(super) fn wanted(query: &BTreeMap<String, String>) -> (HistoryFilter, Chosen, Option<String>) {
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
        customer: text("customer"),
        reference: text("reference"),
        amount: text("amount"),
        reason: text("reason"),
        from: text("from"),
        until: text("until"),
        sort: text("sort"),
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
    let totals = written(&chosen.amount);
    if totals.is_empty() && !chosen.amount.is_empty() {
        problem = Some(format!("{} is not an amount such as 35.99.", chosen.amount));
    }
    let named = |choices: &[(&str, &str, &'static [&'static str])], name: &str| {
        let choice = choices.iter().find(|(value, ..)| *value == name);
        choice.map(|(_, _, words)| *words).unwrap_or_default()
    };
    let filter = HistoryFilter {
        states: named(&CHOICES, &chosen.status),
        reason: some(&chosen.reason),
        events: named(&KINDS, &chosen.kind),
        number: some(&chosen.number),
        customer: some(&chosen.customer),
        sage_reference: some(&chosen.reference),
        totals,
        from,
        before: until.map(|until| until.saturating_add(DAY)),
        beyond: query.get("beyond").and_then(|beyond| place(beyond)),
        oldest_first: chosen.sort == "oldest",
        limit: u32::try_from(ON_A_PAGE + 1).unwrap_or(u32::MAX),
    };
    (filter, chosen, problem)
}

/// An amount as plans may write it; nothing when it is none.
fn written(text: &str) -> Vec<String> {
    let Ok(amount) = text.replace(',', "").parse::<Decimal>() else {
        return Vec::new();
    };
    let shortest = amount.normalize();
    let longer = (shortest.scale()..=4).map(|places| {
        let mut padded = shortest;
        padded.rescale(places);
        padded.to_string()
    });
    longer.collect()
}

/// A place as `again` writes it.
fn place(text: &str) -> Option<Place> {
    let (created_at, seq) = text.split_once('.')?;
    Some(Place {
        created_at: created_at.parse().ok()?,
        seq: seq.parse().ok()?,
    })
}

/// The same query, beyond a place.
pub(super) fn again(query: &BTreeMap<String, String>, beyond: Option<Place>) -> String {
    let mut again = form_urlencoded::Serializer::new(String::new());
    for (name, value) in query
        .iter()
        .filter(|(name, value)| *name != "beyond" && !value.is_empty())
    {
        again.append_pair(name, value);
    }
    if let Some(beyond) = beyond {
        again.append_pair("beyond", &format!("{}.{}", beyond.created_at, beyond.seq));
    }
    again.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_filter_is_read_and_what_is_no_date_is_told() {
        let asked = query(&[
            ("status", "attention"),
            ("until", "2026-11-28"),
            ("beyond", "1000.7"),
        ]);
        let (filter, _, problem) = wanted(&asked);
        assert_eq!(filter.states, ["rejected", "ambiguous"]);
        assert_eq!(filter.before, beginning("2026-11-29"));
        let seventh = Place {
            created_at: 1_000,
            seq: 7,
        };
        assert_eq!((filter.beyond, problem), (Some(seventh), None));
        assert!(again(&asked, Some(seventh)).ends_with("&beyond=1000.7"));
        assert_eq!(again(&asked, None), "status=attention&until=2026-11-28");
        assert!(wanted(&query(&[("from", "yesterday")])).2.is_some());
        assert!(wanted(&query(&[("amount", "a lot")])).2.is_some());
    }

    #[test]
    fn amounts_and_kinds_are_found_however_they_are_written() {
        let (filter, ..) = wanted(&query(&[("amount", "1,035.90"), ("kind", "invoice.paid")]));
        assert_eq!(
            filter.totals,
            ["1035.9", "1035.90", "1035.900", "1035.9000"]
        );
        assert_eq!(filter.events, ["invoice.paid"]);
        let (filter, ..) = wanted(&query(&[("kind", "customer"), ("sort", "oldest")]));
        assert!(filter.oldest_first);
        assert_eq!(filter.events, ["customer.upserted"]);
    }
}
