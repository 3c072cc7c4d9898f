//! What a translation consults, and what it leaves behind besides its outcome.

use crate::codes;
use crate::outcome::Warning;
use crate::policy::Settings;
use crate::rule_id::{RuleId, RuleSet};

/// What a translation consults and what it leaves behind besides its outcome.
pub(crate) struct Context<'a> {
    pub(crate) settings: &'a Settings<'a>,
    pub(crate) enabled: RuleSet,
    pub(crate) fired: RuleSet,
    pub(crate) warnings: Vec<Warning>,
}

impl Context<'_> {
    /// Notes that `rule` applies here; false when the rule is switched off.
    pub(crate) fn fire(&mut self, rule: RuleId) -> bool {
        let enabled = self.enabled.contains(rule);
        if enabled {
            self.fired.insert(rule);
        }
        enabled
    }

    /// Warns unless the same message was given before, wherever it pointed.
    pub(crate) fn warn_once(&mut self, code: codes::Warning, pointer: &str, message: String) {
        if !self
            .warnings
            .iter()
            .any(|warning| warning.message == message)
        {
            self.warn(code, pointer, message);
        }
    }

    pub(crate) fn warn(
        &mut self,
        code: codes::Warning,
        pointer: impl Into<String>,
        message: String,
    ) {
        let warning = Warning {
            code,
            pointer: pointer.into(),
            message,
        };
        // An address stands on the contact and on the document; one warning is enough.
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}
