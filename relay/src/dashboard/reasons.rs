//! The relay's own reasons in the words of merchants and accountants, and what to do about each.

/// A reason of the relay's own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Explained {
    pub(crate) code: &'static str,
    /// In a few words.
    pub(crate) words: &'static str,
    /// What to do about it; empty where the words say all there is to say.
    pub(crate) remedy: &'static str,
}

const fn explained(code: &'static str, words: &'static str, remedy: &'static str) -> Explained {
    Explained {
        code,
        words,
        remedy,
    }
}

/// The reasons that the relay gives.
pub(crate) const REASONS: [Explained; 29] = [
    explained(
        "sage_rejected",
        "Sage refused it",
        "Mend what Sage names, in Magento, in the settings or in Sage; then try again.",
    ),
    explained(
        "contact_reference_collision",
        "The customer's reference belongs to another contact",
        "Look at the contact in Sage. Give it the customer's e-mail address, or connect the two; then try again.",
    ),
    explained(
        "ref_not_found",
        "A document it depends on is not in Sage",
        "Mend the document that it depends on. This one then goes on by itself.",
    ),
    explained(
        "needs_rejected",
        "A document it depends on is not in Sage",
        "Mend the document that it depends on. This one then goes on by itself.",
    ),
    explained(
        "needs_timeout",
        "A document it depends on never came",
        "Mend the document that it depends on. This one then goes on by itself.",
    ),
    explained("resource_changed", "The product changed its kind", ""),
    explained("stock_not_stated", "Sage did not state a quantity", ""),
    explained(
        "invoice_has_payments",
        "The cancelled invoice has payments in Sage",
        "Remove the allocation in Sage, or refund the customer by a credit note; then try again.",
    ),
    explained(
        "invoice_gone",
        "The cancelled invoice is not in Sage any more",
        "",
    ),
    explained(
        "canceled_in_magento",
        "Cancelled in Magento before it was sent",
        "",
    ),
    explained(
        "plan_unreadable",
        "Made by another version of the module",
        "",
    ),
    explained(
        "outcome_unknown",
        "Sage did not answer; looking before sending again",
        "Nothing: it goes on by itself.",
    ),
    explained(
        "sage_unreachable",
        "Sage cannot be reached",
        "Nothing: it goes on by itself.",
    ),
    explained(
        "sage_throttled",
        "Sage asked to slow down",
        "Nothing: it goes on by itself.",
    ),
    explained(
        "token_unavailable",
        "No access to Sage at present",
        "Nothing: it goes on by itself.",
    ),
    explained(
        "search_failed",
        "Sage did not answer a search",
        "Nothing: it goes on by itself.",
    ),
    explained(
        "waiting_for_needs",
        "Waits for another document",
        "Nothing: it goes on by itself.",
    ),
    explained(
        "waiting_for_other_run",
        "Waits for a send in doubt",
        "Nothing: it goes on by itself.",
    ),
    explained(
        "duplicate_detected",
        "Sage has more than one of it",
        "Look in Sage. If nothing of it is there, send it with “It is not in Sage”; otherwise connect the two.",
    ),
    explained(
        "ambiguous_outcome",
        "It may or may not be in Sage",
        "Look in Sage. If nothing of it is there, send it with “It is not in Sage”; otherwise connect the two.",
    ),
    explained(
        "found_but_different",
        "Sage has it with another content",
        "Look in Sage. If nothing of it is there, send it with “It is not in Sage”; otherwise connect the two.",
    ),
    explained(
        "token_revoked",
        "The consent at Sage has ended",
        "Connect Sage again under Connections. Its documents are kept and go on then.",
    ),
    explained(
        "access_denied",
        "Sage denies access",
        "Let the Sage user who connected have full access to the business; then connect again.",
    ),
    explained(
        "subscription_inactive",
        "The Sage subscription is not active",
        "Renew the subscription at Sage. Its documents are kept and go on then.",
    ),
    explained(
        "held_by_operator",
        "Held by an operator",
        "Release it when it may go on.",
    ),
    explained("erased", "Erased on request of the customer", ""),
    explained(
        "total_differs",
        "In Sage, with another total",
        "Compare it in Sage with the document in Magento; the difference stands below.",
    ),
    explained(
        "total_not_stated",
        "In Sage, without a total to compare",
        "",
    ),
    explained(
        "currency_differs",
        "In Sage, in another currency",
        "Compare it in Sage with the document in Magento; the difference stands below.",
    ),
];

/// A reason in a few words.
pub(crate) fn reason(code: &str) -> &str {
    let found = REASONS.iter().find(|reason| reason.code == code);
    found.map_or(code, |reason| reason.words)
}

/// What to do about a reason.
pub(super) fn remedy(code: &str) -> &'static str {
    let found = REASONS.iter().find(|reason| reason.code == code);
    found.map_or("", |reason| reason.remedy)
}
