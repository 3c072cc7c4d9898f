//! The plan: ordered steps for the relay, symbolic because the core knows no Sage id.

use super::{
    CatalogItem, Contact, ContactAllocation, ContactPayment, SalesArtefact, StockMovement,
    VatTotal, vat_totals,
};
use crate::money::{Currency, Money, plain};
use crate::schema::SCHEMA_VERSION;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) increment_id: Option<String>,
    pub(crate) website_id: u64,
    pub(crate) store_id: u64,
}

/// One Sage object.
#[derive(Debug, Serialize)]
pub(crate) struct PlanStep {
    pub(crate) op: Operation,
    pub(crate) resource: &'static str,
    pub(crate) xref: String,
    /// The step is left out when this xref key is known already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unless: Option<String>,
    pub(crate) find: Find,
    pub(crate) body: Body,
    /// Further xref keys, each with the pointer of the resolved id in the body to remember under it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) records: BTreeMap<String, &'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expect: Option<Expect>,
}

impl PlanStep {
    /// A step without conditions, records or an expected total.
    pub(crate) fn new(
        op: Operation,
        resource: &'static str,
        xref: String,
        find: Find,
        body: Body,
    ) -> Self {
        Self {
            op,
            resource,
            xref,
            unless: None,
            find,
            body,
            records: BTreeMap::new(),
            expect: None,
        }
    }
}

/// What the relay does with the object.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Operation {
    /// Find by natural key, adopt or create.
    Ensure,
    /// Create once.
    Create,
    /// Find by natural key; bring what exists to this body, create what does not.
    Update,
    /// Bring a quantity to a target.
    Adjust,
    /// Set documents off against each other.
    Allocate,
    /// Void what was created, when it is in Sage; take back what is still to be sent.
    Void,
    /// Delete what was created and posts nothing; take back what is still to be sent.
    Remove,
    /// Name another document on what was created; nothing is done when it is not in Sage.
    Link,
}

/// How the relay finds the object again: exact equality on every key given.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Find {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transaction_type_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contact_id: Option<Ref>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bank_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total_amount: Option<Money>,
}

/// A Sage id the relay fills in from its cross-reference table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ref(Vec<String>);

impl Ref {
    /// The id behind one key.
    pub(crate) fn to(xref: impl Into<String>) -> Self {
        Self(vec![xref.into()])
    }

    /// The keys, the preferred one first.
    pub(crate) fn keys(&self) -> &[String] {
        &self.0
    }

    /// The id behind the first key that exists.
    pub(crate) fn first_of(first: String, second: String) -> Self {
        Self(vec![first, second])
    }
}

impl Serialize for Ref {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Keys<'a> {
            One(&'a str),
            Alternatives(&'a [String]),
        }
        #[derive(Serialize)]
        struct Reference<'a> {
            #[serde(rename = "$ref")]
            keys: Keys<'a>,
        }
        let keys = match self.0.as_slice() {
            [one] => Keys::One(one),
            several => Keys::Alternatives(several),
        };
        Reference { keys }.serialize(serializer)
    }
}

/// A quantity to reach; the relay sends what is missing to it.
#[derive(Debug)]
pub(crate) struct QuantityTarget(pub(crate) Decimal);

impl Serialize for QuantityTarget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Target {
            #[serde(rename = "$to")]
            quantity: String,
        }
        Target {
            quantity: plain(self.0),
        }
        .serialize(serializer)
    }
}

/// The request body of a step, under the name of its entity.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Body {
    Contact(Box<Contact>),
    SalesInvoice(Box<SalesArtefact>),
    #[serde(rename = "sales_invoice")]
    VoidedInvoice(VoidReason),
    SalesCreditNote(Box<SalesArtefact>),
    SalesEstimate(Box<SalesArtefact>),
    SalesQuote(Box<SalesArtefact>),
    #[serde(rename = "sales_estimate")]
    EstimateChange(EstimateChange),
    #[serde(rename = "sales_quote")]
    QuoteChange(EstimateChange),
    ContactPayment(Box<ContactPayment>),
    ContactAllocation(Box<ContactAllocation>),
    Product(Box<CatalogItem>),
    Service(Box<CatalogItem>),
    StockItem(Box<CatalogItem>),
    StockMovement(Box<StockMovement>),
}

/// Why an invoice is voided.
#[derive(Debug, Serialize)]
pub(crate) struct VoidReason {
    pub(crate) void_reason: String,
}

/// The invoice an estimate became; without one the estimate is deleted.
#[derive(Debug, Serialize)]
pub(crate) struct EstimateChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invoice_id: Option<Ref>,
}

/// What Sage must answer.
#[derive(Debug, Serialize)]
pub(crate) struct Expect {
    pub(crate) total_amount: Money,
    pub(crate) currency: &'static str,
}

impl Plan {
    /// The event's key.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Net and tax of the document by rate; nothing for a plan that makes no document.
    pub fn vat(&self) -> Vec<VatTotal> {
        let of_step = |step: &PlanStep| {
            let (Body::SalesInvoice(artefact)
            | Body::SalesCreditNote(artefact)
            | Body::SalesEstimate(artefact)
            | Body::SalesQuote(artefact)) = &step.body
            else {
                return None;
            };
            let currency = Currency::from_code(step.expect.as_ref()?.currency)?;
            Some(vat_totals(artefact, currency))
        };
        self.steps.iter().find_map(of_step).unwrap_or_default()
    }

    /// Keys of other documents that must be in Sage first.
    pub(crate) fn needs(&self) -> &[String] {
        &self.needs
    }

    /// What is done, in this order.
    pub(crate) fn steps(&self) -> &[PlanStep] {
        &self.steps
    }

    pub(crate) fn new(
        event: &'static str,
        sequence: u64,
        magento: Origin,
        needs: Vec<String>,
        steps: Vec<PlanStep>,
    ) -> Self {
        Self {
            schema: SCHEMA_VERSION,
            key: format!("{event}:{}", magento.entity_id),
            event,
            sequence,
            magento,
            needs,
            steps,
        }
    }
}
