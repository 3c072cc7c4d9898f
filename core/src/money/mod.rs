//! Amounts, currencies and the only place that rounds.
//!
//! Two types keep apart what must not be mixed: [`Decimal`] is an exact figure as
//! Magento stores it, [`Money`] a figure rounded to its currency's minor unit.
//! Only [`Currency::round`] leads from one to the other.
//!
//! Overflow cannot happen. [`parse_decimal`] admits nothing of 10^13 or more and at most
//! 12 decimals, so a quantity times a price stays below 10^26. A document holds at most some
//! 10^5 figures, so a sum stays below 10^18, and the only thing a sum is multiplied with is a
//! percentage, which `vat::rate` refuses above 1000. `Decimal` reaches to 7.9 × 10^28.

mod currency;

pub(crate) use currency::Currency;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Serialize, Serializer};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

/// Most decimals a figure may have; Magento's own columns have at most six.
const MAX_SCALE: usize = 12;

/// Most digits before the point; Magento's decimal(20,4) allows 16, no ledger needs them.
const MAX_INTEGER_DIGITS: usize = 13;

/// An amount rounded to the minor unit of its currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Money {
    value: Decimal,
}

impl Money {
    pub(crate) const ZERO: Self = Self {
        value: Decimal::ZERO,
    };

    pub(crate) fn is_zero(self) -> bool {
        self.value.is_zero()
    }

    pub(crate) fn is_negative(self) -> bool {
        self.value < Decimal::ZERO
    }

    pub(crate) fn abs(self) -> Self {
        Self {
            value: self.value.abs(),
        }
    }

    /// The figure, for arithmetic with exact quantities and percentages.
    pub(crate) fn exact(self) -> Decimal {
        self.value
    }
}

impl Currency {
    /// Nothing, printed with the digits of the minor unit.
    pub(crate) fn zero(self) -> Money {
        self.round(Decimal::ZERO)
    }

    /// Rounds half away from zero to the minor unit, as Magento and Sage both do.
    pub(crate) fn round(self, exact: Decimal) -> Money {
        let mut value = Self::round_to(exact, self.minor_digits());
        // Equal amounts must print equally, also when the exact figure had fewer decimals.
        value.rescale(self.minor_digits());
        if value.is_zero() {
            value.set_sign_positive(true);
        }
        Money { value }
    }

    /// Rounds like [`Self::round`], to so many digits of any figure.
    pub(crate) fn round_to(exact: Decimal, digits: u32) -> Decimal {
        exact.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
    }

    /// A cap on rounding differences, which merchants state in hundredths.
    ///
    /// Magento keeps two decimals in every currency. Where a currency has none, the differences
    /// are whole units, and a cap of 0.05 would forbid them all; there it stands for 5 units.
    pub(crate) fn rounding_cap(self, stated: Decimal) -> Money {
        if self.minor_digits() == 0 {
            self.round(stated * Decimal::ONE_HUNDRED)
        } else {
            self.round(stated)
        }
    }
}

/// Units of the business's own currency for one unit of a document's currency, to ten decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExchangeRate(Decimal);

/// Decimals of an exchange rate, as the vendor's documentation states them.
const EXCHANGE_RATE_DECIMALS: u32 = 10;

impl ExchangeRate {
    /// `numerator / denominator`, or `None` when either is not positive.
    pub(crate) fn quotient(numerator: Decimal, denominator: Decimal) -> Option<Self> {
        if numerator <= Decimal::ZERO || denominator <= Decimal::ZERO {
            return None;
        }
        let mut rate = numerator.checked_div(denominator)?.round_dp_with_strategy(
            EXCHANGE_RATE_DECIMALS,
            RoundingStrategy::MidpointAwayFromZero,
        );
        rate.rescale(EXCHANGE_RATE_DECIMALS);
        (!rate.is_zero()).then_some(Self(rate))
    }
}

impl fmt::Display for ExchangeRate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Serialize for ExchangeRate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Quantities and percentages print without trailing zeros.
pub(crate) fn plain(exact: Decimal) -> String {
    exact.normalize().to_string()
}

