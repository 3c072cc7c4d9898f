//! The document between Magento and Sage: lines with exact origin, before the total is settled.

use crate::canonical::{Date, SalesEvent};
use crate::money::{Currency, Money};
use crate::sage::{ArtefactLine, ShippingPanel};
use crate::vat::{Rates, TaxRate, Treatment};
use rust_decimal::Decimal;

/// What every step of a translation looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) event: &'a SalesEvent<'a>,
    /// The day it is booked on.
    pub(crate) date: Date,
    pub(crate) currency: Currency,
    pub(crate) rates: Rates<'a>,
    pub(crate) treatment: Treatment<'a>,
}

/// The parts of the document, each rounded to the minor unit.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) lines: Vec<DraftLine>,
    pub(crate) shipping: Option<ShippingPanel>,
    /// VAT contained in adjustments, which Magento's header does not count.
    pub(crate) adjustment_tax: Money,
}

/// One line to be.
#[derive(Debug)]
pub(crate) struct DraftLine {
    pub(crate) description: String,
    pub(crate) ledger_account_id: String,
    pub(crate) quantity: Decimal,
    pub(crate) unit_price: Money,
    pub(crate) discount: Money,
    pub(crate) rate: TaxRate,
    pub(crate) tax: Money,
    /// JSON pointer of the row or total this line stands for.
    pub(crate) pointer: String,
}

impl DraftLine {
    /// Net after discount.
    pub(crate) fn net(&self, currency: Currency) -> Money {
        currency.round(self.quantity * self.unit_price.exact()) - self.discount
    }

    /// A line of quantity 1.
    pub(crate) fn single(
        description: String,
        ledger_account_id: String,
        net: Money,
        rate: TaxRate,
        tax: Money,
        pointer: String,
    ) -> Self {
        Self {
            description,
            ledger_account_id,
            quantity: Decimal::ONE,
            unit_price: net,
            discount: Money::ZERO,
            rate,
            tax,
            pointer,
        }
    }

    fn into_sage(self, goods_services_type: Option<&str>) -> ArtefactLine {
        ArtefactLine {
            description: self.description,
            ledger_account_id: self.ledger_account_id,
            quantity: self.quantity,
            unit_price: self.unit_price,
            discount_amount: (!self.discount.is_zero()).then_some(self.discount),
            tax_rate_id: self.rate.id,
            tax_amount: (!self.tax.is_zero()).then_some(self.tax),
            currency_tax_amount: None,
            eu_goods_services_type_id: goods_services_type.map(str::to_owned),
        }
    }
}

impl Draft {
    /// The lines as Sage takes them; all carry the same goods or services type.
    pub(crate) fn into_lines(self, goods_services_type: Option<&str>) -> Vec<ArtefactLine> {
        self.lines
            .into_iter()
            .map(|line| line.into_sage(goods_services_type))
            .collect()
    }

    /// Adds the lines and the shipping of `other` behind its own.
    pub(crate) fn append(&mut self, other: Self) {
        self.lines.extend(other.lines);
        self.shipping = self.shipping.take().or(other.shipping);
    }

    /// The tax that Magento's header should show.
    pub(crate) fn tax_of_document(&self, currency: Currency) -> Money {
        self.tax(currency) - self.adjustment_tax
    }

    /// All tax the draft carries so far.
    pub(crate) fn tax(&self, currency: Currency) -> Money {
        let lines: Money = self.lines.iter().map(|line| line.tax).sum();
        let panel = self
            .shipping
            .as_ref()
            .map_or(Money::ZERO, |panel| panel.recomputed_tax(currency));
        lines + panel
    }
}
