//! The page before it is laid out: a headline, and sections of facts, lines and tables.

use crate::text::single_line;
use serde::Serialize;

/// The page being written.
#[derive(Debug, Default, Serialize)]
pub(super) struct Page {
    headline: String,
    sections: Vec<Section>,
}

/// A title and what stands under it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Section {
    /// Empty for what stands directly under the headline.
    pub(super) title: String,
    pub(super) entries: Vec<Entry>,
}

/// One entry of a section.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Entry {
    /// A sentence.
    Line { line: String },
    /// A label and what it says, in one or several texts.
    Fact { label: String, text: Vec<String> },
    /// A table; the first row is its head.
    Table {
        columns: Vec<Column>,
        rows: Vec<Vec<String>>,
    },
}

/// How a column of a table behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Column {
    /// Takes the room the others leave; shortened when it does not fit.
    Text,
    /// An id, shortened when it is very long.
    Id,
    /// Never shortened, aligned to the right.
    Number,
}

impl Page {
    pub(super) fn headline(&self) -> &str {
        &self.headline
    }

    pub(super) fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The page as JSON, for programs that lay it out themselves.
    pub(super) fn to_json(&self) -> String {
        // Serialising structs of strings into memory has no failing path.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What the page is about.
    pub(super) fn set_headline(&mut self, text: String) {
        self.headline = text;
    }

    /// Begins a section.
    pub(super) fn heading(&mut self, title: &str) {
        self.sections.push(Section {
            title: title.to_owned(),
            entries: Vec::new(),
        });
    }

    /// A sentence of a section.
    pub(super) fn line(&mut self, text: &str) {
        let line = text.to_owned();
        self.push(Entry::Line { line });
    }

    /// A label and what it says. Without a label, a further text of the fact before it.
    pub(super) fn fact(&mut self, label: &str, text: &str) {
        let text = single_line(text).into_owned();
        let last = self
            .sections
            .last_mut()
            .and_then(|section| section.entries.last_mut());
        match last {
            Some(Entry::Fact { text: texts, .. }) if label.is_empty() => texts.push(text),
            Some(_) | None => self.push(Entry::Fact {
                label: label.to_owned(),
                text: vec![text],
            }),
        }
    }

    /// A table; the first row is its head.
    pub(super) fn table(&mut self, columns: &[Column], rows: Vec<Vec<String>>) {
        let columns = columns.to_vec();
        self.push(Entry::Table { columns, rows });
    }

    /// Adds to the last section; before the first heading, to one without a title.
    fn push(&mut self, entry: Entry) {
        match self.sections.last_mut() {
            Some(section) => section.entries.push(entry),
            None => self.sections.push(Section {
                title: String::new(),
                entries: vec![entry],
            }),
        }
    }
}
