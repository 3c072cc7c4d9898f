//! The file, the environment, the defaults.

use super::*;

#[test]
fn the_commented_file_is_exactly_the_defaults() {
    let text: toml::Table = include_str!("../../relay.toml").parse().unwrap();
    let file = Config::deserialize(toml::Value::Table(text.clone())).unwrap();
    let default = Config::default();
    assert_eq!(file.server, default.server);
    assert_eq!(file.store.path, default.store.path);
    assert_eq!(
        (
            file.store.connections,
            file.store.instance,
            file.store.lease_ms
        ),
        (
            default.store.connections,
            default.store.instance,
            default.store.lease_ms
        )
    );
    assert!(file.store.url.is_none() && default.store.url.is_none());
    assert_eq!(file.sage, default.sage);
    assert_eq!(file.retry, default.retry);
    assert_eq!(file.log, default.log);
    assert_eq!(file.keys.server_key_file, default.keys.server_key_file);
    let keys: usize = text
        .values()
        .filter_map(|section| section.as_table())
        .map(toml::Table::len)
        .sum();
    for (section, key, default) in PATHS {
        assert_eq!(text[section][key].as_str(), Some(default));
    }
    assert_eq!(
        keys, 25,
        "a setting that the file does not explain, or the reverse"
    );
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
