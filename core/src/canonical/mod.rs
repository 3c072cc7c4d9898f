//! The event: one Magento document with everything around it, in Magento's own column names.
//!
//! Invariant: nothing below this module and [`crate::policy`] reads JSON.
//! The contract is `docs/contracts.md` §1; unknown keys are refused, so that a typing
//! error in an adapter cannot lose a fact.

mod figure;
mod head;
mod missing;
mod place;
mod text;
mod reading;
mod order;
mod order_document;
mod sales;
mod customer;
mod product;
mod weee;

pub use customer::{Customer, CustomerAddress, CustomerEvent};
pub use figure::Figure;
pub use order::{Address, Order, OrderItem, OrderTax, OrderTaxItem, Payment};
pub use order_document::OrderProgress;
pub use product::{Attributes, Product, ProductEvent, SourceItem, StockItem};
pub(crate) use reading::{Date, parse_document, parse_instant, parse_utc};
pub(crate) use sales::DocumentKind;
pub use sales::{Document, Item, OrderCreditmemo, OrderInvoice, OtherTotal, SalesEvent};
pub use text::Text;
pub(crate) use weee::fixed_product_taxes;

use crate::codes;
use crate::outcome::Rejection;
use crate::outcome::Step;
use crate::schema::SCHEMA_VERSION;
use serde::Deserialize;

/// The happenings the product knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// An invoice was raised.
    InvoiceCreated,
    /// An invoice was paid.
    InvoicePaid,
    /// An invoice was canceled.
    InvoiceCanceled,
    /// A credit memo was raised.
    CreditmemoCreated,
    /// A credit memo was canceled.
    CreditmemoCanceled,
    /// An order was placed, or changed while it was open.
    OrderPlaced,
    /// An order was invoiced in full.
    OrderInvoiced,
    /// An order was canceled.
    OrderCanceled,
    /// A customer or one of its addresses changed.
    CustomerUpserted,
    /// A product or its stock changed.
    ProductUpserted,
}

impl EventKind {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "invoice.created" => Self::InvoiceCreated,
            "invoice.paid" => Self::InvoicePaid,
            "invoice.canceled" => Self::InvoiceCanceled,
            "creditmemo.created" => Self::CreditmemoCreated,
            "creditmemo.canceled" => Self::CreditmemoCanceled,
            "order.placed" => Self::OrderPlaced,
            "order.invoiced" => Self::OrderInvoiced,
            "order.canceled" => Self::OrderCanceled,
            "customer.upserted" => Self::CustomerUpserted,
            "product.upserted" => Self::ProductUpserted,
            _ => return None,
        })
    }
}

/// An event as the core works on it.
#[derive(Debug)]
pub enum Event<'a> {
    /// An invoice was raised.
    InvoiceCreated(Box<SalesEvent<'a>>),
    /// An invoice was paid.
    InvoicePaid(Box<SalesEvent<'a>>),
    /// An invoice was canceled.
    InvoiceCanceled(Box<SalesEvent<'a>>),
    /// A credit memo was raised.
    CreditmemoCreated(Box<SalesEvent<'a>>),
    /// A credit memo was canceled.
    CreditmemoCanceled(Box<SalesEvent<'a>>),
    /// An order was placed, or changed while it was open.
    OrderPlaced(Box<SalesEvent<'a>>),
    /// An order was invoiced in full.
    OrderInvoiced(Box<SalesEvent<'a>>),
    /// An order was canceled.
    OrderCanceled(Box<SalesEvent<'a>>),
    /// A customer or one of its addresses changed.
    CustomerUpserted(Box<CustomerEvent<'a>>),
    /// A product or its stock changed.
    ProductUpserted(Box<ProductEvent<'a>>),
}

impl<'a> Event<'a> {
    /// Reads an event strictly.
    ///
    /// # Errors
    /// A rejection that names the first field that is missing, unknown or of the wrong type.
    pub fn parse(text: &'a str) -> Step<Self> {
        // A sound event is read once. Anything else takes the long way, which reads the head on
        // its own first, so that a wrong schema is named before what follows from it.
        if let Some(kind) = head::kind(text)
            && let Ok(event) = Self::of_kind(text, kind)
        {
            return Ok(event);
        }
        let head: Head<'_> = parse_document(text, "")?;
        if head.schema != SCHEMA_VERSION {
            return Err(Rejection::new(
                codes::Reject::UnsupportedSchema,
                "/schema",
                format!("the event has schema {:?}", head.schema),
                format!(
                    "send schema {SCHEMA_VERSION:?}: module and core must be of the same release"
                ),
            ));
        }
        let Some(kind) = EventKind::from_name(&head.event) else {
            return Err(Rejection::new(
                codes::Reject::UnknownEvent,
                "/event",
                format!("{:?} is no event of this product", head.event),
                "nothing is wrong with the document: the Magento module is of another release; update both and send it again",
            ));
        };
        Self::of_kind(text, kind)
    }

    fn of_kind(text: &'a str, kind: EventKind) -> Step<Self> {
        Ok(match kind {
            EventKind::InvoiceCreated => {
                Self::InvoiceCreated(SalesEvent::parse(text, DocumentKind::Invoice)?)
            }
            EventKind::InvoicePaid => {
                Self::InvoicePaid(SalesEvent::parse(text, DocumentKind::Invoice)?)
            }
            EventKind::InvoiceCanceled => {
                Self::InvoiceCanceled(SalesEvent::parse(text, DocumentKind::Invoice)?)
            }
            EventKind::CreditmemoCreated => {
                Self::CreditmemoCreated(SalesEvent::parse(text, DocumentKind::Creditmemo)?)
            }
            EventKind::CreditmemoCanceled => {
                Self::CreditmemoCanceled(SalesEvent::parse(text, DocumentKind::Creditmemo)?)
            }
            EventKind::OrderPlaced => {
                Self::OrderPlaced(SalesEvent::parse(text, DocumentKind::Order)?)
            }
            EventKind::OrderInvoiced => {
                Self::OrderInvoiced(SalesEvent::parse(text, DocumentKind::Order)?)
            }
            EventKind::OrderCanceled => {
                Self::OrderCanceled(SalesEvent::parse(text, DocumentKind::Order)?)
            }
            EventKind::CustomerUpserted => Self::CustomerUpserted(parse_document(text, "")?),
            EventKind::ProductUpserted => Self::ProductUpserted(parse_document(text, "")?),
        })
    }
}

/// The part every event has, read first so that the kind decides how the rest is read.
#[derive(Debug, Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    schema: Text<'a>,
    event: Text<'a>,
    #[serde(rename = "magento_entity_id")]
    _magento_entity_id: u64,
}
