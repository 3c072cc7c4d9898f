//! The command line. Small enough to be read by hand.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ledger_relay::NewBinding;

/// What the program understands.
pub(crate) const USAGE: &str = "\
Usage:
  ledger-relay serve [--config relay.toml]
      Runs until SIGTERM or SIGINT. Prints {\"listening\":\"ADDRESS:PORT\"} when it is ready.
  ledger-relay binding add --id ID --api-key-file FILE --business SAGE_BUSINESS_ID
      --refresh-token-file FILE [--sage-base-url URL | --api-url URL --token-url URL]
      [--config relay.toml]
      Sets up a shop. --sage-base-url stands for URL/v3.1 and URL/token (a simulator);
      without any URL it is Sage itself. Works while the relay runs.
  ledger-relay binding reconnect --id ID --refresh-token-file FILE [--config relay.toml]
      New consent: the shop's parked documents are sent again.
  ledger-relay binding disconnect --id ID [--config relay.toml]
      Takes the consent back: nothing is sent any more, and Sage forgets the refresh token.

Settings: relay.toml, then LEDGER_RELAY__SECTION__KEY in the environment.";

const SAGE_API: &str = "https://api.accounting.sage.com/v3.1";
const SAGE_TOKEN: &str = "https://oauth.accounting.sage.com/token";

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Command {
    Help,
    Serve {
        config: Option<PathBuf>,
    },
    AddBinding {
        config: Option<PathBuf>,
        new: NewBinding,
    },
    Reconnect {
        config: Option<PathBuf>,
        id: String,
        refresh_token_file: PathBuf,
    },
    Disconnect {
        config: Option<PathBuf>,
        id: String,
    },
}

struct Options(BTreeMap<String, String>);

impl Options {
    fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    fn need(&mut self, name: &str) -> Result<String, String> {
        self.take(name)
            .ok_or_else(|| format!("--{name} is missing"))
    }

    fn path(&mut self, name: &str) -> Option<PathBuf> {
        self.take(name).map(PathBuf::from)
    }

    fn end(self) -> Result<(), String> {
        self.0
            .into_keys()
            .next()
            .map_or(Ok(()), |name| Err(format!("--{name} is not known here")))
    }
}

/// Reads the arguments after the program's name.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut words = Vec::new();
    let mut options = Options(BTreeMap::new());
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        if argument == "--help" || argument == "-h" {
            return Ok(Command::Help);
        }
        let Some(name) = argument.strip_prefix("--") else {
            words.push(argument);
            continue;
        };
        let (name, value) = match name.split_once('=') {
            Some((name, value)) => (name, value.to_owned()),
            None => (
                name,
                arguments
                    .next()
                    .ok_or_else(|| format!("--{name} needs a value"))?,
            ),
        };
        if options.0.insert(name.to_owned(), value).is_some() {
            return Err(format!("--{name} is given twice"));
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let config = options.path("config");
    let command = match words.as_slice() {
        ["help"] => Command::Help,
        ["serve"] => Command::Serve { config },
        ["binding", "add"] => Command::AddBinding {
            config,
            new: new_binding(&mut options)?,
        },
        ["binding", "reconnect"] => {
            let id = options.need("id")?;
            Command::Reconnect {
                config,
                id,
                refresh_token_file: options.need("refresh-token-file")?.into(),
            }
        }
        ["binding", "disconnect"] => Command::Disconnect {
            config,
            id: options.need("id")?,
        },
        [] => return Err("nothing to do".to_owned()),
        other => return Err(format!("{} is not known", other.join(" "))),
    };
    options.end()?;
    Ok(command)
}

fn new_binding(options: &mut Options) -> Result<NewBinding, String> {
    let (api_url, token_url) = match options.take("sage-base-url") {
        Some(base) => {
            let base = base.trim_end_matches('/');
            (format!("{base}/v3.1"), format!("{base}/token"))
        }
        None => (
            options
                .take("api-url")
                .unwrap_or_else(|| SAGE_API.to_owned()),
            options
                .take("token-url")
                .unwrap_or_else(|| SAGE_TOKEN.to_owned()),
        ),
    };
    Ok(NewBinding {
        id: options.need("id")?,
        api_key_file: Some(options.need("api-key-file")?.into()),
        api_url,
        token_url,
        business: options.need("business")?,
        refresh_token_file: options.need("refresh-token-file")?.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(ToOwned::to_owned))
    }

    #[test]
    fn reads_what_the_usage_says() {
        assert!(matches!(
            words("serve"),
            Ok(Command::Serve { config: None })
        ));
        assert!(matches!(
            words("serve --config=a.toml"),
            Ok(Command::Serve { config: Some(_) })
        ));
        assert!(matches!(words("binding add --help"), Ok(Command::Help)));
        let add = "binding add --id one --api-key-file k --business b --refresh-token-file r";
        let Ok(Command::AddBinding { new, .. }) = words(add) else {
            panic!("not an addition")
        };
        assert_eq!(
            (new.api_url.as_str(), new.token_url.as_str()),
            (SAGE_API, SAGE_TOKEN)
        );
        let Ok(Command::AddBinding { new, .. }) =
            words(&format!("{add} --sage-base-url http://127.0.0.1:9/"))
        else {
            panic!()
        };
        assert_eq!(
            (new.api_url.as_str(), new.token_url.as_str()),
            ("http://127.0.0.1:9/v3.1", "http://127.0.0.1:9/token")
        );
    }

    #[test]
    fn mistakes_are_named() {
        for (line, message) in [
            ("", "nothing to do"),
            ("dance", "dance is not known"),
            ("serve --config", "--config needs a value"),
            ("serve --id x", "--id is not known here"),
            ("binding add --id one", "--api-key-file is missing"),
            ("serve --config a --config b", "--config is given twice"),
        ] {
            assert_eq!(words(line).unwrap_err(), message);
        }
    }
}
