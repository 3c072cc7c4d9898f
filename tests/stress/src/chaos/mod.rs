//! The crash matrix: shops send their documents while the relay is killed and Sage lies; at the
//! end the books must show every document once, with its total.

mod cell;
mod fate;
mod report;

use anyhow::Result;

use crate::sage::Mode;

use cell::{Cell, run};
use report::{print, print_control};

/// Where the inbox is, and in how many processes the relay runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    Sqlite,
    Postgres,
}

impl Ground {
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
/// When the trial itself cannot go on.
pub async fn full(seed: u64) -> Result<bool> {
    let mut cells = Vec::new();
    for ground in [Ground::Sqlite, Ground::Postgres] {
        for mode in [HONOURED, ERRORS_KEPT, IGNORED] {
            cells.push(Cell::new(ground, mode, 4, 425, 40));
        }
    }
    trial(cells, Cell::new(Ground::Sqlite, IGNORED, 2, 150, 30), seed).await
}

/// The profile of the ordinary tests.
///
/// # Errors
/// When the trial itself cannot go on.
pub async fn short(seed: u64) -> Result<bool> {
    let cells = vec![
        Cell::new(Ground::Sqlite, ERRORS_KEPT, 2, 60, 12),
        Cell::new(Ground::Sqlite, IGNORED, 2, 60, 12),
        Cell::new(Ground::Postgres, HONOURED, 2, 60, 12),
    ];
    trial(cells, Cell::new(Ground::Sqlite, IGNORED, 2, 60, 12), seed).await
}

async fn trial(cells: Vec<Cell>, control: Cell, seed: u64) -> Result<bool> {
    println!("seed {seed}");
    let mut outcomes = Vec::new();
    for (cell, number) in cells.into_iter().zip(0_u64..) {
        let outcome = run(&cell, seed.wrapping_mul(1_000).wrapping_add(number)).await?;
        outcome.announce();
        outcomes.push(outcome);
    }
    let clean = print(&outcomes);
    let outcome = run(&control.without_nets(), seed).await?;
    Ok(print_control(&outcome) && clean)
}
