//! The filter of the history: read from an address, and written into one.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use ledger_store::history::HistoryFilter;

use super::labels::CHOICES;
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
    let states = CHOICES.iter().find(|(value, ..)| *value == chosen.status);
    let states = states.map(|(_, _, states)| *states).unwrap_or_default();
    let is_event = chosen.kind.contains('.');
    let kind = some(&chosen.kind);
    let filter = HistoryFilter {
        states: states.iter().map(ToString::to_string).collect(),
        reason: some(&chosen.reason),
        event: kind.clone().filter(|_| is_event),
        entity_type: kind.filter(|_| !is_event),
        number: some(&chosen.number),
        customer: some(&chosen.customer),
        sage_reference: some(&chosen.reference),
        totals,
        from,
        before: until.map(|until| until.saturating_add(DAY)),
        beyond: query.get("beyond").and_then(|beyond| beyond.parse().ok()),
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

/// The same query, beyond a place.
pub(super) fn again(query: &BTreeMap<String, String>, beyond: Option<i64>) -> String {
    let mut again = form_urlencoded::Serializer::new(String::new());
    for (name, value) in query
        .iter()
        .filter(|(name, value)| *name != "beyond" && !value.is_empty())
    {
        again.append_pair(name, value);
    }
    if let Some(beyond) = beyond {
        again.append_pair("beyond", &beyond.to_string());
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
            ("beyond", "7"),
        ]);
        let (filter, _, problem) = wanted(&asked);
        assert_eq!(filter.states, ["rejected", "ambiguous"]);
        assert_eq!(filter.before, beginning("2026-11-29"));
        assert_eq!((filter.beyond, problem), (Some(7), None));
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
        assert_eq!(
            (filter.event.as_deref(), filter.entity_type),
            (Some("invoice.paid"), None)
        );
        let (filter, ..) = wanted(&query(&[("kind", "customer"), ("sort", "oldest")]));
        assert!(filter.oldest_first && filter.event.is_none());
        assert_eq!(filter.entity_type.as_deref(), Some("customer"));
    }
}
