//! The simulated ledger's own sums.
//!
//! Deliberately another decimal library and other code than `core/money`: that both arrive at the same
//! total is the point of the simulator.

use bigdecimal::{BigDecimal, RoundingMode, Zero};
use serde_json::Value;

/// The amounts of one document line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineAmounts {
    pub(crate) discount: BigDecimal,
    pub(crate) net: BigDecimal,
    pub(crate) tax: BigDecimal,
    pub(crate) total: BigDecimal,
}

/// What a line says about its price.
#[derive(Debug, Clone)]
pub(crate) struct LineFacts {
    pub(crate) quantity: BigDecimal,
    pub(crate) unit_price: BigDecimal,
    pub(crate) includes_tax: bool,
    pub(crate) discount_amount: Option<BigDecimal>,
    pub(crate) discount_percentage: Option<BigDecimal>,
    pub(crate) tax: BigDecimal,
}

/// Reads a JSON string or number as a decimal; never through a float for strings.
///
/// Observed (cleanops) and documented (guide "invoicing"): both are accepted, strings are asked for.
pub(crate) fn decimal(value: &Value) -> Option<BigDecimal> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    text.parse().ok()
}

/// The decimal under a key.
pub(crate) fn amount(value: &Value, key: &str) -> Option<BigDecimal> {
    value.get(key).and_then(decimal)
}

/// Decimal places of a currency's smallest coin. Two unless the ISO 4217 table says otherwise.
pub(crate) fn minor_units(currency: &str) -> i64 {
    match currency {
        "JPY" | "KRW" | "CLP" | "ISK" | "VND" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// Rounds half away from zero. Assumed: Sage states no rounding rule.
pub(crate) fn round(value: &BigDecimal, places: i64) -> BigDecimal {
    value.with_scale_round(places, RoundingMode::HalfUp)
}

/// Writes an amount the way the guides print them: trailing zeros gone, at least one decimal (`"10.0"`).
pub(crate) fn show(value: &BigDecimal) -> String {
    let plain = value.normalized().to_plain_string();
    if plain.contains('.') {
        plain
    } else {
        format!("{plain}.0")
    }
}

/// The amount as the JSON string Sage answers with.
pub(crate) fn json(value: &BigDecimal) -> Value {
    Value::String(show(value))
}

/// One line: net = round(quantity × unit price) − discount, tax as sent.
///
/// Documented for quantity 1 (guide "invoicing": 110.00 − 10.00, then 9.95 tax); that the discount is
/// taken from the line and not from each piece is assumed, and so is the reading of
/// `unit_price_includes_tax` (the sent tax is taken out of the gross).
pub(crate) fn line(facts: &LineFacts, places: i64) -> LineAmounts {
    let gross = round(&(&facts.quantity * &facts.unit_price), places);
    let discount = match (&facts.discount_amount, &facts.discount_percentage) {
        (Some(amount), _) => round(amount, places),
        (None, Some(percentage)) => round(&(&gross * percentage / hundred()), places),
        (None, None) => BigDecimal::zero(),
    };
    let after_discount = &gross - &discount;
    let net = if facts.includes_tax {
        &after_discount - &facts.tax
    } else {
        after_discount
    };
    let total = &net + &facts.tax;
    LineAmounts {
        discount,
        net,
        tax: facts.tax.clone(),
        total,
    }
}

/// Tax of the shipping panel (§32): always net × percentage, whatever `shipping_tax_amount` says.
///
/// Documented: "not required … calculated from shipping_net_amount and shipping_tax_rate".
pub(crate) fn shipping_tax(net: &BigDecimal, percentage: &BigDecimal, places: i64) -> BigDecimal {
    percentage_of(net, percentage, places)
}

/// A percentage of an amount, rounded to the currency.
pub(crate) fn percentage_of(net: &BigDecimal, percentage: &BigDecimal, places: i64) -> BigDecimal {
    round(&(net * percentage / hundred()), places)
}

/// Whether the amount has no more decimals than the currency.
pub(crate) fn is_whole_pennies(value: &BigDecimal, places: i64) -> bool {
    &round(value, places) == value
}

fn hundred() -> BigDecimal {
    BigDecimal::from(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> BigDecimal {
        text.parse().unwrap()
    }

    fn facts(quantity: &str, unit_price: &str, tax: &str) -> LineFacts {
        LineFacts {
            quantity: d(quantity),
            unit_price: d(unit_price),
            includes_tax: false,
            discount_amount: None,
            discount_percentage: None,
            tax: d(tax),
        }
    }

    #[test]
    fn lines_round_the_product_and_keep_the_tax_as_sent() {
        let table = [
            // quantity, unit price, tax, net, total
            ("3", "8.33", "5.01", "24.99", "30.00"),
            ("1000", "0.0123", "2.46", "12.30", "14.76"),
            ("2.5", "9.369", "4.68", "23.42", "28.10"),
            ("1", "0.005", "0", "0.01", "0.01"),
            ("1", "2.675", "0", "2.68", "2.68"),
            ("-1", "2.675", "0", "-2.68", "-2.68"),
        ];
        for (quantity, unit_price, tax, net, total) in table {
            let amounts = line(&facts(quantity, unit_price, tax), 2);
            assert_eq!(
                (amounts.net, amounts.total),
                (d(net), d(total)),
                "{quantity} x {unit_price}"
            );
        }
    }

    #[test]
    fn the_discount_comes_off_the_line() {
        let amount = LineFacts {
            discount_amount: Some(d("10.00")),
            ..facts("2", "55.00", "9.95")
        };
        assert_eq!(line(&amount, 2).net, d("100.00"));
        let percentage = LineFacts {
            discount_percentage: Some(d("12.5")),
            ..facts("1", "9.99", "0")
        };
        assert_eq!(line(&percentage, 2).discount, d("1.25"));
        let inclusive = LineFacts {
            includes_tax: true,
            ..facts("1", "12.00", "2.00")
        };
        let amounts = line(&inclusive, 2);
        assert_eq!((amounts.net, amounts.total), (d("10.00"), d("12.00")));
    }

    #[test]
    fn shipping_tax_follows_the_rate() {
        for (net, percentage, tax) in [
            ("4.99", "20", "1.00"),
            ("4.17", "20", "0.83"),
            ("0.125", "20", "0.03"),
            ("5", "0", "0"),
        ] {
            assert_eq!(
                shipping_tax(&d(net), &d(percentage), 2),
                d(tax),
                "{net} at {percentage}"
            );
        }
    }

    #[test]
    fn currencies_have_their_own_pennies() {
        assert_eq!(round(&d("1234.5"), minor_units("JPY")), d("1235"));
        assert_eq!(round(&d("1.2345"), minor_units("KWD")), d("1.235"));
        assert!(is_whole_pennies(&d("1.20"), 2) && !is_whole_pennies(&d("1.234"), 2));
    }

    #[test]
    fn amounts_are_shown_as_the_guides_show_them() {
        for (value, shown) in [
            ("10", "10.0"),
            ("35.990", "35.99"),
            ("0", "0.0"),
            ("-0.50", "-0.5"),
            ("1200", "1200.0"),
        ] {
            assert_eq!(show(&d(value)), shown);
        }
    }
}
