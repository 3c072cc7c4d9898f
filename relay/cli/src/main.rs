//! The program `ledger-cli`: what operators do to a relay.
//!
//! Exit status: 0 done, 1 refused or failed, 2 not understood, 3 `audit:sweep` found differences.

#![forbid(unsafe_code)]

mod args;
mod commands;
#[cfg(test)]
mod reference_page;
mod render;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use ledger_relay::operations::OperationError;

use args::Cli;
use render::Answer;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error),
    };
    let json = cli.json;
    match runtime.block_on(commands::run(cli)) {
        Ok((answer, status)) => {
            let mut out = std::io::stdout().lock();
            // A reader that went away is no failure of the command.
            let _ = writeln!(out, "{}", answer.text(json)).and_then(|()| out.flush());
            ExitCode::from(status)
        }
        Err(OperationError::Settings(problems)) => {
            let text = Answer::of(&problems).text(json);
            let _ = writeln!(std::io::stderr().lock(), "{text}");
            ExitCode::FAILURE
        }
        Err(error) => complain(&error),
    }
}

/// An error and its causes in one line.
fn complain(error: &dyn Error) -> ExitCode {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    let _ = writeln!(std::io::stderr().lock(), "ledger-cli: {text}");
    ExitCode::FAILURE
}
