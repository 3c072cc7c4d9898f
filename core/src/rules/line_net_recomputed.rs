//! SQ-101: Sage computes a line from quantity and a unit price of two decimals, while Magento rounds the row on its own.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::canonical::Item;
use crate::context::Context;
use crate::money::{Currency, Money, plain};
use rust_decimal::Decimal;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-101",
    name: "line-net-recomputed",
    behaviour: "Sage computes a line from quantity and a unit price of two decimals, while Magento rounds the row on its own.",
    we: "Where quantity times price is not Magento's row total, the line is sent as 1 times the row total, with the quantity in the description.",
    otherwise: "Sage books another net than Magento charged, on about one line in eight.",
    evidence: Evidence {
        grade: Grade::Observed,
        source: "recorded rows such as 11 x 1.39 including VAT = 15.31; the recomputation itself is documented in the invoicing guide",
    },
    retire_when: "Sage takes a net amount per line as sent.",
};

/// Quantity and unit price as Sage will multiply them.
pub(crate) struct LineAmount {
    pub(crate) quantity: Decimal,
    pub(crate) unit_price: Money,
    /// Goes before the product's name when the quantity moved there.
    pub(crate) prefix: String,
}

/// Magento's own quantity and price, or the folded row.
pub(crate) fn quantity_and_price(
    context: &mut Context<'_>,
    currency: Currency,
    item: &Item<'_>,
    row: Money,
) -> LineAmount {
    let quantity = item.qty.exact();
    let unit_price = currency.round(item.price.exact());
    let reproduces = currency.round(quantity * unit_price.exact()) == row;
    if reproduces || !context.fire(RuleId::LineNetRecomputed) {
        return LineAmount {
            quantity,
            unit_price,
            prefix: String::new(),
        };
    }
    LineAmount {
        quantity: Decimal::ONE,
        unit_price: row,
        prefix: if quantity == Decimal::ONE {
            String::new()
        } else {
            format!("{} × ", plain(quantity))
        },
    }
}
