//! What Magento charged on one part of a document, and which percentages that tax can be.

use crate::money::{Currency, Money, plain};
use rust_decimal::Decimal;

/// Net and tax of one row, of shipping or of another total.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Charge {
    /// What the tax is on, after discount.
    pub(crate) net: Money,
    /// What the tax is on where Magento calculates it before discount.
    pub(crate) net_before_discount: Money,
    /// The tax Magento charged, which is sent to Sage unchanged.
    pub(crate) tax: Money,
    /// How many pieces the row has; 1 for a total.
    pub(crate) pieces: Decimal,
    /// The percentage Magento states for it, when it states one.
    pub(crate) stated: Option<Decimal>,
}

impl Charge {
    /// A total without pieces and without discount.
    pub(crate) fn total(net: Money, tax: Money, stated: Option<Decimal>) -> Self {
        Self {
            net,
            net_before_discount: net,
            tax,
            pieces: Decimal::ONE,
            stated,
        }
    }

    /// What Magento says about the percentage, for messages.
    pub(crate) fn statement(&self) -> String {
        match self.stated {
            Some(stated) => format!("Magento states {} %", plain(stated)),
            None => "Magento states no percentage".to_owned(),
        }
    }

    /// Whether Magento gets exactly this tax from `percentage`, by any of its three ways to round:
    /// per piece, per row, or per total, where a fraction of a minor unit moves to another row.
    /// Prices may include the tax or not.
    pub(crate) fn is_tax_of(&self, percentage: Decimal, currency: Currency) -> bool {
        let unit = coarsest_unit(currency);
        let digits = magento_digits(currency);
        self.exact_taxes(percentage)
            .into_iter()
            .flatten()
            .any(|exact| {
                (self.tax.exact() - exact).abs() < unit
                    || rounding_of_amounts(percentage, currency)
                        .into_iter()
                        .filter_map(|moved| exact.checked_add(moved))
                        .flat_map(|exact| digits.map(|digits| (exact, digits)))
                        .filter_map(|(exact, digits)| self.per_piece(exact, digits, currency))
                        .any(|taxes| taxes.contains(&self.tax))
            })
    }

    /// Whether the tax is that of `percentage`, give or take `tolerance`.
    ///
    /// The last invoice of an order takes what rounding left of the order's tax, so a percentage
    /// that Magento states is believed with a tolerance.
    pub(crate) fn confirms(
        &self,
        percentage: Decimal,
        currency: Currency,
        tolerance: Money,
    ) -> bool {
        let near = self
            .exact_taxes(percentage)
            .into_iter()
            .flatten()
            .any(|exact| (self.tax - currency.round(exact)).abs() <= tolerance);
        near || self.is_tax_of(percentage, currency)
    }

    /// The tax of the row before rounding: on the net, and within the gross; after discount and before it.
    fn exact_taxes(&self, percentage: Decimal) -> [Option<Decimal>; 4] {
        let of_net = |net: Money| {
            net.exact()
                .checked_mul(percentage)?
                .checked_div(Decimal::ONE_HUNDRED)
        };
        let within_gross = |net: Money| {
            (net + self.tax)
                .exact()
                .checked_mul(percentage)?
                .checked_div(Decimal::ONE_HUNDRED.checked_add(percentage)?)
        };
        [
            of_net(self.net),
            within_gross(self.net),
            of_net(self.net_before_discount),
            within_gross(self.net_before_discount),
        ]
    }

    /// The tax of one piece, rounded to so many digits, times the pieces; as it is, and as a column
    /// of Magento keeps it.
    fn per_piece(&self, exact: Decimal, digits: u32, currency: Currency) -> Option<[Money; 2]> {
        let of_one = Currency::round_to(exact.checked_div(self.pieces)?, digits);
        let of_all = of_one.checked_mul(self.pieces)?;
        let kept = Currency::round_to(of_all, COLUMN_DIGITS);
        Some([currency.round(of_all), currency.round(kept)])
    }
}

/// Decimals that Magento keeps in every currency, unless a module changes them.
const MAGENTO_DIGITS: u32 = 2;

/// Decimals of an amount in Magento's tables.
const COLUMN_DIGITS: u32 = 4;

/// To how many digits Magento may have rounded: its own, or those of the currency.
fn magento_digits(currency: Currency) -> [u32; 2] {
    [currency.minor_digits(), MAGENTO_DIGITS]
}

/// How far the exact tax of a row can be from that of Magento's own calculation: the row's amounts
/// come rounded, and a part of an order takes a rounded share of the discount
/// (`partial_invoice_of_discounted_pieces`). Either may move the net by a minor unit.
fn rounding_of_amounts(percentage: Decimal, currency: Currency) -> [Decimal; 3] {
    let two_units = Decimal::new(2, currency.minor_digits());
    let moved = two_units
        .checked_mul(percentage)
        .map_or(Decimal::ZERO, |tax| tax / Decimal::ONE_HUNDRED);
    [Decimal::ZERO, moved, -moved]
}

