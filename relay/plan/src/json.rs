//! A JSON tree that keeps the order of keys and refuses what it could not keep exactly.
//!
//! Why not `serde_json::Value`: it sorts keys unless a feature is switched on for the whole
//! workspace, it turns `35.10` into a float, and of two equal keys it silently keeps the last.
//! This tree knows whole numbers and no other number: amounts are strings by contract.
//! It does not judge what a document means; that is the work of `plan`.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// One JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the variants are the kinds of JSON values and of steps into them"
)]
pub enum Node {
    Null,
    Bool(bool),
    Integer(i64),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// Why a text is no acceptable document, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Which rule of the format is broken.
    pub code: &'static str,
    /// JSON pointer of the place.
    pub pointer: String,
    /// What is wrong there, in words.
    pub detail: String,
}

impl Node {
    /// Reads a whole text.
    pub fn parse(bytes: &[u8], max_depth: usize) -> Result<Self, Flaw> {
        let reader = Reader {
            max_depth,
            flaw: RefCell::new(None),
            stopped_at: RefCell::new(None),
        };
        let root = Seed {
            reader: &reader,
            pointer: Pointer::Root,
            depth: 0,
        };
        let mut source = serde_json::Deserializer::from_slice(bytes);
        let outcome = root
            .deserialize(&mut source)
            .and_then(|node| source.end().map(|()| node));
        outcome.map_err(|error| {
            let flaw = reader.flaw.borrow_mut().take();
            flaw.unwrap_or_else(|| Flaw {
                code: "not_json",
                pointer: reader.stopped_at.take().unwrap_or_default(),
                detail: format!("The text is no JSON document: {}.", category(&error)),
            })
        })
    }

    /// What the value is, in words for an error message.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Integer(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// The value behind a key of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        if let Self::Object(entries) = self {
            entries
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value)
        } else {
            None
        }
    }
}

impl Node {
    /// The value at a JSON pointer.
    pub fn at(&self, pointer: &str) -> Option<&Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        let segments = pointer.strip_prefix('/')?.split('/');
        segments.into_iter().try_fold(self, |node, segment| {
            let name = segment.replace("~1", "/").replace("~0", "~");
            if let Self::List(list) = node {
                list.get(name.parse::<usize>().ok()?)
            } else {
                node.get(&name)
            }
        })
    }
}

/// Where in the text serde_json stopped; its own message would repeat the input.
fn category(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Io => "it cannot be read",
        serde_json::error::Category::Syntax => "syntax error",
        serde_json::error::Category::Data => "unusable value",
        serde_json::error::Category::Eof => "it ends too early",
    };
    format!("{what} at line {} column {}", error.line(), error.column())
}

/// One segment of a JSON pointer, escaped.
pub fn pointer_segment(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

/// Where a value stands in a tree. Written out only when something is refused there: of an
/// acceptable document no place is ever named.
#[derive(Clone, Copy)]
#[expect(
    missing_docs,
    reason = "the variants are the kinds of JSON values and of steps into them"
)]
pub enum Pointer<'p> {
    Root,
    Key(&'p Pointer<'p>, &'p str),
    Item(&'p Pointer<'p>, usize),
    /// By a JSON pointer.
    Under(&'p Pointer<'p>, &'p str),
}

impl Pointer<'_> {
    /// The JSON pointer.
    pub fn text(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Key(above, key) => format!("{}/{}", above.text(), pointer_segment(key)),
            Self::Item(above, index) => format!("{}/{index}", above.text()),
            Self::Under(above, pointer) => format!("{}{pointer}", above.text()),
        }
    }
}

struct Reader {
    max_depth: usize,
    flaw: RefCell<Option<Flaw>>,
    /// The innermost place at which reading failed.
    stopped_at: RefCell<Option<String>>,
}

/// Entries of an object up to which equal keys are looked for one by one.
const FEW: usize = 24;

#[derive(Clone, Copy)]
struct Seed<'r> {
    reader: &'r Reader,
    pointer: Pointer<'r>,
    depth: usize,
}

impl<'r> Seed<'r> {
    fn refuse<E: serde::de::Error>(&self, code: &'static str, detail: &str) -> E {
        let mut flaw = self.reader.flaw.borrow_mut();
        flaw.get_or_insert_with(|| Flaw {
            code,
            pointer: self.pointer.text(),
            detail: detail.to_owned(),
        });
        E::custom(code)
    }

    fn below<E: serde::de::Error>(&self, pointer: Pointer<'r>) -> Result<Self, E> {
        let below = Self {
            pointer,
            depth: self.depth.saturating_add(1),
            ..*self
        };
        if below.depth > self.reader.max_depth {
            return Err(below.refuse("too_deep", "The document is nested too deeply."));
        }
        Ok(below)
    }

