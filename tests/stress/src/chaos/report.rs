//! What a run prints.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ledger_check::Verdict;

/// What came of one scenario.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) name: String,
    pub(super) documents: usize,
    pub(super) ledger: Verdict,
    /// Documents that came to another end than success.
    pub(super) not_done: Vec<String>,
    pub(super) kills: BTreeMap<&'static str, usize>,
    pub(super) faults: BTreeMap<String, u64>,
    pub(super) calls: u64,
    /// New consents after a kill between Sage's new tokens and the disk.
    pub(super) reconnections: usize,
    pub(super) took: Duration,
}

/// Lines of each kind of trouble that are shown.
const SHOWN: usize = 10;

impl Outcome {
    fn is_clean(&self) -> bool {
        self.ledger.is_clean() && self.not_done.is_empty()
    }

    fn killed(&self) -> usize {
        self.kills.values().sum()
    }

    /// One line, as soon as it is known, and what is wrong.
    pub(super) fn announce(&self) {
        println!(
            "{}: {} documents, {} kills, {} s{}",
            self.name,
            self.documents,
            self.killed(),
            self.took.as_secs(),
            if self.is_clean() { "" } else { ": NOT CLEAN" }
        );
        let ledger = &self.ledger;
        let troubles = [
            ("missing", &ledger.missing),
            ("duplicated", &ledger.duplicated),
            ("another total", &ledger.totals_differ),
            ("unasked", &ledger.strangers),
            ("not done", &self.not_done),
        ];
        for (what, lines) in troubles {
            for line in lines.iter().take(SHOWN) {
                println!("  {what}: {line}");
            }
        }
    }
}

/// The table; true when every scenario is clean.
pub(super) fn print(outcomes: &[Outcome]) -> bool {
    println!(
        "\n{:<40} {:>9} {:>6} {:>7} {:>5} {:>5} {:>7} {:>9} {:>9}",
        "", "documents", "kills", "faults", "lost", "twice", "totals≠", "consents", "calls/doc"
    );
    for outcome in outcomes {
        row(outcome);
    }
    let mut kills: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults: BTreeMap<&str, u64> = BTreeMap::new();
    for outcome in outcomes {
        for (name, times) in &outcome.kills {
            *kills.entry(name).or_default() += times;
        }
        for (kind, times) in &outcome.faults {
            *faults.entry(kind).or_default() += times;
        }
    }
    let documents: usize = outcomes.iter().map(|outcome| outcome.documents).sum();
    println!("\n{documents} documents; killed: {}", counts(&kills));
    println!("faults of Sage: {}", counts(&faults));
    outcomes.iter().all(Outcome::is_clean)
}

fn row(outcome: &Outcome) {
    let ledger = &outcome.ledger;
    let faults: u64 = outcome.faults.values().sum();
    let documents = u64::try_from(outcome.documents).unwrap_or(u64::MAX).max(1);
    let hundredths = outcome.calls * 100 / documents;
    println!(
        "{:<40} {:>9} {:>6} {:>7} {:>5} {:>5} {:>7} {:>9} {:>6}.{:02}",
        outcome.name,
        outcome.documents,
        outcome.killed(),
        faults,
        ledger.missing.len() + outcome.not_done.len(),
        ledger.duplicated.len() + ledger.strangers.len(),
        ledger.totals_differ.len(),
        outcome.reconnections,
        hundredths / 100,
        hundredths % 100,
    );
}

/// The run without the duplicate guard; true when it shows what the guard is for.
pub(super) fn print_control(outcome: &Outcome) -> bool {
    let twice = outcome.ledger.duplicated.len();
    println!(
        "negative control, search off and ids ignored: {} documents, {} kills, {twice} objects stand twice",
        outcome.documents,
        outcome.killed(),
    );
    if twice == 0 {
        println!("  the control shows no duplicate, so the table above proves nothing");
    }
    twice > 0
}

fn counts<N: std::fmt::Display>(counts: &BTreeMap<&str, N>) -> String {
    let parts: Vec<String> = counts
        .iter()
        .map(|(name, times)| format!("{name} {times}"))
        .collect();
    parts.join(", ")
}
