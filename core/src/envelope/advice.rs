//! The words: what is wrong, why Sage says so, what an operator can do.
//!
//! No value of the document is quoted, because names and addresses are personal data; ids of the
//! settings, numbers of lines and lengths are.

use super::codes::CauseCode;
use super::fields::{Field, Source};
use super::reply::SageItem;
use super::step::Step;

/// Where to look for causes that are not where Sage points.
pub(super) fn fixed_field(step: &Step, code: CauseCode) -> Option<Field> {
    let own = |column: &str| format!("/{}/{column}", step.entity);
    let elsewhere = [
        (
            CauseCode::MustBeZeroRated,
            "/shipping_address/country_id".to_owned(),
            "the country of delivery",
        ),
        (
            CauseCode::AddressMissing,
            "/billing_address".to_owned(),
            "the billing address",
        ),
        (
            CauseCode::InvoiceNotPayable,
            own("state"),
            "the invoice's state",
        ),
        (
            CauseCode::NotEnoughStock,
            own(if step.entity == "product" {
                "stock_item/qty"
            } else {
                "items"
            }),
            "the quantity",
        ),
        (
            CauseCode::TaxRegion,
            "/billing_address/region".to_owned(),
            "the region of the address",
        ),
    ];
    let found = elsewhere.into_iter().find(|(about, ..)| *about == code)?;
    let (_, pointer, name) = found;
    Some(Field {
        pointer,
        name: name.to_owned(),
    })
}

/// The first sentence, with what the plan tells about it.
pub(super) fn what(
    step: &Step,
    source: &Source,
    code: CauseCode,
    name: &str,
    item: &SageItem,
) -> String {
    let field = if name.is_empty() {
        format!("Sage's field {}", item.source)
    } else {
        name.to_owned()
    };
    if code == CauseCode::ContactReferenceReserved {
        format!(
            "Sage holds the contact's reference already ({}).",
            step.contact()
        )
    } else if code == CauseCode::ReferenceTaken {
        format!("Sage has another object with the same {field}.")
    } else if code == CauseCode::RecordNotFound {
        not_found(step, source, &field)
    } else if code == CauseCode::TaxRateRefused {
        let missing = step.lines_without("tax_rate_id");
        if missing.is_empty() {
            let rates = step.line_values("tax_rate_id");
            format!(
                "Sage does not accept a tax rate of the lines{}.",
                listed(&rates)
            )
        } else {
            format!("{} has no tax rate.", lines(&missing))
        }
    } else if code == CauseCode::TaxAmountMissing {
        let missing = step.lines_without("tax_amount");
        if missing.is_empty() {
            "Sage misses a tax amount although every line has one.".to_owned()
        } else {
            format!("{} has no tax amount.", lines(&missing))
        }
    } else if code == CauseCode::FieldTooLong {
        match step.characters(&source.attribute) {
            Some(length) => format!("{field} is too long for Sage: {length} characters were sent."),
            None => format!("{field} is too long for Sage."),
        }
    } else if code == CauseCode::FieldRequired {
        format!("Sage requires {field}.")
    } else if code == CauseCode::FieldRefused {
        format!("Sage does not accept {field}; it says: {}", item.message)
    } else {
        code.meaning().to_owned()
    }
}

/// Sage does not always say which id it could not find.
fn not_found(step: &Step, source: &Source, field: &str) -> String {
    if !source.attribute.is_empty() {
        return format!("What the request refers to does not exist in Sage: {field}.");
    }
    let mut candidates = step.line_values("ledger_account_id");
    candidates.extend(step.line_values("tax_rate_id"));
    format!(
        "Something the request refers to does not exist in Sage; it refers to {}{}.",
        match step.contact() {
            key if key.is_empty() => "ids of the settings".to_owned(),
            key => key,
        },
        listed(&candidates)
    )
}

fn listed(values: &[String]) -> String {
    if values.is_empty() {
        String::new()
    } else {
        format!(" ({})", values.join(", "))
    }
}

/// `Line 2` or `Each of the lines 2, 5`; the numbers count from 1, as Sage shows them.
pub(super) fn lines(numbers: &[usize]) -> String {
    const MOST: usize = 20;
    let mut shown: Vec<String> = numbers.iter().take(MOST).map(usize::to_string).collect();
    if numbers.len() > MOST {
        shown.push(format!("{} more", numbers.len() - MOST));
    }
    if numbers.len() == 1 {
        format!("Line {}", shown.join(", "))
    } else {
        format!("Each of the lines {}", shown.join(", "))
    }
}

const REFRESH: &str =
    "refresh the reference data, choose one that exists in Sage, then send the document again";

