//! `golden/responses/<idea>`: an error reply of Sage, the plan it answers, the causes behind it.

use super::{Advice, check_head, refuse_surplus_files};
use crate::corpus::{Case, Evidence};
use anyhow::{Context, Result, bail, ensure};
use ledger_core::envelope;
use serde::Deserialize;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A reply, and the step of the plan it answers.
#[derive(Debug)]
pub struct ResponseCase {
    /// The reply's body.
    pub reply: String,
    /// The plan.
    pub plan: String,
    /// The cross-reference key of the step.
    pub step: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    why: String,
    evidence: Evidence,
    /// A golden case whose plan was executed; without it, `plan.json` lies in the folder.
    plan: Option<String>,
    step: String,
}

impl Advice for ResponseCase {
    const COLLECTION: &'static str = "golden/responses";

    fn read(folder: &Path) -> Result<Self> {
        refuse_surplus_files(
            folder,
            &["case.toml", "reply.json", "reply.txt", "plan.json"],
        )?;
        let manifest: Manifest = toml::from_str(&fs::read_to_string(folder.join("case.toml"))?)?;
        check_head(&manifest.why, &manifest.evidence)?;
        Ok(Self {
            reply: reply(folder)?,
            plan: plan(folder, manifest.plan.as_deref())?,
            step: manifest.step,
        })
    }

    fn answer(&self) -> String {
        envelope::report(&self.reply, &self.plan, &self.step)
    }
}

/// `reply.json` on one line, or `reply.txt` byte for byte: what is no JSON, or broken.
fn reply(folder: &Path) -> Result<String> {
    let (json, text) = (folder.join("reply.json"), folder.join("reply.txt"));
    match (json.exists(), text.exists()) {
        (true, false) => {
            let reply: Value = serde_json::from_str(&fs::read_to_string(json)?)?;
            Ok(reply.to_string())
        }
        (false, true) => Ok(fs::read_to_string(text)?),
        (true, true) | (false, false) => bail!("exactly one of reply.json and reply.txt"),
    }
}

fn plan(folder: &Path, case: Option<&str>) -> Result<String> {
    let own = folder.join("plan.json");
    let Some(case) = case else {
        let plan: Value =
            serde_json::from_str(&fs::read_to_string(own).context("no plan named, no plan.json")?)?;
        return Ok(plan.to_string());
    };
    ensure!(!own.exists(), "a plan is named, and plan.json is there too");
    let case = Case::load_unfinished(&crate::root().join("golden/cases").join(case))?;
    // That this is what the case expects is for the corpus test to say.
    let decision = ledger_core::translate(&case.event, &case.settings).to_json();
    let decision: Value = serde_json::from_str(&decision)?;
    let plan = decision.get("plan").context("the case posts nothing")?;
    Ok(plan.to_string())
}
