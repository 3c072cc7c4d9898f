//! `sage-translate`: limits, clients that misbehave, peers, and how the service comes and goes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail where it stands"
)]

mod client;
mod command_line;
mod lifetime;

use client::Client;
use ledger_tests::hosts::Service;
use ledger_tests::root;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;

const LARGEST: usize = 16 * 1024 * 1024;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn settings() -> String {
    read("golden/profiles/gb_base.json")
}

fn event() -> String {
    read("golden/cases/invoice/domestic_sale_with_taxed_shipping/canonical.json")
}

/// Asks for a decision that must come.
fn translates(client: &mut Client) {
    let expected = ledger_core::translate(&event(), &settings()).to_json();
    let (header, decision) = client.ask("translate", &[&event(), &settings()]);
    assert_eq!(
        (header["answer"].as_str(), decision),
        (Some("post"), expected)
    );
}

#[test]
fn every_call_answers_what_the_core_answers() {
    let service = Service::start(&[]).unwrap();
    let mut client = Client::connect(service.socket());
    translates(&mut client);
    let (header, page) = client.ask("explain", &[&event(), &settings()]);
    assert_eq!(header["answer"], "text");
    assert_eq!(page, ledger_core::explain::explain(&event(), &settings()));
    assert_eq!(client.ask("validate_settings", &[&settings(), ""]).1, "[]");
    let (_, problems) = client.ask("validate_settings", &[&settings(), "[]"]);
    assert!(problems.contains("tier_limit_exceeded"), "{problems}");
    let (_, causes) = client.ask("explain_reply", &["no JSON", "{}", ""]);
    assert!(causes.starts_with("[{\"code\":"), "{causes}");
    let (_, description) = client.ask("describe", &[]);
    assert!(description.contains("rule_table_hash"), "{description}");
}

#[test]
fn a_broken_document_is_a_decision() {
    let service = Service::start(&[]).unwrap();
    let mut client = Client::connect(service.socket());
    let deep = "[".repeat(100_000);
    for text in ["", "{", "null", "\0", &deep] {
        let (header, _) = client.ask("translate", &[text, &settings()]);
        assert_eq!(header["answer"], "reject");
        assert_ne!(header["suggestion"], "");
    }
    let header = format!(
        "{{\"protocol\":1,\"call\":\"translate\",\"bytes\":[3,{}]}}\n",
        settings().len()
    );
    client.send(&[header.as_bytes(), b"{\"\xff", settings().as_bytes()].concat());
    assert_eq!(client.answer().unwrap().0["code"], "invalid_json");
    translates(&mut client);
}

#[test]
fn limits_end_the_call_and_not_the_service() {
    for (argument, code) in [
        ("--fuel=100000", "fuel_exhausted"),
        ("--memory-limit=1200000", "memory_exhausted"),
    ] {
        let large = event().replace("Item 1", &"x".repeat(1_000_000));
        let service = Service::start(&[argument]).unwrap();
        let mut client = Client::connect(service.socket());
        for _ in 0..3 {
            assert_eq!(client.refusal("translate", &[&large, &settings()]), code);
        }
        assert!(client.ask("describe", &[]).1.contains("core_version"));
    }
}

#[test]
fn a_text_that_is_too_large_is_refused_and_the_connection_lives() {
    let service = Service::start(&[]).unwrap();
    let mut client = Client::connect(service.socket());
    let large = " ".repeat(LARGEST + 1);
    assert_eq!(
        client.refusal("translate", &[&large, ""]),
        "input_too_large"
    );
    assert_eq!(
        client.refusal("explain_reply", &["", &large, ""]),
        "input_too_large"
    );
    translates(&mut client);
    let (header, _) = client.ask("translate", &[&" ".repeat(10_000_000), &settings()]);
    assert_eq!(header["code"], "invalid_json");
}

#[test]
fn clients_that_break_the_protocol_are_told_and_let_go() {
    let service = Service::start(&[]).unwrap();
    for (line, code) in [
        ("GET / HTTP/1.1\r\n\r\n", "bad_request"),
        (
            "{\"protocol\":1,\"call\":\"translate\",\"bytes\":[1]}\n",
            "bad_request",
        ),
        ("{\"protocol\":9}\n", "protocol_mismatch"),
        (&"x".repeat(5_000), "bad_request"),
    ] {
        let mut client = Client::connect(service.socket());
        client.send(line.as_bytes());
        assert_eq!(client.answer().unwrap().0["code"], code, "{line:.40}");
        assert!(client.answer().is_none(), "the connection is closed");
    }
    for promise in [
        "{\"protocol\":1,\"call\":\"translate\",\"bytes\":[1000,1000]}\n{",
        "{\"protocol\":1,\"call\":\"translate\",\"bytes\":[18446744073709551615,1]}\n",
        "{\"protocol\":1",
    ] {
        // Goes away in the middle.
        Client::connect(service.socket()).send(promise.as_bytes());
    }
    translates(&mut Client::connect(service.socket()));
}

#[test]
fn clients_at_the_same_time_do_not_meet() {
    let service = Service::start(&["--workers=2"]).unwrap();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let socket = service.socket();
            scope.spawn(move || {
                let mut client = Client::connect(socket);
                let event = event().replace("000000033", &format!("9000{number}"));
                let expected = ledger_core::translate(&event, &settings()).to_json();
                for _ in 0..20 {
                    assert_eq!(client.ask("translate", &[&event, &settings()]).1, expected);
                }
            });
        }
    });
}

/// Only root can become another user, so only then is there a peer to refuse; who is allowed is
/// also tested inside the program.
#[test]
fn a_user_who_is_not_allowed_is_refused() {
    const NOBODY: u32 = 65_534;
    const REFUSED: &str = "peer_refused";
    let as_nobody = |service: &Service| {
        let folder = service.socket().parent().unwrap();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(folder, open).unwrap();
        let code = "$s = stream_socket_client('unix://' . $argv[1]); \
                    fwrite($s, \"{\\\"protocol\\\":1,\\\"call\\\":\\\"describe\\\",\\\"bytes\\\":[]}\\n\"); \
                    echo fgets($s);";
        let output = Command::new("php")
            .args(["-n", "-r", code, "--"])
            .arg(service.socket())
            .uid(NOBODY)
            .gid(NOBODY)
            .current_dir("/")
            .output();
        output.map(|output| String::from_utf8(output.stdout).unwrap())
    };
    let closed = Service::start(&["--mode=666"]).unwrap();
    let Ok(answer) = as_nobody(&closed) else {
        assert_ne!(rustix::process::geteuid().as_raw(), 0);
        return;
    };
    assert!(answer.contains(REFUSED), "{answer}");
    let open = Service::start(&["--mode=666", "--allow-user=nobody"]).unwrap();
    let answer = as_nobody(&open).unwrap();
    assert!(answer.contains("\"text\""), "{answer}");
    let unreachable = Service::start(&["--mode=600", "--allow-user=65534"]).unwrap();
    let answer = as_nobody(&unreachable).unwrap();
    assert!(answer.contains("Permission denied"), "{answer}");
}
