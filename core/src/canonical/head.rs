//! The kind of an event from its first keys, without reading the rest.

use super::EventKind;
use crate::schema::SCHEMA_VERSION;
use serde::Deserializer;
use serde::de::{Error, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The kind, when the text begins with our schema version and a known event, as builders write it.
///
/// `None` means only that it does not begin so.
pub(super) fn kind(text: &str) -> Option<EventKind> {
    let mut kind = None;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // The visitor always ends with an error: that is how reading stops at the second key.
    let _ = deserializer.deserialize_map(HeadVisitor { kind: &mut kind });
    kind
}

struct HeadVisitor<'a> {
    kind: &'a mut Option<EventKind>,
}

impl<'de> Visitor<'de> for HeadVisitor<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let schema: Option<(Cow<'_, str>, Cow<'_, str>)> = map.next_entry()?;
        if schema.is_some_and(|(key, version)| key == "schema" && version == SCHEMA_VERSION) {
            let event: Option<(Cow<'_, str>, Cow<'_, str>)> = map.next_entry()?;
            *self.kind = event
                .filter(|(key, _)| key == "event")
                .and_then(|(_, name)| EventKind::from_name(&name));
        }
        Err(A::Error::custom("enough is known"))
    }
}
