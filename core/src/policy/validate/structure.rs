//! Reading settings that are malformed in several places, so that all of them are reported.
//!
//! The strict reader of [`crate::policy`] stops at the first error. Here the offending value is
//! noted, replaced, and the rest read again, with the same reader: the contract is stated once.

use super::{Problem, ProblemCode};
use crate::canonical::parse_document;
use crate::outcome::Rejection;
use crate::policy::Settings;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Most repairs before the rest is left unread; a real document never has as many errors.
const MAX_REPAIRS: usize = 256;

/// What takes the place of a value that cannot be read, in this order; the first attempt removes it.
fn stand_ins() -> [Value; 4] {
    [
        Value::String("0".to_owned()),
        Value::from(0),
        Value::Object(Map::new()),
        Value::Array(Vec::new()),
    ]
}

/// The document with defaults in place of what is malformed, and everything that is malformed.
///
/// No document when the text is no JSON object at all.
pub(super) fn sound(text: &str) -> (Option<Cow<'_, str>>, Vec<Problem>) {
    let Err(first) = parse_document::<Settings<'_>>(text, "/settings") else {
        return (Some(Cow::Borrowed(text)), Vec::new());
    };
    let Ok(mut document) = serde_json::from_str::<Value>(text) else {
        return (None, vec![problem(first)]);
    };
    let mut found: BTreeMap<String, Problem> = BTreeMap::new();
    let mut attempts: BTreeMap<String, usize> = BTreeMap::new();
    let mut next = first;
    for _ in 0..MAX_REPAIRS {
        let pointer = next.pointer.clone();
        found
            .entry(pointer.clone())
            .or_insert_with(|| problem(next));
        let attempt = attempts.entry(pointer.clone()).or_default();
        if !repair(&mut document, &pointer, *attempt) {
            return (None, outermost(found));
        }
        *attempt += 1;
        let repaired = document.to_string();
        match parse_document::<Settings<'_>>(&repaired, "/settings") {
            Ok(_) => return (Some(Cow::Owned(repaired)), outermost(found)),
            Err(rejection) => next = rejection,
        }
    }
    (None, outermost(found))
}

/// The rejection in the words of a settings form: its own are those of a document of Magento's.
fn problem(rejection: Rejection) -> Problem {
    let code = ProblemCode::from(rejection.code);
    let message = match rejection.message.split_once(", expected struct ") {
        Some((found, _)) => format!("{found}, expected an object"),
        None => rejection.message,
    };
    let suggestion = if code == ProblemCode::MissingField {
        "fill it in"
    } else if code == ProblemCode::UnknownField {
        "check the spelling, or remove the field: a setting that is not known has no effect"
    } else if code == ProblemCode::WrongType {
        "send one of the expected values"
    } else if code == ProblemCode::MoneyNotAString {
        "send the figure as a JSON string"
    } else {
        rejection.suggestion.as_str()
    };
    Problem {
        code,
        pointer: rejection.pointer,
        message,
        suggestion: suggestion.to_owned(),
    }
}

/// In the order of their pointers, without those inside a value that is reported as a whole:
/// they are about the stand-in.
fn outermost(found: BTreeMap<String, Problem>) -> Vec<Problem> {
    let pointers: Vec<String> = found.keys().cloned().collect();
    let inside = |pointer: &str| {
        pointers.iter().any(|outer| {
            pointer
                .strip_prefix(outer.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
        })
    };
    found
        .into_values()
        .filter(|problem| !inside(&problem.pointer))
        .collect()
}

/// Removes or replaces what stands at `pointer`; false when nothing is left to try.
fn repair(document: &mut Value, pointer: &str, attempt: usize) -> bool {
    let Some((parent, token)) = pointer
        .strip_prefix("/settings")
        .and_then(|inner| inner.rsplit_once('/'))
    else {
        return false;
    };
    let token = token.replace("~1", "/").replace("~0", "~");
    let stand_in = match attempt.checked_sub(1) {
        None => None,
        Some(index) => match stand_ins().get(index) {
            Some(value) => Some(value.clone()),
            None => return false,
        },
    };
    match document.pointer_mut(parent) {
        Some(Value::Object(fields)) => {
            match stand_in {
                Some(value) => fields.insert(token, value),
                None => fields.remove(&token),
            };
            true
        }
        Some(Value::Array(items)) => {
            let item = token
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get_mut(index));
            // Removing an item would move its neighbours to other pointers.
            item.map(|item| *item = stand_in.unwrap_or(Value::Null))
                .is_some()
        }
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => false,
    }
}
