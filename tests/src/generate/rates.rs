//! Whether a rate can be that of a tax, by an arithmetic that shares nothing with the core.

use super::fixed::{Fixed, UNIT, step};
use super::sage::{amount, artefact, lines, percentage, steps, text};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// What was charged on a line.
#[derive(Debug, Clone, Copy)]
pub struct Charge {
    /// What the tax is on, after discount.
    pub net: Fixed,
    /// The same before discount.
    pub before_discount: Fixed,
    /// The tax.
    pub tax: Fixed,
    /// Magento may round the tax of each of so many pieces.
    pub pieces: Fixed,
}

impl Charge {
    /// A row of an event, rounded to so many decimals.
    ///
    /// # Errors
    /// When a figure has more than four decimals.
    pub fn of_row(row: &Value, decimals: u32) -> Result<Self> {
        let column = |name: &str| amount(row, &format!("/{name}"));
        let total = column("row_total")?;
        let discount = column("discount_amount")? - column("discount_tax_compensation_amount")?;
        Ok(Self {
            net: (total - discount).rounded(decimals),
            before_discount: total.rounded(decimals),
            tax: column("tax_amount")?.rounded(decimals),
            pieces: column("qty")?,
        })
    }

    /// Whether the tax is less than `tolerance` away from that of `percentage`.
    pub fn is_within(self, percentage: Fixed, tolerance: Fixed) -> bool {
        let whole = 100 * UNIT;
        [self.net, self.before_discount].iter().any(|base| {
            let away = self.tax.0 * whole - base.0 * percentage.0;
            // Inside a gross, a unit of tax is a little more than on top of a net.
            away.abs() < tolerance.0 * (whole + percentage.0.abs())
        })
    }

    /// Whether it cannot be that percentage, however Magento rounds, give or take `tolerance`.
    pub fn contradicts(self, percentage: Fixed, tolerance: Fixed, decimals: u32) -> bool {
        // Magento rounds to two decimals, or to the currency's own where a module makes it.
        let coarsest = step(decimals).max(step(2));
        let of_pieces = (self.pieces.0.abs().max(UNIT) * coarsest).div_euclid(2 * UNIT);
        let tolerance = Fixed(tolerance.0 + of_pieces + coarsest);
        !self.is_within(percentage, tolerance)
    }
}

/// The cap on rounding differences in a currency of so many decimals.
///
/// # Errors
/// When it is no figure.
pub fn rounding_cap(settings: &Value, decimals: u32) -> Result<Fixed> {
    let cap = match settings.pointer("/policy/rounding_cap") {
        None => Fixed::cents(5),
        // A merchant may state more decimals than any amount has.
        Some(stated) => {
            let text = stated.as_str().context("the cap is no text")?;
            let end = text.find('.').map_or(text.len(), |point| point + 5);
            let text = text.get(..end).unwrap_or(text);
            let cap = Fixed::parse(text).with_context(|| format!("the cap {text:?}"))?;
            // Less than no difference is none.
            Fixed(cap.0.max(0))
        }
    };
    Ok(if decimals == 0 {
        Fixed(cap.0 * 100)
    } else {
        cap
    })
}

/// The percentages of every rate the tax map of the business's own country names.
///
/// # Errors
/// When one of them is unknown.
pub fn candidates(settings: &Value) -> Result<Vec<Fixed>> {
    let map = settings.pointer("/policy/tax_rate_map");
    let mut ids: Vec<&str> = map
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|map| map.values().filter_map(Value::as_str))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().map(|id| percentage(settings, id)).collect()
}

/// Checks that no line of a posted document contradicts its own rate.
///
/// # Errors
/// The first line that does.
pub fn prove(
    event: &Value,
    key: &str,
    decision: &Value,
    settings: &Value,
    decimals: u32,
) -> Result<()> {
    // The last row takes what rounding left, and a line may take what the header has left.
    let tolerance = Fixed(2 * rounding_cap(settings, decimals)?.0);
    let rows = event.pointer(&format!("/{key}/items"));
    let rows = rows.and_then(Value::as_array).context("items")?;
    for step in steps(decision) {
        if !["sales_invoices", "sales_credit_notes"].contains(&text(step, "/resource")?) {
            continue;
        }
        let artefact = artefact(step.get("body").context("no body")?)?;
        for (index, line) in lines(artefact)?.iter().enumerate() {
            let mut charge = of_line(line, rows.get(index), decimals)?;
            if index >= rows.len() && text(line, "/description")?.starts_with("Shipping:") {
                let shipping = amount(event, &format!("/{key}/shipping_amount"))?;
                charge.before_discount = shipping.rounded(decimals);
            }
            let percentage = percentage(settings, text(line, "/tax_rate_id")?)?;
            ensure!(
                !charge.contradicts(percentage, tolerance, decimals),
                "line {index} is not taxed at {percentage} %: {charge:?}"
            );
        }
    }
    Ok(())
}

/// The rows come first, in their order; what follows them has no pieces.
fn of_line(line: &Value, row: Option<&Value>, decimals: u32) -> Result<Charge> {
    let (quantity, price) = (amount(line, "/quantity")?, amount(line, "/unit_price")?);
    let gross = Fixed(super::fixed::divided(quantity.0 * price.0, UNIT)).rounded(decimals);
    Ok(Charge {
        net: gross - amount(line, "/discount_amount")?,
        before_discount: gross,
        tax: amount(line, "/tax_amount")?,
        pieces: row.map_or(Ok(Fixed(UNIT)), |row| amount(row, "/qty"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_contradicts_its_tax_is_found() {
        let figure = |text: &str| Fixed::parse(text).unwrap();
        for (net, before, tax, pieces, percentage, contradicts) in [
            ("10.00", "10.00", "2.00", "1", "20", false),
            ("10.00", "10.00", "0.50", "1", "20", true),
            ("10.00", "10.00", "0.00", "1", "20", true),
            ("75.00", "100.00", "20.00", "2", "20", false),
            ("-30.37", "-30.37", "-6.07", "1", "20", false),
            ("-30.37", "-30.37", "-1.52", "1", "20", true),
            // 200 pieces at 0.02 with no tax each.
            ("4.00", "4.00", "0.00", "200", "20", false),
            ("4.00", "4.00", "0.00", "1", "20", true),
        ] {
            let charge = Charge {
                net: figure(net),
                before_discount: figure(before),
                tax: figure(tax),
                pieces: figure(pieces),
            };
            assert_eq!(
                charge.contradicts(figure(percentage), Fixed::cents(5), 2),
                contradicts,
                "{charge:?} at {percentage}"
            );
        }
    }
}
