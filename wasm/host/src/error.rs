//! What can be wrong with the host, never with the document.
//!
//! A document that cannot be posted is a decision. An error here means that no decision could
//! be made, and that an administrator and not the author of a document has something to do.

use std::path::PathBuf;

/// Why no decision could be made. The codes are append-only.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The artefact cannot be read.
    #[error("The translator component {} cannot be read", path.display())]
    ComponentMissing {
        /// The path that was tried.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// No path was configured.
    #[error("No translator component is configured")]
    ComponentNotConfigured,
    /// A setting of the host makes no sense.
    #[error("The setting {name} is {value:?}, which is no whole number")]
    SettingInvalid {
        /// The setting's name.
        name: &'static str,
        /// Its value.
        value: String,
    },
    /// The artefact is a file of zero bytes.
    #[error("The translator component is an empty file")]
    ComponentEmpty,
    /// The artefact is not what was built.
    #[error("The translator component is damaged: {detail}")]
    ComponentCorrupt {
        /// What differs.
        detail: String,
    },
    /// The artefact is intact but made for another host.
    #[error("The translator component does not fit this host: {what} is {found}, not {expected}")]
    ComponentVersionMismatch {
        /// Which version differs.
        what: &'static str,
        /// What this host needs.
        expected: String,
        /// What the component has.
        found: String,
    },
    /// A document is larger than the host accepts.
    #[error("The {document} has {bytes} bytes; at most {limit} are accepted")]
    InputTooLarge {
        /// `event` or `settings`.
        document: &'static str,
        /// Its length.
        bytes: usize,
        /// The cap.
        limit: usize,
    },
    /// The call used up its fuel.
    #[error("The translation used up its {fuel} units of fuel")]
    FuelExhausted {
        /// What it was given.
        fuel: u64,
    },
    /// The call asked for more memory than it may have.
    #[error("The translation needs {wanted} bytes of memory; at most {limit} are allowed")]
    MemoryExhausted {
        /// What it asked for.
        wanted: usize,
        /// What it may have.
        limit: usize,
    },
    /// The component gave up: always a bug of ours.
    #[error("The translator component trapped: {detail}")]
    ComponentTrapped {
        /// What wasmtime said.
        detail: String,
    },
    /// The host panicked: always a bug of ours.
    #[error("The host of the translator component panicked: {detail}")]
    Panic {
        /// The panic's message.
        detail: String,
    },
}

impl Error {
    /// The stable code, as `docs/contracts.md` §6 lists them.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ComponentMissing { .. } | Self::ComponentNotConfigured => "component_missing",
            Self::SettingInvalid { .. } => "setting_invalid",
            Self::ComponentEmpty => "component_empty",
            Self::ComponentCorrupt { .. } => "component_corrupt",
            Self::ComponentVersionMismatch { .. } => "component_version_mismatch",
            Self::InputTooLarge { .. } => "input_too_large",
            Self::FuelExhausted { .. } => "fuel_exhausted",
            Self::MemoryExhausted { .. } => "memory_exhausted",
            Self::ComponentTrapped { .. } => "component_trapped",
            Self::Panic { .. } => "panic",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn suggestion(&self) -> &'static str {
        match self {
            Self::ComponentMissing { .. } => {
                "Check that the file exists and that the user of the process may read it."
            }
            Self::ComponentNotConfigured => {
                "Set byte8_sage.component in php.ini to the path of translator.cwasm."
            }
            Self::SettingInvalid { .. } => {
                "Write a whole number into php.ini, with K, M or G behind it if you like."
            }
            Self::ComponentEmpty | Self::ComponentCorrupt { .. } => {
                "Install the file again from the release; the copy was probably interrupted."
            }
            Self::ComponentVersionMismatch { .. } => {
                "Compile the component again with the byte8-sage-compile of the same release, \
                 on this kind of processor."
            }
            Self::InputTooLarge { .. } => {
                "Look at the document: no document that people write is this large."
            }
            Self::FuelExhausted { .. } => {
                "Raise byte8_sage.fuel (of sage-translate: --fuel) if the document is really this \
                 large; otherwise report it with the document."
            }
            Self::MemoryExhausted { .. } => {
                "Raise byte8_sage.memory_limit (of sage-translate: --memory-limit) if the document \
                 is really this large; otherwise report it with the document."
            }
            Self::ComponentTrapped { .. } | Self::Panic { .. } => {
                "This is a bug of ours: report it with the document and this message."
            }
        }
    }

    /// JSON Pointer to the cause. Always empty: the document is not at fault.
    #[must_use]
    pub const fn pointer(&self) -> &'static str {
        ""
    }

    /// The message with its causes, in one line.
    #[must_use]
    pub fn full_message(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        text
    }
}
