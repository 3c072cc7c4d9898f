//! A loaded component and its calls.

use crate::artefact;
use crate::bindings::{Translator as World, TranslatorPre};
use crate::engine;
use crate::limits::Caps;
use crate::{Decision, Description, Error, Limits};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store, Trap};

/// Version of the event document this host's callers write.
pub const EVENT_SCHEMA: &str = "1";
/// Version of the settings document this host's callers write.
pub const SETTINGS_SCHEMA: &str = "1";
/// Version of the decision document this host's callers read.
pub const DECISION_SCHEMA: &str = "1";

/// A larger file cannot be ours, and would only fill the memory of a PHP worker.
const ARTEFACT_BYTES: u64 = 128 * 1024 * 1024;

/// A component that was verified, loaded and asked for its versions.
///
/// Load it once per process and share it: it is immutable, and every call gets a store of its
/// own with its own memory, so calls cannot influence one another.
pub struct Translator {
    engine: Engine,
    pre: TranslatorPre<Caps>,
    description: Description,
    component_sha256: String,
}

impl Translator {
    /// Reads and loads a precompiled artefact.
    ///
    /// # Errors
    ///
    /// Those of [`Translator::from_artefact`], and [`Error::ComponentMissing`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let bytes = read(path).map_err(|source| Error::ComponentMissing {
            path: path.to_owned(),
            source,
        })?;
        Self::from_artefact(&bytes)
    }

    /// Loads an artefact from memory, and checks that its schema versions are ours.
    ///
    /// # Errors
    ///
    /// When the bytes are not an intact artefact made for this host, or when the component
    /// does not offer the functions and versions that this host knows.
    pub fn from_artefact(bytes: &[u8]) -> Result<Self, Error> {
        let artefact = artefact::verify(bytes)?;
        let engine = engine::runtime().map_err(|error| mismatch("platform", &error))?;
        // SAFETY: wasmtime asks for bytes that one of its own engines has written, unchanged.
        // `artefact::verify` compared the checksum that `artefact::wrap` took of exactly these
        // bytes, and the full version of wasmtime. Settings are compared by wasmtime itself.
        // A forged file would pass; the module's documentation says so and to whom it matters.
        let component = unsafe { Component::deserialize(&engine, artefact.body) }
            .map_err(|error| mismatch("engine", &error))?;
        let pre = Linker::new(&engine)
            .instantiate_pre(&component)
            .and_then(TranslatorPre::new)
            .map_err(|error| mismatch("interface", &error))?;
        let mut translator = Self {
            engine,
            pre,
            description: Description {
                core_version: String::new(),
                event_schema: String::new(),
                settings_schema: String::new(),
                decision_schema: String::new(),
                rule_table_hash: String::new(),
            },
            component_sha256: artefact.component_sha256,
        };
        translator.description = translator
            .call(&Limits::default(), |world, store| {
                world.byte8_sage_translation().call_describe(store)
            })?
            .into();
        check_schemas(&translator.description)?;
        Ok(translator)
    }

    /// What the component says about itself.
    #[must_use]
    pub fn describe(&self) -> &Description {
        &self.description
    }

    /// SHA-256 of the component the artefact was made from, in hexadecimal.
    #[must_use]
    pub fn component_sha256(&self) -> &str {
        &self.component_sha256
    }

    /// Translates one event with the default limits.
    ///
    /// # Errors
    ///
    /// Only for reasons of the host; a bad document is a decision.
    pub fn translate(&self, event: &str, settings: &str) -> Result<Decision, Error> {
        self.translate_within(&Limits::default(), event, settings)
    }

    /// Translates one event with the given limits.
    ///
    /// # Errors
    ///
    /// Only for reasons of the host; a bad document is a decision.
    pub fn translate_within(
        &self,
        limits: &Limits,
        event: &str,
        settings: &str,
    ) -> Result<Decision, Error> {
        check_sizes(limits, &[("event", event), ("settings", settings)])?;
        self.call(limits, |world, store| {
            world
                .byte8_sage_translation()
                .call_translate(store, event, settings)
        })
        .map(Decision::from)
    }

    /// The decision on an event as a page for people.
    ///
    /// # Errors
    ///
    /// Only for reasons of the host; a bad document has its page.
    pub fn explain_within(
        &self,
        limits: &Limits,
        event: &str,
        settings: &str,
    ) -> Result<String, Error> {
        check_sizes(limits, &[("event", event), ("settings", settings)])?;
        self.call(limits, |world, store| {
            world
                .byte8_sage_translation()
                .call_explain(store, event, settings)
        })
    }

    /// What is wrong with the settings, as a JSON list; `tier` is a JSON list of features or empty.
    ///
    /// # Errors
    ///
    /// Only for reasons of the host; bad settings are an answer.
    pub fn validate_settings_within(
        &self,
        limits: &Limits,
        settings: &str,
        tier: &str,
    ) -> Result<String, Error> {
        check_sizes(limits, &[("settings", settings), ("tier", tier)])?;
        self.call(limits, |world, store| {
            world
                .byte8_sage_translation()
                .call_validate_settings(store, settings, tier)
        })
    }

    /// Why Sage refused a step of a plan, as a JSON list.
    ///
    /// # Errors
    ///
    /// Only for reasons of the host; whatever was replied is explained.
    pub fn explain_reply_within(
        &self,
        limits: &Limits,
        reply: &str,
        plan: &str,
        step: &str,
    ) -> Result<String, Error> {
        check_sizes(limits, &[("reply", reply), ("plan", plan), ("step", step)])?;
        self.call(limits, |world, store| {
            world
                .byte8_sage_translation()
                .call_explain_reply(store, reply, plan, step)
        })
    }

    /// One call in a fresh store, and the reason where it fails.
    fn call<T>(
        &self,
        limits: &Limits,
        call: impl FnOnce(&World, &mut Store<Caps>) -> wasmtime::Result<T>,
    ) -> Result<T, Error> {
        let mut store = Store::new(&self.engine, Caps::new(limits.memory_bytes));
        store.limiter(|caps| caps);
        let result = store
            .set_fuel(limits.fuel)
            .and_then(|()| self.pre.instantiate(&mut store))
            .and_then(|world| call(&world, &mut store));
        result.map_err(|error| {
            if let Some(wanted) = store.data().refused_bytes {
                return Error::MemoryExhausted {
                    wanted,
                    limit: limits.memory_bytes,
                };
            }
            if error.downcast_ref::<Trap>() == Some(&Trap::OutOfFuel) {
                return Error::FuelExhausted { fuel: limits.fuel };
            }
            Error::ComponentTrapped {
                detail: one_line(&error),
            }
        })
    }
}

