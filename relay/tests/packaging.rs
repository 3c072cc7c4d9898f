//! What is installed beside the program says what the program understands.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use ledger_relay::config::Config;

use crate::support::rig::Rig;

fn beside(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).unwrap()
}

/// The values of a unit's section `Service`.
fn service() -> BTreeMap<String, String> {
    let text = beside("ledger-relay.service");
    let section = text.split("[Service]").nth(1).unwrap();
    let section = section.split("\n[").next().unwrap();
    let line = |line: &str| {
        let (name, value) = line.split_once('=')?;
        (!line.starts_with('#')).then(|| (name.to_owned(), value.to_owned()))
    };
    section.lines().filter_map(line).collect()
}

#[tokio::test]
async fn the_units_command_starts_the_relay_and_ends_it_in_time() {
    let service = service();
    let mut words = service["ExecStart"].split_whitespace();
    assert_eq!(words.next(), Some("/usr/bin/ledger-relay"));
    let rig = Rig::prepare().await;
    let settings = rig.folder.path().join("relay.toml");
    std::fs::write(
        &settings,
        "[server]\nlisten = \"127.0.0.1:0\"\n[dashboard]\nlisten = \"127.0.0.1:0\"\n",
    )
    .unwrap();
    let words = words.map(|word| word.replace("/etc/ledger-relay", "."));
    let mut relay = Command::new(env!("CARGO_BIN_EXE_ledger-relay"))
        .args(words)
        .current_dir(rig.folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let out = relay.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut line).unwrap();
    assert!(line.contains("listening"), "{line}");
    let sent = Command::new("kill")
        .args(["-TERM", &relay.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    assert!(relay.wait().unwrap().success());
    let stop_timeout: u64 = service["TimeoutStopSec"].parse().unwrap();
    let grace = Config::default().server.shutdown_grace_ms;
    assert!(
        stop_timeout * 1000 > grace,
        "systemd must not kill a send under way"
    );
    assert_eq!(service["Restart"], "always");
}

#[test]
fn the_image_sets_what_there_is_to_set_and_leaves_build_output_out() {
    let text = beside("Containerfile");
    let names = text
        .split_whitespace()
        .filter_map(|word| word.split_once('='))
        .filter(|(name, _)| name.starts_with("LEDGER_RELAY__"));
    let settings: Vec<(String, String)> = names
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    assert_eq!(settings.len(), 2, "{settings:?}");
    let config = Config::load(None, settings.into_iter()).unwrap();
    assert_eq!(config.server.listen, "0.0.0.0:8411");
    assert!(text.contains("EXPOSE 8411"));
    let folder = config.store.path.parent().unwrap().display().to_string();
    assert!(text.contains(&format!("VOLUME {folder}\n")));
    let serve = "[\"serve\", \"--config\", \"/etc/ledger-relay/relay.toml\"]";
    assert!(text.contains(serve));
    let left_out = beside("../.dockerignore");
    assert!(left_out.lines().any(|line| line == "**/target"));
}
