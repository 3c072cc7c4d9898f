//! `cargo xtask bench relay`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match ledger_trials::load::print().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench relay: {error:#}");
            ExitCode::FAILURE
        }
    }
}