impl std::fmt::Debug for Translator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Translator")
            .field("description", &self.description)
            .field("component_sha256", &self.component_sha256)
            .finish_non_exhaustive()
    }
}

fn check_sizes(limits: &Limits, texts: &[(&'static str, &str)]) -> Result<(), Error> {
    for (document, text) in texts {
        if text.len() > limits.input_bytes {
            return Err(Error::InputTooLarge {
                document,
                bytes: text.len(),
                limit: limits.input_bytes,
            });
        }
    }
    Ok(())
}

/// Reads a regular file whole. A device or a pipe could block or never end.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::{Error, ErrorKind};
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is no regular file"));
    }
    if metadata.len() > ARTEFACT_BYTES {
        return Err(Error::new(ErrorKind::FileTooLarge, "it is far too large"));
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(ARTEFACT_BYTES)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn check_schemas(description: &Description) -> Result<(), Error> {
    let checks = [
        ("event schema", EVENT_SCHEMA, &description.event_schema),
        (
            "settings schema",
            SETTINGS_SCHEMA,
            &description.settings_schema,
        ),
        (
            "decision schema",
            DECISION_SCHEMA,
            &description.decision_schema,
        ),
    ];
    for (what, expected, found) in checks {
        if found != expected {
            return Err(Error::ComponentVersionMismatch {
                what,
                expected: expected.to_owned(),
                found: found.clone(),
            });
        }
    }
    Ok(())
}

fn mismatch(what: &'static str, error: &wasmtime::Error) -> Error {
    Error::ComponentVersionMismatch {
        what,
        expected: "what this host was built with".to_owned(),
        found: one_line(error),
    }
}

/// The cause of a wasmtime error in one line; what is wrapped around it says only that code ran.
fn one_line(error: &wasmtime::Error) -> String {
    let cause = error.root_cause().to_string();
    cause.lines().next().unwrap_or("no message").to_owned()
}
