//! A decimal that came as JSON text.

use crate::money::parse_decimal;
use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use std::fmt;

/// Marks the two refusals that [`super::reading`] turns into codes of their own.
pub(super) const NUMBER_REFUSED: &str = "figure came as a number";
pub(super) const MALFORMED: &str = "figure is malformed";

/// Money, a quantity, a percentage or a rate: a JSON string of plain decimal digits.
///
/// A JSON number is refused, because JSON numbers pass through binary floats on the way.
/// `null` is refused too; for columns that Magento leaves empty see [`null_as_zero`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figure(Decimal);

impl Figure {
    /// The exact figure.
    pub fn exact(self) -> Decimal {
        self.0
    }
}

impl From<Decimal> for Figure {
    fn from(exact: Decimal) -> Self {
        Self(exact)
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FigureVisitor)
    }
}

/// For columns in which `NULL` means nothing, as it does in Magento's own totals.
pub(super) fn null_as_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Figure, D::Error> {
    Option::<Figure>::deserialize(deserializer).map(Option::unwrap_or_default)
}

struct FigureVisitor;

impl Visitor<'_> for FigureVisitor {
    type Value = Figure;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a decimal string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Figure, E> {
        parse_decimal(text)
            .map(Figure)
            .ok_or_else(|| E::custom(format_args!("{MALFORMED}: {:?}", shown(text))))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Figure, E> {
        Err(E::custom(format_args!("{NUMBER_REFUSED}: {value}")))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Figure, E> {
        Err(E::custom(format_args!("{NUMBER_REFUSED}: {value}")))
    }

    #[allow(
        clippy::disallowed_types,
        reason = "the parser hands over a float; it is refused, never used"
    )]
    fn visit_f64<E: Error>(self, value: f64) -> Result<Figure, E> {
        Err(E::custom(format_args!("{NUMBER_REFUSED}: {value}")))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Figure, E> {
        Err(E::invalid_type(Unexpected::Bool(value), &self))
    }
}

/// Enough of a malformed figure to recognise it, without repeating a megabyte.
fn shown(text: &str) -> &str {
    crate::text::cut(text, 40).0
}
