//! MG-003: Adobe Commerce adds gift wrapping and printed cards to the grand total, outside the rows.

use super::{Evidence, Grade, RuleId, RuleInfo, line_rate};
use crate::context::Context;
use crate::document::{Draft, DraftLine, Subject};
use crate::outcome::Step;
use crate::policy::LedgerPurpose;
use crate::vat::Charge;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "MG-003",
    name: "gift-wrap-outside-lines",
    behaviour: "Adobe Commerce adds gift wrapping and printed cards to the grand total, outside the rows.",
    we: "Each becomes a line of its own with its own tax.",
    otherwise: "The Sage total misses them.",
    evidence: Evidence {
        grade: Grade::Documented,
        source: "Adobe's data dictionary for sales_invoice",
    },
    retire_when: "Adobe Commerce puts them into rows.",
};

/// Adds a line for every kind of gift wrapping the invoice carries.
pub(crate) fn add_lines(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    draft: &mut Draft,
) -> Step<()> {
    let invoice = &subject.event.document;
    let kinds = [
        (
            "Gift wrapping",
            "gw_price",
            "quote_gw",
            invoice.gw_price,
            invoice.gw_tax_amount,
        ),
        (
            "Gift wrapping of items",
            "gw_items_price",
            "items_gw",
            invoice.gw_items_price,
            invoice.gw_items_tax_amount,
        ),
        (
            "Printed card",
            "gw_card_price",
            "printed_card_gw",
            invoice.gw_card_price,
            invoice.gw_card_tax_amount,
        ),
    ];
    for (title, column, taxable_item_type, price, tax) in kinds {
        let net = subject.currency.round(price.exact());
        let tax = subject.currency.round(tax.exact());
        if (net.is_zero() && tax.is_zero()) || !context.fire(RuleId::GiftWrapOutsideLines) {
            continue;
        }
        let pointer = subject.event.pointer(column);
        let percent = if tax.is_zero() {
            Some(Decimal::ZERO)
        } else {
            percentage(subject, taxable_item_type)
        };
        let charge = Charge::total(net, tax, percent);
        let rate = line_rate::of_charge(context, subject.rates, &charge, &pointer)?;
        let ledger = context.settings.ledger_account(LedgerPurpose::Sales)?;
        draft.lines.push(DraftLine::single(
            title.to_owned(),
            ledger.to_owned(),
            net,
            rate,
            tax,
            pointer,
        ));
    }
    Ok(())
}

/// The tax rows of order items repeat the same rates, so each tax counts once.
fn percentage(subject: Subject<'_>, taxable_item_type: &str) -> Option<Decimal> {
    let by_tax: BTreeMap<u64, Decimal> = subject
        .event
        .order_tax_items
        .iter()
        .filter(|row| row.taxable_item_type == taxable_item_type)
        .map(|row| (row.tax_id, row.tax_percent.exact()))
        .collect();
    (!by_tax.is_empty()).then(|| by_tax.into_values().sum())
}
