//! The PHP extension `byte8_sage`: PHP's door to the translation core.
//!
//! Text in, text out. The extension loads the precompiled component, hands two documents to it
//! and gives PHP the decision. It has no branch on the content of a document.
//!
//! Invariants, each with a script in `tests/php/`:
//! - the module always loads; a missing or damaged component is told by the first
//!   `new Translator()`, so that a bad deployment cannot keep PHP from starting;
//! - a bad document is a decision, a bad host is a `TranslatorException` with a stable code;
//! - no panic and no trap ends the PHP process;
//! - no thread is started and no signal handler installed.
//!
//! Read on in this order: [`settings`], [`components`], [`translator`], then the two PHP classes
//! [`decision`] and [`exception`], which are plain PHP objects with typed properties.

#![allow(
    missing_docs,
    reason = "macros export functions for PHP; stubs/byte8_sage.stub.php documents them"
)]

mod settings;
mod components;
mod translator;
mod decision;
mod exception;
mod class;
mod info;

use ext_php_rs::prelude::*;

/// Tells PHP what is in the module.
#[php_module]
pub fn get_module(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module
        .name("byte8_sage")
        .version(env!("CARGO_PKG_VERSION"))
        .startup_function(startup)
        .info_function(info::print)
        .class::<translator::Translator>()
}

/// Runs once per process, before any script: settings, then the classes that are no Rust structs.
///
/// It answers PHP's `SUCCESS` or `FAILURE`; a panic must not leave it, because its caller is C.
extern "C" fn startup(_kind: i32, module_number: i32) -> i32 {
    const SUCCESS: i32 = 0;
    const FAILURE: i32 = -1;
    let registered = std::panic::catch_unwind(|| {
        settings::register(module_number);
        exception::register().and_then(|()| decision::register())
    });
    match registered {
        Ok(Ok(())) => SUCCESS,
        Ok(Err(_)) | Err(_) => FAILURE,
    }
}
