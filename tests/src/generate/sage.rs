//! What Sage makes of a plan, recomputed; and everything else that must hold for every decision.
//!
//! Line = round(quantity × unit price) − discount + tax as sent; shipping tax = round(net × the
//! percentage of the rate id), whatever was sent; total = the sum.

use super::fixed::{Fixed, UNIT, divided, step};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// The day of every generated document; percentages that ended before it do not count.
const TODAY: &str = "2026-11-21";

/// Text at a pointer.
///
/// # Errors
/// When there is none.
pub fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .with_context(|| format!("no text at {pointer}"))
}

/// An amount at a pointer; absent is nothing.
///
/// # Errors
/// When it is no decimal string.
pub fn amount(value: &Value, pointer: &str) -> Result<Fixed> {
    match value.pointer(pointer) {
        None | Some(Value::Null) => Ok(Fixed::ZERO),
        Some(Value::String(text)) => {
            Fixed::parse(text).with_context(|| format!("{pointer}: {text:?}"))
        }
        Some(other) => bail!("{pointer} is no decimal string: {other}"),
    }
}

/// The total of a sales invoice or a credit note in a currency of so many decimals.
///
/// # Errors
/// When an amount is malformed or a rate unknown.
pub fn total(body: &Value, settings: &Value, decimals: u32) -> Result<Fixed> {
    let artefact = artefact(body)?;
    let mut sum = Fixed::ZERO;
    for line in lines(artefact)? {
        let (quantity, price) = (amount(line, "/quantity")?, amount(line, "/unit_price")?);
        // Exact in hundred-millionths, then rounded once.
        let step = step(decimals);
        sum += Fixed(divided(quantity.0 * price.0, UNIT * step) * step);
        sum += amount(line, "/tax_amount")? - amount(line, "/discount_amount")?;
        ensure!(
            line.get("tax_amount") == line.get("currency_tax_amount"),
            "two tax amounts: {line}"
        );
    }
    let shipping = amount(artefact, "/shipping_net_amount")?;
    if artefact.get("shipping_net_amount").is_some() {
        let percentage = percentage(settings, text(artefact, "/shipping_tax_rate_id")?)?;
        sum += shipping + shipping.share_rounded(percentage.0, 100 * UNIT, decimals);
    }
    Ok(sum)
}

impl Fixed {
    fn share_rounded(self, numerator: i128, denominator: i128, decimals: u32) -> Self {
        let step = step(decimals);
        Self(divided(self.0 * numerator, denominator * step) * step)
    }
}

/// The lines of an invoice or a credit note.
///
/// # Errors
/// When there are none.
pub fn lines(artefact: &Value) -> Result<&[Value]> {
    ["invoice_lines", "credit_note_lines"]
        .iter()
        .find_map(|key| artefact.get(*key)?.as_array())
        .map(Vec::as_slice)
        .context("no lines")
}

/// The object inside a body.
///
/// # Errors
/// When it is neither an invoice nor a credit note.
pub fn artefact(body: &Value) -> Result<&Value> {
    ["sales_invoice", "sales_credit_note"]
        .iter()
        .find_map(|key| body.get(*key))
        .context("no document in the body")
}

/// What Sage computes with a rate today.
///
/// # Errors
/// When the business has no such rate.
pub fn percentage(settings: &Value, id: &str) -> Result<Fixed> {
    let rates = settings.pointer("/reference/tax_rates");
    let rate = rates
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .find(|rate| rate.get("id").and_then(Value::as_str) == Some(id))
        .with_context(|| format!("no rate {id}"))?;
    let entries = rate.get("percentages").and_then(Value::as_array);
    let current = entries.into_iter().flatten().find(|entry| {
        let date = |key: &str| entry.get(key).and_then(Value::as_str);
        date("from_date").is_none_or(|from| from <= TODAY)
            && date("to_date").is_none_or(|to| TODAY <= to)
    });
    amount(current.context("no percentage today")?, "/percentage")
}

