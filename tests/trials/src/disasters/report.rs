//! The table of disasters.

use std::time::Duration;

use crate::books::Verdict;

/// Lines of each kind of problem that are shown.
const SHOWN: usize = 10;

/// What came of one scenario.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) scenario: &'static str,
    pub(super) store: &'static str,
    pub(super) honours_ids: bool,
    pub(super) documents: usize,
    pub(super) books: Verdict,
    /// Documents that the shop shows otherwise than Sage has them.
    pub(super) disagree: Vec<String>,
    /// From the end of the disaster until everything was well.
    pub(super) took: Duration,
    pub(super) log: String,
}

impl Row {
    pub(super) fn is_clean(&self) -> bool {
        self.books.is_clean() && self.disagree.is_empty()
    }

    fn ids(&self) -> &'static str {
        if self.honours_ids {
            "honoured"
        } else {
            "ignored"
        }
    }

    /// One line, as soon as it is known, and what is wrong.
    pub(super) fn announce(&self) {
        let end = if self.is_clean() { "" } else { ": NOT CLEAN" };
        println!(
            "{} ({}, ids {}): {} documents, {:.1} s{end}",
            self.scenario,
            self.store,
            self.ids(),
            self.documents,
            self.took.as_secs_f32()
        );
        let problems = [
            ("missing", &self.books.missing),
            ("twice", &self.books.duplicated),
            ("another total", &self.books.totals_differ),
            ("unasked", &self.books.strangers),
            ("state", &self.disagree),
        ];
        for (what, lines) in problems {
            for line in lines.iter().take(SHOWN) {
                println!("  {what}: {line}");
            }
        }
        if !self.is_clean() {
            println!("{}", self.log);
        }
    }
}

/// Prints the table; true when every row is clean.
pub(super) fn print(rows: &[Row]) -> bool {
    println!(
        "\n{:<46} {:<14} {:<9} {:>9} {:>5} {:>6} {:>7} {:>9} {:>8}",
        "", "store", "ids", "documents", "lost", "twice", "totals≠", "disagree", "seconds"
    );
    for row in rows {
        println!(
            "{:<46} {:<14} {:<9} {:>9} {:>5} {:>6} {:>7} {:>9} {:>8.1}",
            row.scenario,
            row.store,
            row.ids(),
            row.documents,
            row.books.missing.len(),
            row.books.duplicated.len() + row.books.strangers.len(),
            row.books.totals_differ.len(),
            row.disagree.len(),
            row.took.as_secs_f32(),
        );
    }
    rows.iter().all(Row::is_clean)
}
