//! What Sage will make of an invoice or a credit note: the model behind the proof of the total.
//!
//! Line net = round(quantity × unit price) − discount; line tax as sent;
//! shipping tax = round(net × rate), whatever was sent; total = sum.
//! Evidence: the recomputed shipping tax and the tax as sent are documented, the discount on
//! the whole line is inferred from a guide example with quantity 1.

use super::{ArtefactLine, SalesArtefact, ShippingPanel};
use crate::money::{Currency, Money};
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;

/// The total Sage will answer with.
pub(crate) fn predicted_total(artefact: &SalesArtefact, currency: Currency) -> Money {
    let lines: Money = artefact
        .lines
        .as_slice()
        .iter()
        .map(|line| line_total(line, currency))
        .sum();
    let shipping = artefact
        .shipping
        .as_ref()
        .map_or_else(|| currency.zero(), |panel| panel.total(currency));
    lines + shipping
}

/// Net and tax of a document at one rate: what the VAT return reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VatTotal {
    /// Sage's id of the rate.
    pub(crate) rate: String,
    /// Net after discount.
    pub(crate) net: Money,
    /// Tax as Sage will hold it: of lines as sent, of shipping recomputed.
    pub(crate) tax: Money,
}

/// The totals of a document by rate, in the order of the rates' ids.
pub(crate) fn vat_totals(artefact: &SalesArtefact, currency: Currency) -> Vec<VatTotal> {
    let mut totals: BTreeMap<&str, (Money, Money)> = BTreeMap::new();
    let mut add = |rate, net, tax| {
        let total = totals
            .entry(rate)
            .or_insert((currency.zero(), currency.zero()));
        *total = (total.0 + net, total.1 + tax);
    };
    for line in artefact.lines.as_slice() {
        let tax = line.tax_amount.unwrap_or_else(|| currency.zero());
        add(line.tax_rate_id.as_str(), line_net(line, currency), tax);
    }
    if let Some(panel) = &artefact.shipping {
        add(
            panel.shipping_tax_rate_id.as_str(),
            panel.shipping_net_amount,
            panel.recomputed_tax(currency),
        );
    }
    let total = |(rate, (net, tax)): (&str, (Money, Money))| VatTotal {
        rate: rate.to_owned(),
        net,
        tax,
    };
    totals.into_iter().map(total).collect()
}

fn line_total(line: &ArtefactLine, currency: Currency) -> Money {
    line_net(line, currency) + line.tax_amount.unwrap_or(Money::ZERO)
}

/// The net of a line, after its discount.
pub(crate) fn line_net(line: &ArtefactLine, currency: Currency) -> Money {
    let gross = currency.round(line.quantity * line.unit_price.exact());
    gross - line.discount_amount.unwrap_or(Money::ZERO)
}

impl ShippingPanel {
    /// The shipping tax Sage computes.
    pub(crate) fn recomputed_tax(&self, currency: Currency) -> Money {
        currency.round(self.shipping_net_amount.exact() * self.percentage / Decimal::ONE_HUNDRED)
    }

    fn total(&self, currency: Currency) -> Money {
        self.shipping_net_amount + self.recomputed_tax(currency)
    }
}
