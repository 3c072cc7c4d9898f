//! One case of the corpus.

use anyhow::{Context, Result, bail, ensure};
use ledger_core::rule_id::RuleId;
use serde::Deserialize;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// One idea, one document, one decision.
#[derive(Debug)]
pub struct Case {
    /// `invoice/untaxed_shipping_stays_untaxed`.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// Why the case exists.
    pub why: String,
    /// The rules that must fire, and no other.
    pub rules: Vec<RuleId>,
    /// How the expected behaviour is known.
    pub evidence: Evidence,
    /// The recorded rows the event was built from, when it was.
    pub source: Option<Source>,
    /// The event, as sent.
    pub event: String,
    /// The settings: the profile with the case's own changes.
    pub settings: String,
    /// What must come out; `None` in a case that is being written.
    pub expected: Option<Expected>,
}

/// How a fact is known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// `observed`, `documented`, `reported` or `assumed`.
    pub grade: String,
    /// Where it is stated or was seen.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// An event of a file of recorded rows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// File below `golden/magento`.
    pub file: String,
    /// Position in the file's `events`.
    pub index: usize,
}

/// The decision, as the expectation file holds it.
#[derive(Debug)]
pub struct Expected {
    /// The file that holds it.
    pub file: &'static str,
    /// Its content.
    pub text: String,
}

/// Outcome in the decision document → the file that expects it.
const OUTCOMES: [(&str, &str); 3] = [
    ("post", "sage.json"),
    ("skip", "skip.json"),
    ("reject", "reject.json"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    why: String,
    profile: String,
    rules: Vec<String>,
    evidence: Evidence,
    source: Option<Source>,
    #[serde(default)]
    settings: toml::Table,
}

impl Case {
    /// Reads a case folder strictly.
    ///
    /// # Errors
    /// Anything that does not fit the format of `golden/README.md`.
    pub fn load(folder: &Path) -> Result<Self> {
        let case = Self::load_unfinished(folder)?;
        ensure!(
            case.expected.is_some(),
            "no outcome: one of sage.json, skip.json, reject.json must exist"
        );
        Ok(case)
    }

    /// Reads a case folder that may lack its outcome.
    ///
    /// # Errors
    /// As [`Case::load`].
    pub fn load_unfinished(folder: &Path) -> Result<Self> {
        refuse_surplus_files(folder)?;
        let manifest: Manifest = toml::from_str(&read(folder, "case.toml")?)?;
        ensure!(!manifest.why.trim().is_empty(), "`why` is empty");
        let grades = ["observed", "documented", "reported", "assumed"];
        ensure!(
            grades.contains(&manifest.evidence.grade.as_str()),
            "unknown evidence grade {:?}",
            manifest.evidence.grade
        );
        let rules = manifest
            .rules
            .iter()
            .map(|id| RuleId::from_id(id).with_context(|| format!("unknown rule {id}")))
            .collect::<Result<_>>()?;
        Ok(Self {
            name: name(folder),
            folder: folder.to_owned(),
            why: manifest.why,
            rules,
            evidence: manifest.evidence,
            source: manifest.source,
            event: event_text(folder)?,
            settings: settings(&manifest.profile, manifest.settings)?,
            expected: expected(folder)?,
        })
    }

    /// The expectation file and its content for a decision line.
    ///
    /// # Errors
    /// When the line is no decision.
    pub fn expectation(line: &str) -> Result<Expected> {
        let decision: Value = serde_json::from_str(line)?;
        let outcome = decision.get("decision").and_then(Value::as_str);
        let (_, file) = OUTCOMES
            .iter()
            .find(|(name, _)| outcome == Some(*name))
            .context("the line has no known decision")?;
        Ok(Expected {
            file,
            text: format!("{}\n", serde_json::to_string_pretty(&decision)?),
        })
    }
}

/// The event as sent: the folder's JSON on one line, or `canonical.txt` byte for byte,
/// for events that are broken on purpose.
fn event_text(folder: &Path) -> Result<String> {
    if folder.join("canonical.txt").exists() {
        return read(folder, "canonical.txt");
    }
    let event: Value = serde_json::from_str(&read(folder, "canonical.json")?)?;
    Ok(event.to_string())
}

/// A profile with changes laid over it.
///
/// # Errors
/// When there is no such profile.
pub fn settings(profile: &str, changes: toml::Table) -> Result<String> {
    let profile = crate::root().join(format!("golden/profiles/{profile}.json"));
    let text = fs::read_to_string(&profile).with_context(|| profile.display().to_string())?;
    let mut settings: Value = serde_json::from_str(&text)?;
    merge(&mut settings, serde_json::to_value(changes)?);
    Ok(settings.to_string())
}

/// Lays `changes` over `base`.
///
/// TOML has no null: the text `"null"` stands for it, and `"absent"` removes a key.
fn merge(base: &mut Value, changes: Value) {
    match (base, changes) {
        (Value::Object(base), Value::Object(changes)) => {
            for (key, change) in changes {
                if change == "absent" {
                    base.remove(&key);
                } else {
                    merge(base.entry(key).or_insert(Value::Null), change);
                }
            }
        }
        (base, Value::String(text)) if text == "null" => *base = Value::Null,
        (base, change) => *base = change,
    }
}

fn expected(folder: &Path) -> Result<Option<Expected>> {
    let mut found = Vec::new();
    for (_, file) in OUTCOMES {
        if folder.join(file).exists() {
            found.push(Expected {
                file,
                text: read(folder, file)?,
            });
        }
    }
    ensure!(found.len() <= 1, "more than one outcome");
    Ok(found.pop())
}

fn refuse_surplus_files(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        let known = ["case.toml", "canonical.json", "canonical.txt"].contains(&&*name)
            || OUTCOMES.iter().any(|(_, file)| *file == name);
        if !known {
            bail!("{name} does not belong in a case");
        }
    }
    Ok(())
}

fn read(folder: &Path, file: &str) -> Result<String> {
    fs::read_to_string(folder.join(file)).with_context(|| file.to_owned())
}

fn name(folder: &Path) -> String {
    let mut parts: Vec<String> = folder
        .iter()
        .rev()
        .take(2)
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    parts.reverse();
    parts.join("/")
}
