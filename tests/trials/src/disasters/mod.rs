//! Disasters: a full disk, a restored database, a copied shop, a hostile neighbour, a clock that
//! jumps. At the end of each, Sage must have every document once with its total, and the shop must
//! show what Sage has.

mod clock;
mod disk;
mod files;
mod neighbours;
mod report;
mod restore;
mod server;
mod shop;
mod stage;

use anyhow::{Context, Result};

use crate::sage::Mode;

use report::{Row, print};
use restore::AGES;
use stage::Store;

const HONOURED: Mode = Mode {
    honours_ids: true,
    caches_errors: false,
};
const IGNORED: Mode = Mode {
    honours_ids: false,
    caches_errors: false,
};

/// How much is tried.
#[derive(Debug, Clone, Copy)]
struct Profile {
    documents: usize,
    half_open: usize,
    is_short: bool,
    seed: u64,
}

/// The long profile. True when every row is clean and the negative control shows doubles.
///
/// # Errors
/// When a scenario cannot go on.
pub async fn full(seed: u64) -> Result<bool> {
    all(Profile {
        documents: 120,
        half_open: 2_000,
        is_short: false,
        seed,
    })
    .await
}

/// The profile of the ordinary tests.
///
/// # Errors
/// When a scenario cannot go on.
pub async fn short(seed: u64) -> Result<bool> {
    all(Profile {
        documents: 36,
        half_open: 300,
        is_short: true,
        seed,
    })
    .await
}

/// Stores and modes that a profile tries a scenario with.
fn grounds(profile: Profile, stores: &[Store]) -> Vec<(Store, Mode)> {
    let modes: &[Mode] = if profile.is_short {
        &[IGNORED]
    } else {
        &[HONOURED, IGNORED]
    };
    let stores = if profile.is_short {
        stores.get(..1).unwrap_or_default()
    } else {
        stores
    };
    let with = |store: &Store| modes.iter().map(|mode| (*store, *mode)).collect::<Vec<_>>();
    stores.iter().flat_map(with).collect()
}

async fn all(profile: Profile) -> Result<bool> {
    let Profile {
        documents, seed, ..
    } = profile;
    println!("seed {seed}");
    let mut rows: Vec<Row> = Vec::new();
    let every = [Store::Sqlite, Store::Postgres, Store::PostgresThree];
    let two = [Store::Sqlite, Store::Postgres];
    for age in AGES {
        for (store, mode) in grounds(profile, &every) {
            add(
                &mut rows,
                age.scenario,
                restore::relay(age, store, mode, documents, seed).await,
            )?;
        }
    }
    if profile.is_short {
        let age = AGES.last().copied().context("no age")?;
        let row = restore::relay(age, Store::PostgresThree, HONOURED, documents, seed).await;
        add(&mut rows, age.scenario, row)?;
    }
    for (store, mode) in grounds(profile, &two) {
        add(
            &mut rows,
            "shop restored",
            restore::shop(store, mode, documents, seed).await,
        )?;
        add(
            &mut rows,
            "copy of the shop",
            restore::copy(store, mode, documents, seed).await,
        )?;
    }
    for (store, mode) in grounds(profile, &two) {
        for jump in clock::JUMPS {
            if let Some(row) = clock::jump(jump, store, mode, documents, seed)
                .await
                .transpose()
            {
                add(&mut rows, jump.scenario, row)?;
            }
        }
    }
    for (store, mode) in grounds(profile, &[Store::Sqlite]) {
        for moment in disk::MOMENTS {
            let row = disk::full(moment, store, mode, documents, seed).await;
            if let Some(row) = row.transpose() {
                add(&mut rows, moment.scenario, row)?;
            }
        }
        if let Some(row) = disk::read_only(mode, documents, seed).await.transpose() {
            add(&mut rows, "read-only file system", row)?;
        }
        add(
            &mut rows,
            "file moved away and replaced",
            files::moved(mode, documents, seed).await,
        )?;
        add(
            &mut rows,
            "a second relay on the file",
            files::second(mode, documents, seed).await,
        )?;
    }
    for (store, mode) in grounds(profile, &two) {
        let half_open = profile.half_open;
        add(
            &mut rows,
            "half-open connections",
            neighbours::half_open(half_open, store, mode, documents, seed).await,
        )?;
        add(
            &mut rows,
            "pairing with a stranger, and without answer",
            neighbours::pairing(store, mode, documents, seed).await,
        )?;
    }
    let refusing = if profile.is_short {
        &[Store::Postgres]
    } else {
        &two[..]
    };
    for (store, mode) in grounds(profile, refusing) {
        add(
            &mut rows,
            "what the database refuses, beside ten shops",
            neighbours::hostile(store, mode, documents, seed).await,
        )?;
    }
    for (store, mode) in grounds(profile, &[Store::Postgres]) {
        add(
            &mut rows,
            "PostgreSQL killed",
            server::killed(store, mode, documents, seed).await,
        )?;
    }
    let clean = print(&rows);
    let doubles = restore::control(documents, seed, IGNORED).await?;
    println!("\nnegative control, search switched off: {doubles} objects stand twice");
    Ok(clean && doubles > 0)
}

fn add(rows: &mut Vec<Row>, scenario: &str, row: Result<Row>) -> Result<()> {
    let row = row.with_context(|| scenario.to_owned())?;
    row.announce();
    rows.push(row);
    Ok(())
}
