//! Invoices and credit memos with everything around them.
//!
//! Both have the same columns, so they share one structure; `DocumentKind` says which it is.

use super::figure::null_as_zero;
use super::missing;
use super::order::{Address, Order, OrderItem, OrderTax, OrderTaxItem, Payment};
use super::order_document::{OrderDocument, OrderProgress};
use super::{Date, Figure, Text, parse_document, parse_utc};
use crate::codes;
use crate::outcome::Rejection;
use crate::outcome::Step;
use serde::Deserialize;

/// Which document an event carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocumentKind {
    Invoice,
    Creditmemo,
    Order,
}

impl DocumentKind {
    /// The document's key in the event.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Creditmemo => "creditmemo",
            Self::Order => "order",
        }
    }

    /// What people call it.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Creditmemo => "credit memo",
            Self::Order => "order",
        }
    }

    /// The percentage of a row, below the row: an order's rows are order items themselves.
    pub(crate) const fn row_percent(self) -> &'static str {
        match self {
            Self::Invoice | Self::Creditmemo => "order_item/tax_percent",
            Self::Order => "tax_percent",
        }
    }
}

/// An event of an invoice, a credit memo or an order.
#[derive(Debug)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct SalesEvent<'a> {
    pub(crate) kind: DocumentKind,
    pub sequence: u64,
    pub website_id: u64,
    pub store_id: u64,
    pub local_date: Text<'a>,
    pub document: Document<'a>,
    pub order: Order<'a>,
    /// Of an order's own events only.
    pub order_progress: Option<OrderProgress<'a>>,
    pub order_invoices: Vec<OrderInvoice<'a>>,
    pub order_creditmemos: Vec<OrderCreditmemo<'a>>,
    pub billing_address: Address<'a>,
    pub shipping_address: Option<Address<'a>>,
    pub payment: Payment<'a>,
    pub order_tax_items: Vec<OrderTaxItem<'a>>,
}

impl<'a> SalesEvent<'a> {
    pub(super) fn parse(text: &'a str, kind: DocumentKind) -> Step<Box<Self>> {
        match kind {
            DocumentKind::Invoice => {
                let mut wire: Wire<'a, Order<'a>> = parse_document(text, "")?;
                let document = only(kind, wire.invoice.take(), wire.creditmemo.is_some())?;
                Self::of_parts(kind, wire, |order| (document, order, None))
            }
            DocumentKind::Creditmemo => {
                let mut wire: Wire<'a, Order<'a>> = parse_document(text, "")?;
                let document = only(kind, wire.creditmemo.take(), wire.invoice.is_some())?;
                Self::of_parts(kind, wire, |order| (document, order, None))
            }
            DocumentKind::Order => {
                let wire: Wire<'a, OrderDocument<'a>> = parse_document(text, "")?;
                for (document, other) in [
                    (&wire.invoice, DocumentKind::Invoice),
                    (&wire.creditmemo, DocumentKind::Creditmemo),
                ] {
                    if document.is_some() {
                        return Err(surplus_document(other));
                    }
                }
                Self::of_parts(kind, wire, |order| {
                    let (document, order, progress) = order.into_parts();
                    (document, order, Some(progress))
                })
            }
        }
    }

    fn of_parts<O>(
        kind: DocumentKind,
        wire: Wire<'a, O>,
        parts: impl FnOnce(O) -> (Document<'a>, Order<'a>, Option<OrderProgress<'a>>),
    ) -> Step<Box<Self>> {
        let (document, order, order_progress) = parts(wire.order);
        Date::parse(&wire.local_date, "/local_date")?;
        parse_utc(&document.created_at, &format!("/{}/created_at", kind.key()))?;
        Ok(Box::new(Self {
            kind,
            sequence: wire.sequence,
            website_id: wire.website_id,
            store_id: wire.store_id,
            local_date: wire.local_date,
            document,
            order,
            order_progress,
            order_invoices: wire.order_invoices,
            order_creditmemos: wire.order_creditmemos,
            billing_address: wire.billing_address,
            shipping_address: wire.shipping_address,
            payment: wire.payment,
            order_tax_items: wire.order_tax_items,
        }))
    }

    /// JSON pointer of a column of the document.
    pub(crate) fn pointer(&self, column: &str) -> String {
        format!("/{}/{column}", self.kind.key())
    }

    /// Where the goods go: the shipping address, or the billing address of a virtual order.
    pub(crate) fn delivery_address(&self) -> &Address<'_> {
        self.shipping_address
            .as_ref()
            .unwrap_or(&self.billing_address)
    }

    /// JSON pointer of [`Self::delivery_address`].
    pub(crate) fn delivery_address_pointer(&self) -> &'static str {
        if self.shipping_address.is_some() {
            "/shipping_address"
        } else {
            "/billing_address"
        }
    }
}

/// The document an event is about, when it carries no other.
fn only<'a>(
    kind: DocumentKind,
    document: Option<Document<'a>>,
    has_other: bool,
) -> Step<Document<'a>> {
    let document = document.ok_or_else(|| missing::field(format!("/{}", kind.key())))?;
    if !has_other {
        return Ok(document);
    }
    Err(surplus_document(match kind {
        DocumentKind::Invoice => DocumentKind::Creditmemo,
        DocumentKind::Creditmemo | DocumentKind::Order => DocumentKind::Invoice,
    }))
}

