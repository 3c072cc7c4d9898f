//! Stress tests of the relay as a whole, with its program as a process and the simulator as Sage.
//!
//! `chaos` kills the relay and lets Sage lie, and counts what stands in the ledger at the end;
//! `disasters` fills disks, restores backups, copies shops and moves clocks; `load` measures, and
//! `dashboard` measures its pages. All of them know the relay by its contract only, but for the rows
//! that `dashboard` copies.

pub mod chaos;
pub mod dashboard;
pub mod disasters;
pub mod load;
mod ledger_check;
mod documents;
mod random;
mod relay;
mod sage;
mod shop;

/// The root of the repository.
fn root() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .map(std::path::Path::to_path_buf)
        .unwrap_or_default()
}
