//! The crash matrix: shops send their documents while the relay is killed and Sage lies; at the
//! end the ledger must show every document once, with its total.

mod scenario;
mod fault;
mod report;

use anyhow::Result;

use crate::sage::Mode;

use report::{print, print_control};
use scenario::{Scenario, run};

/// Where the inbox is, and in how many processes the relay runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    fn processes(self) -> usize {
        match self {
            Self::Sqlite => 1,
            Self::Postgres => 3,
        }
    }
}

const HONOURED: Mode = Mode {
    honours_ids: true,
    caches_errors: false,
};
const ERRORS_KEPT: Mode = Mode {
    honours_ids: true,
    caches_errors: true,
};
const IGNORED: Mode = Mode {
    honours_ids: false,
    caches_errors: false,
};

/// The long profile: more than 10,000 documents and 200 kills. True when nothing was lost, nothing
/// stands twice, all totals are equal, and the negative control shows duplicates.
///
/// # Errors
/// When a scenario itself cannot go on.
pub async fn full(seed: u64) -> Result<bool> {
    let mut scenarios = Vec::new();
    for database in [Database::Sqlite, Database::Postgres] {
        for mode in [HONOURED, ERRORS_KEPT, IGNORED] {
            scenarios.push(Scenario::new(database, mode, 4, 425, 40));
        }
    }
    run_all(
        scenarios,
        Scenario::new(Database::Sqlite, IGNORED, 2, 150, 30),
        seed,
    )
    .await
}

/// The profile of the ordinary tests.
///
/// # Errors
/// When a scenario itself cannot go on.
pub async fn short(seed: u64) -> Result<bool> {
    let scenarios = vec![
        Scenario::new(Database::Sqlite, ERRORS_KEPT, 2, 60, 12),
        Scenario::new(Database::Sqlite, IGNORED, 2, 60, 12),
        Scenario::new(Database::Postgres, HONOURED, 2, 60, 12),
    ];
    run_all(
        scenarios,
        Scenario::new(Database::Sqlite, IGNORED, 2, 60, 12),
        seed,
    )
    .await
}

async fn run_all(scenarios: Vec<Scenario>, control: Scenario, seed: u64) -> Result<bool> {
    println!("seed {seed}");
    let mut outcomes = Vec::new();
    for (scenario, number) in scenarios.into_iter().zip(0_u64..) {
        let outcome = run(&scenario, seed.wrapping_mul(1_000).wrapping_add(number)).await?;
        outcome.announce();
        outcomes.push(outcome);
    }
    let clean = print(&outcomes);
    let outcome = run(&control.without_duplicate_guard(), seed).await?;
    Ok(print_control(&outcome) && clean)
}
