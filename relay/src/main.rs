//! The program `ledger-relay`.

#![forbid(unsafe_code)]

mod args;

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use ledger_relay::config::{Config, ConfigError};
use ledger_relay::operations::{OperationError, Operations, whoami};
use ledger_relay::{Relay, RelayError};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use args::Command;

/// Threads of the runtime hand memory to threads of the database and back, which the system's own
/// allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let command = match args::parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(message) => {
            complain(&format!("{message}\n\n{}", args::USAGE));
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("ledger-relay: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("ledger-relay: {}", chain(&error)));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), OperationError> {
    match command {
        Command::Help => announce(args::USAGE),
        Command::Serve { config } => serve(&load(config)?).await?,
        Command::AddBinding { config, new } => {
            let operations = operations(config).await?;
            operations.add_binding(&new).await?;
        }
        Command::Disconnect { config, id } => {
            let operations = operations(config).await?;
            operations.disconnect(&id).await?;
        }
        Command::Reconnect {
            config,
            id,
            refresh_token_file,
        } => {
            let operations = operations(config).await?;
            operations.reconnect(&id, &refresh_token_file).await?;
        }
    }
    Ok(())
}

fn load(config: Option<PathBuf>) -> Result<Config, ConfigError> {
    Config::load(config.as_deref(), std::env::vars())
}

async fn operations(config: Option<PathBuf>) -> Result<Operations, OperationError> {
    Operations::open(&load(config)?, &whoami()).await
}

async fn serve(config: &Config) -> Result<(), RelayError> {
    let filter = EnvFilter::try_new(&config.log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let failed = |source| RelayError::Listen {
        address: config.server.listen.clone(),
        source,
    };
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let relay = Relay::start(config).await?;
    let admin = relay
        .admin_address()
        .map(|admin| format!(",\"admin\":\"{admin}\""))
        .unwrap_or_default();
    announce(&format!("{{\"listening\":\"{}\"{admin}}}", relay.address()));
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    relay.stop().await;
    Ok(())
}

/// One line on standard output; whoever started us may wait for it.
fn announce(line: &str) {
    let mut out = std::io::stdout().lock();
    // A closed standard output is no reason to stop delivering.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// An error and its causes in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
