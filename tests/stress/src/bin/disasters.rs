//! Full disks, restored databases, copied shops: `cargo xtask disasters [SEED] [WORD…]`.

use std::process::ExitCode;

use ledger_stress::disasters;

#[tokio::main]
async fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let seed = words.first().and_then(|text| text.parse().ok());
    if seed.is_some() {
        words.remove(0);
    }
    // Whatever ends the run takes processes and mounts away: the future is dropped.
    let outcome = tokio::select! {
        outcome = disasters::full(seed.unwrap_or(1), &words) => outcome,
        _ = tokio::signal::ctrl_c() => {
            eprintln!("disasters: interrupted");
            return ExitCode::FAILURE;
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("disasters: {error:#}");
            ExitCode::FAILURE
        }
    }
}
