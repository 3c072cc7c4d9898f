//! What the relay executes: a plan, read strictly.
//!
//! Why strict: a plan that is wrong in its third step must be refused at the door, with a
//! pointer, and not after its first step stands in somebody's ledger.
//! The relay knows no VAT and computes no amount: bodies pass through untouched but for
//! `$ref` and `idempotency_id`.

mod read;
pub(crate) mod refs;

use rust_decimal::Decimal;

use crate::json::{Flaw, Node};

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
    pub(crate) xref: String,
    pub(crate) find: Vec<(String, Node)>,
    pub(crate) body: Node,
    pub(crate) expect: Option<Expect>,
}

/// What a step does. Others are refused at the door until they are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    /// Find by natural key, adopt or create.
    Ensure,
    /// Create, once.
    Create,
}

/// A Sage resource this release can post and find again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    Contacts,
    SalesInvoices,
    SalesCreditNotes,
}

impl Resource {
    const ALL: [Self; 3] = [Self::Contacts, Self::SalesInvoices, Self::SalesCreditNotes];

    /// The path below the API's base, which is also the word in a plan.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::SalesInvoices => "sales_invoices",
            Self::SalesCreditNotes => "sales_credit_notes",
        }
    }

    /// The key around the entity in a request body.
    pub(crate) fn entity(self) -> &'static str {
        match self {
            Self::Contacts => "contact",
            Self::SalesInvoices => "sales_invoice",
            Self::SalesCreditNotes => "sales_credit_note",
        }
    }

    fn from_path(path: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|resource| resource.path() == path)
    }
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
                invalid.key = Some(key.chars().take(read::MAX_KEY).collect());
            }
            invalid
        })
    }

    /// The step the report speaks of: the last one with an expected total, else the last.
    pub(crate) fn principal(&self) -> Option<&Step> {
        self.steps
            .iter()
            .rev()
            .find(|step| step.expect.is_some())
            .or_else(|| self.steps.last())
    }
}

#[cfg(test)]
mod tests;
