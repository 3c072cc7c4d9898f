//! Shipping → Sage's panel, or a line where the panel cannot reproduce Magento's tax.

use crate::context::Context;
use crate::document::{Draft, Subject};
use crate::outcome::Step;
use crate::rules::{
    compensation_counts_shipping, line_rate, shipping_panel_cannot_carry_tax,
    shipping_vat_recomputed,
};
use crate::vat::{Charge, TaxRate};
use rust_decimal::Decimal;

/// Adds shipping to the draft, when the invoice carries any.
pub(super) fn add(context: &mut Context<'_>, subject: Subject<'_>, draft: &mut Draft) -> Step<()> {
    let currency = subject.currency;
    let net = currency.round(net(context, subject));
    let tax_pointer = subject.event.pointer("shipping_tax_amount");
    let tax = currency.round(subject.event.document.shipping_tax_amount.exact());
    if net.is_zero() && tax.is_zero() {
        return Ok(());
    }
    let rate = match shipping_vat_recomputed::untaxed_rate(context, subject, tax)? {
        Some(rate) => rate,
        None => {
            let charge = Charge {
                net_before_discount: currency.round(subject.event.document.shipping_amount.exact()),
                ..Charge::total(net, tax, applied_percentage(subject))
            };
            line_rate::of_charge(context, subject.rates, &charge, &tax_pointer)?
        }
    };
    shipping_panel_cannot_carry_tax::place(context, subject, draft, net, tax, rate)
}

/// A document of nothing but shipping: Sage needs a line, so the panel becomes one.
pub(super) fn move_into_lines(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    draft: &mut Draft,
) -> Step<()> {
    if let Some(panel) = draft.shipping.take() {
        let rate = TaxRate {
            id: panel.shipping_tax_rate_id,
            percentage: panel.percentage,
        };
        let line = shipping_panel_cannot_carry_tax::line(
            context,
            subject,
            panel.shipping_net_amount,
            panel.shipping_tax_amount,
            rate,
        )?;
        draft.lines.push(line);
    }
    Ok(())
}

/// Taxable net of the shipping: Magento stores no shipping discount on the document, so it is
/// what the header's discount (negative) has beyond the rows' discounts (positive).
fn net(context: &mut Context<'_>, subject: Subject<'_>) -> Decimal {
    let document = &subject.event.document;
    let row_discounts: Decimal = document
        .items
        .iter()
        .map(|item| item.discount_amount.exact())
        .sum();
    let shipping_discount = -document.discount_amount.exact() - row_discounts;
    document.shipping_amount.exact() - shipping_discount
        + compensation_counts_shipping::of_shipping(context, subject)
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
