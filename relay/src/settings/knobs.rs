//! Every setting in words: its name, what it does, what it changes for a document, its default.
//!
//! The core decides what a setting means and judges its value; this table only describes. A test
//! holds it against `docs/contracts.md`, section 2: no setting is missing, and defaults agree.

use serde_json::Value;

mod topics;

pub(crate) use topics::TOPICS;

/// How a setting is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KnobKind {
    /// On or off.
    Switch,
    /// A text; empty is the default.
    Text,
    /// A text that may be left out.
    OptionalText,
    /// An amount.
    Amount,
    /// A whole number.
    Number,
    /// Numbers, separated by commas.
    Numbers,
    /// One of these values, each with its words.
    Choice(&'static [(&'static str, &'static str)]),
    /// An account of the reference data: its list, and where Sage must allow it.
    Account(&'static str),
    /// Text keys, each with a value from a list of the reference data.
    Map {
        keys: &'static str,
        list: &'static str,
        /// Whether a key may be mapped to nothing on purpose.
        may_be_none: bool,
    },
    /// The same for each country.
    MapByCountry { list: &'static str },
    /// Text keys, each with one of these values.
    ChoiceMap {
        keys: &'static str,
        values: &'static [(&'static str, &'static str)],
    },
}

/// A setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Knob {
    /// Its place below `/policy`, without the slash at the beginning.
    pub(crate) path: &'static str,
    pub(crate) label: &'static str,
    /// What it does, and what follows for a document.
    pub(crate) help: &'static str,
    pub(crate) kind: KnobKind,
    /// As JSON.
    pub(crate) default: &'static str,
}

/// Settings that belong together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Topic {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) knobs: &'static [Knob],
}

/// Every setting.
pub(crate) fn all() -> impl Iterator<Item = &'static Knob> {
    TOPICS.iter().flat_map(|topic| topic.knobs.iter())
}

impl Knob {
    /// Its value in a policy; its default where it is left out.
    pub(crate) fn value(&self, policy: &Value) -> Value {
        let found = policy.pointer(&format!("/{}", self.path));
        found.cloned().unwrap_or_else(|| self.default_value())
    }

    pub(crate) fn default_value(&self) -> Value {
        serde_json::from_str(self.default).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ledger_core::policy::validate::validate;
    use serde_json::json;

    use super::*;

    const CONTRACTS: &str = include_str!("../../../docs/contracts.md");

    fn documented() -> Value {
        let section = CONTRACTS.split_once("## 2. Settings").unwrap().1;
        let block = section.split("```json").nth(1).unwrap();
        let block = block.split("```").next().unwrap();
        let whole: Value = serde_json::from_str(block).unwrap();
        whole["policy"].clone()
    }

    #[test]
    fn every_documented_setting_is_described_and_no_other() {
        let described: BTreeSet<&str> = all()
            .map(|knob| knob.path.split('/').next().unwrap())
            .collect();
        let documented = documented();
        let documented: BTreeSet<&str> = documented
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(described, documented);
        for knob in all() {
            assert!(
                !knob.label.is_empty() && !knob.help.is_empty(),
                "{}",
                knob.path
            );
            assert!(
                serde_json::from_str::<Value>(knob.default).is_ok(),
                "{}",
                knob.path
            );
        }
    }

    #[test]
    fn defaults_are_those_of_the_contract() {
        let documented = documented();
        for knob in all() {
            // What the example maps or names is no default.
            let is_example = knob.path.ends_with("_map")
                || knob.path.starts_with("default_tax_rate")
                || knob.path.starts_with("default_ledger");
            let value = documented.pointer(&format!("/{}", knob.path));
            if let Some(value) = value.filter(|_| !is_example) {
                assert_eq!(*value, knob.default_value(), "{}", knob.path);
            }
        }
    }

    #[test]
    fn the_core_takes_every_default_and_every_choice() {
        let base: Value =
            serde_json::from_str(include_str!("../../../golden/profiles/gb_base.json")).unwrap();
        for knob in all() {
            let values = match knob.kind {
                KnobKind::Choice(choices) => {
                    choices.iter().map(|(value, _)| json!(value)).collect()
                }
                KnobKind::Account(_) => Vec::new(),
                KnobKind::Switch
                | KnobKind::Text
                | KnobKind::OptionalText
                | KnobKind::Amount
                | KnobKind::Number
                | KnobKind::Numbers
                | KnobKind::Map { .. }
                | KnobKind::MapByCountry { .. }
                | KnobKind::ChoiceMap { .. } => vec![knob.default_value()],
            };
            for value in values {
                let mut whole = base.clone();
                let policy = whole["policy"].as_object_mut().unwrap();
                if let Some((group, key)) = knob.path.split_once('/') {
                    policy.insert(group.to_owned(), json!({ key: value }));
                } else {
                    policy.insert(knob.path.to_owned(), value.clone());
                }
                let problems = validate(&whole.to_string(), None);
                assert_eq!(problems, [], "{} = {value}", knob.path);
            }
        }
    }
}
