//! Sage's errors: every entry is kept, in its order.
//!
//! Three shapes are known: the API's list of `$severity`/`$dataCode`/`$message`/`$source`,
//! the same without the dollar signs, and the token endpoint's `error`/`error_description`.
//! A single object instead of a list is read as a list of one.

use serde::Deserialize;

use ledger_store::SageItem;

/// More entries or longer texts than these help nobody.
const MAX_ITEMS: usize = 100;
const MAX_TEXT: usize = 1000;
const MAX_REPLY: usize = 256 * 1024;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wire {
    #[serde(rename = "$severity", alias = "severity")]
    severity: Option<String>,
    #[serde(rename = "$dataCode", alias = "dataCode", alias = "error")]
    data_code: Option<String>,
    #[serde(rename = "$message", alias = "message", alias = "error_description")]
    message: Option<String>,
    #[serde(rename = "$source", alias = "source")]
    source: Option<String>,
}

impl Wire {
    fn into_item(self) -> Option<SageItem> {
        let text = |value: Option<String>| {
            value
                .unwrap_or_default()
                .chars()
                .take(MAX_TEXT)
                .collect::<String>()
        };
        let item = SageItem {
            severity: text(self.severity),
            data_code: text(self.data_code),
            message: text(self.message),
            source: text(self.source),
        };
        (item != SageItem::default()).then_some(item)
    }
}

/// What Sage said instead of doing it.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub items: Vec<SageItem>,
    /// The reply as it came, for those who read more in it.
    pub reply: String,
}

impl Refusal {
    pub fn read(body: &[u8]) -> Self {
        let reply = body.get(..MAX_REPLY).unwrap_or(body);
        Self {
            items: items(body),
            reply: String::from_utf8_lossy(reply).into_owned(),
        }
    }
}

/// The entries of an error body; empty when it has none of the known shapes.
pub fn items(body: &[u8]) -> Vec<SageItem> {
    let wires = serde_json::from_slice::<Vec<Wire>>(body)
        .or_else(|_| serde_json::from_slice::<Wire>(body).map(|wire| vec![wire]));
    wires
        .unwrap_or_default()
        .into_iter()
        .filter_map(Wire::into_item)
        .take(MAX_ITEMS)
        .collect()
}

/// The token endpoint's error word, such as `invalid_grant`.
pub fn oauth_error(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    serde_json::from_slice::<Refusal>(body)
        .ok()
        .map(|refusal| refusal.error.chars().take(64).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_item_in_order() {
        let items = items(
            br#"[{"$severity":"error","$dataCode":"RecordInvalid","$message":"This field is required.","$source":"line_items.tax_rate_id"},
                 {"$severity":"error","$dataCode":"RecordInvalid","$message":"can't be blank","$source":"base"},
                 {"message":"without the sign","source":""}]"#,
        );
        assert_eq!(
            items
                .iter()
                .map(|item| item.source.as_str())
                .collect::<Vec<_>>(),
            ["line_items.tax_rate_id", "base", ""]
        );
        assert_eq!(items[2].message, "without the sign");
        assert_eq!(items[0].data_code, "RecordInvalid");
    }

    #[test]
    fn reads_the_other_shapes() {
        let oauth = br#"{"error":"invalid_grant","error_description":"revoked"}"#;
        assert_eq!(items(oauth)[0].data_code, "invalid_grant");
        assert_eq!(items(oauth)[0].message, "revoked");
        assert_eq!(oauth_error(oauth).as_deref(), Some("invalid_grant"));
        assert_eq!(items(br#"{"$message":"alone"}"#)[0].message, "alone");
    }

    #[test]
    fn what_is_unreadable_is_empty() {
        for body in [
            &b""[..],
            b"<html>",
            b"{}",
            b"[]",
            b"[1]",
            b"null",
            br#"{"id":"abc"}"#,
        ] {
            assert_eq!(items(body), [], "{}", String::from_utf8_lossy(body));
        }
    }
}
