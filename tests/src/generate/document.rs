//! A sales document as Magento stores it, computed from its description.
//!
//! The header keeps Magento's identities: the total is subtotal, shipping, tax and compensation
//! less the discount, plus what stands outside the rows, less tenders.

use super::currency::{Currencies, Currency};
use super::fixed::{Fixed, UNIT};
use super::spec::{Destination, Kind, Line, Quantities, Sale, Shop};
use super::tax::{Calculator, Priced, Row, Rules};

/// Tax rates by destination, as the percentages that stack.
const BRITAIN: &[&[i128]] = &[&[200_000], &[50_000], &[0], &[150_000, 50_000]];
const IRELAND: &[&[i128]] = &[&[230_000], &[135_000], &[0], &[90_000], &[48_000]];
const NORTHERN_IRELAND: &[&[i128]] = &[&[200_000], &[50_000], &[0]];
const UNTAXED: &[&[i128]] = &[&[0]];
const GERMANY: &[&[i128]] = &[&[190_000], &[70_000], &[0]];
const NEW_YORK: &[&[i128]] = &[&[40_000, 48_750], &[0]];

/// The percentages of one rate, in ten-thousandths of a per cent.
pub type Rate = &'static [i128];

/// A row with what stands beside it.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct Item {
    pub line: Line,
    pub quantity: Fixed,
    pub rate: Rate,
    pub row: Row,
    pub levy: Fixed,
    pub levy_incl_tax: Fixed,
}

/// Price and tax of something outside the rows.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct Part {
    pub net: Fixed,
    pub tax: Fixed,
    pub rate: Rate,
}

/// Shipping as it is stored.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct ShippingPart {
    pub rate: Rate,
    pub row: Row,
}

/// A document with its header.
#[derive(Debug)]
#[allow(missing_docs, reason = "the names are Magento's columns")]
pub struct Document {
    pub currencies: Currencies,
    pub items: Vec<Item>,
    pub shipping: ShippingPart,
    pub gift_wrap: Part,
    pub fee: Part,
    pub subtotal: Fixed,
    pub tax_amount: Fixed,
    pub discount_amount: Fixed,
    pub items_compensation: Fixed,
    pub adjustment_positive: Fixed,
    pub adjustment_negative: Fixed,
    /// What the document is worth: grand total and tenders.
    pub value: Fixed,
    /// Gift card, store credit, reward points.
    pub tenders: [Fixed; 3],
    pub grand_total: Fixed,
    /// Whether every figure is a whole minor unit of the document's currency.
    pub is_whole: bool,
}

/// Computes the document.
pub fn compute(sale: &Sale) -> Document {
    let currencies = Currencies::of(sale);
    let decimals = if sale.rounds_to_minor_unit {
        currencies.document.decimals
    } else {
        2
    };
    let mut calculator = Calculator::new(Rules {
        algorithm: sale.algorithm,
        prices_include_tax: sale.prices_include_tax,
        tax_after_discount: sale.tax_after_discount,
        decimals,
    });
    let price = |cents: u32| typed_price(cents, currencies.document, decimals);
    let items: Vec<Item> = sale
        .lines
        .iter()
        .map(|line| item(&mut calculator, sale, *line, price))
        .collect();
    let shipping = shipping(sale, &mut calculator, price);
    let [wrap_cents, fee_cents] = sale.extras_cents;
    let part = |cents: u16| {
        let rate = rate(sale, sale.texts);
        let net = price(u32::from(cents)).rounded(decimals);
        let tax = net.share(total(rate).0, 100 * UNIT).rounded(decimals);
        Part { net, tax, rate }
    };
    let mut document = Document {
        gift_wrap: part(wrap_cents),
        fee: part(fee_cents),
        currencies,
        items,
        shipping,
        subtotal: Fixed::ZERO,
        tax_amount: Fixed::ZERO,
        discount_amount: Fixed::ZERO,
        items_compensation: Fixed::ZERO,
        adjustment_positive: Fixed::ZERO,
        adjustment_negative: Fixed::ZERO,
        value: Fixed::ZERO,
        tenders: [Fixed::ZERO; 3],
        grand_total: Fixed::ZERO,
        is_whole: true,
    };
    document.add_up(sale, decimals);
    document.adjust(sale, decimals);
    document.take_tenders(sale, decimals);
    document.is_whole = document.all_whole();
    document
}

/// What the merchant typed: whole units where the currency has no smaller ones.
fn typed_price(cents: u32, currency: Currency, decimals: u32) -> Fixed {
    let cents = i128::from(cents);
    match (currency.decimals, decimals) {
        (0, _) => Fixed(cents * UNIT),
        (3, 3) => Fixed(cents * 10),
        _ => Fixed::cents(cents),
    }
}

/// A rate that applies at the destination.
pub fn rate(sale: &Sale, choice: u8) -> Rate {
    let rates = match sale.destination {
        Destination::Home if sale.shop == Shop::Ireland => IRELAND,
        Destination::Home => BRITAIN,
        Destination::NorthernIreland => NORTHERN_IRELAND,
        Destination::AbroadUntaxed => UNTAXED,
        Destination::AbroadTaxed => GERMANY,
        Destination::AbroadStacked => NEW_YORK,
    };
    // The first rate, the usual one, is drawn most.
    let index = usize::from(choice / 100).max(usize::from(choice.is_multiple_of(5)));
    let index = index + usize::from(choice.is_multiple_of(11));
    rates.get(index % rates.len()).copied().unwrap_or(&[0])
}