    /// PostgreSQL stores no NUL character, SQLite cuts some texts there, and no text of a document
    /// has one.
    fn storable<E: serde::de::Error>(&self, text: &str) -> Result<(), E> {
        if text.contains('\0') {
            let detail = "A text contains the character NUL (U+0000), which cannot be stored.";
            return Err(self.refuse("text_not_storable", detail));
        }
        Ok(())
    }

    /// Keeps the place of an error, unless one further in is kept already.
    fn stopped<E>(&self, error: E) -> E {
        let mut stopped_at = self.reader.stopped_at.borrow_mut();
        stopped_at.get_or_insert_with(|| self.pointer.text());
        error
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Integer(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Node, E> {
        i64::try_from(value)
            .map(Node::Integer)
            .map_err(|_| self.refuse("number_too_large", "The number is too large."))
    }

    fn visit_f64<E: serde::de::Error>(self, _value: f64) -> Result<Node, E> {
        Err(self.refuse(
            "money_not_a_string",
            "Decimal numbers are written as JSON strings.",
        ))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Node, E> {
        self.storable(value)?;
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Node, E> {
        self.storable(&value)?;
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        loop {
            let item = self.below(Pointer::Item(&self.pointer, list.len()))?;
            let node = access.next_element_seed(item);
            match node.map_err(|error| item.stopped(error))? {
                Some(node) => list.push(node),
                None => return Ok(Node::List(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        let mut many = BTreeSet::new();
        while let Some(key) = access
            .next_key::<String>()
            .map_err(|error| self.stopped(error))?
        {
            let value = self.below(Pointer::Key(&self.pointer, &key))?;
            value.storable(&key)?;
            let is_twice = if entries.len() < FEW {
                entries.iter().any(|(earlier, _)| *earlier == key)
            } else {
                if many.is_empty() {
                    many.extend(entries.iter().map(|(earlier, _)| earlier.clone()));
                }
                !many.insert(key.clone())
            };
            if is_twice {
                let detail = "The same key stands twice in one object.";
                return Err(value.refuse("duplicate_key", detail));
            }
            let node = access.next_value_seed(value);
            let node = node.map_err(|error| value.stopped(error))?;
            entries.push((key, node));
        }
        Ok(Node::Object(entries))
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(list) => {
                let mut out = serializer.serialize_seq(Some(list.len()))?;
                for node in list {
                    out.serialize_element(node)?;
                }
                out.end()
            }
            Self::Object(entries) => {
                let mut out = serializer.serialize_map(Some(entries.len()))?;
                for (key, node) in entries {
                    out.serialize_entry(key, node)?;
                }
                out.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(text: &str) -> (&'static str, String) {
        let flaw = Node::parse(text.as_bytes(), 8).unwrap_err();
        (flaw.code, flaw.pointer)
    }

    #[test]
    fn keeps_order_and_text() {
        let text = r#"{"z":"1.10","a":[true,null,-3],"m":{"b":"é\"","a":{}}}"#;
        let node = Node::parse(text.as_bytes(), 8).unwrap();
        assert_eq!(serde_json::to_string(&node).unwrap(), text);
    }

    #[test]
    fn names_the_place_of_every_flaw() {
        assert_eq!(
            flaw(r#"{"a":{"b":[1,2.5]}}"#),
            ("money_not_a_string", "/a/b/1".to_owned())
        );
        assert_eq!(
            flaw(r#"{"a/b":{"x":1,"x":2}}"#),
            ("duplicate_key", "/a~1b/x".to_owned())
        );
        assert_eq!(
            flaw(r#"{"a":18446744073709551615}"#),
            ("number_too_large", "/a".to_owned())
        );
        assert_eq!(
            flaw(r#"{"a":["b","\u0000"]}"#),
            ("text_not_storable", "/a/1".to_owned())
        );
        assert_eq!(flaw(r#"{"a\u0000":"b"}"#).0, "text_not_storable");
        assert_eq!(flaw("[[[[[[[[[1]]]]]]]]]").0, "too_deep");
        assert_eq!(flaw(r#"{"a":tru}"#), ("not_json", "/a".to_owned()));
        assert_eq!(flaw(r#"{"a":"b"} x"#).0, "not_json");
        assert_eq!(flaw("").0, "not_json");
    }

    #[test]
    fn equal_keys_are_seen_however_many_there_are() {
        for count in [2, FEW, FEW + 1, 3 * FEW] {
            for again in [0, count / 2, count - 1] {
                let keys = (0..count).chain([again]).map(|key| format!("\"k{key}\":1"));
                let text = format!("{{{}}}", keys.collect::<Vec<_>>().join(","));
                assert_eq!(flaw(&text), ("duplicate_key", format!("/k{again}")));
            }
        }
    }

    #[test]
    fn a_list_as_deep_as_allowed_passes() {
        assert!(Node::parse(b"[[[[[[[[]]]]]]]]", 8).is_ok());
    }
}
