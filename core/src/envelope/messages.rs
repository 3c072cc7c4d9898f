//! From one item of a reply to its cause: known codes and messages first, then the field.
//!
//! Wordings that were never recorded are matched by the words they must contain; the golden
//! responses state for each how well it is known.

use super::codes::CauseCode;
use super::fields::{Source, origin};
use super::reply::SageItem;
use super::step::Step;
use super::{Cause, advice};

/// What an item comes to.
#[derive(Debug)]
pub(super) enum Reading {
    /// A cause of its own.
    Cause(Box<Cause>),
    /// The message Sage shows beside, or in place of, the real one (§20).
    Umbrella,
}

/// Words in which Sage may say that a name is taken; the exact text is not known.
const TAKEN: [&str; 6] = [
    "taken",
    "already",
    "reserved",
    "in use",
    "unique",
    "duplicate",
];

/// Words in which Sage says that a value is missing; the first is recorded.
const REQUIRED: [&str; 4] = ["required", "blank", "must be present", "missing"];

/// Words in which a length is refused (assumed).
const TOO_LONG: [&str; 3] = ["too long", "maximum", "characters or less"];

/// The cause behind one item of Sage's error list.
pub(super) fn read(step: &Step, item: &SageItem) -> Reading {
    let source = Source::parse(&item.source);
    let message = item.message.to_lowercase();
    if let Some(code) = by_code_or_message(step, &item.code, &message, &source) {
        return Reading::Cause(Box::new(about(step, &source, code, item)));
    }
    if source.line && source.is(&["description"]) && says(&message, &REQUIRED) {
        return Reading::Umbrella;
    }
    let code = if source.line && source.is(&["tax_rate_id"]) {
        CauseCode::TaxRateRefused
    } else if source.line
        && source.is(&["tax_amount", "currency_tax_amount"])
        && says(&message, &REQUIRED)
    {
        CauseCode::TaxAmountMissing
    } else if source.line && source.is(&["description"]) {
        CauseCode::DescriptionRefused
    } else if source.attribute.is_empty() && !source.line {
        CauseCode::UnknownError
    } else if says(&message, &TOO_LONG) {
        CauseCode::FieldTooLong
    } else if says(&message, &REQUIRED) {
        CauseCode::FieldRequired
    } else if origin(step, &source).is_some() {
        CauseCode::FieldRefused
    } else {
        CauseCode::UnknownError
    };
    Reading::Cause(Box::new(about(step, &source, code, item)))
}

/// What Sage says in so many words.
fn by_code_or_message(
    step: &Step,
    data_code: &str,
    message: &str,
    source: &Source,
) -> Option<CauseCode> {
    let taken = says(message, &TAKEN);
    let of_contact = step.resource == "contacts" || message.contains("reserved reference");
    Some(match data_code {
        _ if message.contains("no active subscription") => CauseCode::NoActiveSubscription,
        "IdempotencyResourceMismatch" => CauseCode::IdempotencyMismatch,
        _ if message.contains("entity type mismatch") => CauseCode::IdempotencyMismatch,
        "MultiUserAccessDenied" => CauseCode::AccessDenied,
        "AuthorizationFailure" => CauseCode::AuthorizationFailed,
        "UnexpectedError" => CauseCode::SageError,
        _ if message.contains("unpaid or part-paid") => CauseCode::InvoiceNotPayable,
        _ if message.contains("enough stock") => CauseCode::NotEnoughStock,
        _ if wrong_contact(message) => CauseCode::WrongContactType,
        "RecordNotFound" => CauseCode::RecordNotFound,
        _ if message.contains("zero rated") => CauseCode::MustBeZeroRated,
        _ if source.is(&["eu_goods_services_type_id"]) && message.contains("same") => {
            CauseCode::GoodsServicesMixed
        }
        _ if message.contains("address is required") => CauseCode::AddressMissing,
        _ if source.is(&["tax_address_region_id"]) => CauseCode::TaxRegion,
        _ if taken
            && of_contact
            && (source.is(&["reference"]) || message.contains("reference")) =>
        {
            CauseCode::ContactReferenceReserved
        }
        _ if taken && source.is(&["reference", "item_code"]) => CauseCode::ReferenceTaken,
        _ if source.is(&["date"]) && message.contains("start") => CauseCode::BeforeAccountsStart,
        _ => return None,
    })
}

fn wrong_contact(message: &str) -> bool {
    ["couldn't find", "can't find"].iter().any(|verb| {
        ["supplier", "customer"]
            .iter()
            .any(|kind| message.contains(&format!("{verb} {kind}")))
    })
}

fn says(message: &str, words: &[&str]) -> bool {
    words.iter().any(|word| message.contains(word))
}

/// The cause with its field and its words.
fn about(step: &Step, source: &Source, code: CauseCode, item: &SageItem) -> Cause {
    let field = advice::fixed_field(step, code).or_else(|| origin(step, source));
    let (pointer, name) = match field {
        Some(field) => (field.pointer, field.name),
        None => (String::new(), String::new()),
    };
    let what = if code == CauseCode::UnknownError {
        verbatim(item)
    } else {
        advice::what(step, source, code, &name, item)
    };
    let (why, suggestion) = advice::why_and_suggestion(code);
    Cause {
        code,
        pointer,
        what,
        why: why.to_owned(),
        suggestion: suggestion.to_owned(),
        sage: vec![item.clone()],
    }
}

/// An unknown message is passed on as it is.
pub(super) fn verbatim(item: &SageItem) -> String {
    let text = match (item.message.is_empty(), item.source.is_empty()) {
        (false, false) => format!("{}: {}", item.source, item.message),
        (false, true) => item.message.clone(),
        (true, _) => format!("{} {}", item.code, item.source),
    };
    format!("Sage says: {}", text.trim())
}

/// The cause behind an answer of the token endpoint.
pub(super) fn oauth(item: SageItem) -> Cause {
    let code = match item.code.as_str() {
        "invalid_grant" => CauseCode::ReconnectRequired,
        "invalid_client" | "unauthorized_client" => CauseCode::SageAppRefused,
        _ => CauseCode::AuthorizationFailed,
    };
    whole_reply(code, vec![item])
}

/// A cause that is about no field.
pub(super) fn whole_reply(code: CauseCode, sage: Vec<SageItem>) -> Cause {
    let (why, suggestion) = advice::why_and_suggestion(code);
    let what = match (code, sage.first()) {
        (CauseCode::UnknownError, Some(item)) => verbatim(item),
        _ => code.meaning().to_owned(),
    };
    Cause {
        code,
        pointer: String::new(),
        what,
        why: why.to_owned(),
        suggestion: suggestion.to_owned(),
        sage,
    }
}
