//! `golden/policies/<idea>`: settings and what is wrong with them.

use super::{Advice, check_head, refuse_surplus_files};
use crate::corpus::{self, Evidence};
use anyhow::{Result, ensure};
use ledger_core::policy::validate;
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// Settings and the tier they are validated for.
#[derive(Debug)]
pub struct PolicyCase {
    /// The settings document.
    pub settings: String,
    /// JSON list of features; empty for a tier without limits.
    pub tier: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    why: String,
    profile: String,
    evidence: Evidence,
    tier: Option<Vec<String>>,
    #[serde(default)]
    settings: toml::Table,
}

impl Advice for PolicyCase {
    const COLLECTION: &'static str = "golden/policies";

    fn read(folder: &Path) -> Result<Self> {
        refuse_surplus_files(folder, &["case.toml", "settings.txt"])?;
        let manifest: Manifest = toml::from_str(&fs::read_to_string(folder.join("case.toml"))?)?;
        check_head(&manifest.why, &manifest.evidence)?;
        let raw = folder.join("settings.txt");
        let settings = if raw.exists() {
            ensure!(
                manifest.settings.is_empty(),
                "settings.txt and changes exclude one another"
            );
            fs::read_to_string(raw)?
        } else {
            corpus::settings(&manifest.profile, manifest.settings)?
        };
        let tier = match manifest.tier {
            Some(features) => serde_json::to_string(&features)?,
            None => String::new(),
        };
        Ok(Self { settings, tier })
    }

    fn answer(&self) -> String {
        validate::report(&self.settings, &self.tier)
    }
}
