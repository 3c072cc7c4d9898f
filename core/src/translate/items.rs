//! Invoice rows → lines.

use crate::canonical::Item;
use crate::context::Context;
use crate::document::{Draft, DraftLine, Subject};
use crate::outcome::Step;
use crate::policy::LedgerPurpose;
use crate::rules::{discount_contains_tax, html_entities_refused, line_net_recomputed, line_rate};
use crate::sage::limits;
use crate::vat::Charge;

/// One line per row, in Magento's order.
pub(super) fn draft(context: &mut Context<'_>, subject: Subject<'_>) -> Step<Draft> {
    let mut draft = Draft::default();
    for (index, item) in subject.event.document.items.iter().enumerate() {
        draft.lines.push(line(context, subject, index, item)?);
    }
    Ok(draft)
}

fn line(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    index: usize,
    item: &Item<'_>,
) -> Step<DraftLine> {
    let currency = subject.currency;
    let pointer = format!("/{}/items/{index}", subject.event.kind.key());
    let percent_pointer = format_args!("{pointer}/{}", subject.event.kind.row_percent());

    let discount = discount_contains_tax::net_discount(context, item);
    let net = currency.round(item.row_total.exact() - discount);
    let tax = currency.round(item.tax_amount.exact());
    let row = currency.round(item.row_total.exact());
    let charge = Charge {
        net,
        net_before_discount: row,
        tax,
        pieces: item.qty.exact(),
        stated: item.order_item.tax_percent.map(|percent| percent.exact()),
    };
    let rate = line_rate::of_charge(context, subject.rates, &charge, &percent_pointer)?;

    let amount = line_net_recomputed::quantity_and_price(context, currency, item, row);
    let name = format!("{}{}", amount.prefix, item.name);
    Ok(DraftLine {
        description: html_entities_refused::description(
            context,
            &name,
            limits::LINE_DESCRIPTION,
            &format_args!("{pointer}/name"),
        ),
        ledger_account_id: context
            .settings
            .ledger_account(LedgerPurpose::Sales)?
            .to_owned(),
        quantity: amount.quantity,
        unit_price: amount.unit_price,
        discount: row - net,
        rate,
        tax,
        pointer,
    })
}