/// A percentage as the tax map spells it: two decimals.
pub(crate) fn percentage_key(percent: Decimal) -> String {
    let mut rounded = percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded.to_string()
}

/// Reads `-?digits(.digits)?` of a supported size; nothing else is a decimal here.
pub(crate) fn parse_decimal(text: &str) -> Option<Decimal> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (integer, fraction) = match unsigned.split_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (unsigned, None),
    };
    if integer.len() > MAX_INTEGER_DIGITS + MAX_SCALE {
        return None;
    }
    let whole = digits(integer, integer.trim_start_matches('0'), MAX_INTEGER_DIGITS)?;
    let (parts, scale) = match fraction {
        Some(fraction) => (
            digits(fraction, fraction, MAX_SCALE)?,
            u32::try_from(fraction.len()).ok()?,
        ),
        None => (0, 0),
    };
    let unit = 10_u64.checked_pow(scale)?;
    let mantissa = i128::from(whole) * i128::from(unit) + i128::from(parts);
    let signed = if unsigned.len() == text.len() {
        mantissa
    } else {
        -mantissa
    };
    Decimal::try_from_i128_with_scale(signed, scale).ok()
}

/// The number that `written` stands for, when it is one of digits only; `significant` are those
/// that count, at most `most` of them.
fn digits(written: &str, significant: &str, most: usize) -> Option<u64> {
    if written.is_empty() || significant.len() > most {
        return None;
    }
    // So few digits fit. A checked multiplication costs a call on 32-bit WebAssembly.
    const { assert!(MAX_INTEGER_DIGITS < 20 && MAX_SCALE < 20) };
    significant.bytes().try_fold(0_u64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
        Some(number.wrapping_mul(10).wrapping_add(u64::from(digit)))
    })
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
        }
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            value: self.value - other.value,
        }
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self { value: -self.value }
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(formatter)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        parse_decimal(text).unwrap()
    }

    #[test]
    fn rounds_half_away_from_zero_and_prints_the_minor_unit() {
        let pounds = Currency::from_code("GBP").unwrap();
        for (exact, rounded) in [
            ("0.005", "0.01"),
            ("-0.005", "-0.01"),
            ("2.675", "2.68"),
            ("1", "1.00"),
            ("-0.0049", "0.00"),
            ("23.4225", "23.42"),
        ] {
            assert_eq!(pounds.round(decimal(exact)).to_string(), rounded, "{exact}");
        }
        let yen = Currency::from_code("JPY").unwrap();
        assert_eq!(yen.round(decimal("0.5")).to_string(), "1");
        let dinar = Currency::from_code("KWD").unwrap();
        assert_eq!(dinar.round(decimal("1.2345")).to_string(), "1.235");
    }

    #[test]
    fn refuses_what_is_no_plain_decimal() {
        for text in [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "+1",
            "1e3",
            "1_000",
            " 1",
            "1,5",
            "NaN",
            "0x1",
            "--1",
            "99999999999999",
            "1.1234567890123",
            "١",
        ] {
            assert_eq!(parse_decimal(text), None, "{text:?}");
        }
        assert_eq!(decimal("0012.5000"), decimal("12.5"));
    }

    #[test]
    fn reads_what_the_library_reads() {
        for text in [
            "0",
            "-0.00",
            "12.5000",
            "-0012.5",
            "9999999999999.999999999999",
            "-9999999999999.000000000001",
            "0000000000000000000000001.5",
        ] {
            let read = decimal(text);
            let library = Decimal::from_str_exact(text).unwrap();
            assert_eq!((read, read.scale()), (library, library.scale()), "{text}");
        }
    }

    #[test]
    fn percentages_have_two_decimals() {
        assert_eq!(percentage_key(decimal("20.0000")), "20.00");
        assert_eq!(percentage_key(decimal("0")), "0.00");
        assert_eq!(percentage_key(decimal("8.875")), "8.88");
    }
}
