//! `sage-simulator`: the pretended Sage business as a process on loopback.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context;
use sage_simulator::{Config, Simulator};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        println!("{}", Config::USAGE);
        return ExitCode::SUCCESS;
    }
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sage-simulator: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(args: Vec<String>) -> anyhow::Result<()> {
    let config = Config::from_args(args)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the runtime")?;
    runtime.block_on(async {
        let simulator = Simulator::start(config).await?;
        println!("{{\"listening\":\"{}\"}}", simulator.address());
        std::io::stdout()
            .flush()
            .context("announcing the address")?;
        tokio::signal::ctrl_c()
            .await
            .context("waiting for the signal to stop")
    })
}
