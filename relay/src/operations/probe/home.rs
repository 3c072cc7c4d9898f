//! What the probe's documents look like at home: address, standard rate, tax of 100.00.

use rust_decimal::Decimal;
use serde_json::{Value, json};

/// A country whose businesses are supported.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Home {
    country: &'static str,
    city: &'static str,
    postal_code: &'static str,
    /// Percent, which is also the exact tax of a net of 100.00.
    standard_rate: i64,
}

const BRITAIN: Home = Home {
    country: "GB",
    city: "Testington",
    postal_code: "M1 1AE",
    standard_rate: 20,
};

const IRELAND: Home = Home {
    country: "IE",
    city: "Dublin",
    postal_code: "D02 X285",
    standard_rate: 23,
};

impl Home {
    /// By the business's country; what is not known is taken for British.
    pub(crate) fn of(country: Option<&str>) -> &'static Self {
        [&IRELAND, &BRITAIN]
            .into_iter()
            .find(|home| Some(home.country) == country)
            .unwrap_or(&BRITAIN)
    }

    pub(crate) fn standard_rate(&self) -> Decimal {
        Decimal::from(self.standard_rate)
    }

    /// The tax of a net of 100.00, and so much more.
    pub(crate) fn tax(&self, more: Decimal) -> String {
        let mut tax = self.standard_rate() + more;
        tax.rescale(2);
        tax.to_string()
    }

    /// Net and tax of one line.
    pub(crate) fn gross(&self) -> Decimal {
        Decimal::ONE_HUNDRED + self.standard_rate()
    }

    pub(crate) fn address(&self) -> Value {
        json!({"address_line_1": "1 Probe Street", "city": self.city, "postal_code": self.postal_code, "country_id": self.country})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tax_is_that_of_the_country() {
        let penny = Decimal::new(1, 2);
        for (country, tax) in [
            (Some("IE"), "23.01"),
            (Some("GB"), "20.01"),
            (None, "20.01"),
        ] {
            assert_eq!(Home::of(country).tax(penny), tax, "{country:?}");
        }
    }
}
