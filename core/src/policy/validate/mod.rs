//! Is a settings document fit to be used? All problems, not the first, each with its field.
//!
//! Whoever saves settings asks here first (relay, admin, browser); a translation checks only what
//! the document at hand needs. Whatever a translation would refuse, this finds too, except what
//! depends on a document: a payment method or a percentage that simply has no entry is no problem.

mod codes;
mod checks;
mod mappings;
mod structure;
mod tier;

pub use codes::{Feature, ProblemCode};
pub use tier::Tier;

use super::Settings;
use crate::canonical::parse_document;
use crate::schema::SCHEMA_VERSION;
use serde::Serialize;

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Stable code.
    pub code: ProblemCode,
    /// JSON pointer that starts with `/settings`, or with `/tier` for the list of features.
    pub pointer: String,
    /// What is wrong, with the offending value.
    pub message: String,
    /// What to do about it.
    pub suggestion: String,
}

/// Every problem of a settings document; `None` is the tier without limits.
///
/// Total: any text gives a list. Problems of the document's form come first, in the order of
/// their pointers, then those of its contents in the order of the checks; the order depends on
/// nothing but the document.
pub fn validate(settings: &str, tier: Option<&Tier>) -> Vec<Problem> {
    let (sound, malformed) = structure::sound(settings);
    let Some(Ok(settings)) = sound
        .as_deref()
        .map(|text| parse_document(text, "/settings"))
    else {
        return malformed;
    };
    let mut findings = Findings {
        settings: &settings,
        malformed: malformed.len(),
        problems: malformed,
    };
    checks::run(&mut findings);
    mappings::run(&mut findings);
    if let Some(tier) = tier {
        for (knob, feature) in tier::needs(&settings.policy) {
            if !tier.allows(feature) {
                findings.tier_limit(knob, feature);
            }
        }
    }
    findings.problems
}

/// [`validate`] from text to text, for hosts: a JSON list of problems.
///
/// `tier` is a JSON list of features; empty means no limits.
pub fn report(settings: &str, tier: &str) -> String {
    let problems = match Tier::parse(tier) {
        Ok(tier) => validate(settings, tier.as_ref()),
        Err(mut problems) => {
            problems.extend(validate(settings, None));
            problems
        }
    };
    // Serialising structs of strings into memory has no failing path.
    serde_json::to_string(&problems).unwrap_or_default()
}

/// The settings under examination and what was found so far.
struct Findings<'a> {
    settings: &'a Settings<'a>,
    /// How many of the problems are fields that could not be read.
    malformed: usize,
    problems: Vec<Problem>,
}

impl Findings<'_> {
    /// Notes a problem, unless the field or what it stands in could not be read: it has its
    /// default now, about which nothing needs to be said.
    fn add(
        &mut self,
        code: ProblemCode,
        pointer: String,
        message: impl Into<String>,
        suggestion: impl Into<String>,
    ) {
        let unread = self.problems.iter().take(self.malformed).any(|problem| {
            pointer
                .strip_prefix(problem.pointer.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        if !unread {
            self.problems.push(Problem {
                code,
                pointer,
                message: message.into(),
                suggestion: suggestion.into(),
            });
        }
    }

    /// Unlike other problems, this one is about a value that is right in itself.
    fn tier_limit(&mut self, knob: &str, feature: Feature) {
        self.problems.push(Problem {
            code: ProblemCode::TierLimitExceeded,
            pointer: policy(knob),
            message: format!(
                "{knob} needs the feature {}, which the tier does not include",
                feature.as_str()
            ),
            suggestion: format!(
                "take a tier with {}, or set {knob} back to its default",
                feature.as_str()
            ),
        });
    }

    fn schema(&mut self) {
        if self.settings.schema != SCHEMA_VERSION {
            let schema = crate::text::cut(&self.settings.schema, 40).0.to_owned();
            self.add(
                ProblemCode::UnsupportedSchema,
                "/settings/schema".to_owned(),
                format!("the settings have schema {schema:?}"),
                format!(
                    "send schema {SCHEMA_VERSION:?}: relay and core must be of the same release"
                ),
            );
        }
    }
}

/// The pointer of a knob, or of an entry of a map: `tax_rate_map` and its key.
fn policy(knob: &str) -> String {
    format!("/settings/policy/{knob}")
}

/// The pointer of a map's entry; RFC 6901 escapes two characters of a key.
fn entry(map: &str, key: &str) -> String {
    policy(&format!("{map}/{}", token(key)))
}

fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
