//! The program `ledger-relay`.

#![forbid(unsafe_code)]

mod args;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use ledger_relay::config::Config;
use ledger_relay::operations::{OperationError, Operations, whoami};
use ledger_relay::{Relay, RelayError};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use args::{Binding, Cli, Command};

/// Threads of the runtime hand memory to threads of the database and back, which the system's own
/// allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = args::parse(std::env::args_os()).unwrap_or_else(|error| error.exit());
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
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("ledger-relay: {}", chain(&error)));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), OperationError> {
    let config = Config::load(cli.config.as_deref(), std::env::vars())?;
    let binding = match cli.command {
        Command::Serve => return Ok(serve(&config).await?),
        Command::Binding(binding) => binding,
    };
    let operations = Operations::open(&config, &whoami()).await?;
    match binding {
        Binding::Add(new) => operations.add_binding(&new.into()).await?,
        Binding::Disconnect { id } => operations.disconnect(&id).await?,
        Binding::Reconnect {
            id,
            refresh_token_file,
        } => operations.reconnect(&id, &refresh_token_file).await?,
    };
    Ok(())
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
    let dashboard = relay
        .dashboard_address()
        .map(|dashboard| format!(",\"dashboard\":\"{dashboard}\""))
        .unwrap_or_default();
    let first = relay
        .first_account_link()
        .map(|link| format!(",\"create_the_first_account\":\"{link}\""))
        .unwrap_or_default();
    announce(&format!(
        "{{\"listening\":\"{}\"{admin}{dashboard}{first}}}",
        relay.address()
    ));
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
