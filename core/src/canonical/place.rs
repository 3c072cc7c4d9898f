//! Where in a document the parser stopped, as a JSON pointer.
//!
//! The parser gives a line and a column. A library that records the path while it parses exists,
//! but it doubles all code that reads JSON, which was a sixth of the component; following the
//! text up to the error needs a page.

use std::borrow::Cow;

/// An object or array that is open where the parser stopped.
enum Open<'a> {
    /// An object and the key that was read last; none before the first and after a comma.
    Object(Option<Cow<'a, str>>),
    /// An array and the index of the element under way; none before the first.
    Array(Option<usize>),
}

/// The pointer of what was read last before `error`, or was about to be read.
///
/// After a closing bracket that is the whole object or array: so a missing field has its parent.
/// The error must be one of the content: up to it the text is well-formed.
pub(super) fn pointer(root: &str, text: &str, error: &serde_json::Error) -> String {
    let mut pointer = String::from(root);
    let read = before(text, error);
    let mut path = path(read);
    // What is no element of its array is refused unread, before its first bracket.
    let next = text.get(read.len()..).unwrap_or_default().trim_start();
    let message = error.to_string();
    if (next.starts_with('{') && message.starts_with("invalid type: map"))
        || (next.starts_with('[') && message.starts_with("invalid type: sequence"))
    {
        begin_element(&mut path);
    }
    for open in path {
        match open {
            Open::Object(Some(key)) => push_token(&mut pointer, &key),
            Open::Array(Some(index)) => push_token(&mut pointer, &index.to_string()),
            Open::Object(None) | Open::Array(None) => {}
        }
    }
    pointer
}

/// Appends a reference token, escaped as RFC 6901 says.
pub(super) fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    pointer.push_str(&escaped(token));
}

/// A reference token as RFC 6901 spells it.
pub(super) fn escaped(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// What the parser had read. Lines count from 1, columns are the bytes read of the line.
fn before<'a>(text: &'a str, error: &serde_json::Error) -> &'a str {
    let lines = error.line().saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(lines).map(str::len).sum();
    text.get(..start.saturating_add(error.column()))
        .unwrap_or(text)
}

fn path(read: &str) -> Vec<Open<'_>> {
    let mut path = Vec::new();
    let mut rest = read;
    while let Some(byte) = rest.bytes().next() {
        let mut length = 1;
        match byte {
            b'{' | b'[' => {
                begin_element(&mut path);
                path.push(if byte == b'{' {
                    Open::Object(None)
                } else {
                    Open::Array(None)
                });
            }
            b'}' | b']' => {
                path.pop();
            }
            b',' => match path.last_mut() {
                Some(Open::Object(key)) => *key = None,
                Some(Open::Array(Some(index))) => *index += 1,
                Some(Open::Array(None)) | None => {}
            },
            b'"' => {
                length = string_length(rest);
                match path.last_mut() {
                    Some(Open::Object(key @ None)) => *key = Some(unquoted(rest, length)),
                    _ => begin_element(&mut path),
                }
            }
            b' ' | b'\t' | b'\r' | b'\n' | b':' => {}
            _ => {
                length = rest
                    .find([',', '}', ']', ' ', '\t', '\r', '\n'])
                    .unwrap_or(rest.len());
                begin_element(&mut path);
            }
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    path
}

/// Inside an array, a first element begins here.
fn begin_element(path: &mut [Open<'_>]) {
    if let Some(Open::Array(index @ None)) = path.last_mut() {
        *index = Some(0);
    }
}

/// Bytes of the string that `text` begins with, quotation marks included.
fn string_length(text: &str) -> usize {
    let mut escape = false;
    text.bytes()
        .enumerate()
        .skip(1)
        .find_map(|(index, byte)| {
            let ends = byte == b'"' && !escape;
            escape = byte == b'\\' && !escape;
            ends.then_some(index + 1)
        })
        .unwrap_or(text.len())
}

fn unquoted(text: &str, length: usize) -> Cow<'_, str> {
    let quoted = text.get(..length).unwrap_or(text);
    match serde_json::from_str::<super::Text<'_>>(quoted) {
        Ok(key) => key.into_inner(),
        Err(_) => Cow::Borrowed(quoted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Settings;
    use serde::Deserialize;
    use serde_json::{Value, json};
    use serde_path_to_error::Segment;

    const SETTINGS: &str = include_str!("../../../golden/profiles/gb_everything.json");

    /// The pointer as a library finds it that follows the parser's every step.
    fn followed<'a, T: Deserialize<'a>>(text: &'a str) -> Option<String> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let result: Result<T, _> = serde_path_to_error::deserialize(&mut deserializer);
        let error = result.err()?;
        let mut pointer = String::new();
        for segment in error.path() {
            match segment {
                Segment::Seq { index } => push_token(&mut pointer, &index.to_string()),
                Segment::Map { key } => push_token(&mut pointer, key),
                Segment::Enum { .. } | Segment::Unknown => {}
            }
        }
        Some(pointer)
    }

    /// Every pointer of a document.
    fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
        found.push(at.to_owned());
        if let Some(fields) = value.as_object() {
            for (key, value) in fields {
                pointers(value, &format!("{at}/{}", escaped(key)), found);
            }
        }
        for (index, value) in value.as_array().into_iter().flatten().enumerate() {
            pointers(value, &format!("{at}/{index}"), found);
        }
    }

    #[test]
    fn agrees_with_a_parser_that_records_its_path() {
        let sound: Value = serde_json::from_str(SETTINGS).unwrap();
        let mut places = Vec::new();
        pointers(&sound, "", &mut places);
        let intruders = [
            json!(null),
            json!(true),
            json!(-1.5),
            json!("a \"word\" } ]"),
            json!({}),
            json!({ "sur/plus~\"": 1 }),
            json!([]),
            json!([1, "x"]),
        ];
        let mut compared = 0;
        for place in &places {
            for intruder in &intruders {
                let mut document = sound.clone();
                *document.pointer_mut(place).unwrap() = intruder.clone();
                for text in [
                    document.to_string(),
                    serde_json::to_string_pretty(&document).unwrap(),
                ] {
                    let Err(error) = serde_json::from_str::<Settings<'_>>(&text) else {
                        continue;
                    };
                    let followed = followed::<Settings<'_>>(&text).unwrap();
                    let pointer = pointer("", &text, &error);
                    // An unknown key is reported at itself or at its object.
                    let (object, _) = pointer.rsplit_once('/').unwrap_or_default();
                    assert!(
                        pointer == followed
                            || (object == followed && error.to_string().starts_with("unknown")),
                        "{pointer:?} for {followed:?}: {error} in {text}"
                    );
                    compared += 1;
                }
            }
        }
        assert!(compared > 1000, "only {compared} errors compared");
    }
}
