//! The file, the environment, the defaults.

use super::*;

#[test]
fn the_commented_file_is_exactly_the_defaults() {
    let text: toml::Table = include_str!("../../relay.toml").parse().unwrap();
    let default = toml::Table::try_from(Config::default()).unwrap();
    assert_eq!(
        text, default,
        "a setting that the file does not explain, or the reverse"
    );
    for (section, key, default) in PATHS {
        assert_eq!(text[section][key].as_str(), Some(default));
    }
}

#[test]
fn paths_belong_to_the_folder_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relay.toml");
    std::fs::write(&file, "[keys]\nserver_key_file = \"/elsewhere/key\"\n").unwrap();
    let config = Config::load(Some(&file), std::iter::empty()).unwrap();
    assert_eq!(config.store.path, folder.path().join("relay.sqlite3"));
    assert_eq!(config.keys.server_key_file, Path::new("/elsewhere/key"));
    assert_eq!(config.sage.client_secret_file, Path::new(""));
}

#[test]
fn the_environment_wins_and_unknown_keys_are_refused() {
    let one = |name: &str, value: &str| {
        Config::load(None, std::iter::once((name.to_owned(), value.to_owned())))
    };
    assert_eq!(
        one("LEDGER_RELAY__SERVER__LISTEN", "0.0.0.0:1")
            .unwrap()
            .server
            .listen,
        "0.0.0.0:1"
    );
    assert_eq!(
        one("LEDGER_RELAY__RETRY__FIRST_MS", "5")
            .unwrap()
            .retry
            .first_ms,
        5
    );
    assert!(
        one("LEDGER_RELAY__KEYS__SERVER_KEY", &"1".repeat(18))
            .unwrap()
            .keys
            .server_key
            .is_some()
    );
    assert!(one("LEDGER_RELAY__SERVER__LISTENS", "x").is_err());
    assert!(one("LEDGER_RELAY__RETRY__FIRST_MS", "soon").is_err());
    assert_eq!(one("PATH", "x").unwrap().server, Server::default());
}
