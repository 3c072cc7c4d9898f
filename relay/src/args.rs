//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};

use ledger_relay::NewBinding;

/// Accepts plans from shops and delivers them to Sage.
#[derive(Debug, Parser)]
#[command(
    name = "ledger-relay",
    version,
    after_help = "Settings: relay.toml, then LEDGER_RELAY__SECTION__KEY in the environment."
)]
pub(crate) struct Cli {
    /// The relay's settings; the environment overrides them.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs until SIGTERM or SIGINT. Prints {"listening":"ADDRESS:PORT"} when it is ready, with the
    /// address of the dashboard and, where nobody has an account, a link for the first one.
    Serve,
    /// Sets shops up, while the relay runs or without it.
    #[command(subcommand)]
    Binding(Binding),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Binding {
    /// Sets a shop up. Without any URL it is Sage itself.
    Add(Add),
    /// New consent: the shop's parked documents are sent again.
    Reconnect {
        #[arg(long)]
        id: String,
        #[arg(long, value_name = "FILE")]
        refresh_token_file: PathBuf,
    },
    /// Takes the consent back: nothing is sent any more, and Sage forgets the refresh token.
    Disconnect {
        #[arg(long)]
        id: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Its name; the shop's tokens carry it as `iss`.
    #[arg(long)]
    id: String,
    /// The key shared with the shop.
    #[arg(long, value_name = "FILE")]
    api_key_file: PathBuf,
    /// The Sage business.
    #[arg(long, value_name = "SAGE_BUSINESS_ID")]
    business: String,
    /// What the shop owner's consent gave.
    #[arg(long, value_name = "FILE")]
    refresh_token_file: PathBuf,
    /// Stands for URL/v3.1 and URL/token, as a simulator has them.
    #[arg(long, value_name = "URL", conflicts_with_all = ["api_url", "token_url"])]
    sage_base_url: Option<String>,
    #[arg(
        long,
        value_name = "URL",
        default_value = "https://api.accounting.sage.com/v3.1"
    )]
    api_url: String,
    #[arg(
        long,
        value_name = "URL",
        default_value = "https://oauth.accounting.sage.com/token"
    )]
    token_url: String,
}

impl From<Add> for NewBinding {
    fn from(add: Add) -> Self {
        let base = add.sage_base_url.as_deref();
        let base = base.map(|base| base.trim_end_matches('/'));
        Self {
            id: add.id,
            api_key_file: Some(add.api_key_file),
            api_url: base.map_or(add.api_url, |base| format!("{base}/v3.1")),
            token_url: base.map_or(add.token_url, |base| format!("{base}/token")),
            business: add.business,
            refresh_token_file: add.refresh_token_file,
        }
    }
}

/// Reads the arguments, the program's name first.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let arguments: Vec<OsString> = arguments.collect();
    let cli = Cli::try_parse_from(&arguments)?;
    // clap takes a global option once on each level, and ignores a `--` with nothing behind it.
    let is_config = |argument: &&OsString| {
        let bytes = argument.as_encoded_bytes();
        bytes == b"--config" || bytes.starts_with(b"--config=")
    };
    let refused = if arguments.iter().filter(is_config).count() > 1 {
        "--config is given twice"
    } else if arguments.iter().any(|argument| argument == "--") {
        "-- is not known here"
    } else {
        return Ok(cli);
    };
    Err(Cli::command().error(ErrorKind::ArgumentConflict, refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADD: &str = "binding add --id one --api-key-file k --business b --refresh-token-file r";

    fn read(line: &str) -> Result<Cli, ErrorKind> {
        let words = std::iter::once("ledger-relay").chain(line.split_whitespace());
        parse(words.map(OsString::from)).map_err(|error| error.kind())
    }

    fn added(line: &str) -> NewBinding {
        match read(line).unwrap().command {
            Command::Binding(Binding::Add(add)) => add.into(),
            Command::Binding(_) | Command::Serve => panic!("not an addition"),
        }
    }

    #[test]
    fn reads_what_the_help_says() {
        Cli::command().debug_assert();
        assert!(matches!(
            read("serve"),
            Ok(Cli {
                config: None,
                command: Command::Serve
            })
        ));
        for line in [
            "serve --config=a.toml",
            "serve --config a.toml",
            "--config a.toml serve",
        ] {
            let config = read(line).unwrap().config;
            assert_eq!(config, Some(PathBuf::from("a.toml")), "{line}");
        }
        let config = read("binding --config a.toml disconnect --id one").unwrap();
        assert_eq!(config.config, Some(PathBuf::from("a.toml")));
        for line in ["help", "--help", "serve -h", "binding add --help"] {
            assert_eq!(read(line).unwrap_err(), ErrorKind::DisplayHelp, "{line}");
        }
        let new = added(ADD);
        assert_eq!(
            (new.api_url.as_str(), new.token_url.as_str()),
            (
                "https://api.accounting.sage.com/v3.1",
                "https://oauth.accounting.sage.com/token"
            )
        );
        let new = added(&format!("{ADD} --sage-base-url http://127.0.0.1:9/"));
        assert_eq!(
            (new.api_url.as_str(), new.token_url.as_str()),
            ("http://127.0.0.1:9/v3.1", "http://127.0.0.1:9/token")
        );
    }

    #[test]
    fn mistakes_are_refused() {
        let nothing_to_do = ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
        for (line, kind) in [
            ("", nothing_to_do),
            ("binding", nothing_to_do),
            ("dance", ErrorKind::InvalidSubcommand),
            ("serv", ErrorKind::InvalidSubcommand),
            ("binding dance", ErrorKind::InvalidSubcommand),
            ("serve dance", ErrorKind::UnknownArgument),
            ("serve --config", ErrorKind::InvalidValue),
            ("serve --conf a", ErrorKind::UnknownArgument),
            ("serve --id x", ErrorKind::UnknownArgument),
            ("serve --", ErrorKind::ArgumentConflict),
            ("binding add --id one", ErrorKind::MissingRequiredArgument),
            (
                "binding reconnect --id one",
                ErrorKind::MissingRequiredArgument,
            ),
            ("serve --config a --config b", ErrorKind::ArgumentConflict),
            ("--config a serve --config b", ErrorKind::ArgumentConflict),
            ("--config=a serve --config=a", ErrorKind::ArgumentConflict),
        ] {
            assert_eq!(read(line).unwrap_err(), kind, "{line}");
        }
        for more in [
            "--id two",
            "--business c",
            "--sage-base-url http://a --api-url http://b",
            "--sage-base-url http://a --token-url http://b",
        ] {
            let line = format!("{ADD} {more}");
            assert_eq!(
                read(&line).unwrap_err(),
                ErrorKind::ArgumentConflict,
                "{line}"
            );
        }
    }
}
