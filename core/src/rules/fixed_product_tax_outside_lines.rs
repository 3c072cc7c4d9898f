//! MG-002: Fixed product tax (FPT) is part of the grand total but of no row total, and its tax is only in the header.

use super::html_entities_refused::description;
use super::{Evidence, Grade, RuleId, RuleInfo, line_rate};
use crate::canonical::{Item, fixed_product_taxes};
use crate::context::Context;
use crate::document::{Draft, DraftLine, Subject};
use crate::money::Money;
use crate::outcome::Step;
use crate::policy::LedgerPurpose;
use crate::sage::limits;
use crate::vat::Charge;
use rust_decimal::Decimal;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "MG-002",
    name: "fixed-product-tax-outside-lines",
    behaviour: "Fixed product tax (FPT) is part of the grand total but of no row total, and its tax is only in the header.",
    we: "Each fixed product tax becomes a line of its own, with the tax its JSON shows and the rate of its tax rows.",
    otherwise: "The Sage total misses the levy, and its VAT.",
    evidence: Evidence {
        grade: Grade::Observed,
        source: "recorded documents fpt_taxed, fpt_untaxed and fpt_in_subtotal of Magento 2.4.7",
    },
    retire_when: "Magento adds the levy to the rows.",
};

/// Adds a line for every fixed product tax of every row.
pub(crate) fn add_lines(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    draft: &mut Draft,
) -> Step<()> {
    for (index, item) in subject.event.document.items.iter().enumerate() {
        let kind = subject.event.kind.key();
        let pointer = format_args!("/{kind}/items/{index}/weee_tax_applied");
        for levy in fixed_product_taxes(item.weee_tax_applied.as_deref(), &pointer)? {
            if !context.fire(RuleId::FixedProductTaxOutsideLines) {
                continue;
            }
            let currency = subject.currency;
            let net = currency.round(levy.row_amount);
            let tax = currency.round(levy.row_amount_incl_tax) - net;
            let charge = Charge::total(net, tax, percentage(subject, item, tax));
            let rate = line_rate::of_charge(context, subject.rates, &charge, &pointer)?;
            let title = if levy.title.trim().is_empty() {
                "FPT"
            } else {
                &levy.title
            };
            let text = format!("{title}: {}", item.name);
            draft.lines.push(DraftLine::single(
                description(context, &text, limits::LINE_DESCRIPTION, &pointer),
                context
                    .settings
                    .ledger_account(LedgerPurpose::FixedProductTax)?
                    .to_owned(),
                net,
                rate,
                tax,
                pointer.to_string(),
            ));
        }
    }
    Ok(())
}

/// The percentage on the levy: none without tax, else that of its tax rows, else the item's.
fn percentage(subject: Subject<'_>, item: &Item<'_>, tax: Money) -> Option<Decimal> {
    if tax.is_zero() {
        return Some(Decimal::ZERO);
    }
    let rows = subject.event.order_tax_items.iter().filter(|row| {
        row.taxable_item_type == "weee" && row.associated_item_id == Some(item.order_item_id)
    });
    let percent: Decimal = rows.map(|row| row.tax_percent.exact()).sum();
    if percent.is_zero() {
        item.order_item.tax_percent.map(|percent| percent.exact())
    } else {
        Some(percent)
    }
}
