//! The pure translation from a canonical Magento document to a Sage plan.
//!
//! `translate(event, settings) -> decision`, both texts JSON, is all there is:
//! no clock, no randomness, no environment, no I/O and no floats.
//! The same input gives the same bytes on every host.
//!
//! The modules stand in the order in which a document passes them:
//! [`canonical`] reads the event, [`policy`] the settings, `filter` decides
//! whether the document is sent at all, `money`, `reference`, `text` and `vat` derive its parts,
//! `document` is the document being translated, which filters, rules and translation share,
//! `rules` holds one file per oddity of Sage or Magento, `translate` assembles the parts,
//! `sage` holds the request bodies and Sage's arithmetic, [`outcome`] what comes out.
#![forbid(unsafe_code)]

pub mod canonical;
pub mod policy;
mod context;
mod document;
mod filter;
mod money;
mod reference;
mod text;
mod vat;
mod translate;
pub mod rule_id;
pub mod rules;
mod sage;
pub mod codes;
pub mod schema;
pub mod outcome;
pub mod envelope;
pub mod explain;

use canonical::Event;
use context::Context;
use outcome::{Decision, Outcome};
use policy::Settings;
use rule_id::{RuleId, RuleSet};
use schema::SCHEMA_VERSION;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Turns one event into a decision.
///
/// Total: any text gives a decision; text that is no event gives a rejection
/// with a code, a JSON pointer and a suggestion. Never panics.
pub fn translate(event: &str, settings: &str) -> Decision {
    translate_with(event, settings, RuleSet::all())
}

/// [`translate`] with some rules switched off.
///
/// Exists for the ablation test, which proves that every rule is needed by some golden case.
pub fn translate_with(event: &str, settings: &str, enabled: RuleSet) -> Decision {
    let settings = match Settings::parse(settings) {
        Ok(settings) => settings,
        Err(rejection) => return Decision::rejected_unread(rejection),
    };
    let event = match Event::parse(event) {
        Ok(event) => event,
        Err(rejection) => return Decision::rejected_unread(rejection),
    };
    let mut context = Context {
        settings: &settings,
        enabled,
        fired: RuleSet::none(),
        warnings: Vec::new(),
    };
    let outcome = match translate::event(&mut context, &event) {
        Ok(outcome) => outcome,
        Err(rejection) => Outcome::Reject(rejection),
    };
    Decision {
        outcome,
        fired: context.fired,
        warnings: context.warnings,
    }
}

/// What this core is, for hosts that must refuse a mismatch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// Version of this crate.
    pub core_version: String,
    /// Schema version of the events it reads.
    pub event_schema: String,
    /// Schema version of the settings it reads.
    pub settings_schema: String,
    /// Schema version of the decisions it writes.
    pub decision_schema: String,
    /// SHA-256 (hex) over the rule table; equal tables mean equal behaviour by rule.
    pub rule_table_hash: String,
}

impl Description {
    /// The description as JSON on one line.
    pub fn to_json(&self) -> String {
        // Serialising a struct of strings into memory has no failing path.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Describes this core.
pub fn describe() -> Description {
    let mut hasher = Sha256::new();
    for rule in RuleId::ALL {
        let info = rule.info();
        for part in [
            info.id,
            " ",
            info.name,
            " ",
            info.evidence.grade.as_str(),
            "\n",
        ] {
            hasher.update(part.as_bytes());
        }
    }
    Description {
        core_version: env!("CARGO_PKG_VERSION").to_owned(),
        event_schema: SCHEMA_VERSION.to_owned(),
        settings_schema: SCHEMA_VERSION.to_owned(),
        decision_schema: SCHEMA_VERSION.to_owned(),
        rule_table_hash: text::hex(&hasher.finalize()),
    }
}
