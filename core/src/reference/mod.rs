//! Deterministic, length-capped identifiers.

use crate::Context;
use crate::Step;
use crate::codes::Reject;
use crate::outcome::Rejection;
use crate::rules::contact_reference_ten_characters;
use crate::sage::limits;
use crate::text::single_line;

/// Whom an invoice is addressed to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Buyer<'a> {
    /// A customer account.
    Registered(u64),
    /// Nobody but an e-mail address.
    Guest(&'a str),
}

/// The contact's reference in Sage: `M{id}` or `G` and the start of the e-mail's SHA-256.
pub(crate) fn contact(context: &mut Context<'_>, buyer: Buyer<'_>) -> String {
    match buyer {
        Buyer::Registered(customer_id) => {
            contact_reference_ten_characters::registered(context, customer_id)
        }
        Buyer::Guest(email) => contact_reference_ten_characters::guest(context, email),
    }
}

/// E-mail addresses are compared trimmed and in lower case.
pub(crate) fn normalised_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The document's reference: prefix and increment id, the prefix never twice.
///
/// A reference that does not fit is refused, not cut: a cut reference could belong to two documents.
pub(crate) fn document(prefix: &str, increment_id: &str) -> Step<String> {
    let increment_id = single_line(increment_id);
    let reference = if increment_id.starts_with(prefix) {
        increment_id
    } else {
        format!("{prefix}{increment_id}")
    };
    if reference.chars().count() > limits::DOCUMENT_REFERENCE {
        return Err(Rejection::new(
            Reject::ReferenceTooLong,
            "/invoice/increment_id",
            format!(
                "reference {reference:?} has more than {} characters",
                limits::DOCUMENT_REFERENCE
            ),
            "shorten invoice_number_prefix, or the prefix of Magento's sequence",
        ));
    }
    Ok(reference)
}
