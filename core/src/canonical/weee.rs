//! Fixed product tax (FPT, "weee") of an item, read from its column's JSON text.
//!
//! Magento writes JSON numbers into `weee_tax_applied`. The amounts are taken from the
//! text of the number itself, so no binary float is involved.

use crate::codes::Reject;
use crate::money::parse_decimal;
use crate::outcome::Rejection;
use crate::outcome::Step;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::fmt::Display;

/// PHP prints float noise (`0.30000000000000004`); Magento's own columns keep four decimals.
const COLUMN_DECIMALS: u32 = 4;

/// One fixed product tax on one invoice row.
#[derive(Debug)]
pub(crate) struct FixedProductTax {
    pub(crate) title: String,
    /// Amount of the row without tax.
    pub(crate) row_amount: Decimal,
    /// Amount of the row with tax.
    pub(crate) row_amount_incl_tax: Decimal,
}

#[derive(Deserialize)]
struct Entry<'a> {
    title: Option<String>,
    #[serde(borrow)]
    row_amount: Option<&'a RawValue>,
    #[serde(borrow)]
    row_amount_incl_tax: Option<&'a RawValue>,
}

/// Reads the column; `pointer` is where it stands.
pub(crate) fn fixed_product_taxes(
    column: Option<&str>,
    pointer: &dyn Display,
) -> Step<Vec<FixedProductTax>> {
    let text = column.unwrap_or_default();
    if text.is_empty() || text == "[]" {
        return Ok(Vec::new());
    }
    let entries: Vec<Entry<'_>> = serde_json::from_str(text).map_err(|error| {
        Rejection::new(
            Reject::InvalidJson,
            pointer.to_string(),
            format!("weee_tax_applied is not the JSON list Magento writes: {error}"),
            "send the column's text untouched",
        )
    })?;
    let mut taxes = Vec::with_capacity(entries.len());
    for entry in entries {
        let row_amount = amount(entry.row_amount, pointer)?.unwrap_or_default();
        let row_amount_incl_tax = amount(entry.row_amount_incl_tax, pointer)?.unwrap_or(row_amount);
        if !row_amount.is_zero() || !row_amount_incl_tax.is_zero() {
            taxes.push(FixedProductTax {
                title: entry.title.unwrap_or_default(),
                row_amount,
                row_amount_incl_tax,
            });
        }
    }
    Ok(taxes)
}

fn amount(raw: Option<&RawValue>, pointer: &dyn Display) -> Step<Option<Decimal>> {
    let Some(text) = raw.map(|raw| raw.get().trim_matches('"')) else {
        return Ok(None);
    };
    if text == "null" || text.is_empty() {
        return Ok(None);
    }
    figure(text)
        .map(|exact| {
            Some(
                exact.round_dp_with_strategy(
                    COLUMN_DECIMALS,
                    RoundingStrategy::MidpointAwayFromZero,
                ),
            )
        })
        .ok_or_else(|| {
            Rejection::new(
                Reject::InvalidDecimal,
                pointer.to_string(),
                format!("{:?} is no amount", crate::text::cut(text, 40).0),
                "send the column's text untouched",
            )
        })
}

/// Plain digits, or float notation cut to the decimals that can matter.
fn figure(text: &str) -> Option<Decimal> {
    if let Some((mantissa, exponent)) = text.split_once(['e', 'E']) {
        // Only tiny amounts are printed with an exponent, and those round to nothing.
        let tiny = exponent.starts_with('-')
            && mantissa
                .trim_start_matches('-')
                .starts_with(|c: char| c.is_ascii_digit());
        return tiny.then_some(Decimal::ZERO);
    }
    match text.split_once('.') {
        Some((integer, fraction)) if fraction.len() > 12 => {
            let (kept, _) = crate::text::cut(fraction, 12);
            let rest_is_digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
            rest_is_digits.then(|| parse_decimal(&format!("{integer}.{kept}")))?
        }
        _ => parse_decimal(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_and_strings_exactly() {
        let column = r#"[{"title":"WEEE","row_amount":3,"row_amount_incl_tax":3.6000000000000001},
            {"row_amount":"1.5000"},{"row_amount":0},{"row_amount":2.0e-7}]"#;
        let taxes = fixed_product_taxes(Some(column), &"/x").unwrap();
        let amounts: Vec<String> = taxes
            .iter()
            .map(|tax| format!("{} {}", tax.row_amount, tax.row_amount_incl_tax))
            .collect();
        assert_eq!(amounts, ["3 3.6000", "1.5000 1.5000"]);
    }

    #[test]
    fn refuses_what_magento_never_writes() {
        for (column, code) in [
            ("a:1:{}", Reject::InvalidJson),
            (r#"[{"row_amount":true}]"#, Reject::InvalidDecimal),
            (r#"[{"row_amount":1e30}]"#, Reject::InvalidDecimal),
        ] {
            let rejection = fixed_product_taxes(Some(column), &"/x").unwrap_err();
            assert_eq!((rejection.code, rejection.pointer.as_str()), (code, "/x"));
        }
    }
}
