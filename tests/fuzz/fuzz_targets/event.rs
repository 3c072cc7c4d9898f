//! Any text as an event under the documented settings: a decision, twice the same.
#![no_main]

#[path = "oracle.rs"]
mod oracle;

use libfuzzer_sys::fuzz_target;

const SETTINGS: &str = include_str!("../../../golden/profiles/gb_base.json");

fuzz_target!(|event: &str| oracle::decided(event, SETTINGS));
