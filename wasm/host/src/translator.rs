//! A loaded component and its calls.

use crate::bindings::{Translator as World, TranslatorPre};
use crate::engine;
use crate::limits::Caps;
use crate::load::{self, Loaded, mismatch, one_line};
use crate::slots::Slots;
use crate::{Decision, Description, Error, Limits};
use std::path::Path;
use wasmtime::component::Linker;
use wasmtime::{Engine, Store, Trap};

/// Version of the event document this host's callers write.
pub const EVENT_SCHEMA: &str = "1";
/// Version of the settings document this host's callers write.
pub const SETTINGS_SCHEMA: &str = "1";
/// Version of the decision document this host's callers read.
pub const DECISION_SCHEMA: &str = "1";

/// A component that was verified, loaded and asked for its versions.
///
/// Load it once per process and share it: it is immutable, and every call gets a store of its
/// own, with a memory in its first state, so calls cannot influence one another.
pub struct Translator {
    engine: Engine,
    pre: TranslatorPre<Caps>,
    description: Description,
    component_sha256: String,
    slots: Slots,
}

impl Translator {
    /// Maps and loads a precompiled artefact.
    ///
    /// The file must not be written to while the component is in use; replace it by renaming.
    ///
    /// # Errors
    ///
    /// Those of [`Translator::from_artefact`], and [`Error::ComponentMissing`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        load::from_file(path.as_ref()).and_then(Self::new)
    }

    /// Loads an artefact from memory, and checks that its schema versions are ours.
    ///
    /// # Errors
    ///
    /// When the bytes are not an intact artefact made for this host, or when the component
    /// does not offer the functions and versions that this host knows.
    pub fn from_artefact(bytes: &[u8]) -> Result<Self, Error> {
        load::from_bytes(bytes).and_then(Self::new)
    }

    fn new(loaded: Loaded) -> Result<Self, Error> {
        let Loaded {
            engine,
            component,
            component_sha256,
        } = loaded;
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
            component_sha256,
            slots: Slots::new(engine::SLOTS),
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

    /// The page of [`Self::explain_within`] as JSON, for programs that lay it out themselves.
    ///
    /// # Errors
    ///
    /// Only for reasons of the host; a bad document has its page.
    pub fn explain_sections_within(
        &self,
        limits: &Limits,
        event: &str,
        settings: &str,
    ) -> Result<String, Error> {
        check_sizes(limits, &[("event", event), ("settings", settings)])?;
        self.call(limits, |world, store| {
            world
                .byte8_sage_translation()
                .call_explain_sections(store, event, settings)
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
    ///
    /// The slot is taken before the store and given back after it: the store holds the memory.
    fn call<T>(
        &self,
        limits: &Limits,
        call: impl FnOnce(&World, &mut Store<Caps>) -> wasmtime::Result<T>,
    ) -> Result<T, Error> {
        let _slot = self.slots.take();
        let mut store = Store::new(&self.engine, Caps::new(limits.memory()));
        store.limiter(|caps| caps);
        let result = store
            .set_fuel(limits.fuel)
            .and_then(|()| self.pre.instantiate(&mut store))
            .and_then(|world| call(&world, &mut store));
        result.map_err(|error| {
            if let Some(wanted) = store.data().refused_bytes {
                return Error::MemoryExhausted {
                    wanted,
                    limit: limits.memory(),
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
