//! What one call may use: fuel, memory and input, and that a refusal is one.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod support;

use ledger_wasm_host::{Error, Limits, Outcome, Translator, compile};

fn load(component: &[u8]) -> Translator {
    Translator::from_artefact(&compile(component).unwrap()).unwrap()
}

fn failure(component: &[u8], limits: &Limits) -> Error {
    load(component)
        .translate_within(limits, "{}", "{}")
        .unwrap_err()
}

#[test]
fn a_call_that_never_ends_runs_out_of_fuel() {
    let limits = Limits {
        fuel: 1_000_000,
        ..Limits::default()
    };
    let error = failure(&support::that_spins(), &limits);
    assert_eq!(error.code(), "fuel_exhausted");
    assert!(error.to_string().contains("1000000"), "{error}");
}

#[test]
fn memory_is_refused_and_not_only_counted() {
    let limits = Limits {
        memory_bytes: 10 * 65_536,
        ..Limits::default()
    };
    let error = failure(&support::that_hoards(), &limits);
    let Error::MemoryExhausted { wanted, limit } = error else {
        panic!("{error}");
    };
    assert_eq!((wanted, limit), (11 * 65_536, 10 * 65_536));
}

#[test]
fn the_first_memory_counts_too() {
    let limits = Limits {
        memory_bytes: 65_535,
        ..Limits::default()
    };
    let error = failure(&support::honest(), &limits);
    assert_eq!(error.code(), "memory_exhausted");
}

#[test]
fn a_large_document_is_refused_before_it_is_copied() {
    let translator = load(&support::honest());
    let limits = Limits {
        input_bytes: 10,
        ..Limits::default()
    };
    let ten = "0123456789";
    assert!(translator.translate_within(&limits, ten, ten).is_ok());
    for (event, settings, which) in [
        ("0123456789a", "", "event"),
        ("", "0123456789a", "settings"),
    ] {
        let error = translator
            .translate_within(&limits, event, settings)
            .unwrap_err();
        assert_eq!(error.code(), "input_too_large");
        assert!(error.to_string().contains(which), "{error}");
    }
}

#[test]
fn a_trap_is_reported_as_our_bug() {
    for component in [
        support::that_traps(),
        support::that_recurses(),
        support::that_points_nowhere(),
    ] {
        let error = failure(&component, &Limits::default());
        assert_eq!(error.code(), "component_trapped", "{error}");
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn a_failed_call_does_not_hurt_the_next() {
    let limits = Limits {
        memory_bytes: 1,
        ..Limits::default()
    };
    let translator = load(&support::honest());
    for _ in 0..3 {
        let error = translator
            .translate_within(&limits, "{}", "{}")
            .unwrap_err();
        assert_eq!(error.code(), "memory_exhausted");
        let decision = translator.translate("{}", "{}").unwrap();
        assert_eq!(decision.outcome, Outcome::Post);
    }
}

#[test]
fn calls_from_several_threads_do_not_meet() {
    let translator = load(&support::honest());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(translator.translate("{}", "{}").unwrap().document, "{}");
                }
            });
        }
    });
}
