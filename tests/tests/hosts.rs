//! Every host gives the same bytes for every case.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail where it stands"
)]

use ledger_tests::corpus;
use ledger_tests::hosts::{Browser, CommandLine, Component, Host, Native, Php, PhpSocket, Request};

/// Decides every case through `host` and compares with the native core.
fn check(host: &dyn Host) {
    let cases = corpus::load().unwrap();
    let requests: Vec<Request<'_>> = cases
        .iter()
        .map(|case| Request {
            event: &case.event,
            settings: &case.settings,
        })
        .collect();
    let expected = Native.translate(&requests).unwrap();
    let actual = host.translate(&requests).unwrap();
    assert_eq!(actual.len(), cases.len(), "{} lost cases", host.name());
    for ((case, expected), actual) in cases.iter().zip(&expected).zip(&actual) {
        assert_eq!(expected, actual, "{} through {}", case.name, host.name());
    }
}

#[test]
fn the_component_gives_the_native_bytes() {
    check(&Component::open().unwrap());
}

#[test]
fn php_gives_the_native_bytes() {
    check(&Php::open().unwrap());
}

#[test]
fn the_command_line_gives_the_native_bytes() {
    check(&CommandLine);
}

#[test]
fn php_by_socket_gives_the_native_bytes() {
    check(&PhpSocket::open().unwrap());
}

#[test]
fn the_browser_gives_the_native_bytes() {
    check(&Browser::open().unwrap());
}
