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

#[cfg(target_arch = "wasm32")]
use lol_alloc::{AssumeSingleThreaded, LeakingAllocator};

use exports::byte8::sage::translation::{Decision, Description, Guest, Outcome, Rejection, Skip};

/// Nothing is freed: every call has a memory of its own, which ends with it (decision 0094).
#[cfg(target_arch = "wasm32")]
#[global_allocator]
// SAFETY: a WebAssembly module without the proposal for threads runs on one thread.
static ALLOCATOR: AssumeSingleThreaded<LeakingAllocator> =
    unsafe { AssumeSingleThreaded::new(LeakingAllocator::new()) };

/// The one implementation of the interface.
struct Component;

impl Guest for Component {
    fn describe() -> Description {
        let description = ledger_core::describe();
        Description {
            core_version: description.core_version,
            event_schema: description.event_schema,
            settings_schema: description.settings_schema,
            decision_schema: description.decision_schema,
            rule_table_hash: description.rule_table_hash,
        }
    }

    fn translate(event: String, settings: String) -> Decision {
        let decision = ledger_core::translate(&event, &settings);
        let document = decision.to_json();
        let outcome = match decision.outcome {
            ledger_core::outcome::Outcome::Post(_) => Outcome::Post,
            ledger_core::outcome::Outcome::Skip(skip) => Outcome::Skip(Skip {
                reason: skip.reason.as_str().to_owned(),
                message: skip.message,
            }),
            ledger_core::outcome::Outcome::Reject(rejection) => Outcome::Reject(Rejection {
                code: rejection.code.as_str().to_owned(),
                pointer: rejection.pointer,
                message: rejection.message,
                suggestion: rejection.suggestion,
            }),
        };
        Decision { outcome, document }
    }

    fn explain(event: String, settings: String) -> String {
        ledger_core::explain::explain(&event, &settings)
    }

    fn explain_sections(event: String, settings: String) -> String {
        ledger_core::explain::sections(&event, &settings)
    }

    fn validate_settings(settings: String, tier: String) -> String {
        ledger_core::policy::validate::report(&settings, &tier)
    }

    fn explain_reply(reply: String, plan: String, step: String) -> String {
        ledger_core::envelope::report(&reply, &plan, &step)
    }
}

export!(Component);
