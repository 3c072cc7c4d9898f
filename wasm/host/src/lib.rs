//! Runs the translator component inside a native process.
//!
//! The way of a call, which is also the order of the modules:
//! an artefact is verified, its machine code is mapped once per process, and
//! every call gets a store of its own, so that nothing survives from one document to the next.
//!
//! Invariants:
//! - without the feature `compile` no compiler is linked: the PHP process only loads code;
//! - the engine is configured in one place, [`engine`], for compiling and for running;
//! - every byte of an artefact is verified before the `unsafe` blocks of `load`, the only ones of
//!   this crate;
//! - the component gets no imports, so it can reach nothing outside its own memory;
//! - whatever goes wrong has a stable code: see [`Error`].
//!
//! ```no_run
//! # fn main() -> Result<(), ledger_wasm_host::Error> {
//! let translator = ledger_wasm_host::Translator::load("target/component/translator.cwasm")?;
//! let decision = translator.translate("{}", "{}")?;
//! println!("{}", decision.document);
//! # Ok(())
//! # }
//! ```

pub mod engine;
pub mod artefact;
mod bindings;
#[cfg(feature = "compile")]
mod compile;
mod decision;
mod error;
mod guard;
mod limits;
mod load;
mod slots;
mod text;
mod translator;

#[cfg(feature = "compile")]
pub use compile::{CompileError, compile};
pub use decision::{Decision, Description, Outcome};
pub use error::Error;
pub use guard::guarded;
pub use limits::Limits;
pub use text::as_text;
pub use translator::{DECISION_SCHEMA, EVENT_SCHEMA, SETTINGS_SCHEMA, Translator};
