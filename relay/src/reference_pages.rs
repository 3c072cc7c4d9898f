//! The pages of `docs/reference` about the relay, from the tables that the programs use themselves.

use std::fmt::Write as _;

use ledger_harness::reference::{cell, is_up_to_date};

use crate::dashboard::{REASONS, cause};
use crate::reconciliation::Cause;
use crate::settings::knobs::{KnobKind, TOPICS};
use crate::telemetry::MEANINGS;

#[test]
fn settings() {
    let mut page = String::from(
        "# Settings\n\nWhat a connection's settings mean for its documents. They are changed in the dashboard under **Settings**; \
         `path` is their place below `policy` in a settings file.\n",
    );
    for topic in &TOPICS {
        let _ = write!(
            page,
            "\n## {}\n\n{}\n\n| setting | what it does | default | path |\n|---|---|---|---|\n",
            topic.name, topic.about
        );
        for knob in topic.knobs {
            let mut help = cell(knob.help);
            if let KnobKind::Choice(choices) = knob.kind {
                let choices: Vec<String> = choices
                    .iter()
                    .map(|(value, words)| format!("`{value}`: {}", cell(words)))
                    .collect();
                let _ = write!(help, " ({})", choices.join("; "));
            }
            let _ = writeln!(
                page,
                "| {} | {help} | `{}` | `{}` |",
                cell(knob.label),
                knob.default,
                knob.path
            );
        }
    }
    is_up_to_date("settings.md", &page).unwrap();
}

#[test]
fn reasons() {
    let mut page = String::from(
        "# Why a document waits or needs somebody\n\nThe reasons of the relay, as the dashboard shows them. \
         Those of the translation itself are in [Skipped and rejected](decisions.md).\n\n\
         | code | meaning | what to do |\n|---|---|---|\n",
    );
    for reason in &REASONS {
        let remedy = if reason.remedy.is_empty() {
            "–"
        } else {
            reason.remedy
        };
        let _ = writeln!(
            page,
            "| `{}` | {} | {} |",
            reason.code,
            cell(reason.words),
            cell(remedy)
        );
    }
    is_up_to_date("reasons.md", &page).unwrap();
}

#[test]
fn differences() {
    let mut page = String::from(
        "# Why Magento and Sage differ\n\nThe causes that **Reconciliation** names, and what to do.\n\n\
         | cause | what to do |\n|---|---|\n",
    );
    for one in Cause::ALL {
        let words = cause(one);
        let _ = writeln!(page, "| {} | {} |", cell(words.title), cell(words.remedy));
    }
    is_up_to_date("differences.md", &page).unwrap();
}

#[test]
fn metrics() {
    let mut page = String::from(
        "# Metrics\n\nWhat `/metrics` of `[admin] listen` shows, for Prometheus.\n\n| name | kind | meaning |\n|---|---|---|\n",
    );
    for (name, kind, meaning) in &MEANINGS {
        let kind = format!("{kind:?}").to_lowercase();
        let _ = writeln!(page, "| `{name}` | {kind} | {} |", cell(meaning));
    }
    is_up_to_date("metrics.md", &page).unwrap();
}
