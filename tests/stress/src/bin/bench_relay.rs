//! `cargo xtask bench relay [sqlite|postgres] [door|sends|restart|neighbours|idle]`, or `--peer`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match ledger_stress::load::print(&words).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench relay: {error:#}");
            ExitCode::FAILURE
        }
    }
}
