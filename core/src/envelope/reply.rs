//! Reading Sage's error replies: every item, in any of the shapes that were documented or seen.

use crate::text::{cut, single_line};
use serde::Serialize;
use serde_json::Value;

/// Most characters of a message of Sage's that are passed on.
const MESSAGE_CHARACTERS: usize = 300;

/// One item of a reply, as Sage sent it: on one line and shortened, otherwise unchanged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SageItem {
    /// `$dataCode`, or the `error` of the token endpoint.
    pub code: String,
    /// `$message`, or the `error_description` of the token endpoint.
    pub message: String,
    /// `$source`, the field by Sage's internal name; often empty or `base`.
    pub source: String,
}

/// What a reply is.
#[derive(Debug)]
pub(super) enum Reply {
    /// The API's error list.
    Items(Vec<SageItem>),
    /// The token endpoint's error object.
    OAuth(SageItem),
    /// Nothing but white space.
    Empty,
    /// JSON that breaks off.
    Truncated,
    /// Anything else: a proxy's page, or JSON of another shape, with its beginning.
    Other(String),
}

impl Reply {
    /// Reads a body. Total: any text is one of the five.
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Self::Empty;
        }
        match serde_json::from_str::<Value>(text) {
            Ok(Value::Array(items)) if !items.is_empty() && items.iter().all(is_item) => {
                Self::Items(items.iter().map(item).collect())
            }
            Ok(value) if is_item(&value) => Self::Items(vec![item(&value)]),
            Ok(value) if value.get("error").is_some_and(Value::is_string) => {
                Self::OAuth(SageItem {
                    code: field(&value, &["error"]),
                    message: field(&value, &["error_description"]),
                    source: String::new(),
                })
            }
            Err(error) if error.is_eof() => Self::Truncated,
            Ok(_) | Err(_) => Self::Other(shown(text)),
        }
    }
}

/// The documented items carry `$message`; some code saw `message` without the dollar sign.
fn is_item(value: &Value) -> bool {
    ["$message", "message", "$dataCode", "dataCode"]
        .iter()
        .any(|key| value.get(key).is_some_and(Value::is_string))
}

fn item(value: &Value) -> SageItem {
    SageItem {
        code: field(value, &["$dataCode", "dataCode"]),
        message: field(value, &["$message", "message"]),
        source: field(value, &["$source", "source"]),
    }
}

fn field(value: &Value, names: &[&str]) -> String {
    let text = names.iter().find_map(|name| value.get(name)?.as_str());
    shown(text.unwrap_or_default())
}

fn shown(text: &str) -> String {
    // A page can be megabytes long; only its beginning is worth cleaning.
    let beginning = cut(text, 4 * MESSAGE_CHARACTERS).0;
    cut(&single_line(beginning), MESSAGE_CHARACTERS)
        .0
        .to_owned()
}
