//! The translation core in the browser.
//!
//! Text in, text out, as in `wasm/component`: each function hands its texts to the core and gives
//! back the core's answer. Nothing here depends on what a document contains.
//!
//! The core does not panic. If it does all the same, the call ends with a JavaScript `Error` that
//! carries the panic's message, and the page goes on: `js/core.js` then takes a fresh instance.

use wasm_bindgen::prelude::wasm_bindgen;

/// Turns a panic into a JavaScript `Error`. Without the hook it would be a trap without a message.
#[wasm_bindgen(start)]
fn show_panics() {
    std::panic::set_hook(Box::new(|panic| {
        wasm_bindgen::throw_str(&panic.to_string())
    }));
}

/// The decision on one event: one JSON line, the same bytes as on every host.
///
/// # Errors
/// Text that is no event or no settings is a rejection, and no exception.
/// An exception is a mistake of ours.
#[wasm_bindgen]
pub fn translate(event: &str, settings: &str) -> String {
    ledger_core::translate(event, settings).to_json()
}

/// The decision on an event as a page for people: plain text of at most 120 columns.
///
/// # Errors
/// As [`translate`].
#[wasm_bindgen]
pub fn explain(event: &str, settings: &str) -> String {
    ledger_core::explain::explain(event, settings)
}

/// The same page as JSON: a headline, and sections of facts, lines and tables.
///
/// # Errors
/// As [`translate`].
#[wasm_bindgen(js_name = explainSections)]
pub fn explain_sections(event: &str, settings: &str) -> String {
    ledger_core::explain::sections(event, settings)
}

/// What is wrong with the settings: a JSON list of problems, empty when they are fit to use.
///
/// `tier` is a JSON list of the features the merchant may use; empty means all.
///
/// # Errors
/// As [`translate`]: settings that cannot be read are a problem of the list.
#[wasm_bindgen]
pub fn validate(settings: &str, tier: &str) -> String {
    ledger_core::policy::validate::report(settings, tier)
}

/// What this core is: JSON with its version, those of the documents, and the digest of its rules.
///
/// # Errors
/// None that a caller can cause.
#[wasm_bindgen]
pub fn describe() -> String {
    ledger_core::describe().to_json()
}

/// Panics on purpose, so that a page can check that its errors are shown.
///
/// # Errors
/// Always.
#[wasm_bindgen(js_name = panicDrill)]
#[expect(clippy::panic, reason = "this is what the function is for")]
pub fn panic_drill() {
    panic!("a drill, not a mistake");
}
