//! A field that Magento or the settings should fill, in words for the person who can fill it.

use crate::codes::Reject;
use crate::outcome::Rejection;

/// The refusal of a document or of settings where `pointer` is absent or null.
pub(super) fn field(pointer: String) -> Rejection {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
    let name = name.replace('_', " ");
    let (message, suggestion) = if parent.starts_with("/settings") {
        (
            format!("the setting {name} is missing"),
            "set it on the settings page; a settings file from elsewhere may be of another release"
                .to_owned(),
        )
    } else {
        let thing = thing(parent);
        (
            format!("{thing} has no {name}"),
            format!(
                "complete {thing} in Magento and send the document again; if nothing is missing there, \
                 an extension or an import left the column empty: show this to your developer"
            ),
        )
    };
    Rejection::new(Reject::MissingField, pointer, message, suggestion)
}

/// What people call the part of an event below `parent`.
fn thing(parent: &str) -> String {
    let mut tokens = parent.split('/').skip(1);
    let (section, list, index) = (tokens.next(), tokens.next(), tokens.next());
    let whole = match section {
        None | Some("") => "the document",
        Some("creditmemo") => "the credit memo",
        Some("billing_address") => "the billing address",
        Some("shipping_address") => "the delivery address",
        Some("customer_addresses") => "an address of the customer",
        Some("payment") => "the payment of the order",
        Some("order_invoices") => "an invoice of the order",
        Some("order_creditmemos") => "a credit memo of the order",
        Some("order_tax" | "order_tax_items") => "a tax row of the order",
        Some(section) => return row(&format!("the {}", section.replace('_', " ")), list, index),
    };
    row(whole, list, index)
}

/// `row 2 of the invoice` where the field is one of a row.
fn row(whole: &str, list: Option<&str>, index: Option<&str>) -> String {
    match (list, index.and_then(|index| index.parse::<usize>().ok())) {
        (Some("items"), Some(index)) => format!("row {} of {whole}", index.saturating_add(1)),
        (Some("other"), Some(_)) => format!("a further total of {whole}"),
        _ => whole.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_lacks_what_in_words() {
        for (pointer, message) in [
            ("/invoice/increment_id", "the invoice has no increment id"),
            (
                "/invoice/items/1/order_item/tax_percent",
                "row 2 of the invoice has no tax percent",
            ),
            (
                "/creditmemo/other/0/title",
                "a further total of the credit memo has no title",
            ),
            (
                "/shipping_address/country_id",
                "the delivery address has no country id",
            ),
            ("/sequence", "the document has no sequence"),
            (
                "/settings/binding/country",
                "the setting country is missing",
            ),
        ] {
            assert_eq!(field(pointer.to_owned()).message, message);
        }
    }
}