fn surplus_document(surplus: DocumentKind) -> Rejection {
    Rejection::new(
        codes::Reject::UnknownField,
        format!("/{}", surplus.key()),
        format!("field {} is not part of this event", surplus.key()),
        "nothing is wrong with the document: the Magento module sent two in one; update it and send the document again",
    )
}

/// The event as it is written.
#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    bound(deserialize = "'de: 'a, O: Deserialize<'de>")
)]
struct Wire<'a, O> {
    #[serde(borrow, rename = "schema")]
    _schema: Text<'a>,
    #[serde(rename = "event")]
    _event: Text<'a>,
    #[serde(rename = "magento_entity_id")]
    _magento_entity_id: u64,
    sequence: u64,
    website_id: u64,
    store_id: u64,
    #[serde(rename = "occurred_at")]
    _occurred_at: Text<'a>,
    local_date: Text<'a>,
    invoice: Option<Document<'a>>,
    creditmemo: Option<Document<'a>>,
    order: O,
    #[serde(default)]
    order_invoices: Vec<OrderInvoice<'a>>,
    #[serde(default)]
    order_creditmemos: Vec<OrderCreditmemo<'a>>,
    billing_address: Address<'a>,
    shipping_address: Option<Address<'a>>,
    payment: Payment<'a>,
    #[serde(default, rename = "order_tax")]
    _order_tax: Vec<OrderTax<'a>>,
    #[serde(default)]
    order_tax_items: Vec<OrderTaxItem<'a>>,
}

/// An invoice of the document's order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct OrderInvoice<'a> {
    pub entity_id: u64,
    #[serde(borrow)]
    pub increment_id: Text<'a>,
    pub state: u64,
    pub created_at: Text<'a>,
    pub local_date: Text<'a>,
    pub grand_total: Figure,
    #[serde(default)]
    pub order_item_ids: Vec<u64>,
}

/// An earlier credit memo of the order a credit memo belongs to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct OrderCreditmemo<'a> {
    pub entity_id: u64,
    #[serde(borrow)]
    pub increment_id: Text<'a>,
    pub state: u64,
    pub invoice_id: Option<u64>,
    pub grand_total: Figure,
}

/// `sales_invoice` or `sales_creditmemo`, with its rows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Document<'a> {
    pub entity_id: u64,
    #[serde(borrow)]
    pub increment_id: Text<'a>,
    pub state: u64,
    pub created_at: Text<'a>,
    pub order_currency_code: Text<'a>,
    pub base_currency_code: Text<'a>,
    pub global_currency_code: Option<Text<'a>>,
    pub base_to_order_rate: Option<Figure>,
    pub base_to_global_rate: Option<Figure>,
    pub grand_total: Figure,
    pub base_grand_total: Option<Figure>,
    pub subtotal: Figure,
    pub tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub discount_amount: Figure,
    pub discount_description: Option<Text<'a>>,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub discount_tax_compensation_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub shipping_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub shipping_tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub shipping_incl_tax: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub shipping_discount_tax_compensation_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub customer_balance_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gift_cards_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub reward_currency_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gw_price: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gw_tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gw_items_price: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gw_items_tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gw_card_price: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub gw_card_tax_amount: Figure,
    #[serde(default)]
    pub other: Vec<OtherTotal<'a>>,
    /// The invoice a credit memo was made from; absent on invoices.
    pub invoice_id: Option<u64>,
    /// Of a credit memo: `adjustment_positive` less `adjustment_negative`.
    #[serde(default, deserialize_with = "null_as_zero")]
    pub adjustment: Figure,
    /// Of a credit memo: refunded beyond the rows, without tax.
    #[serde(default, deserialize_with = "null_as_zero")]
    pub adjustment_positive: Figure,
    /// Of a credit memo: kept back as a fee, without tax.
    #[serde(default, deserialize_with = "null_as_zero")]
    pub adjustment_negative: Figure,
    /// Of a credit memo: what was written for the customer.
    pub customer_note: Option<Text<'a>>,
    pub items: Vec<Item<'a>>,
}

/// A total that a third-party module adds to the grand total.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct OtherTotal<'a> {
    #[serde(borrow)]
    pub code: Text<'a>,
    pub title: Text<'a>,
    pub amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub tax_amount: Figure,
    pub tax_percent: Option<Figure>,
}

/// `sales_invoice_item`, only rows that are priced themselves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Item<'a> {
    pub entity_id: u64,
    pub order_item_id: u64,
    pub product_id: Option<u64>,
    #[serde(borrow)]
    pub sku: Text<'a>,
    pub name: Text<'a>,
    pub qty: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub price: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub price_incl_tax: Figure,
    pub row_total: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub row_total_incl_tax: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub discount_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    pub discount_tax_compensation_amount: Figure,
    pub weee_tax_applied: Option<Text<'a>>,
    pub order_item: OrderItem<'a>,
}
