//! Disasters: a full disk, a restored database, a copied shop, a hostile neighbour, a clock that
//! jumps. After each of them Sage must have every document once with its total, and the shop must
//! know what stands in Sage.

mod aging;
mod clock;
mod disk;
mod files;
mod fixture;
mod ledger_check;
mod neighbours;
mod pairing;
mod report;
mod restore;
mod scenario;
mod server;
mod shop;
mod shop_side;
mod small_disk;

use std::time::Instant;

use anyhow::Result;

use crate::sage::Mode;

use fixture::{End, Fixture, Parameters, Store};
use report::{Outcome, Row, print};
use restore::Age;
use scenario::{ALL, Scenario};

const HONOURED: Mode = Mode {
    honours_ids: true,
    caches_errors: false,
};
const IGNORED: Mode = Mode {
    honours_ids: false,
    caches_errors: false,
};

/// The long profile: every scenario with every store and mode. `words` choose among them: each word
/// must stand in the name of scenario, store or mode; `a|b` is one or the other. True when every row
/// is clean and the negative control shows doubles.
///
/// # Errors
/// When the control cannot be tried.
pub async fn full(seed: u64, words: &[String]) -> Result<bool> {
    let mut cases = Vec::new();
    for scenario in ALL {
        for store in scenario.stores() {
            for mode in [HONOURED, IGNORED] {
                if is_chosen(words, scenario, *store, mode) {
                    cases.push((scenario, *store, mode));
                }
            }
        }
    }
    run_all(&cases, 120, 2_000, seed).await
}

fn is_chosen(words: &[String], scenario: Scenario, store: Store, mode: Mode) -> bool {
    let name = format!("{}, {}, ids {}", scenario.name(), store.name(), ids(mode));
    let mut words = words.iter();
    words.all(|word| word.split('|').any(|choice| name.contains(choice)))
}

/// The profile of the ordinary tests: every scenario once or twice.
///
/// # Errors
/// When the control cannot be tried.
pub async fn short(seed: u64) -> Result<bool> {
    let mut cases = Vec::new();
    for (scenario, number) in ALL.into_iter().zip(0_usize..) {
        let stores = scenario.stores();
        // The stores in turn, so that each is met.
        if let Some(store) = stores.get(number % stores.len().max(1)) {
            let mode = if number % 3 == 0 { HONOURED } else { IGNORED };
            cases.push((scenario, *store, mode));
        }
    }
    cases.extend([
        (
            Scenario::RelayRestored(Age::TenDays),
            Store::Sqlite,
            IGNORED,
        ),
        (
            Scenario::RelayRestored(Age::Hour),
            Store::PostgresThree,
            HONOURED,
        ),
        (Scenario::HostileTexts, Store::Postgres, IGNORED),
    ]);
    run_all(&cases, 40, 600, seed).await
}

fn ids(mode: Mode) -> &'static str {
    if mode.honours_ids {
        "honoured"
    } else {
        "ignored"
    }
}

async fn run_all(
    cases: &[(Scenario, Store, Mode)],
    documents: usize,
    half_open: usize,
    seed: u64,
) -> Result<bool> {
    println!("seed {seed}, {} scenarios", cases.len());
    let mut rows = Vec::new();
    for ((scenario, store, mode), number) in cases.iter().zip(0_u64..) {
        let parameters = Parameters {
            store: *store,
            mode: *mode,
            documents,
            half_open,
            seed: seed.wrapping_mul(1_000).wrapping_add(number),
        };
        let began = Instant::now();
        let row = run(*scenario, parameters).await;
        row.announce(began.elapsed().as_secs());
        rows.push(row);
    }
    let clean = print(&rows);
    let doubles = control(documents, seed).await?;
    println!("negative control, searches off and ids ignored: {doubles} objects stand twice");
    if doubles == 0 {
        println!("  the control shows no doubles, so the table above proves nothing");
    }
    Ok(clean && doubles > 0)
}

async fn run(scenario: Scenario, parameters: Parameters) -> Row {
    let outcome = match Fixture::prepare(&parameters).await {
        Ok(mut fixture) => outcome(scenario, &mut fixture).await,
        Err(error) => Outcome::Failed(format!("{error:#}")),
    };
    Row::new(scenario.name(), parameters, outcome)
}

async fn outcome(scenario: Scenario, fixture: &mut Fixture) -> Outcome {
    let checked = match scenario.run(fixture).await {
        Ok(End::Well(took)) => fixture.check(took).await,
        Ok(End::Skipped(why)) => return Outcome::Skipped(why),
        Err(error) => Err(error),
    };
    checked.map_or_else(
        |error| Outcome::Failed(format!("{error:#}\n{}", fixture.installation.log())),
        Outcome::Checked,
    )
}

/// The restore with the search before a repetition left out: objects that then stand twice.
async fn control(documents: usize, seed: u64) -> Result<usize> {
    let parameters = Parameters {
        store: Store::Sqlite,
        mode: IGNORED,
        documents,
        half_open: 0,
        seed,
    };
    let mut fixture = Fixture::prepare(&parameters).await?;
    fixture.installation.set("LEDGER_RELAY_NETS", "off");
    let scenario = Scenario::RelayRestored(Age::Hour);
    match scenario.run(&mut fixture).await {
        Ok(_) => {}
        // Doubles may keep it from being well.
        Err(error) => println!("negative control: {error:#}"),
    }
    let checked = fixture.check(std::time::Duration::ZERO).await?;
    Ok(checked.ledger.duplicated.len())
}
