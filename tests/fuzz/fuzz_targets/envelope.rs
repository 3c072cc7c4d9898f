//! Any text as Sage's reply to a step of a plan: at least one cause, twice the same.
//!
//! The first line of the input is the reply, the second the plan, the third the step.
#![no_main]

#[path = "oracle.rs"]
mod oracle;

use ledger_core::envelope;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let mut lines = input.splitn(3, '\n');
    let mut next = || lines.next().unwrap_or_default();
    let (reply, plan, step) = (next(), next(), next());
    let report = envelope::report(reply, plan, step);
    assert_eq!(report, envelope::report(reply, plan, step));
    let causes = oracle::json(&report);
    assert!(
        causes.as_array().is_some_and(|causes| !causes.is_empty()),
        "no cause: {report}"
    );
});
