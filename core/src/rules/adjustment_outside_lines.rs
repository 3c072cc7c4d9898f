//! MG-008: Magento adds adjustments to a credit memo's header, without tax and without a row.

use super::{Evidence, Grade, RuleId, RuleInfo, line_rate};
use crate::codes::{Reject, Warning};
use crate::context::Context;
use crate::document::{Draft, DraftLine, Subject};
use crate::money::{Currency, Money, plain};
use crate::outcome::{Rejection, Step};
use crate::policy::{AdjustmentVat, LedgerPurpose};
use crate::vat::{Charge, TaxRate};
use rust_decimal::Decimal;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "MG-008",
    name: "adjustment-outside-lines",
    behaviour: "Magento adds adjustments to a credit memo's header, without tax and without a row.",
    we: "Adjustment refund and adjustment fee each become a line without tax, at adjustment_tax_rate_id or else the rate of 0.00; the fee is negative. With adjustment_vat = inclusive they contain VAT instead, split over the memo's rates.",
    otherwise: "The credit note is not what the customer got back.",
    evidence: Evidence {
        grade: Grade::Observed,
        source: "recorded documents cm_adj_both, cm_adj_negative, cm_adj_only and cm_adj_positive of Magento 2.4.7",
    },
    retire_when: "Magento stores adjustments with their tax.",
};

/// Adds the adjustment lines; `shipping` is the part of the memo that `draft` does not hold yet.
pub(crate) fn add_lines(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    draft: &mut Draft,
    shipping: &Draft,
) -> Step<()> {
    let document = &subject.event.document;
    let shares = rate_shares(subject.currency, draft, shipping);
    let adjustments = [
        (
            "Adjustment refund",
            "adjustment_positive",
            document.adjustment_positive.exact(),
        ),
        (
            "Adjustment fee",
            "adjustment_negative",
            -document.adjustment_negative.exact(),
        ),
    ];
    for (title, column, exact) in adjustments {
        let amount = subject.currency.round(exact);
        if amount.is_zero() || !context.fire(RuleId::AdjustmentOutsideLines) {
            continue;
        }
        let adjustment = Adjustment {
            title,
            amount,
            pointer: subject.event.pointer(column),
        };
        if context.settings.policy.adjustment_vat == AdjustmentVat::Inclusive && !shares.is_empty()
        {
            with_vat(context, subject, draft, &shares, &adjustment)?;
        } else {
            without_vat(context, subject, draft, &shares, adjustment)?;
        }
    }
    Ok(())
}

struct Adjustment {
    title: &'static str,
    /// Positive when the customer gets it back, negative when the merchant keeps it.
    amount: Money,
    pointer: String,
}

/// What the memo gives back at one rate, tax included.
struct RateShare {
    rate: TaxRate,
    gross: Money,
    taxed: bool,
}

/// The gross of the memo by rate, in the order of its lines; empty when it comes to nothing.
fn rate_shares(currency: Currency, draft: &Draft, shipping: &Draft) -> Vec<RateShare> {
    let lines = draft.lines.iter().chain(&shipping.lines);
    let panel = shipping.shipping.iter().map(|panel| {
        let rate = TaxRate {
            id: panel.shipping_tax_rate_id.clone(),
            percentage: panel.percentage,
        };
        (rate, panel.shipping_net_amount, panel.shipping_tax_amount)
    });
    let parts = lines
        .map(|line| (line.rate.clone(), line.net(currency), line.tax))
        .chain(panel);
    let mut shares: Vec<RateShare> = Vec::new();
    for (rate, net, tax) in parts {
        let taxed = !tax.is_zero();
        match shares.iter_mut().find(|share| share.rate == rate) {
            Some(share) => {
                share.gross = share.gross + net + tax;
                share.taxed |= taxed;
            }
            None => shares.push(RateShare {
                rate,
                gross: net + tax,
                taxed,
            }),
        }
    }
    let whole: Money = shares.iter().map(|share| share.gross).sum();
    if whole.is_zero() {
        shares.clear();
    }
    shares
}

/// One line without tax, as Magento books it.
fn without_vat(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    draft: &mut Draft,
    shares: &[RateShare],
    adjustment: Adjustment,
) -> Step<()> {
    if shares.iter().any(|share| share.taxed) {
        context.warn(
            Warning::AdjustmentWithoutVat,
            adjustment.pointer.clone(),
            format!(
                "{} of {} is booked without VAT, as Magento books it, on a memo with taxed rows",
                adjustment.title, adjustment.amount
            ),
        );
    }
    let rate = untaxed_rate(context, subject, &adjustment)?;
    let ledger = context.settings.ledger_account(LedgerPurpose::Adjustment)?;
    draft.lines.push(DraftLine::single(
        adjustment.title.to_owned(),
        ledger.to_owned(),
        adjustment.amount,
        rate,
        subject.currency.zero(),
        adjustment.pointer,
    ));
    Ok(())
}

/// A line for every rate of the memo, in proportion to its gross; the last takes what rounding left.
fn with_vat(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    draft: &mut Draft,
    shares: &[RateShare],
    adjustment: &Adjustment,
) -> Step<()> {
    let currency = subject.currency;
    let whole: Money = shares.iter().map(|share| share.gross).sum();
    let ledger = context.settings.ledger_account(LedgerPurpose::Adjustment)?;
    let mut cumulated = Money::ZERO;
    let mut given = Money::ZERO;
    for share in shares {
        cumulated = cumulated + share.gross;
        let up_to_here = proportion(adjustment.amount, cumulated, whole);
        let gross = currency.round(up_to_here) - given;
        given = given + gross;
        if gross.is_zero() {
            continue;
        }
        let percentage = share.rate.percentage;
        let contained = gross.exact() * percentage / (Decimal::ONE_HUNDRED + percentage);
        let tax = currency.round(contained);
        draft.adjustment_tax = draft.adjustment_tax + tax;
        draft.lines.push(DraftLine::single(
            format!("{}, VAT {} %", adjustment.title, plain(percentage)),
            ledger.to_owned(),
            gross - tax,
            share.rate.clone(),
            tax,
            adjustment.pointer.clone(),
        ));
    }
    Ok(())
}

/// `amount × part / whole`; the whole is not zero.
fn proportion(amount: Money, part: Money, whole: Money) -> Decimal {
    // Divided first where the product would not fit.
    let (amount, part, whole) = (amount.exact(), part.exact(), whole.exact());
    amount
        .checked_mul(part)
        .and_then(|product| product.checked_div(whole))
        .or_else(|| part.checked_div(whole)?.checked_mul(amount))
        .unwrap_or_default()
}

fn untaxed_rate(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    adjustment: &Adjustment,
) -> Step<TaxRate> {
    const SETTING: &str = "/settings/policy/adjustment_tax_rate_id";
    let charge = Charge::total(adjustment.amount, Money::ZERO, Some(Decimal::ZERO));
    let Some(id) = context.settings.policy.adjustment_tax_rate_id.as_deref() else {
        return line_rate::of_charge(context, subject.rates, &charge, &adjustment.pointer);
    };
    let rate = subject.rates.known(context, &SETTING, id, Decimal::ZERO)?;
    if subject.rates.fits(&charge, &rate) {
        return Ok(rate);
    }
    Err(Rejection::new(
        Reject::TaxContradictsRate,
        SETTING,
        format!(
            "{} of {} has no VAT in Magento, but adjustment_tax_rate_id {id} is at {} %",
            adjustment.title,
            adjustment.amount,
            plain(rate.percentage)
        ),
        "choose a rate of 0 % as adjustment_tax_rate_id, or set adjustment_vat to inclusive",
    ))
}
