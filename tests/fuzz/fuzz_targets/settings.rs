//! Any text as settings for a plain sale: a decision, twice the same; and a report of what is wrong.
#![no_main]

#[path = "oracle.rs"]
mod oracle;

use ledger_core::policy::validate;
use libfuzzer_sys::fuzz_target;

const EVENT: &str =
    include_str!("../../../golden/cases/invoice/domestic_sale_with_taxed_shipping/canonical.json");

fuzz_target!(|settings: &str| {
    oracle::decided(EVENT, settings);
    let report = validate::report(settings, "");
    assert_eq!(report, validate::report(settings, ""));
    oracle::json(&report);
});