/// The larger of the two units, which a fraction that moves to another row stays below.
fn coarsest_unit(currency: Currency) -> Decimal {
    Decimal::new(1, currency.minor_digits().min(MAGENTO_DIGITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn charge(net: &str, tax: &str, pieces: u32) -> (Charge, Currency) {
        let pounds = Currency::from_code("GBP").unwrap();
        let money = |text: &str| pounds.round(text.parse().unwrap());
        let mut charge = Charge::total(money(net), money(tax), None);
        charge.pieces = Decimal::from(pieces);
        (charge, pounds)
    }

    #[test]
    fn the_tax_of_a_row_by_each_way_to_round() {
        for (net, tax, pieces, percentage, expected) in [
            ("10.00", "2.00", 1, 20, true),
            ("10.00", "0.50", 1, 20, false),
            // 3 pieces at 1.12: 0.22 each, 0.66 in all, while the row's own tax is 0.67.
            ("3.36", "0.66", 3, 20, true),
            // 200 pieces at 0.02: nothing each.
            ("4.00", "0.00", 200, 20, true),
            ("4.00", "0.00", 1, 20, false),
            // A fraction that came from another row.
            ("3.36", "0.68", 1, 20, true),
            ("3.36", "0.69", 1, 20, false),
            ("-10.00", "-2.00", 1, 20, true),
            ("0.00", "0.00", 0, 20, true),
        ] {
            let (charge, pounds) = charge(net, tax, pieces);
            assert_eq!(
                charge.is_tax_of(Decimal::from(percentage), pounds),
                expected,
                "{net} {tax} {pieces} {percentage}"
            );
        }
    }

    #[test]
    fn magento_rounds_a_piece_to_two_decimals_in_dinars_too() {
        let dinars = Currency::from_code("KWD").unwrap();
        let money = |text: &str| dinars.round(text.parse().unwrap());
        let mut charge = Charge::total(money("4.960"), money("0.930"), None);
        charge.pieces = Decimal::from(31);
        assert!(charge.is_tax_of(Decimal::from(20), dinars));
        charge.tax = money("0.900");
        assert!(!charge.is_tax_of(Decimal::from(20), dinars));
    }

    #[test]
    fn a_rounded_share_of_the_discount_moves_a_piece_across_half_a_penny_and_no_further() {
        let confirms = |net: &str, tax: &str, before_discount: &str, pieces| {
            let (mut charge, pounds) = charge(net, tax, pieces);
            charge.net_before_discount = pounds.round(before_discount.parse().unwrap());
            let tolerance = pounds.round(Decimal::new(5, 2));
            charge.confirms(Decimal::from(5), pounds, tolerance)
        };
        // 0.64498 each in the gross of 148.99, and Magento has 0.65.
        assert!(confirms("141.84", "7.15", "157.63", 11));
        // 0.0296 each, and 0.02 in the document.
        assert!(!confirms("16.55", "0.56", "18.48", 28));
        // 28 pieces at 20.59: 1.03 each by every way to round, and 1.02 in the document.
        assert!(!confirms("576.52", "28.56", "576.52", 28));
        assert!(!confirms("576.52", "28.56", "600.00", 28));
    }

    #[test]
    fn pieces_of_a_decimal_quantity_are_rounded_as_a_column_keeps_them() {
        // 30.2596 pieces at 8.07: 244.194972, kept as 244.1950.
        let (mut charge, pounds) = charge("4880.87", "244.20", 1);
        charge.pieces = Decimal::new(302_596, 4);
        assert!(charge.is_tax_of(Decimal::from(5), pounds));
    }

    #[test]
    fn a_piece_at_half_a_penny_may_be_rounded_either_way() {
        // 13.2627 pieces at 139.89 with 20 % inside: 23.315 each, and Magento has 23.31 or 23.32.
        for (net, tax) in [("1546.17", "309.15"), ("1546.03", "309.29")] {
            let (mut charge, pounds) = charge(net, tax, 1);
            charge.pieces = Decimal::new(132_627, 4);
            assert!(charge.is_tax_of(Decimal::from(20), pounds), "{net} {tax}");
        }
    }

    #[test]
    fn tax_before_discount_counts() {
        let (mut charge, pounds) = charge("75.00", "20.00", 2);
        assert!(!charge.is_tax_of(Decimal::from(20), pounds));
        charge.net_before_discount = pounds.round(Decimal::from(100));
        assert!(charge.is_tax_of(Decimal::from(20), pounds));
    }
}
