//! `sage-translate`: the translator component for shops that cannot install a PHP extension.
//!
//! One program, two uses: a service on a Unix socket (`sage-translate serve`), and a command
//! line (`sage-translate < event.json`). The component is inside the program.
//! Text in, text out: nothing here has a branch on the content of a document.
//!
//! Read on in this order: [`args`], [`core`], then the command line in [`command_line`], then the
//! service: [`frame`] (the protocol), [`peers`] (who may connect), [`serve`] (the loop),
//! [`connection`] (one client).

mod args;
mod core;
mod command_line;
mod frame;
mod peers;
mod connection;
mod serve;

use args::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let core = core::Core::open(arguments.limits.into());
    let result = core.and_then(|core| match arguments.command {
        None => command_line::translate(&core, &arguments.documents),
        Some(Command::Describe) => command_line::describe(&core),
        Some(Command::Serve(service)) => serve::run(core, &service),
    });
    match result {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("sage-translate: {failure}");
            ExitCode::from(2)
        }
    }
}
