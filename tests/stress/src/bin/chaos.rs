//! The crash matrix in full: `cargo xtask chaos [SEED]`.

use std::process::ExitCode;

use ledger_stress::chaos;

#[tokio::main]
async fn main() -> ExitCode {
    let seed = std::env::args().nth(1).and_then(|text| text.parse().ok());
    match chaos::full(seed.unwrap_or(1)).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("chaos: {error:#}");
            ExitCode::FAILURE
        }
    }
}
