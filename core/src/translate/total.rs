//! Settling and proving the total.
//!
//! The proof: what Sage will compute from the request equals Magento's grand total plus the
//! tenders Magento subtracted, rounded to the minor unit, exactly. A residue of Magento's own
//! rounding moves to where it belongs, up to a cap; anything above is refused.

use crate::codes::{Reject, Warning};
use crate::context::Context;
use crate::document::{Draft, Subject};
use crate::money::{Money, plain};
use crate::outcome::Rejection;
use crate::outcome::Step;
use crate::rules::{header_tax_residue, total_not_a_whole_minor_unit};
use crate::sage::{SalesArtefact, predicted_total};
use std::fmt::Write as _;

/// Closes the gap between the draft and `value`.
pub(super) fn settle(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    value: Money,
    draft: &mut Draft,
) -> Step<()> {
    let grand_total = subject.event.document.grand_total.exact();
    if subject.currency.round(grand_total).exact() != grand_total {
        context.warn(
            Warning::GrandTotalFraction,
            subject.event.pointer("grand_total"),
            format!("Magento stores {}; booked as {value}", plain(grand_total)),
        );
    }
    let missing = |draft: &Draft| value - drafted_total(subject, draft);
    header_tax_residue::apply(context, subject, draft, missing)?;
    total_not_a_whole_minor_unit::apply(context, subject, draft, missing)
}

/// The total of the draft, by the same parts Sage adds.
fn drafted_total(subject: Subject<'_>, draft: &Draft) -> Money {
    let currency = subject.currency;
    let net: Money = draft.lines.iter().map(|line| line.net(currency)).sum();
    let shipping = draft
        .shipping
        .as_ref()
        .map_or(Money::ZERO, |panel| panel.shipping_net_amount);
    net + shipping + draft.tax(currency)
}

/// The total Sage will answer with, or the whole composition when it is not `value`.
///
/// `tax` is that of the parts, adjustments left out.
pub(super) fn prove(
    subject: Subject<'_>,
    value: Money,
    artefact: &SalesArtefact,
    tax: Money,
) -> Step<Money> {
    let predicted = predicted_total(artefact, subject.currency);
    if predicted == value {
        return Ok(predicted);
    }
    let sums = format!(
        "the parts come to {predicted}, Magento's total to {value}, difference {}",
        value - predicted
    );
    let header_tax = subject
        .currency
        .round(subject.event.document.tax_amount.exact());
    if header_tax != tax {
        return Err(Rejection::new(
            Reject::TotalDoesNotReconcile,
            subject.event.pointer("tax_amount"),
            format!(
                "tax_amount of the document is {header_tax}, its rows, shipping and other totals carry {tax}; {sums}: {}",
                composition(subject)
            ),
            "compare the tax of the document with that of its rows in Magento: a module or an import \
             changed one of them; correct it there and send the document again",
        ));
    }
    Err(Rejection::new(
        Reject::TotalDoesNotReconcile,
        subject.event.pointer("grand_total"),
        format!("{sums}: {}", composition(subject)),
        "a module may add a total that no known field holds: name it in the event's `other`, \
         or raise rounding_cap if the difference is Magento's own rounding",
    ))
}

/// Every figure that makes up the grand total, as Magento stores it.
fn composition(subject: Subject<'_>) -> String {
    let document = &subject.event.document;
    let mut text = format!("grand_total {}", plain(document.grand_total.exact()));
    let header = [
        ("subtotal", document.subtotal),
        ("discount_amount", document.discount_amount),
        (
            "discount_tax_compensation_amount",
            document.discount_tax_compensation_amount,
        ),
        ("shipping_amount", document.shipping_amount),
        (
            "shipping_discount_tax_compensation_amount",
            document.shipping_discount_tax_compensation_amount,
        ),
        ("shipping_tax_amount", document.shipping_tax_amount),
        ("tax_amount", document.tax_amount),
        ("customer_balance_amount", document.customer_balance_amount),
        ("gift_cards_amount", document.gift_cards_amount),
        ("reward_currency_amount", document.reward_currency_amount),
        ("adjustment_positive", document.adjustment_positive),
        ("adjustment_negative", document.adjustment_negative),
    ];
    for (name, figure) in header {
        if !figure.exact().is_zero() {
            let _ = write!(text, ", {name} {}", plain(figure.exact()));
        }
    }
    for (index, item) in document.items.iter().enumerate() {
        let _ = write!(
            text,
            "; item {index}: row_total {}, discount_amount {}, discount_tax_compensation_amount {}, tax_amount {}",
            plain(item.row_total.exact()),
            plain(item.discount_amount.exact()),
            plain(item.discount_tax_compensation_amount.exact()),
            plain(item.tax_amount.exact()),
        );
        if text.len() > 2000 {
            text.push_str("; …");
            break;
        }
    }
    text
}
