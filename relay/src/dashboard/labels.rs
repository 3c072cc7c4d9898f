//! States, kinds and reasons in the words of merchants and accountants.

use ledger_store::history::HistoryLine;

/// The number of a document in the shop, or its id where it has none.
pub(super) fn number_of(line: &HistoryLine) -> String {
    let number = line.increment_id.clone();
    number.unwrap_or_else(|| line.entity_id.to_string())
}

/// Its kind and number.
pub(super) fn name_of(line: &HistoryLine) -> String {
    format!("{} {}", kind(&line.key), number_of(line))
}

/// What it must come to, with the currency; empty where it has no total.
pub(super) fn total_of(line: &HistoryLine) -> String {
    let total = line.expected_total.as_deref().unwrap_or_default();
    let currency = line.expected_currency.as_deref().unwrap_or_default();
    format!("{total} {currency}").trim().to_owned()
}

/// A state by word, sign and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) word: &'static str,
    pub(super) sign: &'static str,
    /// The class of the style sheet.
    pub(super) class: &'static str,
}

const fn status(word: &'static str, sign: &'static str, class: &'static str) -> Status {
    Status { word, sign, class }
}

/// The status of a run's state.
pub(super) fn of_state(state: &str) -> Status {
    match state {
        "queued" => status("Queued", "○", "open"),
        "running" => status("Sending", "◐", "open"),
        "waiting" => status("Waiting", "◔", "open"),
        "succeeded" => status("In Sage", "✓", "good"),
        "rejected" => status("Needs attention", "✕", "bad"),
        "ambiguous" => status("Needs a decision", "?", "bad"),
        "parked" => status("On hold", "‖", "held"),
        "superseded" => status("Replaced", "↷", "quiet"),
        _ => status("Unknown", "·", "quiet"),
    }
}

/// The choices of the history's filter: the value in the address, its words, its states.
pub(super) const CHOICES: [(&str, &str, &[&str]); 6] = [
    ("", "All", &[]),
    ("in-sage", "In Sage", &["succeeded"]),
    ("open", "On the way", &["queued", "running", "waiting"]),
    ("attention", "Needs attention", &["rejected", "ambiguous"]),
    ("held", "On hold", &["parked"]),
    ("replaced", "Replaced", &["superseded"]),
];

/// What a key is about.
pub(super) fn kind(key: &str) -> &'static str {
    match key.split(':').next().unwrap_or_default() {
        "invoice.created" => "Invoice",
        "invoice.paid" => "Payment",
        "invoice.canceled" => "Cancelled invoice",
        "creditmemo.created" => "Credit note",
        "customer.upserted" => "Customer",
        "product.upserted" => "Product",
        "stock.changed" | "stock.adjusted" => "Stock",
        "order.placed" => "Estimate",
        _ => "Document",
    }
}

/// Kinds that the history can be filtered by, with their events.
pub(super) const KINDS: [(&str, &str, &[&str]); 9] = [
    ("", "All kinds", &[]),
    ("invoice.created", "Invoices", &["invoice.created"]),
    ("invoice.paid", "Payments", &["invoice.paid"]),
    (
        "invoice.canceled",
        "Cancelled invoices",
        &["invoice.canceled"],
    ),
    (
        "creditmemo.created",
        "Credit notes",
        &["creditmemo.created"],
    ),
    ("order.placed", "Estimates", &["order.placed"]),
    (
        "invoice",
        "Invoices and all about them",
        &["invoice.created", "invoice.paid", "invoice.canceled"],
    ),
    ("customer", "Customers", &["customer.upserted"]),
    (
        "product",
        "Products",
        &["product.upserted", "stock.changed", "stock.adjusted"],
    ),
];

/// What a binding's state means for its documents.
pub(super) fn of_binding(state: &str) -> Status {
    match state {
        "active" => status("Connected", "✓", "good"),
        "token_revoked" => status("Not connected to Sage", "✕", "bad"),
        "access_denied" => status("Sage denies access", "✕", "bad"),
        "subscription_inactive" => status("Sage subscription not active", "✕", "bad"),
        _ => status("Unknown", "·", "quiet"),
    }
}

/// A number with separators between thousands.
pub(super) fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if number < 0 { format!("-{out}") } else { out }
}

/// Covers personal data: the first letter stays.
pub(super) fn masked(text: &str) -> String {
    let cover = |word: &str| {
        let first = word.chars().next().map(String::from).unwrap_or_default();
        format!("{first}•••")
    };
    text.split_whitespace()
        .map(cover)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1_204), "1,204");
        assert_eq!(count(-1_234_567), "-1,234,567");
        assert_eq!(masked("Pat Doe"), "P••• D•••");
        assert_eq!(masked(""), "");
    }

    #[test]
    fn every_state_has_its_own_word_and_sign() {
        let states = CHOICES.iter().flat_map(|(_, _, states)| states.iter());
        let all: Vec<Status> = states.map(|state| of_state(state)).collect();
        assert_eq!(all.len(), 8);
        for (index, one) in all.iter().enumerate() {
            let later = all.iter().skip(index + 1);
            assert!(
                later
                    .clone()
                    .all(|other| other.word != one.word && other.sign != one.sign)
            );
        }
    }
}