/// Why Sage says so, and what to do.
pub(super) const fn why_and_suggestion(code: CauseCode) -> (&'static str, &'static str) {
    match code {
        CauseCode::ContactReferenceReserved => (
            "A contact deleted in Sage keeps its reference, and no search finds it; each reference exists once.",
            "Either delete the contact for good in Sage (Settings, Deletion), or link the customer to the contact you made in its place: ledger-cli xref:set",
        ),
        CauseCode::ReferenceTaken => (
            "Sage keeps references and item codes unique.",
            "Look the object up in Sage: if it is this one, link it with ledger-cli xref:set, else rename one of the two",
        ),
        CauseCode::NoActiveSubscription => (
            "Sage answers so when the business's trial or subscription has ended.",
            "Renew the subscription in Sage; documents wait and are sent afterwards",
        ),
        CauseCode::AccessDenied => (
            "The person who connected Sage lacks rights in this business.",
            "Give the user full access in Sage, or connect again as another user",
        ),
        CauseCode::AuthorizationFailed => (
            "The access token is not, or no longer, valid for this business.",
            "Connect to Sage again if this lasts",
        ),
        CauseCode::ReconnectRequired => (
            "The refresh token was used, revoked or is older than 31 days.",
            "Connect to Sage again; documents wait and are sent afterwards",
        ),
        CauseCode::SageAppRefused => (
            "Client id and secret of the relay do not belong together, or were replaced.",
            "Correct the application's credentials in the relay's configuration",
        ),
        CauseCode::InvoiceNotPayable => (
            "Somebody recorded the payment in Sage by hand, or the invoice was voided there.",
            "Look at the invoice in Sage: if it is paid, mark this payment as done; if it is void, decide there",
        ),
        CauseCode::RecordNotFound => (
            "A contact, ledger account, tax rate or product was deleted in Sage after it was linked or mapped.",
            REFRESH,
        ),
        CauseCode::WrongContactType => (
            "The linked contact is a supplier, and a contact has exactly one type.",
            "Link the customer to a customer contact: ledger-cli xref:set",
        ),
        CauseCode::IdempotencyMismatch => (
            "The same idempotency id was used for two kinds of objects; this should not happen.",
            "Report it with the request id: the relay made the id",
        ),
        CauseCode::MustBeZeroRated => (
            "For a customer outside the country Sage takes only the zero rate, unless the business is set up for destination VAT.",
            "Check the country of delivery and the tax Magento charged; for destination VAT, switch it on in Sage and map the rates in destination_tax_rate_map",
        ),
        CauseCode::GoodsServicesMixed => (
            "Sage wants one goods or services type for all lines of a document across the border.",
            "Set default_eu_goods_services_type, or product_type_eu_goods_map, so that all lines agree",
        ),
        CauseCode::NotEnoughStock => (
            "Sage's quantity cannot go below zero.",
            "Correct the stock in Sage or Magento, or switch sync_stock off",
        ),
        CauseCode::AddressMissing => (
            "Sage takes a document's address, or the contact's when the document has none; both are empty.",
            "Complete the address in Magento and send the document again",
        ),
        CauseCode::TaxRegion => (
            "In Canada and the United States Sage derives the tax region from an address with region and country, and wants it stated otherwise.",
            "Complete the region of the address in Magento",
        ),
        CauseCode::BeforeAccountsStart => (
            "Sage takes no document that is dated before its accounts begin.",
            "Set sync_since to the accounts start date, so that older documents are skipped",
        ),
        CauseCode::TaxRateRefused => (
            "Every line needs a tax rate that exists in Sage on the document's date.",
            "Check the percentage in tax_rate_map, or set default_tax_rate_id, then send the document again",
        ),
        CauseCode::TaxAmountMissing => (
            "Sage wants a tax amount on every line and names it currency_tax_amount, also in a single currency.",
            "Report it: the translation sends a tax amount on every line",
        ),
        CauseCode::FieldRequired => (
            "Magento has no value for it, or it was not sent.",
            "Complete it in Magento and send the document again",
        ),
        CauseCode::FieldTooLong => (
            "Sage keeps fewer characters of this field than Magento.",
            "Shorten it in Magento and send the document again",
        ),
        CauseCode::FieldRefused => (
            "Sage validates the value and found it wrong.",
            "Correct it in Magento or in the settings, then send the document again",
        ),
        CauseCode::DescriptionRefused => (
            "A line needs a description, and Sage refuses HTML entities in it.",
            "Correct the product's name in Magento; report it if the name is right",
        ),
        CauseCode::LinesRefused => (
            "Sage gives this message for many faults of the lines: totals, tax, characters in a name.",
            "Compare the plan's lines with a document that Sage took, and report the reply if nothing differs",
        ),
        CauseCode::SageError => (
            "The fault is Sage's; the request may have been carried out nevertheless.",
            "Nothing: it is repeated with the same idempotency id, which cannot book twice",
        ),
        CauseCode::UnknownError => (
            "This release does not know the message.",
            "Read the message; report it so that it can be explained",
        ),
        CauseCode::EmptyReply => (
            "A gateway on the way, or an outage, answers so.",
            "Nothing for now: look at Sage's status page if it lasts",
        ),
        CauseCode::ReplyNotJson => (
            "A gateway, a proxy or a maintenance page answered in place of Sage's API.",
            "Look at Sage's status page and at the network of the relay if it lasts",
        ),
        CauseCode::ReplyTruncated => (
            "The connection ended before the reply did, so the cause is unknown.",
            "Nothing for now: the relay looks the object up before it sends again",
        ),
    }
}
