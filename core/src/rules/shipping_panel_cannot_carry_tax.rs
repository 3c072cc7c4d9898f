//! SQ-102: Sage's shipping panel carries only the tax that rate times net gives.

use super::html_entities_refused::description;
use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::context::Context;
use crate::document::{Draft, DraftLine, Subject};
use crate::money::Money;
use crate::outcome::Step;
use crate::policy::LedgerPurpose;
use crate::sage::{ShippingPanel, limits};
use crate::vat::TaxRate;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-102",
    name: "shipping-panel-cannot-carry-tax",
    behaviour: "Sage's shipping panel carries only the tax that rate times net gives.",
    we: "Where that is not Magento's shipping tax (discounted shipping, odd rounding), shipping becomes a line with its own tax amount.",
    otherwise: "The Sage total is a penny or more away from what was paid.",
    evidence: Evidence {
        grade: Grade::Documented,
        source: "follows from the recomputation documented for shipping_tax_amount; one recorded document in ten with shipping discounts needs it",
    },
    retire_when: "Sage honours the shipping tax as sent.",
};

/// Puts shipping into the panel where that is exact, else among the lines.
pub(crate) fn place(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    draft: &mut Draft,
    net: Money,
    tax: Money,
    rate: TaxRate,
) -> Step<()> {
    let panel = ShippingPanel {
        shipping_net_amount: net,
        shipping_tax_rate_id: rate.id.clone(),
        shipping_tax_amount: tax,
        percentage: rate.percentage,
    };
    // A refund can leave a negative share of shipping, which a panel has no meaning for.
    let exact = panel.recomputed_tax(subject.currency) == tax && !net.is_negative();
    if exact || !context.fire(RuleId::ShippingPanelCannotCarryTax) {
        draft.shipping = Some(panel);
        return Ok(());
    }
    draft.lines.push(line(context, subject, net, tax, rate)?);
    Ok(())
}

/// Shipping as a line.
pub(crate) fn line(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    net: Money,
    tax: Money,
    rate: TaxRate,
) -> Step<DraftLine> {
    let method = subject.event.order.shipping_description.as_deref();
    let text = format!("Shipping: {}", method.unwrap_or("-"));
    let ledger = context.settings.ledger_account(LedgerPurpose::Shipping)?;
    Ok(DraftLine::single(
        description(
            context,
            &text,
            limits::LINE_DESCRIPTION,
            &"/order/shipping_description",
        ),
        ledger.to_owned(),
        net,
        rate,
        tax,
        subject.event.pointer("shipping_amount"),
    ))
}
