//! The translation core as a WebAssembly component.
//!
//! Text in, text out: this adapter copies the core's answer into the types of
//! `wasm/wit/translator.wit` and contains no branch on the content of a document.
//! It exists so that PHP, which cannot link the core, runs exactly the core's code.
//! The world has no imports, so nothing impure can get in here unnoticed.

#![allow(
    missing_docs,
    reason = "wit-bindgen generates undocumented items; the WIT file documents them"
)]

wit_bindgen::generate!({
    world: "translator",
    path: "../wit",
});

use exports::byte8::sage::translation::{
    Decision, Description, Guest, Outcome, Rejection, Skip,
};

/// The one implementation of the interface.
struct Component;

impl Guest for Component {
    fn describe() -> Description {
        let description = ledger_core::describe();
        Description {
            core_version: description.core_version.to_string(),
            event_schema: description.event_schema.to_string(),
            settings_schema: description.settings_schema.to_string(),
            decision_schema: description.decision_schema.to_string(),
            rule_table_hash: description.rule_table_hash.to_string(),
        }
    }

    fn translate(event: String, settings: String) -> Decision {
        let decision = ledger_core::translate(&event, &settings);
        let document = decision.to_json();
        let outcome = match decision.outcome {
            ledger_core::Outcome::Post(_) => Outcome::Post,
            ledger_core::Outcome::Skip(skip) => Outcome::Skip(Skip {
                reason: skip.reason.to_string(),
                message: skip.message.to_string(),
            }),
            ledger_core::Outcome::Reject(rejection) => Outcome::Reject(Rejection {
                code: rejection.code.to_string(),
                pointer: rejection.pointer.to_string(),
                message: rejection.message.to_string(),
                suggestion: rejection.suggestion.to_string(),
            }),
        };
        Decision { outcome, document }
    }
}

export!(Component);
