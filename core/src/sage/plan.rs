//! The plan: ordered steps for the relay, symbolic because the core knows no Sage id.

use super::{ContactBody, SalesInvoiceBody};
use crate::SCHEMA_VERSION;
use crate::money::Money;
use serde::Serialize;

/// What the relay executes for one event.
#[derive(Debug, Serialize)]
pub struct Plan {
    schema: &'static str,
    key: String,
    event: &'static str,
    sequence: u64,
    magento: Origin,
    needs: Vec<String>,
    steps: Vec<PlanStep>,
}

/// The Magento document a plan stands for.
#[derive(Debug, Serialize)]
pub(crate) struct Origin {
    pub(crate) entity_type: &'static str,
    pub(crate) entity_id: u64,
    pub(crate) increment_id: String,
    pub(crate) website_id: u64,
    pub(crate) store_id: u64,
}

/// One Sage object.
#[derive(Debug, Serialize)]
pub(crate) struct PlanStep {
    pub(crate) op: Operation,
    pub(crate) resource: &'static str,
    pub(crate) xref: String,
    pub(crate) find: Find,
    pub(crate) body: Body,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expect: Option<Expect>,
}

/// What the relay does with the object.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Operation {
    /// Find by natural key, adopt or create.
    Ensure,
    /// Create once.
    Create,
}

/// How the relay finds the object again: exact equality on every key given.
#[derive(Debug, Serialize)]
pub(crate) struct Find {
    pub(crate) reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contact_id: Option<Ref>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total_amount: Option<Money>,
}

/// A Sage id the relay fills in from its cross-reference table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Ref {
    #[serde(rename = "$ref")]
    pub(crate) xref: String,
}

/// The request body of a step.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Body {
    Contact(Box<ContactBody>),
    SalesInvoice(Box<SalesInvoiceBody>),
}

/// What Sage must answer.
#[derive(Debug, Serialize)]
pub(crate) struct Expect {
    pub(crate) total_amount: Money,
    pub(crate) currency: &'static str,
}

impl Plan {
    pub(crate) fn new(
        event: &'static str,
        sequence: u64,
        magento: Origin,
        steps: Vec<PlanStep>,
    ) -> Self {
        Self {
            schema: SCHEMA_VERSION,
            key: format!("{event}:{}", magento.entity_id),
            event,
            sequence,
            magento,
            needs: Vec::new(),
            steps,
        }
    }
}
