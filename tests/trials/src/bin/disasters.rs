//! Full disks, restored databases, copied shops: `cargo xtask disasters [SEED]`.

use std::process::ExitCode;

use ledger_trials::disasters;

#[tokio::main]
async fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let seed = words.next().and_then(|text| text.parse().ok());
    match disasters::full(seed.unwrap_or(1)).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("disasters: {error:#}");
            ExitCode::FAILURE
        }
    }
}
