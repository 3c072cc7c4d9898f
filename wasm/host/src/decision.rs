//! What a call answers, in plain Rust types.

use crate::bindings::exports::byte8::sage::translation as wit;

/// What a component says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Version of the translation core.
    pub core_version: String,
    /// Version of the event document it reads.
    pub event_schema: String,
    /// Version of the settings document it reads.
    pub settings_schema: String,
    /// Version of the decision document it writes.
    pub decision_schema: String,
    /// Digest of its rule table.
    pub rule_table_hash: String,
}

/// The answer to one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The part a host branches on.
    pub outcome: Outcome,
    /// The decision document, byte for byte as the core wrote it.
    pub document: String,
}

/// What is to become of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Post it; the plan is in the document.
    Post,
    /// Leave it out.
    Skip {
        /// Stable reason code.
        reason: String,
        /// One sentence for the operator.
        message: String,
    },
    /// Refuse it.
    Reject {
        /// Stable code.
        code: String,
        /// JSON Pointer to the cause.
        pointer: String,
        /// What is wrong.
        message: String,
        /// What to do.
        suggestion: String,
    },
}

impl From<wit::Description> for Description {
    fn from(description: wit::Description) -> Self {
        Self {
            core_version: description.core_version,
            event_schema: description.event_schema,
            settings_schema: description.settings_schema,
            decision_schema: description.decision_schema,
            rule_table_hash: description.rule_table_hash,
        }
    }
}

impl From<wit::Decision> for Decision {
    fn from(decision: wit::Decision) -> Self {
        let outcome = match decision.outcome {
            wit::Outcome::Post => Outcome::Post,
            wit::Outcome::Skip(skip) => Outcome::Skip {
                reason: skip.reason,
                message: skip.message,
            },
            wit::Outcome::Reject(rejection) => Outcome::Reject {
                code: rejection.code,
                pointer: rejection.pointer,
                message: rejection.message,
                suggestion: rejection.suggestion,
            },
        };
        Self {
            outcome,
            document: decision.document,
        }
    }
}
