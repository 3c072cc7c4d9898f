//! Amounts for comparing and showing, with a decimal library that the core does not use.

use bigdecimal::{BigDecimal, RoundingMode};

/// Decimal places of a currency's smallest coin.
fn places(currency: &str) -> i64 {
    match currency {
        "JPY" | "KRW" | "CLP" | "ISK" | "VND" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// Rounds to the currency's precision, half away from zero.
pub(super) fn rounded(amount: &BigDecimal, currency: &str) -> BigDecimal {
    amount.with_scale_round(places(currency), RoundingMode::HalfUp)
}

/// The rounded amount, and the fraction Magento holds when there is one: `23.42 (23.4225)`.
pub(super) fn shown(amount: &BigDecimal, currency: &str) -> String {
    let whole = rounded(amount, currency);
    if &whole == amount {
        whole.to_plain_string()
    } else {
        format!(
            "{} ({})",
            whole.to_plain_string(),
            amount.normalized().to_plain_string()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_shown() {
        for (amount, currency, expected) in [
            ("35.9900", "GBP", "35.99"),
            ("23.4225", "GBP", "23.42 (23.4225)"),
            ("0.0000", "GBP", "0.00"),
            ("2.6750", "GBP", "2.68 (2.675)"),
            ("1200.0000", "JPY", "1200"),
        ] {
            assert_eq!(shown(&amount.parse().unwrap(), currency), expected);
        }
    }
}
