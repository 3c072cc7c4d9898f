//! `cargo xtask bench dashboard [sqlite|postgres] [DOCUMENTS]`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match ledger_stress::dashboard::print(&words).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench dashboard: {error:#}");
            ExitCode::FAILURE
        }
    }
}
