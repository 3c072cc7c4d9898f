//! What the relay executes: a plan, read strictly.
//!
//! Why strict: a plan that is wrong in its third step must be refused at the door, with a
//! pointer, and not after its first step stands in somebody's ledger.
//! The relay knows no VAT and computes no amount: bodies pass through untouched but for
//! `$ref`, `$to` and `idempotency_id`.

mod at;
mod read;
pub(crate) mod refs;
mod step;
mod words;

use rust_decimal::Decimal;

use crate::json::{Flaw, Node};

pub(crate) use words::{Op, Resource};

/// A plan that can be executed.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) key: String,
    pub(crate) kind: Kind,
    pub(crate) sequence: i64,
    pub(crate) entity_type: String,
    pub(crate) entity_id: i64,
    pub(crate) needs: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

/// Whether a key may be posted again with other content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Happens once: an invoice, a payment, a credit memo.
    Document,
    /// The present state of something: the newest wins.
    Upsert,
}

/// One Sage object.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) op: Op,
    pub(crate) resource: Resource,
    /// The key of the object; with [`FAMILY`] at its end, of every known one that begins so.
    pub(crate) xref: String,
    /// The step is left out when this key is known.
    pub(crate) unless: Option<String>,
    pub(crate) find: Vec<(String, Node)>,
    pub(crate) body: Node,
    /// The quantity an `adjust` is to reach.
    pub(crate) target: Option<Decimal>,
    pub(crate) records: Vec<Record>,
    pub(crate) expect: Option<Expect>,
}

/// The end of a key that stands for a family of keys.
pub(crate) const FAMILY: &str = ":*";

/// An id of the sent body to remember under a key of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) xref: String,
    /// Where in the body.
    pub(crate) pointer: String,
    /// What the id is of.
    pub(crate) resource: Resource,
}

/// What Sage must answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expect {
    pub(crate) total_amount: Decimal,
    /// The digits of the plan, for the report.
    pub(crate) total_text: String,
    pub(crate) currency: Option<String>,
}

/// Refused at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invalid {
    pub(crate) code: &'static str,
    pub(crate) pointer: String,
    pub(crate) detail: String,
    /// The plan's key where it could be read, so that the sender finds its row.
    pub(crate) key: Option<String>,
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

impl Plan {
    /// Reads one plan from its bytes.
    pub(crate) fn parse(bytes: &[u8], max_depth: usize) -> Result<Self, Invalid> {
        let node = Node::parse(bytes, max_depth)?;
        read::plan(&node).map_err(|mut invalid| {
            if let Some(Node::Text(key)) = node.get("key") {
                invalid.key = Some(key.chars().take(at::MAX_KEY).collect());
            }
            invalid
        })
    }

    /// What goes first within a lane: invoices, payments, credit notes, customers, products.
    pub(crate) fn priority(&self) -> u8 {
        match self.key.split_once(':').map_or("", |(event, _)| event) {
            "invoice.created" => 0,
            "invoice.paid" => 1,
            "creditmemo.created" => 2,
            "customer.upserted" => 3,
            _ => 4,
        }
    }

    /// The step the report speaks of: the first one with an expected total, which is the document
    /// itself and not what settles it; else the last that makes one object known.
    pub(crate) fn principal(&self) -> Option<&Step> {
        let one = |step: &&Step| step.op != Op::Adjust && step.family().is_none();
        self.steps
            .iter()
            .find(|step| step.expect.is_some())
            .or_else(|| self.steps.iter().rev().find(one))
            .or_else(|| self.steps.last())
    }

    /// Every key that this plan may make known.
    pub(crate) fn makes(&self) -> impl Iterator<Item = &str> {
        self.steps
            .iter()
            .filter(|step| step.family().is_none())
            .flat_map(|step| {
                let records = step.records.iter().map(|record| record.xref.as_str());
                records.chain([step.xref.as_str()])
            })
    }
}

impl Step {
    /// The beginning of the keys, where the step speaks of a family of them.
    pub(crate) fn family(&self) -> Option<&str> {
        let all = self.xref.strip_suffix('*')?;
        self.xref.ends_with(FAMILY).then_some(all)
    }
}

#[cfg(test)]
mod tests;
