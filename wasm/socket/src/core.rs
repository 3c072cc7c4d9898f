//! The component inside the program, with its limits.

use ledger_wasm_host::{Decision, Description, Error, Limits, Translator, as_text, guarded};

/// What `build.rs` put here; empty where it was given nothing.
static ARTEFACT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/translator.cwasm"));

/// One call of the core, each text as the caller's bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Call<'a> {
    Translate {
        event: &'a [u8],
        settings: &'a [u8],
    },
    Explain {
        event: &'a [u8],
        settings: &'a [u8],
    },
    ExplainSections {
        event: &'a [u8],
        settings: &'a [u8],
    },
    ValidateSettings {
        settings: &'a [u8],
        tier: &'a [u8],
    },
    ExplainReply {
        reply: &'a [u8],
        plan: &'a [u8],
        step: &'a [u8],
    },
}

/// What a call gives.
#[derive(Debug)]
pub(crate) enum Answer {
    Decision(Decision),
    Text(String),
}

impl Answer {
    /// The document without the part that hosts branch on.
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Decision(decision) => decision.document,
            Self::Text(text) => text,
        }
    }
}

/// The loaded component.
pub(crate) struct Core {
    translator: Translator,
    limits: Limits,
}

impl Core {
    /// Loads the component.
    pub(crate) fn open(limits: Limits) -> Result<Self, String> {
        let translator = Translator::from_artefact(ARTEFACT).map_err(|error| {
            format!(
                "{}: {} (this program was built without a usable component; \
                 build it with `cargo xtask translate`)",
                error.code(),
                error.full_message()
            )
        })?;
        Ok(Self { translator, limits })
    }

    /// Caps of one call.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What the component says about itself.
    pub(crate) fn describe(&self) -> &Description {
        self.translator.describe()
    }

    /// SHA-256 of the component, in hexadecimal.
    pub(crate) fn component_sha256(&self) -> &str {
        self.translator.component_sha256()
    }

    /// Makes one call. A panic is an error, so that a service lives on.
    pub(crate) fn call(&self, call: Call<'_>) -> Result<Answer, Error> {
        let (core, limits) = (&self.translator, &self.limits);
        guarded(|| match call {
            Call::Translate { event, settings } => core
                .translate_within(limits, &as_text(event), &as_text(settings))
                .map(Answer::Decision),
            Call::Explain { event, settings } => core
                .explain_within(limits, &as_text(event), &as_text(settings))
                .map(Answer::Text),
            Call::ExplainSections { event, settings } => core
                .explain_sections_within(limits, &as_text(event), &as_text(settings))
                .map(Answer::Text),
            Call::ValidateSettings { settings, tier } => core
                .validate_settings_within(limits, &as_text(settings), &as_text(tier))
                .map(Answer::Text),
            Call::ExplainReply { reply, plan, step } => core
                .explain_reply_within(limits, &as_text(reply), &as_text(plan), &as_text(step))
                .map(Answer::Text),
        })
    }
}
