//! The service's beginnings and ends.

use super::client::Client;
use super::{event, settings, translates};
use ledger_tests::hosts::{Service, artefact, program};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn terminate(process: u32) {
    let process = Pid::from_raw(i32::try_from(process).unwrap()).unwrap();
    kill_process(process, Signal::TERM).unwrap();
}

/// The service on a listening socket that it is handed, as systemd does it.
fn activated(listener: &UnixListener, idle_exit: &str) -> Child {
    let listener: OwnedFd = listener.try_clone().unwrap().into();
    Command::new("sh")
        .arg("-c")
        .arg("exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$@\"")
        .arg("sh")
        .arg(artefact("LEDGER_TRANSLATE_BIN").unwrap())
        .args(["serve", "--idle-exit", idle_exit])
        .stdin(Stdio::from(listener))
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn it_ends_when_idle_and_the_next_client_finds_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let listener = UnixListener::bind(&socket).unwrap();

    let mut first = activated(&listener, "1");
    let mut client = Client::connect(&socket);
    translates(&mut client);
    drop(client);
    let since = Instant::now();
    assert!(first.wait().unwrap().success());
    assert!(since.elapsed() >= Duration::from_secs(1), "it waited");

    // This client comes while nobody serves; systemd would start the service now.
    let mut waiting = Client::connect(&socket);
    waiting.request("describe", &[]);
    let mut second = activated(&listener, "1");
    assert!(waiting.answer().unwrap().1.contains("core_version"));
    drop(waiting);
    assert!(second.wait().unwrap().success());
}

#[test]
fn it_stays_while_a_client_is_connected() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let listener = UnixListener::bind(&socket).unwrap();
    let mut service = activated(&listener, "0");
    let mut client = Client::connect(&socket);
    for _ in 0..20 {
        translates(&mut client);
    }
    assert!(service.try_wait().unwrap().is_none());
    drop(client);
    assert!(service.wait().unwrap().success());
}

#[test]
fn a_translation_that_runs_is_finished_before_the_end() {
    let mut service = Service::start(&[]).unwrap();
    let mut silent = Client::connect(service.socket());
    translates(&mut silent);
    let mut client = Client::connect(service.socket());
    // More than a socket holds: when all is sent, the service has begun to read.
    let large = event().replace("Item 1", &"x".repeat(4_000_000));
    client.request("translate", &[&large, &settings()]);
    terminate(service.process());
    let expected = ledger_core::translate(&large, &settings()).to_json();
    assert_eq!(client.answer().unwrap().1, expected);
    assert!(service.child().wait().unwrap().success());
    assert!(silent.answer().is_none(), "who waits for nothing is let go");
    assert!(!service.socket().exists(), "the socket is gone with it");
}

#[test]
fn a_socket_that_was_left_behind_is_replaced_and_one_in_use_is_not() {
    let mut first = Service::start(&[]).unwrap();
    let socket = first.socket().to_owned();
    let mut second = program().unwrap();
    second.arg("serve").arg("--socket").arg(&socket);
    let refusal = second.output().unwrap();
    assert_eq!(refusal.status.code(), Some(2));
    let text = String::from_utf8(refusal.stderr).unwrap();
    assert!(text.contains("another service answers here"), "{text}");
    translates(&mut Client::connect(&socket));

    first.child().kill().unwrap();
    first.child().wait().unwrap();
    assert!(fs::exists(&socket).unwrap(), "it was killed");
    let mut third = second.stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while std::os::unix::net::UnixStream::connect(&socket).is_err() {
        assert!(start.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(5));
    }
    translates(&mut Client::connect(&socket));
    terminate(third.id());
    assert!(third.wait().unwrap().success());
}

#[test]
fn a_command_line_that_makes_no_sense_is_refused() {
    for (arguments, part) in [
        (&["serve"][..], "--socket"),
        (&["serve", "--socket", "/nonexistent/s"], "/nonexistent/s"),
        (
            &["serve", "--socket", "s", "--idle-exit", "5"],
            "--idle-exit",
        ),
        (
            &["serve", "--socket", "s", "--allow-user", "no body"],
            "no such user",
        ),
        (&["serve", "--socket", "s", "--mode", "rw"], "octal"),
    ] {
        let output = program().unwrap().args(arguments).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(part), "{text}");
    }
}
