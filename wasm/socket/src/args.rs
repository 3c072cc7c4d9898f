//! What stands on the command line.

use clap::{Args, Parser, Subcommand};
use ledger_wasm_host::Limits;
use std::path::PathBuf;

/// Translates Magento events into plans for Sage.
///
/// Reads one event from standard input and writes its decision, one line of JSON, to standard
/// output. Exit status 0: every event was decided, whatever the decision; 2: one was not.
#[derive(Debug, Parser)]
#[command(
    name = "sage-translate",
    version,
    args_conflicts_with_subcommands = true
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) documents: Documents,
    #[command(flatten)]
    pub(crate) limits: LimitArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the versions of the component inside, as JSON
    Describe,
    /// Answer on a Unix socket until SIGTERM
    Serve(Service),
}

#[derive(Debug, Args)]
pub(crate) struct Documents {
    /// The settings, a JSON file; default: the documented example settings
    #[arg(long, value_name = "FILE", conflicts_with = "requests")]
    pub(crate) settings: Option<PathBuf>,
    /// Every line of standard input is an event; one decision per line
    #[arg(long)]
    pub(crate) lines: bool,
    /// Every line of standard input is {"event":"<text>","settings":"<text>"}
    #[arg(long, conflicts_with = "lines")]
    pub(crate) requests: bool,
    /// Write the decision as a page for people
    #[arg(long, conflicts_with = "requests")]
    pub(crate) explain: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Service {
    /// The socket to make; leave it out where systemd passes one
    #[arg(long, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// Permissions of that socket, in octal
    #[arg(long, value_name = "MODE", default_value = "660", value_parser = octal)]
    pub(crate) mode: u32,
    /// A user who may connect, by name (/etc/passwd) or number; may be repeated.
    /// Root and the service's own user always may
    #[arg(long = "allow-user", value_name = "USER")]
    pub(crate) allow_users: Vec<String>,
    /// End after so many seconds without a request. Only where systemd keeps the socket
    #[arg(long, value_name = "SECONDS")]
    pub(crate) idle_exit: Option<u64>,
    /// Translations of large documents at the same time; small ones take their turn
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) workers: u32,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct LimitArguments {
    /// Units of fuel of one translation
    #[arg(long, value_name = "UNITS", global = true, default_value_t = Limits::DEFAULT_FUEL)]
    fuel: u64,
    /// Bytes of memory of one translation
    #[arg(long, value_name = "BYTES", global = true, default_value_t = Limits::DEFAULT_MEMORY_BYTES)]
    memory_limit: usize,
}

impl From<LimitArguments> for Limits {
    fn from(arguments: LimitArguments) -> Self {
        Self {
            fuel: arguments.fuel,
            memory_bytes: arguments.memory_limit,
            ..Self::default()
        }
    }
}

fn octal(text: &str) -> Result<u32, String> {
    match u32::from_str_radix(text, 8) {
        Ok(mode) if mode <= 0o777 => Ok(mode),
        Ok(_) | Err(_) => Err("permissions are three octal digits, such as 660".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_takes_the_limits() {
        for words in [
            &["sage-translate", "--fuel=7"][..],
            &["sage-translate", "describe", "--fuel=7"],
            &["sage-translate", "serve", "--fuel=7"],
        ] {
            let limits = Limits::from(Arguments::try_parse_from(words).unwrap().limits);
            assert_eq!(limits.fuel, 7);
            assert_eq!(limits.input_bytes, Limits::DEFAULT_INPUT_BYTES);
        }
    }

    #[test]
    fn permissions_are_octal() {
        assert_eq!(octal("660"), Ok(0o660));
        assert!(octal("668").is_err());
        assert!(octal("1777").is_err());
    }
}