/// The percentages of a rate together.
pub fn total(rate: Rate) -> Fixed {
    Fixed(rate.iter().sum())
}

fn item(
    calculator: &mut Calculator,
    sale: &Sale,
    line: Line,
    price: impl Fn(u32) -> Fixed,
) -> Item {
    let pieces = i128::from(line.quantity);
    let quantity = match sale.quantities {
        Quantities::Whole => Fixed(pieces * UNIT),
        Quantities::Decimal => Fixed(pieces * 1_250 + i128::from(line.text)),
    };
    let rate = rate(sale, line.rate);
    let row = calculator.row(Priced {
        price: price(line.price_cents),
        quantity,
        percent: total(rate),
        discount_percent: i128::from(line.discount_percent),
    });
    // The levy is a price without tax; Magento rounds it and its tax per row.
    let levy = price(u32::from(line.levy_cents)).times(quantity).rounded(2);
    let levy_tax = if sale.levy_taxed {
        levy.share(total(rate).0, 100 * UNIT).rounded(2)
    } else {
        Fixed::ZERO
    };
    Item {
        line,
        quantity,
        rate,
        row,
        levy,
        levy_incl_tax: levy + levy_tax,
    }
}

fn shipping(
    sale: &Sale,
    calculator: &mut Calculator,
    price: impl Fn(u32) -> Fixed,
) -> ShippingPart {
    let Some(shipping) = sale.shipping else {
        return ShippingPart::default();
    };
    // Every fourth shipping is not taxed.
    let rate = if shipping.rate.is_multiple_of(4) {
        &[0][..]
    } else {
        rate(sale, shipping.rate)
    };
    let row = calculator.row(Priced {
        price: price(shipping.price_cents),
        quantity: Fixed(UNIT),
        percent: total(rate),
        discount_percent: i128::from(shipping.discount_percent),
    });
    ShippingPart { rate, row }
}

impl Document {
    fn add_up(&mut self, sale: &Sale, decimals: u32) {
        let rows = || self.items.iter().map(|item| item.row);
        let levies: Fixed = self.items.iter().map(|item| item.levy).sum();
        let levy_tax: Fixed = self
            .items
            .iter()
            .map(|item| item.levy_incl_tax - item.levy)
            .sum();
        let row_total: Fixed = rows().map(|row| row.row_total).sum();
        let shipping = self.shipping.row;
        let row_discount: Fixed = rows().map(|row| row.discount_amount).sum();
        let row_tax: Fixed = rows().map(|row| row.tax_amount).sum();
        let taxed_row = rows().any(|row| row.tax_amount.rounded(0) > Fixed::ZERO);
        self.items_compensation = rows().map(|row| row.discount_tax_compensation_amount).sum();
        self.discount_amount = -(row_discount + shipping.discount_amount);
        self.tax_amount =
            row_tax + shipping.tax_amount + levy_tax + self.gift_wrap.tax + self.fee.tax;
        if taxed_row {
            self.tax_amount +=
                Fixed(i128::from(sale.residue) * super::fixed::step(decimals.min(2)));
        }
        let outside = if sale.levy_in_subtotal {
            self.subtotal = row_total + levies;
            Fixed::ZERO
        } else {
            self.subtotal = row_total;
            levies
        };
        self.value = self.subtotal
            + shipping.row_total
            + self.tax_amount
            + self.items_compensation
            + shipping.discount_tax_compensation_amount
            + self.discount_amount
            + outside
            + self.gift_wrap.net
            + self.fee.net;
    }

    /// A memo's adjustments; the fee is never more than what is refunded.
    fn adjust(&mut self, sale: &Sale, decimals: u32) {
        if sale.kind != Kind::CreditmemoCreated {
            return;
        }
        let [refund, fee] = sale.adjustment_cents;
        let amount = |cents: u16| {
            typed_price(u32::from(cents), self.currencies.document, decimals).rounded(decimals)
        };
        self.adjustment_positive = amount(refund);
        self.value += self.adjustment_positive;
        self.adjustment_negative = amount(fee).min(self.value.max(Fixed::ZERO));
        self.value += -self.adjustment_negative;
    }

    fn take_tenders(&mut self, sale: &Sale, decimals: u32) {
        self.grand_total = self.value;
        for (tender, percent) in self.tenders.iter_mut().zip(sale.tender_percent) {
            *tender = self
                .grand_total
                .max(Fixed::ZERO)
                .share(i128::from(percent), 100)
                .rounded(decimals);
            self.grand_total += -*tender;
        }
    }

    fn all_whole(&self) -> bool {
        let whole = |figure: Fixed| figure.rounded(self.currencies.document.decimals) == figure;
        let row = |row: &Row| {
            whole(row.row_total)
                && whole(row.tax_amount)
                && whole(row.discount_amount - row.discount_tax_compensation_amount)
        };
        self.items
            .iter()
            .all(|item| row(&item.row) && whole(item.levy) && whole(item.levy_incl_tax))
            && row(&self.shipping.row)
            && [self.gift_wrap, self.fee]
                .iter()
                .all(|part| whole(part.net) && whole(part.tax))
            && self.tenders.iter().copied().all(whole)
            && whole(self.value)
            && whole(self.adjustment_negative)
    }
}
