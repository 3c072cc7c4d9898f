//! Small readers and writers for `serde_json::Value`, so that no code here indexes and panics.

use serde_json::{Map, Value};

/// The string under a key; `None` when absent, null or no string.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

/// The string under a key when it says something.
pub(crate) fn filled<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    text(value, key).filter(|found| !found.trim().is_empty())
}

/// The boolean under a key, false when absent.
pub(crate) fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// The list under a key, empty when absent.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Writes a key of an object; a value that is no object is left alone.
pub(crate) fn set(value: &mut Value, key: &str, new: impl Into<Value>) {
    if let Some(object) = value.as_object_mut() {
        object.insert(key.to_owned(), new.into());
    }
}

/// An object made of those keys of `value` that are present.
pub(crate) fn pick(value: &Value, keys: &[&str]) -> Map<String, Value> {
    keys.iter()
        .filter_map(|key| {
            value
                .get(*key)
                .map(|found| ((*key).to_owned(), found.clone()))
        })
        .collect()
}

/// The `id` inside the object under a key, as Sage writes its references.
pub(crate) fn id_of<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(|inner| text(inner, "id"))
}