/// The steps of a decision that posts.
pub fn steps(decision: &Value) -> &[Value] {
    decision
        .pointer("/plan/steps")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Proves the amounts of a posted decision: every document is worth `value`, payments and
/// refunds add up to it, allocations to nothing.
///
/// # Errors
/// The first amount that is wrong.
pub fn prove(decision: &Value, settings: &Value, value: Fixed, decimals: u32) -> Result<()> {
    let value = value.rounded(decimals);
    let mut paid = None;
    for step in steps(decision) {
        let body = step.get("body").context("no body")?;
        match text(step, "/resource")? {
            "sales_invoices" | "sales_credit_notes" => {
                let predicted = total(body, settings, decimals)?;
                ensure!(
                    predicted == value,
                    "Sage books {predicted} instead of {value}"
                );
                let expected = amount(step, "/expect/total_amount")?;
                ensure!(expected == value, "expected {expected} instead of {value}");
            }
            "contact_payments" => {
                let payment = amount(body, "/contact_payment/total_amount")?;
                ensure!(
                    payment == allocated(body, "contact_payment")?,
                    "a payment that is not wholly allocated: {body}"
                );
                *paid.get_or_insert(Fixed::ZERO) += payment;
            }
            "contact_allocations" => {
                let sum = allocated(body, "contact_allocation")?;
                ensure!(sum == Fixed::ZERO, "allocations add up to {sum}");
            }
            _ => {}
        }
    }
    ensure!(
        paid.is_none_or(|paid| paid == value),
        "paid {paid:?} instead of {value}"
    );
    Ok(())
}

fn allocated(body: &Value, key: &str) -> Result<Fixed> {
    let artefacts = body.pointer(&format!("/{key}/allocated_artefacts"));
    let mut sum = Fixed::ZERO;
    for artefact in artefacts.and_then(Value::as_array).into_iter().flatten() {
        sum += amount(artefact, "/amount")?;
    }
    Ok(sum)
}

/// Texts of a body and the most characters Sage keeps.
const LIMITS: [(&str, usize); 12] = [
    ("name", 100),
    ("description", 255),
    ("email", 100),
    ("telephone", 50),
    ("address_line_1", 50),
    ("address_line_2", 50),
    ("city", 50),
    ("region", 50),
    ("postal_code", 10),
    ("notes", 2000),
    ("item_code", 255),
    ("reference", 25),
];

/// Amounts that must be decimal strings with the currency's decimals.
const AMOUNTS: [&str; 8] = [
    "unit_price",
    "discount_amount",
    "tax_amount",
    "currency_tax_amount",
    "shipping_net_amount",
    "shipping_tax_amount",
    "total_amount",
    "amount",
];

/// Checks texts against their limits, amounts against their form, and that no number is in a body.
///
/// # Errors
/// The first violation.
pub fn well_formed(decision: &Value, decimals: Option<u32>) -> Result<()> {
    for step in steps(decision) {
        let resource = text(step, "/resource")?;
        let body = step.get("body").context("no body")?;
        walk(body, "", &|key, value| {
            check_value(key, value, resource, decimals)
        })?;
    }
    Ok(())
}

fn check_value(key: &str, value: &Value, resource: &str, decimals: Option<u32>) -> Result<()> {
    ensure!(!value.is_number(), "{key} is a number: {value}");
    let Some(text) = value.as_str() else {
        return Ok(());
    };
    let most = match (key, resource) {
        ("reference", "contacts") => Some(10),
        _ => LIMITS
            .iter()
            .find_map(|(name, most)| (*name == key).then_some(*most)),
    };
    if let Some(most) = most {
        let length = text.chars().count();
        ensure!(length <= most, "{key} has {length} characters: {text:?}");
    }
    if AMOUNTS.contains(&key) {
        let fraction = text
            .split_once('.')
            .map_or(0, |(_, fraction)| fraction.len());
        ensure!(Fixed::parse(text).is_some(), "{key} is no amount: {text:?}");
        if let Some(decimals) = decimals {
            ensure!(
                u32::try_from(fraction) == Ok(decimals),
                "{key} has other decimals than its currency: {text:?}"
            );
        }
    }
    Ok(())
}

fn walk(value: &Value, key: &str, check: &impl Fn(&str, &Value) -> Result<()>) -> Result<()> {
    check(key, value)?;
    match value {
        Value::Object(object) => object
            .iter()
            .try_for_each(|(key, value)| walk(value, key, check)),
        Value::Array(items) => items.iter().try_for_each(|item| walk(item, key, check)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// Checks the frame of a decision: one of three, and everything a person needs for the other two.
///
/// # Errors
/// What is missing.
pub fn complete(decision: &Value) -> Result<&str> {
    let kind = text(decision, "/decision")?;
    let needed: &[&str] = match kind {
        "post" => &["/plan/key", "/plan/schema"],
        "skip" => &["/reason", "/message"],
        "reject" => &["/code", "/message", "/suggestion"],
        other => bail!("no decision is called {other:?}"),
    };
    for pointer in needed {
        ensure!(!text(decision, pointer)?.is_empty(), "{pointer} is empty");
    }
    if kind == "reject" {
        let pointer = text(decision, "/pointer")?;
        ensure!(
            pointer.is_empty() || pointer.starts_with('/'),
            "{pointer:?} is no JSON pointer"
        );
    }
    Ok(kind)
}
