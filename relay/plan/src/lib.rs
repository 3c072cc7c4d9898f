//! What the relay executes: a plan, read strictly, and the exact JSON tree it is read from.
//!
//! This crate knows the format of a plan. It knows no database, no HTTP and no shop.
//!
//! Why strict: a plan that is wrong in its third step must be refused on arrival, with a
//! pointer, and not after its first step stands in somebody's ledger.
//! The relay knows no VAT and computes no amount: bodies pass through untouched but for
//! `$ref`, `$to` and `idempotency_id`.

pub mod json;
mod json_pointer;
mod read;
pub mod refs;
mod step;
mod vocabulary;

use rust_decimal::Decimal;

use crate::json::{Flaw, Node};

pub use vocabulary::{Op, Resource};

/// A plan that can be executed.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Names the plan for ever, such as `invoice:33`.
    pub key: String,
    /// Whether the key may be posted again with other content.
    pub kind: Kind,
    /// The shop counts: a higher number is a newer state.
    pub sequence: i64,
    /// Magento's kind of entity, such as `invoice`.
    pub entity_type: String,
    /// Magento's id of it.
    pub entity_id: i64,
    /// Its number in the shop, where it has one.
    pub increment_id: Option<String>,
    /// Keys that have to succeed before this plan begins.
    pub needs: Vec<String>,
    /// In the order in which Sage gets them.
    pub steps: Vec<Step>,
}

/// Whether a key may be posted again with other content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Happens once: an invoice, a payment, a credit memo.
    Document,
    /// The present state of something: the newest wins.
    Upsert,
}

/// One Sage object.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is done with it.
    pub op: Op,
    /// The kind of Sage object.
    pub resource: Resource,
    /// The key of the object; with [`FAMILY`] at its end, of every known one that begins so.
    pub xref: String,
    /// The step is left out when this key is known.
    pub unless: Option<String>,
    /// How the object is searched for in Sage: query parameters.
    pub find: Vec<(String, Node)>,
    /// The request body, with its `$ref`s.
    pub body: Node,
    /// The quantity an `adjust` is to reach.
    pub target: Option<Decimal>,
    /// What is remembered of the answer.
    pub records: Vec<Record>,
    /// What the answer has to say.
    pub expect: Option<Expect>,
}

/// The one thing that the body of a `void` says.
pub(crate) const VOID_REASON: &str = "void_reason";

/// The end of a key that stands for a family of keys.
pub const FAMILY: &str = ":*";

/// An id of the sent body to remember under a key of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The key under which the id is remembered.
    pub xref: String,
    /// Where in the body.
    pub pointer: String,
    /// What the id is of.
    pub resource: Resource,
}

/// What Sage must answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// The total that Sage has to answer.
    pub total_amount: Decimal,
    /// The digits of the plan, for the report.
    pub total_text: String,
    /// The currency that Sage has to answer.
    pub currency: Option<String>,
}

/// Why a plan is refused on arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Which rule of the format is broken.
    pub code: &'static str,
    /// JSON pointer of the place.
    pub pointer: String,
    /// What is wrong there, in words.
    pub detail: String,
    /// The plan's key where it could be read, so that the sender finds its row.
    pub key: Option<String>,
}

impl From<Flaw> for Invalid {
    fn from(flaw: Flaw) -> Self {
        Self {
            code: flaw.code,
            pointer: flaw.pointer,
            detail: flaw.detail,
            key: None,
        }
    }
}

/// More than any priority of today.
const AFTER_TODAY: u8 = 10;

impl Plan {
    /// Reads one plan from its bytes.
    pub fn parse(bytes: &[u8], max_depth: usize) -> Result<Self, Invalid> {
        let node = Node::parse(bytes, max_depth)?;
        read::plan(&node).map_err(|mut invalid| {
            if let Some(Node::Text(key)) = node.get("key") {
                invalid.key = Some(key.chars().take(json_pointer::MAX_KEY).collect());
            }
            invalid
        })
    }

    /// Where it stands within a lane if it is part of a backfill: after everything of today, with
    /// what is left of the day's calls.
    pub fn priority_of_backfill(&self) -> u8 {
        self.priority() + AFTER_TODAY
    }

    /// What goes first within a lane: invoices, payments and voids, credit notes, customers, products, estimates.
    pub fn priority(&self) -> u8 {
        match self.key.split_once(':').map_or("", |(event, _)| event) {
            "invoice.created" => 0,
            "invoice.paid" | "invoice.canceled" => 1,
            "creditmemo.created" => 2,
            "customer.upserted" => 3,
            // What posts nothing never goes before what does.
            "order.placed" | "order.invoiced" | "order.canceled" => 5,
            _ => 4,
        }
    }

    /// The step the report speaks of: the first one with an expected total, which is the document
    /// itself and not what settles it; else the last that makes one object known.
    pub fn principal(&self) -> Option<&Step> {
        let one = |step: &&Step| step.op != Op::Adjust && step.family().is_none();
        self.steps
            .iter()
            .find(|step| step.expect.is_some())
            .or_else(|| self.steps.iter().rev().find(one))
            .or_else(|| self.steps.last())
    }

    /// Every key that this plan may make known.
    pub fn makes(&self) -> impl Iterator<Item = &str> {
        self.steps
            .iter()
            .filter(|step| step.family().is_none() && !step.op.ends())
            .flat_map(|step| {
                let records = step.records.iter().map(|record| record.xref.as_str());
                records.chain([step.xref.as_str()])
            })
    }

    /// Every key whose object this plan voids, removes or links.
    pub fn ends(&self) -> impl Iterator<Item = &str> {
        let ends = self.steps.iter().filter(|step| step.op.ends());
        ends.map(|step| step.xref.as_str())
    }

    /// Every key whose fate decides when this plan can go on: what it needs, and what it ends,
    /// where a send of that is in doubt.
    pub fn awaits(&self) -> impl Iterator<Item = &str> {
        self.needs.iter().map(String::as_str).chain(self.ends())
    }
}

impl Step {
    /// Why the object is voided, where the step voids one.
    pub fn void_reason(&self) -> Option<&str> {
        let reason = self.body.get(self.resource.entity())?.get(VOID_REASON)?;
        match reason {
            Node::Text(text) if self.op == Op::Void => Some(text),
            Node::Null
            | Node::Bool(_)
            | Node::Integer(_)
            | Node::Text(_)
            | Node::List(_)
            | Node::Object(_) => None,
        }
    }

    /// The beginning of the keys, where the step speaks of a family of them.
    pub fn family(&self) -> Option<&str> {
        let all = self.xref.strip_suffix('*')?;
        self.xref.ends_with(FAMILY).then_some(all)
    }
}

#[cfg(test)]
mod tests;
