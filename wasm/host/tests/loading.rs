//! What is loaded, and what is refused before any of it runs.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod support;

use ledger_wasm_host::artefact::TRAILER_BYTES;
use ledger_wasm_host::{Error, Outcome, Translator, compile};
use std::fs;

fn artefact() -> Vec<u8> {
    compile(&support::honest()).unwrap()
}

fn refusal(bytes: &[u8]) -> Error {
    Translator::from_artefact(bytes).unwrap_err()
}

#[test]
fn an_honest_component_answers() {
    let translator = Translator::from_artefact(&artefact()).unwrap();
    assert_eq!(translator.describe().event_schema, "1");
    let decision = translator.translate("anything", "at all").unwrap();
    assert_eq!(decision.outcome, Outcome::Post);
    assert_eq!(decision.document, "{}");
}

#[test]
fn two_builds_give_the_same_bytes() {
    assert_eq!(artefact(), artefact());
}

#[test]
fn an_empty_file_is_named() {
    assert_eq!(refusal(&[]).code(), "component_empty");
}

#[test]
fn a_truncated_file_is_corrupt() {
    let bytes = artefact();
    for end in [
        1,
        8,
        TRAILER_BYTES,
        bytes.len() / 2,
        bytes.len() - TRAILER_BYTES,
        bytes.len() - 1,
    ] {
        assert_eq!(refusal(&bytes[..end]).code(), "component_corrupt", "{end}");
    }
}

#[test]
fn a_foreign_file_is_corrupt() {
    for bytes in [
        b"<?php echo 'not a component';".repeat(20),
        b"\x7fELF".repeat(200),
        support::honest(),
    ] {
        assert_eq!(refusal(&bytes).code(), "component_corrupt");
    }
}

#[test]
fn a_flipped_byte_in_the_body_is_corrupt() {
    let bytes = artefact();
    for at in (0..bytes.len() - TRAILER_BYTES).step_by(997) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        assert_eq!(refusal(&flipped).code(), "component_corrupt", "byte {at}");
    }
}

#[test]
fn an_artefact_of_another_wasmtime_is_a_mismatch() {
    let mut bytes = artefact();
    let at = bytes.len() - 32;
    bytes[at..at + 8].copy_from_slice(b"47.0.1\0\0");
    let error = refusal(&bytes);
    assert_eq!(error.code(), "component_version_mismatch");
    assert!(error.to_string().contains("47.0.1"), "{error}");
}

#[test]
fn a_component_of_another_schema_is_a_mismatch() {
    let error = refusal(&compile(&support::of_another_schema()).unwrap());
    assert_eq!(error.code(), "component_version_mismatch");
    assert!(error.to_string().contains("event schema"), "{error}");
}

#[test]
fn a_component_of_another_interface_is_a_mismatch() {
    for component in [support::without_exports(), support::with_an_import()] {
        let error = refusal(&compile(&component).unwrap());
        assert_eq!(error.code(), "component_version_mismatch", "{error}");
    }
}

#[test]
fn a_missing_file_and_a_directory_are_named() {
    for path in ["/nonexistent/translator.cwasm", env!("CARGO_MANIFEST_DIR")] {
        let error = Translator::load(path).unwrap_err();
        assert_eq!(error.code(), "component_missing");
        assert!(error.full_message().contains(path), "{error}");
    }
}

#[test]
fn a_file_is_refused_as_its_bytes_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("translator.cwasm");
    let load = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        Translator::load(&path)
    };
    let good = artefact();
    assert_eq!(
        load(&good).unwrap().translate("", "").unwrap().document,
        "{}"
    );
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    for bytes in [&[][..], &good[..100], &flipped, &support::honest()] {
        let error = load(bytes).unwrap_err();
        assert_eq!(error.to_string(), refusal(bytes).to_string());
    }
}

#[test]
fn an_artefact_of_the_component_before_is_stale() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("translator.cwasm");
    fs::write(&path, artefact()).unwrap();
    let installed = Translator::load(&path)
        .unwrap()
        .component_sha256()
        .to_owned();
    let note = path.with_extension("sha256");
    fs::write(&note, format!("{installed}  translator.wasm\n")).unwrap();
    assert!(Translator::load(&path).is_ok());
    let newer = "0".repeat(64);
    fs::write(&note, format!("{newer}  translator.wasm\n")).unwrap();
    let error = Translator::load(&path).unwrap_err();
    assert_eq!(error.code(), "component_version_mismatch");
    assert!(error.to_string().contains(&installed), "{error}");
    assert!(error.to_string().contains(&newer), "{error}");
}

#[test]
fn a_file_that_is_replaced_does_not_disturb_who_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("translator.cwasm");
    fs::write(&path, artefact()).unwrap();
    let translator = Translator::load(&path).unwrap();
    let new = path.with_extension("new");
    fs::write(&new, b"something else").unwrap();
    fs::rename(&new, &path).unwrap();
    assert_eq!(translator.translate("", "").unwrap().document, "{}");
    assert_eq!(
        Translator::load(&path).unwrap_err().code(),
        "component_corrupt"
    );
}

#[test]
fn every_error_says_what_to_do() {
    let errors = [
        refusal(&[]),
        refusal(b"x"),
        Error::ComponentNotConfigured,
        Error::FuelExhausted { fuel: 1 },
    ];
    for error in errors {
        assert!(!error.suggestion().is_empty());
        assert_eq!(error.pointer(), "");
    }
}

#[test]
fn what_is_no_component_cannot_be_compiled() {
    assert!(compile(b"").is_err());
    assert!(compile(b"(component)").is_err());
}
