//! Deterministic, length-capped identifiers.

use crate::canonical::SalesEvent;
use crate::codes::Warning;
use crate::context::Context;
use crate::text::single_line;

/// Whom a document is addressed to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Buyer<'a> {
    /// A customer account.
    Registered(u64),
    /// Nobody but an e-mail address, normalised.
    Guest(&'a str),
    /// The contact that private customers share, by its configured reference.
    Shared(&'a str),
}

/// E-mail addresses are compared trimmed and in lower case.
pub(crate) fn normalised_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The document's whole reference: prefix and increment id, the prefix never twice.
pub(crate) fn document(prefix: &str, increment_id: &str) -> String {
    let increment_id = single_line(increment_id);
    if increment_id.starts_with(prefix) {
        increment_id.into_owned()
    } else {
        format!("{prefix}{increment_id}")
    }
}

/// The billing address's VAT number, or the customer's own, and where it stands.
pub(crate) fn stated_vat_number<'a>(event: &'a SalesEvent<'_>) -> Option<(&'a str, String)> {
    let filled = |text: &&str| !text.trim().is_empty();
    let billing = event.billing_address.vat_id.as_deref().filter(filled);
    let customer = event.order.customer_taxvat.as_deref().filter(filled);
    billing
        .map(|number| (number, "/billing_address/vat_id".to_owned()))
        .or_else(|| customer.map(|number| (number, "/order/customer_taxvat".to_owned())))
}

/// Fewest and most characters of a VAT number after its country code, in any country.
const VAT_NUMBER_CHARACTERS: std::ops::RangeInclusive<usize> = 2..=13;

/// Irish VAT numbers after their country code, a `9` for each digit and an `A` for each letter.
///
/// From the European Commission's description of VAT numbers (documented); the last two are
/// those given before 2013.
const IRISH_VAT_NUMBERS: [&str; 4] = ["9999999A", "9999999AA", "9A99999A", "9+99999A"];

fn is_irish(rest: &str) -> bool {
    let form: String = rest
        .chars()
        .map(|c| match c {
            '0'..='9' => '9',
            'A'..='Z' => 'A',
            '+' | '*' => '+',
            _ => ' ',
        })
        .collect();
    IRISH_VAT_NUMBERS.contains(&form.as_str())
}

/// The VAT number in the form Sage validates: country code and digits, no separators.
///
/// Sage refuses a contact with a malformed number (documented), so such a number stays out,
/// with a warning, rather than hold up every document of that customer.
pub(crate) fn vat_number(
    context: &mut Context<'_>,
    stated: Option<&(&str, String)>,
) -> Option<String> {
    let (text, pointer) = stated?;
    let number: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !['.', '-', '/'].contains(c))
        .flat_map(char::to_uppercase)
        .collect();
    let (country, rest) = number.split_at_checked(2).unwrap_or_default();
    let plausible = if country == "IE" {
        is_irish(rest)
    } else {
        country.chars().all(|c| c.is_ascii_uppercase())
            && rest.chars().all(|c| c.is_ascii_alphanumeric())
            && rest.chars().any(|c| c.is_ascii_digit())
            && VAT_NUMBER_CHARACTERS.contains(&rest.len())
    };
    if plausible {
        return Some(number);
    }
    context.warn(
        Warning::VatNumberNotSent,
        pointer.clone(),
        "not a country code followed by a VAT number; Sage would refuse the contact".to_owned(),
    );
    None
}
