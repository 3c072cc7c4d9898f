//! A place in a JSON tree: every refusal names it.

use rust_decimal::Decimal;

use crate::json::{Node, Pointer};

use super::Invalid;

/// The longest key of ours.
pub(crate) const MAX_KEY: usize = 120;

/// The longest amount: more digits than a decimal number of ours can hold.
const MAX_AMOUNT: usize = 40;

pub(crate) type Read<T> = Result<T, Invalid>;

/// A value and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct At<'n> {
    pub(crate) node: &'n Node,
    pub(crate) pointer: Pointer<'n>,
}

impl<'n> At<'n> {
    pub(crate) fn refuse<T>(&self, code: &'static str, detail: impl Into<String>) -> Read<T> {
        Err(Invalid {
            code,
            pointer: self.pointer.text(),
            detail: detail.into(),
            key: None,
        })
    }

    pub(crate) fn wrong_type<T>(&self, wanted: &str) -> Read<T> {
        self.refuse(
            "wrong_type",
            format!("Expected {wanted}, found {}.", self.node.kind()),
        )
    }

    pub(crate) fn below<'p>(&'p self, key: &'p str, node: &'p Node) -> At<'p> {
        At {
            node,
            pointer: Pointer::Key(&self.pointer, key),
        }
    }

    pub(crate) fn entries(&self) -> Read<&'n [(String, Node)]> {
        if let Node::Object(entries) = self.node {
            Ok(entries)
        } else {
            self.wrong_type("an object")
        }
    }

    pub(crate) fn list(&self) -> Read<Vec<At<'_>>> {
        if let Node::List(list) = self.node {
            let at = |(index, node)| At {
                node,
                pointer: Pointer::Item(&self.pointer, index),
            };
            Ok(list.iter().enumerate().map(at).collect())
        } else {
            self.wrong_type("a list")
        }
    }

    /// An object with these keys and no other.
    pub(crate) fn closed(&self, known: &[&str]) -> Read<()> {
        for (key, node) in self.entries()? {
            if !known.contains(&key.as_str()) {
                return self
                    .below(key, node)
                    .refuse("unknown_key", "The contract has no such key.");
            }
        }
        Ok(())
    }

    pub(crate) fn maybe<'p>(&'p self, name: &'p str) -> Option<At<'p>> {
        self.node.get(name).map(|node| self.below(name, node))
    }

    pub(crate) fn field<'p>(&'p self, name: &'p str) -> Read<At<'p>> {
        self.entries()?;
        match self.maybe(name) {
            Some(found) => Ok(found),
            None => self
                .below(name, self.node)
                .refuse("missing", "The key is required."),
        }
    }

    pub(crate) fn text(&self) -> Read<&'n str> {
        if let Node::Text(text) = self.node {
            Ok(text)
        } else {
            self.wrong_type("a string")
        }
    }

    pub(crate) fn integer(&self) -> Read<i64> {
        if let Node::Integer(number) = self.node {
            Ok(*number)
        } else {
            self.wrong_type("a whole number")
        }
    }

    pub(crate) fn amount(&self) -> Read<Decimal> {
        let text = self.text()?;
        let short = Some(text).filter(|text| text.len() <= MAX_AMOUNT);
        short.and_then(|text| text.parse().ok()).map_or_else(
            || {
                self.refuse(
                    "invalid_format",
                    "An amount is a decimal number in a string.",
                )
            },
            Ok,
        )
    }

    /// A key of ours: short, printable, without white space.
    pub(crate) fn symbol(&self) -> Read<String> {
        let text = self.text()?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._:-".contains(c);
        if text.is_empty() || text.len() > MAX_KEY || !text.chars().all(allowed) {
            return self.refuse(
                "invalid_format",
                "Allowed are 1 to 120 letters, digits and the signs . _ : -",
            );
        }
        Ok(text.to_owned())
    }
}
