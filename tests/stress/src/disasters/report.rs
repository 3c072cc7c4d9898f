//! What is printed: one line for a scenario as soon as it is over, and the table.

use super::fixture::Parameters;
use super::ledger_check::Checked;

/// Lines of each kind of problem that are shown.
const SHOWN: usize = 10;

/// What came of one scenario.
#[derive(Debug)]
pub(super) enum Outcome {
    Checked(Checked),
    /// It cannot be tried on this machine, and why.
    Skipped(&'static str),
    /// It did not come to its end, and why.
    Failed(String),
}

/// One scenario with one store and one kind of Sage.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) scenario: &'static str,
    parameters: Parameters,
    outcome: Outcome,
}

impl Row {
    pub(super) fn new(scenario: &'static str, parameters: Parameters, outcome: Outcome) -> Self {
        Self {
            scenario,
            parameters,
            outcome,
        }
    }

    pub(super) fn is_good(&self) -> bool {
        match &self.outcome {
            Outcome::Checked(checked) => checked.is_clean(),
            Outcome::Skipped(_) => true,
            Outcome::Failed(_) => false,
        }
    }

    fn ids(&self) -> &'static str {
        super::ids(self.parameters.mode)
    }

    /// One line, and what is wrong.
    pub(super) fn announce(&self, whole_s: u64) {
        let (store, ids) = (self.parameters.store.name(), self.ids());
        let said = match &self.outcome {
            Outcome::Checked(checked) if checked.is_clean() => {
                format!("well after {:.1} s", checked.took.as_secs_f32())
            }
            Outcome::Checked(_) => "NOT CLEAN".to_owned(),
            Outcome::Skipped(why) => format!("skipped: {why}"),
            Outcome::Failed(why) => format!("FAILED: {why}"),
        };
        println!(
            "{} ({store}, ids {ids}), {whole_s} s: {said}",
            self.scenario
        );
        let Outcome::Checked(checked) = &self.outcome else {
            return;
        };
        let problems = [
            ("lost", &checked.ledger.missing),
            ("twice", &checked.ledger.duplicated),
            ("nobody's", &checked.ledger.strangers),
            ("another total", &checked.ledger.totals_differ),
            ("state", &checked.disagreeing),
        ];
        for (what, lines) in problems {
            for line in lines.iter().take(SHOWN) {
                println!("  {what}: {line}");
            }
        }
        if !checked.is_clean() {
            println!("{}", checked.log);
        }
    }

    fn print(&self) {
        print!(
            "{:<44} {:<13} {:<9}",
            self.scenario,
            self.parameters.store.name(),
            self.ids()
        );
        match &self.outcome {
            Outcome::Checked(checked) => println!(
                "{:>9} {:>5} {:>6} {:>7} {:>9} {:>8.1}",
                checked.documents,
                checked.ledger.missing.len(),
                checked.ledger.duplicated.len() + checked.ledger.strangers.len(),
                checked.ledger.totals_differ.len(),
                format!(
                    "{}/{}",
                    checked.agreeing,
                    checked.agreeing + checked.disagreeing.len()
                ),
                checked.took.as_secs_f32(),
            ),
            Outcome::Skipped(why) => println!("  skipped: {why}"),
            Outcome::Failed(why) => {
                println!("  FAILED: {}", why.lines().next().unwrap_or_default());
            }
        }
    }
}

/// Prints the table; true when every row is good.
pub(super) fn print(rows: &[Row]) -> bool {
    println!(
        "\n{:<44} {:<13} {:<9}{:>9} {:>5} {:>6} {:>7} {:>9} {:>8}",
        "", "store", "ids", "documents", "lost", "twice", "totals≠", "agree", "seconds"
    );
    for row in rows {
        row.print();
    }
    rows.iter().all(Row::is_good)
}
