//! Why did Sage refuse? From an error reply to the Magento field that caused it.
//!
//! `explain(reply, plan, step)` reads Sage's reply in any shape, keeps every item of it, and says
//! for each which column or setting of Magento it is about and what an operator can do.
//! Sage's own message is always passed on beside the explanation, shortened but unchanged.
//!
//! Umbrella messages (§20): `line_items.description: This field is required` appears for faults
//! that have nothing to do with a description. Beside another cause it is filed under that cause;
//! alone, the lines of the plan are searched for the real one.

mod codes;
mod reply;
mod step;
mod fields;
mod messages;
mod advice;

pub use codes::CauseCode;
pub use reply::SageItem;

use crate::text::decode_entities;
use fields::Source;
use messages::Reading;
use reply::Reply;
use serde::Serialize;
use std::collections::BTreeSet;
use step::Step;

/// Most different items of a reply that are explained.
const MOST_ITEMS: usize = 200;

/// One reason for which Sage refused a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Stable code.
    pub code: CauseCode,
    /// JSON pointer into the event, or into the settings when it starts with `/settings`;
    /// empty when the cause is no field.
    pub pointer: String,
    /// What is wrong.
    pub what: String,
    /// Why Sage says so.
    pub why: String,
    /// What an operator can do.
    pub suggestion: String,
    /// The items of the reply behind it, as Sage sent them.
    pub sage: Vec<SageItem>,
}

/// The causes behind Sage's reply to one step of a plan; never empty.
///
/// `step` is the step's cross-reference key, or its position counted from 0; empty means the last.
/// Total: whatever the three texts hold, there is an answer. A plan that cannot be read only makes
/// it less exact.
pub fn explain(reply: &str, plan: &str, step: &str) -> Vec<Cause> {
    let items = match Reply::read(reply) {
        Reply::Items(items) => items,
        Reply::OAuth(item) => return vec![messages::oauth(item)],
        Reply::Empty => return vec![messages::whole_reply(CauseCode::EmptyReply, Vec::new())],
        Reply::Truncated => {
            return vec![messages::whole_reply(CauseCode::ReplyTruncated, Vec::new())];
        }
        Reply::Other(beginning) => {
            let item = SageItem {
                code: String::new(),
                message: beginning,
                source: String::new(),
            };
            return vec![messages::whole_reply(CauseCode::ReplyNotJson, vec![item])];
        }
    };
    let step = Step::find(plan, step);
    let mut causes: Vec<Cause> = Vec::new();
    let mut umbrellas = Vec::new();
    let (items, left_out) = distinct(items);
    for item in items {
        match messages::read(&step, &item) {
            Reading::Umbrella => umbrellas.push(item),
            Reading::Cause(cause) => merge(&mut causes, *cause),
        }
    }
    fold_cascade(&step, &mut causes);
    if !umbrellas.is_empty() {
        shelter(&step, &mut causes, umbrellas);
    }
    if left_out > 0 {
        let mut more = messages::whole_reply(CauseCode::UnknownError, Vec::new());
        more.what = format!("Sage sent {left_out} more messages.");
        causes.push(more);
    }
    causes
}

/// Every different item once, in the order of the reply: Sage repeats an item for every line.
///
/// Of more than [`MOST_ITEMS`] different ones, how many are left out: no reply of Sage's has as
/// many, and nobody could read them.
fn distinct(items: Vec<SageItem>) -> (Vec<SageItem>, usize) {
    let mut seen = BTreeSet::new();
    let mut kept: Vec<SageItem> = items
        .into_iter()
        .filter(|item| seen.insert(item.clone()))
        .collect();
    let left_out = kept.len().saturating_sub(MOST_ITEMS);
    kept.truncate(MOST_ITEMS);
    (kept, left_out)
}

/// [`explain`] from text to text, for hosts: a JSON list of causes.
pub fn report(reply: &str, plan: &str, step: &str) -> String {
    // Serialising structs of strings into memory has no failing path.
    serde_json::to_string(&explain(reply, plan, step)).unwrap_or_default()
}

/// Adds a cause; the same cause again only adds what Sage said.
fn merge(causes: &mut Vec<Cause>, cause: Cause) {
    let same = causes.iter_mut().find(|known| {
        known.code == cause.code && known.pointer == cause.pointer && known.what == cause.what
    });
    match same {
        Some(known) => add_items(known, cause.sage),
        None => causes.push(cause),
    }
}

/// Sage repeats an item for every line; once is enough.
fn add_items(cause: &mut Cause, items: Vec<SageItem>) {
    for item in items {
        if !cause.sage.contains(&item) {
            cause.sage.push(item);
        }
    }
}

/// A missing tax rate brings a message about the tax amount with it (recorded: three messages
/// for one absent `tax_rate_id`); it is a cause of its own only if an amount is missing.
fn fold_cascade(step: &Step, causes: &mut Vec<Cause>) {
    let amounts_missing = !step.lines_without("tax_amount").is_empty();
    let position = |code| move |cause: &Cause| cause.code == code;
    if amounts_missing || !causes.iter().any(position(CauseCode::TaxRateRefused)) {
        return;
    }
    let Some(index) = causes
        .iter()
        .position(position(CauseCode::TaxAmountMissing))
    else {
        return;
    };
    let consequence = causes.remove(index);
    if let Some(cause) = causes
        .iter_mut()
        .find(|cause| cause.code == CauseCode::TaxRateRefused)
    {
        add_items(cause, consequence.sage);
    }
}

/// Files the umbrella under the cause it stands for.
fn shelter(step: &Step, causes: &mut Vec<Cause>, umbrellas: Vec<SageItem>) {
    let about_lines = |cause: &Cause| {
        let mut sources = cause.sage.iter().map(|item| Source::parse(&item.source));
        sources.any(|source| source.line)
    };
    let index = causes.iter().position(about_lines).unwrap_or_default();
    if let Some(cause) = causes.get_mut(index) {
        add_items(cause, umbrellas);
        return;
    }
    causes.push(in_the_plan(step, umbrellas));
}

/// The fault of the lines that the plan itself shows, when Sage names none.
fn in_the_plan(step: &Step, umbrellas: Vec<SageItem>) -> Cause {
    let unreadable = step.lines_where(|line| {
        let text = step::text(line, "description");
        text.chars().any(char::is_control) || decode_entities(&text) != text
    });
    let faults = [
        (
            CauseCode::DescriptionRefused,
            step.lines_without("description"),
            "has no description",
        ),
        (
            CauseCode::DescriptionRefused,
            unreadable,
            "has a description with HTML entities or control characters",
        ),
        (
            CauseCode::TaxRateRefused,
            step.lines_without("tax_rate_id"),
            "has no tax rate",
        ),
        (
            CauseCode::TaxAmountMissing,
            step.lines_without("tax_amount"),
            "has no tax amount",
        ),
    ];
    let found = faults.into_iter().find(|(_, lines, _)| !lines.is_empty());
    let code = found
        .as_ref()
        .map_or(CauseCode::LinesRefused, |(code, _, _)| *code);
    let mut cause = messages::whole_reply(code, umbrellas);
    if let Some((_, lines, fault)) = found {
        cause.what = format!("{} {fault}.", advice::lines(&lines));
    }
    if !step.entity.is_empty() {
        cause.pointer = format!("/{}/items", step.entity);
    }
    cause
}
