//! Figures in ten-thousandths, the resolution of Magento's columns, as whole numbers.
//!
//! An arithmetic of the tests' own: it shares nothing with the core, so that a mistake there
//! cannot hide behind the same mistake here.

use std::fmt;

/// Ten-thousandths of one unit.
pub const UNIT: i128 = 10_000;

/// A figure in ten-thousandths.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fixed(pub i128);

impl Fixed {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many hundredths.
    pub const fn cents(cents: i128) -> Self {
        Self(cents * 100)
    }

    /// This figure times a quantity, to four decimals.
    #[must_use]
    pub const fn times(self, quantity: Self) -> Self {
        self.share(quantity.0, UNIT)
    }

    /// `numerator / denominator` of this figure, to four decimals.
    #[must_use]
    pub const fn share(self, numerator: i128, denominator: i128) -> Self {
        Self(divided(self.0 * numerator, denominator))
    }

    /// Rounded half away from zero to so many decimals, at most four.
    #[must_use]
    pub const fn rounded(self, decimals: u32) -> Self {
        let step = step(decimals);
        Self(divided(self.0, step) * step)
    }

    /// Reads `-?digits(.digits)?` with at most four decimals; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (integer, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(integer) || !digits(fraction) || fraction.len() > 4 || integer.len() > 20 {
            return None;
        }
        let amount: i128 = format!("{integer}{fraction:0<4}").parse().ok()?;
        Some(Self(if unsigned == text { amount } else { -amount }))
    }
}

/// Ten-thousandths in the last of so many decimals.
pub const fn step(decimals: u32) -> i128 {
    match decimals {
        0 => 10_000,
        1 => 1_000,
        2 => 100,
        3 => 10,
        _ => 1,
    }
}

/// A quotient rounded half away from zero.
pub const fn divided(numerator: i128, denominator: i128) -> i128 {
    let half = denominator.abs() / 2;
    let towards = if (numerator < 0) == (denominator < 0) {
        half
    } else {
        -half
    };
    // The half has the sign of the numerator, so the truncation rounds away from zero.
    let signed = if denominator < 0 { -towards } else { towards };
    (numerator + signed) / denominator
}

impl std::ops::Add for Fixed {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::Sub for Fixed {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl std::ops::Neg for Fixed {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl std::ops::AddAssign for Fixed {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl std::iter::Sum for Fixed {
    fn sum<I: Iterator<Item = Self>>(figures: I) -> Self {
        figures.fold(Self::ZERO, |sum, figure| sum + figure)
    }
}

impl fmt::Display for Fixed {
    /// Four decimals, as the database prints its columns.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let amount = self.0.abs();
        write!(formatter, "{sign}{}.{:04}", amount / UNIT, amount % UNIT)
    }
}

impl fmt::Debug for Fixed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_half_away_from_zero() {
        for (text, decimals, rounded) in [
            ("0.005", 2, "0.0100"),
            ("-0.005", 2, "-0.0100"),
            ("0.0049", 2, "0.0000"),
            ("-1.5", 0, "-2.0000"),
            ("2.4999", 0, "2.0000"),
            ("1.2345", 3, "1.2350"),
        ] {
            let figure = Fixed::parse(text).unwrap();
            assert_eq!(figure.rounded(decimals).to_string(), rounded, "{text}");
        }
        assert_eq!(divided(-7, 2), -4);
        assert_eq!(divided(7, -2), -4);
        assert_eq!(divided(1, 3), 0);
    }

    #[test]
    fn reads_what_it_prints() {
        for text in ["0.0000", "-12.3400", "1234567890123.0001"] {
            assert_eq!(Fixed::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "-", "1.", ".5", "1.00000", "1e3", "+1"] {
            assert_eq!(Fixed::parse(text), None, "{text}");
        }
    }
}
