//! What a translation comes to: post a plan, skip with a reason, or reject with what to do.

use crate::codes;
use crate::rule_id::RuleSet;
pub use crate::sage::VatTotal;
pub use crate::sage::plan::Plan;
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

/// The decision on one event, with the rules that fired and the warnings that arose.
#[derive(Debug)]
pub struct Decision {
    /// Post, skip or reject.
    pub outcome: Outcome,
    /// Rules that applied, in the order of the rule table.
    pub fired: RuleSet,
    /// What a person should know although the document is posted.
    pub warnings: Vec<Warning>,
}

/// The three things that can become of a document.
#[derive(Debug)]
pub enum Outcome {
    /// Send this plan to the relay.
    Post(Box<Plan>),
    /// The policy leaves this document out.
    Skip(Skip),
    /// The document cannot be posted as it is.
    Reject(Rejection),
}

/// Why the policy leaves a document out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// Stable reason code.
    pub reason: codes::Skip,
    /// The reason in words, with the values that led to it.
    pub message: String,
}

/// Why a document cannot be posted, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Stable code.
    pub code: codes::Reject,
    /// JSON pointer into the event, or into the settings when it starts with `/settings`.
    pub pointer: String,
    /// What is wrong, with the offending values.
    pub message: String,
    /// What the operator can do.
    pub suggestion: String,
}

/// Something a person should know about a posted document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Stable code.
    pub code: codes::Warning,
    /// JSON pointer into the event.
    pub pointer: String,
    /// What was noticed, with both numbers where numbers differ.
    pub message: String,
}

impl Rejection {
    pub(crate) fn new(
        code: codes::Reject,
        pointer: impl Into<String>,
        message: impl Into<String>,
        suggestion: impl Into<String>,
    ) -> Self {
        Self {
            code,
            pointer: pointer.into(),
            message: message.into(),
            suggestion: suggestion.into(),
        }
    }
}

impl Decision {
    pub(crate) fn rejected_unread(rejection: Rejection) -> Self {
        Self {
            outcome: Outcome::Reject(rejection),
            fired: RuleSet::none(),
            warnings: Vec::new(),
        }
    }

    /// The decision document: one line of JSON, keys always in the same order.
    pub fn to_json(&self) -> String {
        let document = match &self.outcome {
            Outcome::Post(plan) => Document::Post {
                plan,
                fired: &self.fired,
                warnings: &self.warnings,
                vat: plan.vat(),
            },
            Outcome::Skip(skip) => Document::Skip {
                reason: skip.reason,
                message: &skip.message,
                fired: &self.fired,
                warnings: &self.warnings,
            },
            Outcome::Reject(rejection) => Document::Reject {
                code: rejection.code,
                pointer: &rejection.pointer,
                message: &rejection.message,
                suggestion: &rejection.suggestion,
                fired: &self.fired,
                warnings: &self.warnings,
            },
        };
        // Serialising structs of strings into memory has no failing path.
        serde_json::to_string(&document).unwrap_or_default()
    }
}

#[derive(Serialize)]
#[serde(tag = "decision", rename_all = "lowercase")]
enum Document<'a> {
    Post {
        plan: &'a Plan,
        fired: &'a RuleSet,
        warnings: &'a [Warning],
        #[serde(skip_serializing_if = "Vec::is_empty")]
        vat: Vec<VatTotal>,
    },
    Skip {
        reason: codes::Skip,
        message: &'a str,
        fired: &'a RuleSet,
        warnings: &'a [Warning],
    },
    Reject {
        code: codes::Reject,
        pointer: &'a str,
        message: &'a str,
        suggestion: &'a str,
        fired: &'a RuleSet,
        warnings: &'a [Warning],
    },
}

impl Serialize for RuleSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(None)?;
        for rule in self.iter() {
            sequence.serialize_element(rule.info().id)?;
        }
        sequence.end()
    }
}

/// Result of a translation step: the document can be refused at any of them.
pub(crate) type Step<T> = Result<T, Rejection>;
