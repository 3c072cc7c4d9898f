//! Shipping → Sage's panel, or a line where the panel cannot reproduce Magento's tax.

use super::{Draft, Subject};
use crate::rules::{shipping_panel_cannot_carry_tax, shipping_vat_recomputed};
use crate::vat::require_percentage;
use crate::{Context, Step};
use rust_decimal::Decimal;

const TAX_POINTER: &str = "/invoice/shipping_tax_amount";

/// Adds shipping to the draft, when the invoice carries any.
pub(super) fn add(context: &mut Context<'_>, subject: Subject<'_>, draft: &mut Draft) -> Step<()> {
    let currency = subject.currency;
    let net = currency.round(net(subject));
    let tax = currency.round(subject.event.invoice.shipping_tax_amount.exact());
    if net.is_zero() && tax.is_zero() {
        return Ok(());
    }
    let rate = match shipping_vat_recomputed::untaxed_rate(context, subject, tax)? {
        Some(rate) => rate,
        None => {
            let percent = require_percentage(applied_percentage(subject), tax, TAX_POINTER)?;
            subject
                .rates
                .cross_check(context, net, tax, percent, TAX_POINTER);
            subject
                .rates
                .for_percentage(context, percent, TAX_POINTER)?
        }
    };
    shipping_panel_cannot_carry_tax::place(context, subject, draft, net, tax, rate)
}

/// Taxable net of the shipping: Magento stores no shipping discount on the invoice, so it is
/// what the header's discount (negative) has beyond the rows' discounts (positive).
fn net(subject: Subject<'_>) -> Decimal {
    let invoice = &subject.event.invoice;
    let row_discounts: Decimal = invoice
        .items
        .iter()
        .map(|item| item.discount_amount.exact())
        .sum();
    let shipping_discount = -invoice.discount_amount.exact() - row_discounts;
    invoice.shipping_amount.exact() - shipping_discount
        + invoice.shipping_discount_tax_compensation_amount.exact()
}

/// The percentage of the order's shipping tax rows; several rates add up.
fn applied_percentage(subject: Subject<'_>) -> Option<Decimal> {
    let mut rows = subject
        .event
        .order_tax_items
        .iter()
        .filter(|row| row.taxable_item_type == "shipping")
        .peekable();
    rows.peek()?;
    Some(rows.map(|row| row.tax_percent.exact()).sum())
}
