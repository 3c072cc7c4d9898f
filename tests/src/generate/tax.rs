//! Magento's three ways of computing tax, for one document.
//!
//! Written from what Magento is observed to store: amounts are rounded per unit, per row, or per
//! row with the lost fraction carried into the next row of the same rate.

use super::fixed::{Fixed, UNIT, divided, step};
use std::collections::BTreeMap;

/// `tax/calculation/algorithm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Tax of one unit is rounded, then multiplied.
    Unit,
    /// Tax of the row is rounded.
    Row,
    /// Tax of the row is rounded and the rest carried to the next row.
    Total,
}

/// What is common to all rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How tax is rounded.
    pub algorithm: Algorithm,
    /// Whether prices include tax.
    pub prices_include_tax: bool,
    /// Whether tax is computed on the discounted price.
    pub tax_after_discount: bool,
    /// Decimals Magento rounds to: two, whatever the currency, unless a module changes it.
    pub decimals: u32,
}

/// A row before tax.
#[derive(Debug, Clone, Copy)]
pub struct Priced {
    /// Price of one unit as the merchant typed it.
    pub price: Fixed,
    /// Units sold.
    pub quantity: Fixed,
    /// Percentage in ten-thousandths of a per cent.
    pub percent: Fixed,
    /// Discount in per cent.
    pub discount_percent: i128,
}

/// A row as Magento stores it.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs, reason = "the names are Magento's columns")]
pub struct Row {
    pub price: Fixed,
    pub price_incl_tax: Fixed,
    pub row_total: Fixed,
    pub row_total_incl_tax: Fixed,
    pub tax_amount: Fixed,
    pub discount_amount: Fixed,
    pub discount_tax_compensation_amount: Fixed,
}

/// A rate, and whether the tax before or after discount is meant: each has a carry of its own.
type CarryKey = (Fixed, bool);

/// Computes the rows of one document in their order.
#[derive(Debug)]
pub struct Calculator {
    rules: Rules,
    /// What rounding lost so far, in millionths of a ten-thousandth.
    carried: BTreeMap<CarryKey, i128>,
}

/// Parts of a ten-thousandth in which the carry is counted.
const FINE: i128 = 1_000_000;

impl Calculator {
    /// A calculator for one document.
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            carried: BTreeMap::new(),
        }
    }

    /// The row's stored figures.
    pub fn row(&mut self, priced: Priced) -> Row {
        let decimals = self.rules.decimals;
        let price = priced.price.rounded(decimals);
        let stated = price.times(priced.quantity);
        let discount_amount = stated.share(priced.discount_percent, 100).rounded(decimals);
        let full_tax = self.tax(stated, priced, false);
        let tax_amount = if self.rules.tax_after_discount && discount_amount != Fixed::ZERO {
            self.tax(stated - discount_amount, priced, true)
        } else {
            full_tax
        };
        if !self.rules.prices_include_tax {
            return Row {
                price,
                price_incl_tax: price + self.on_top(price, priced.percent).rounded(decimals),
                row_total: stated,
                row_total_incl_tax: stated + full_tax,
                tax_amount,
                discount_amount,
                discount_tax_compensation_amount: Fixed::ZERO,
            };
        }
        let row_total = stated - full_tax;
        Row {
            price: Fixed(divided(row_total.0 * UNIT, priced.quantity.0)).rounded(decimals),
            price_incl_tax: price,
            row_total,
            row_total_incl_tax: stated,
            tax_amount,
            discount_amount,
            discount_tax_compensation_amount: full_tax - tax_amount,
        }
    }

    /// Tax on a share of an amount of the merchant's kind, with tax inside it or without; rounded once.
    fn simple(&self, amount: Fixed, pieces: Fixed, percent: Fixed) -> Fixed {
        let step = step(self.rules.decimals);
        let whole = self.whole(percent) * pieces.0 * step;
        Fixed(divided(amount.0 * percent.0 * UNIT, whole) * step)
    }

    /// What the percentage is a part of: a hundred, or a hundred and itself.
    fn whole(&self, percent: Fixed) -> i128 {
        if self.rules.prices_include_tax {
            100 * UNIT + percent.0
        } else {
            100 * UNIT
        }
    }

    fn on_top(&self, amount: Fixed, percent: Fixed) -> Fixed {
        amount.share(percent.0, 100 * UNIT)
    }

    fn tax(&mut self, amount: Fixed, priced: Priced, discounted: bool) -> Fixed {
        let percent = priced.percent;
        match self.rules.algorithm {
            Algorithm::Unit => self
                .simple(amount, priced.quantity, percent)
                .times(priced.quantity),
            Algorithm::Row => self.simple(amount, Fixed(UNIT), percent),
            Algorithm::Total => self.carrying(amount, percent, discounted),
        }
    }

    fn carrying(&mut self, amount: Fixed, percent: Fixed, discounted: bool) -> Fixed {
        let whole = self.whole(percent);
        let carried = self.carried.entry((percent, discounted)).or_default();
        let exact = divided(amount.0 * percent.0 * FINE, whole) + *carried;
        let step = step(self.rules.decimals);
        let rounded = divided(exact, step * FINE) * step;
        *carried = exact - rounded * FINE;
        Fixed(rounded)
    }
}
