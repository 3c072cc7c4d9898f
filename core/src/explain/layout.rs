//! The page as plain text: headings, facts, a table; never wider than 120 columns.

use super::page::{Column, Entry, Page};
use crate::text::cut;

/// Widest line. Characters are counted; what a terminal makes of wide ones is its affair.
const COLUMNS: usize = 120;

/// Where the text of a fact begins.
const FACT_INDENT: usize = 18;

/// Narrowest column that may be shortened.
const LEAST_TEXT: usize = 12;

/// Widest column of an id.
const WIDEST_ID: usize = 24;

/// The text of a page.
pub(super) fn text(page: &Page) -> String {
    let mut text = Text::default();
    text.wrapped(page.headline(), 0, 4);
    for section in page.sections() {
        if !section.title.is_empty() {
            text.push_line("");
            text.wrapped(&section.title, 0, 2);
        }
        for entry in &section.entries {
            match entry {
                Entry::Line { line } => text.wrapped(line, 2, 4),
                Entry::Fact { label, text: texts } => text.facts(label, texts),
                Entry::Table { columns, rows } => text.table(columns, rows),
            }
        }
    }
    text.0
}

/// The text being written.
#[derive(Default)]
struct Text(String);

impl Text {
    /// A label and what it says; further texts stand below the first one.
    fn facts(&mut self, label: &str, texts: &[String]) {
        let room = FACT_INDENT - 2;
        let labels = std::iter::once(label).chain(std::iter::repeat(""));
        for (label, text) in labels.zip(texts) {
            self.wrapped(&format!("{label:<room$}{text}"), 2, FACT_INDENT);
        }
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        let widths = widths(columns, rows);
        for row in rows {
            let cells = row.iter().zip(columns).zip(&widths);
            let line: Vec<String> = cells
                .map(|((text, column), width)| match column {
                    Column::Number => format!("{text:>width$}"),
                    Column::Text | Column::Id => format!("{:<width$}", shortened(text, *width)),
                })
                .collect();
            let line = format!("  {}", line.join("  "));
            if line.trim_end().chars().count() > COLUMNS {
                self.wrapped(&row.join("  "), 2, 6);
            } else {
                self.push_line(line.trim_end());
            }
        }
    }

    fn push_line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// Breaks between words, and inside a word only when it is longer than a line.
    fn wrapped(&mut self, text: &str, first_indent: usize, indent: usize) {
        let mut line = " ".repeat(first_indent);
        let mut length = first_indent;
        let mut empty = true;
        for word in text.split(' ') {
            let characters = word.chars().count();
            if !empty && length + 1 + characters > COLUMNS {
                self.push_line(line.trim_end());
                line = " ".repeat(indent);
                length = indent;
                empty = true;
            }
            if !empty {
                line.push(' ');
                length += 1;
            }
            for character in word.chars() {
                if length == COLUMNS {
                    self.push_line(&line);
                    line = " ".repeat(indent);
                    length = indent;
                }
                line.push(if character.is_control() {
                    ' '
                } else {
                    character
                });
                length += 1;
            }
            empty = false;
        }
        self.push_line(line.trim_end());
    }
}

/// The text, or its beginning and an ellipsis.
fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    format!("{}…", cut(text, width.saturating_sub(1)).0)
}

fn widths(columns: &[Column], rows: &[Vec<String>]) -> Vec<usize> {
    let widest = |index: usize| {
        let cells = rows.iter().filter_map(|row| row.get(index));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| match column {
            Column::Id => widest(index).min(WIDEST_ID),
            Column::Text | Column::Number => widest(index),
        })
        .collect();
    let total: usize = widths.iter().map(|width| width + 2).sum();
    let surplus = total.saturating_sub(COLUMNS);
    for (width, column) in widths.iter_mut().zip(columns) {
        if *column == Column::Text {
            *width = width.saturating_sub(surplus).max(LEAST_TEXT.min(*width));
        }
    }
    widths
}
