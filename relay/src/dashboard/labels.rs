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

/// A reason in a few words.
pub(crate) fn reason(code: &str) -> &str {
    match code {
        "sage_rejected" => "Sage refused it",
        "contact_reference_collision" => "The customer's reference belongs to another contact",
        "ref_not_found" | "needs_rejected" => "A document it depends on is not in Sage",
        "needs_timeout" => "A document it depends on never came",
        "resource_changed" => "The product changed its kind",
        "stock_not_stated" => "Sage did not state a quantity",
        "invoice_has_payments" => "The cancelled invoice has payments in Sage",
        "invoice_gone" => "The cancelled invoice is not in Sage any more",
        "canceled_in_magento" => "Cancelled in Magento before it was sent",
        "plan_unreadable" => "Made by another version of the module",
        "outcome_unknown" => "Sage did not answer; looking before sending again",
        "sage_unreachable" => "Sage cannot be reached",
        "sage_throttled" => "Sage asked to slow down",
        "token_unavailable" => "No access to Sage at present",
        "search_failed" => "Sage did not answer a search",
        "waiting_for_needs" => "Waits for another document",
        "waiting_for_other_run" => "Waits for a send in doubt",
        "duplicate_detected" => "Sage has more than one of it",
        "ambiguous_outcome" => "It may or may not be in Sage",
        "found_but_different" => "Sage has it with another content",
        "token_revoked" => "The consent at Sage has ended",
        "access_denied" => "Sage denies access",
        "subscription_inactive" => "The Sage subscription is not active",
        "held_by_operator" => "Held by an operator",
        "erased" => "Erased on request of the customer",
        "total_differs" => "In Sage, with another total",
        "total_not_stated" => "In Sage, without a total to compare",
        "currency_differs" => "In Sage, in another currency",
        other => other,
    }
}

/// What to do about a reason.
pub(super) fn remedy(code: &str) -> &'static str {
    match code {
        "sage_rejected" => {
            "Mend what Sage names, in Magento, in the settings or in Sage; then try again."
        }
        "contact_reference_collision" => {
            "Look at the contact in Sage. Give it the customer's e-mail address, or connect the two; then try again."
        }
        "ref_not_found" | "needs_rejected" | "needs_timeout" => {
            "Mend the document that it depends on. This one then goes on by itself."
        }
        "invoice_has_payments" => {
            "Remove the allocation in Sage, or refund the customer by a credit note; then try again."
        }
        "duplicate_detected" | "ambiguous_outcome" | "found_but_different" => {
            "Look in Sage. If nothing of it is there, send it with “It is not in Sage”; otherwise connect the two."
        }
        "token_revoked" => {
            "Connect Sage again under Connections. Its documents are kept and go on then."
        }
        "access_denied" => {
            "Let the Sage user who connected have full access to the business; then connect again."
        }
        "subscription_inactive" => {
            "Renew the subscription at Sage. Its documents are kept and go on then."
        }
        "held_by_operator" => "Release it when it may go on.",
        "total_differs" | "currency_differs" => {
            "Compare it in Sage with the document in Magento; the difference stands below."
        }
        "sage_unreachable"
        | "sage_throttled"
        | "token_unavailable"
        | "search_failed"
        | "outcome_unknown"
        | "waiting_for_needs"
        | "waiting_for_other_run" => "Nothing: it goes on by itself.",
        _ => "",
    }
}

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
