//! `sales_order` as a document of its own, for the events of an order.

use super::figure::null_as_zero;
use super::order::{Order, OrderItem};
use super::sales::{Document, Item, OtherTotal};
use super::{Figure, Text};
use rust_decimal::Decimal;
use serde::Deserialize;

/// How far an order has come.
#[derive(Debug)]
pub struct OrderProgress<'a> {
    /// Magento's `state`.
    pub state: Text<'a>,
    /// Whether an invoice exists for every piece that was not canceled.
    pub is_invoiced: bool,
}

/// `sales_order` with its totals and its rows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderDocument<'a> {
    entity_id: u64,
    #[serde(borrow)]
    increment_id: Text<'a>,
    customer_id: Option<u64>,
    customer_is_guest: Option<u64>,
    customer_group_id: Option<u64>,
    customer_email: Option<Text<'a>>,
    customer_firstname: Option<Text<'a>>,
    customer_lastname: Option<Text<'a>>,
    customer_taxvat: Option<Text<'a>>,
    is_virtual: Option<u64>,
    shipping_description: Option<Text<'a>>,
    coupon_code: Option<Text<'a>>,
    #[serde(default, deserialize_with = "null_as_zero")]
    shipping_discount_amount: Figure,
    grand_total: Figure,
    base_to_order_rate: Option<Figure>,
    base_to_global_rate: Option<Figure>,
    state: Text<'a>,
    created_at: Text<'a>,
    order_currency_code: Text<'a>,
    base_currency_code: Text<'a>,
    global_currency_code: Option<Text<'a>>,
    base_grand_total: Option<Figure>,
    subtotal: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    discount_amount: Figure,
    discount_description: Option<Text<'a>>,
    #[serde(default, deserialize_with = "null_as_zero")]
    discount_tax_compensation_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    shipping_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    shipping_tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    shipping_incl_tax: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    shipping_discount_tax_compensation_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    customer_balance_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    gift_cards_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    reward_currency_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    gw_price: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    gw_tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    gw_items_price: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    gw_items_tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    gw_card_price: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    gw_card_tax_amount: Figure,
    #[serde(default)]
    other: Vec<OtherTotal<'a>>,
    items: Vec<OrderRow<'a>>,
}

/// `sales_order_item`, only rows that are priced themselves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderRow<'a> {
    item_id: u64,
    product_id: Option<u64>,
    #[serde(borrow)]
    sku: Text<'a>,
    name: Text<'a>,
    product_type: Text<'a>,
    qty_ordered: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    qty_invoiced: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    qty_canceled: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    price: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    price_incl_tax: Figure,
    row_total: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    row_total_incl_tax: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    tax_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    discount_amount: Figure,
    #[serde(default, deserialize_with = "null_as_zero")]
    discount_tax_compensation_amount: Figure,
    weee_tax_applied: Option<Text<'a>>,
    tax_percent: Option<Figure>,
}

impl<'a> OrderDocument<'a> {
    /// The document, the order around it and how far it has come.
    pub(super) fn into_parts(self) -> (Document<'a>, Order<'a>, OrderProgress<'a>) {
        let progress = OrderProgress {
            is_invoiced: is_invoiced(&self.items),
            state: self.state,
        };
        let order = Order {
            entity_id: self.entity_id,
            increment_id: self.increment_id.clone(),
            customer_id: self.customer_id,
            customer_is_guest: self.customer_is_guest,
            customer_group_id: self.customer_group_id,
            customer_email: self.customer_email,
            customer_firstname: self.customer_firstname,
            customer_lastname: self.customer_lastname,
            customer_taxvat: self.customer_taxvat,
            is_virtual: self.is_virtual,
            shipping_description: self.shipping_description,
            coupon_code: self.coupon_code,
            shipping_discount_amount: self.shipping_discount_amount,
            grand_total: Some(self.grand_total),
            base_to_order_rate: self.base_to_order_rate,
            base_to_global_rate: self.base_to_global_rate,
        };
        let document = Document {
            entity_id: self.entity_id,
            increment_id: self.increment_id,
            // An order's state is a word, see `OrderProgress`; Magento's numbers begin at 1.
            state: 0,
            created_at: self.created_at,
            order_currency_code: self.order_currency_code,
            base_currency_code: self.base_currency_code,
            global_currency_code: self.global_currency_code,
            base_to_order_rate: self.base_to_order_rate,
            base_to_global_rate: self.base_to_global_rate,
            grand_total: self.grand_total,
            base_grand_total: self.base_grand_total,
            subtotal: self.subtotal,
            tax_amount: self.tax_amount,
            discount_amount: self.discount_amount,
            discount_description: self.discount_description,
            discount_tax_compensation_amount: self.discount_tax_compensation_amount,
            shipping_amount: self.shipping_amount,
            shipping_tax_amount: self.shipping_tax_amount,
            shipping_incl_tax: self.shipping_incl_tax,
            shipping_discount_tax_compensation_amount: self
                .shipping_discount_tax_compensation_amount,
            customer_balance_amount: self.customer_balance_amount,
            gift_cards_amount: self.gift_cards_amount,
            reward_currency_amount: self.reward_currency_amount,
            gw_price: self.gw_price,
            gw_tax_amount: self.gw_tax_amount,
            gw_items_price: self.gw_items_price,
            gw_items_tax_amount: self.gw_items_tax_amount,
            gw_card_price: self.gw_card_price,
            gw_card_tax_amount: self.gw_card_tax_amount,
            other: self.other,
            invoice_id: None,
            adjustment: Figure::default(),
            adjustment_positive: Figure::default(),
            adjustment_negative: Figure::default(),
            customer_note: None,
            items: self.items.into_iter().map(OrderRow::into_item).collect(),
        };
        (document, order, progress)
    }
}

/// Whether every piece that was not canceled has been invoiced, and at least one has.
fn is_invoiced(rows: &[OrderRow<'_>]) -> bool {
    let to_invoice = |row: &OrderRow<'_>| {
        row.qty_ordered.exact() - row.qty_canceled.exact() - row.qty_invoiced.exact()
    };
    rows.iter()
        .any(|row| row.qty_invoiced.exact() > Decimal::ZERO)
        && rows.iter().all(|row| to_invoice(row) <= Decimal::ZERO)
}

impl<'a> OrderRow<'a> {
    fn into_item(self) -> Item<'a> {
        Item {
            entity_id: self.item_id,
            order_item_id: self.item_id,
            product_id: self.product_id,
            sku: self.sku,
            name: self.name,
            qty: self.qty_ordered,
            price: self.price,
            price_incl_tax: self.price_incl_tax,
            row_total: self.row_total,
            row_total_incl_tax: self.row_total_incl_tax,
            tax_amount: self.tax_amount,
            discount_amount: self.discount_amount,
            discount_tax_compensation_amount: self.discount_tax_compensation_amount,
            weee_tax_applied: self.weee_tax_applied,
            order_item: OrderItem {
                item_id: self.item_id,
                product_type: self.product_type,
                tax_percent: self.tax_percent,
            },
        }
    }
}
