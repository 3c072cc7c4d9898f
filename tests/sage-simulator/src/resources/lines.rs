//! Document lines: what Sage demands of them and what they add up to.

use bigdecimal::{BigDecimal, Zero};
use serde_json::{Value, json};

use super::Draft;
use crate::arithmetic::{self, LineFacts, amount};
use crate::dispatch::World;
use crate::envelope::{Problem, Refusal};
use crate::json::{filled, flag, list, pick, set, text};

const DESCRIPTION: &str = "line_items.description";

/// Failures that were observed alone, so the umbrella message does not join them (cleanops c07bdf0,
/// 00da697).
const OBSERVED_ALONE: [&str; 4] = [
    DESCRIPTION,
    "line_items.currency_tax_amount",
    "line_items.tax_rate_id",
    "line_items.tax_rate",
];

/// Rules for invoice lines.
pub(crate) fn invoice_structure(invoice: &Value) -> Vec<Problem> {
    structure(invoice, "invoice_lines")
}

/// Rules for credit note lines.
pub(crate) fn credit_note_structure(credit_note: &Value) -> Vec<Problem> {
    structure(credit_note, "credit_note_lines")
}

/// Rules for estimate lines.
pub(crate) fn estimate_structure(estimate: &Value) -> Vec<Problem> {
    structure(estimate, "estimate_lines")
}

/// Rules for quote lines.
pub(crate) fn quote_structure(quote: &Value) -> Vec<Problem> {
    structure(quote, "quote_lines")
}

/// - §7, observed: a line without `tax_amount` answers `line_items.currency_tax_amount`; sending only
///   `currency_tax_amount` does not help.
/// - Observed: a line without `tax_rate_id` answers three errors at once.
/// - Documented (guide): `quantity` is required, though the schema says otherwise.
/// - §22, reported: an HTML entity in a description answers the umbrella message.
fn structure(document: &Value, lines_key: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |problem: Problem| {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    };
    for line in list(document, lines_key) {
        if filled(line, "tax_rate_id").is_none() {
            for attribute in ["tax_rate_id", "tax_rate", "currency_tax_amount"] {
                add(Problem::required(format!("line_items.{attribute}")));
            }
        } else if line.get("tax_amount").is_none() {
            add(Problem::required("line_items.currency_tax_amount"));
        }
        if line.get("quantity").is_none() {
            add(Problem::required("line_items.quantity"));
        }
        if text(line, "description")
            .is_some_and(|text| text.trim().is_empty() || has_html_entity(text))
        {
            add(Problem::required(DESCRIPTION));
        }
    }
    problems
}

/// §20, reported (troubleshooting page): many unrelated line failures also answer that the description
/// is required. Which ones is not on record; here: all that were not observed alone.
pub(crate) fn with_umbrella(mut problems: Vec<Problem>) -> Vec<Problem> {
    let unrelated = |problem: &Problem| {
        problem.source.starts_with("line_items.")
            && !OBSERVED_ALONE.contains(&problem.source.as_str())
    };
    let umbrella = Problem::required(DESCRIPTION);
    if problems.iter().any(unrelated) && !problems.contains(&umbrella) {
        problems.insert(0, umbrella);
    }
    problems
}

/// Whether a text holds a character reference such as `&trade;`, `&#39;` or `&#x27;`.
///
/// A named reference is any `&name;` of two letters or more; a bare ampersand is no reference.
fn has_html_entity(text: &str) -> bool {
    text.split('&').skip(1).any(|after| {
        let Some((name, _)) = after.split_once(';') else {
            return false;
        };
        if let Some(number) = name.strip_prefix('#') {
            let hex = number.strip_prefix(['x', 'X']);
            return match hex {
                Some(digits) => {
                    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
                }
                None => !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()),
            };
        }
        name.len() >= 2
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && name.starts_with(|first: char| first.is_ascii_alphabetic())
    })
}

/// The lines of a document as Sage answers them, with their sums.
#[derive(Debug)]
pub(crate) struct Lines {
    pub(crate) values: Vec<Value>,
    pub(crate) net: BigDecimal,
    pub(crate) tax: BigDecimal,
    pub(crate) discount: BigDecimal,
    pub(crate) quantity: BigDecimal,
}

/// Looks up and adds up the lines.
pub(crate) fn build(
    world: &mut World,
    draft: &Draft,
    lines_key: &str,
    date: &str,
    places: i64,
) -> Result<Lines, Refusal> {
    let mut lines = Lines {
        values: Vec::new(),
        net: BigDecimal::zero(),
        tax: BigDecimal::zero(),
        discount: BigDecimal::zero(),
        quantity: BigDecimal::zero(),
    };
    let sent = list(&draft.entity, lines_key);
    // A limit is not on record; `max_lines` sets one.
    if world
        .switches
        .max_lines
        .is_some_and(|most| sent.len() > most)
    {
        return Err(Refusal::one(lines_key, "has too many lines"));
    }
    let mut problems = Vec::new();
    for line in sent {
        let mut value = line_value(world, line)?;
        let Some(facts) = facts(line) else {
            problems.push(Problem::required(DESCRIPTION));
            continue;
        };
        let amounts = arithmetic::line(&facts, places);
        problems.extend(sums_that_disagree(
            world, line, &facts, &amounts, date, places,
        ));
        for (key, sum) in [
            ("quantity", &facts.quantity),
            ("unit_price", &facts.unit_price),
            ("discount_amount", &amounts.discount),
            ("net_amount", &amounts.net),
            ("tax_amount", &amounts.tax),
            ("total_amount", &amounts.total),
        ] {
            set(&mut value, key, arithmetic::json(sum));
        }
        let id = filled(line, "id").map_or_else(|| world.ids.next(), str::to_owned);
        set(&mut value, "id", id);
        lines.values.push(value);
        lines.net += amounts.net;
        lines.tax += amounts.tax;
        lines.discount += amounts.discount;
        lines.quantity += facts.quantity;
    }
    if problems.is_empty() {
        Ok(lines)
    } else {
        Err(Refusal::invalid(with_umbrella(problems)))
    }
}

fn facts(line: &Value) -> Option<LineFacts> {
    Some(LineFacts {
        quantity: amount(line, "quantity")?,
        unit_price: amount(line, "unit_price")?,
        includes_tax: flag(line, "unit_price_includes_tax"),
        discount_amount: amount(line, "discount_amount"),
        discount_percentage: amount(line, "discount_percentage"),
        tax: amount(line, "tax_amount")?,
    })
}

/// References of a line. A stock item goes into `product_id` (documented, guide "inventory").
fn line_value(world: &World, line: &Value) -> Result<Value, Refusal> {
    let not_found = || Refusal::record_not_found(world.switches.unknown_record_status);
    let ledger_account = text(line, "ledger_account_id").unwrap_or_default();
    if !world
        .reference
        .ledger_account_is_visible(ledger_account, "sales")
    {
        return Err(not_found());
    }
    let tax_rate = text(line, "tax_rate_id").unwrap_or_default();
    let description = text(line, "description").unwrap_or_default();
    let mut value = json!({
        "description": description,
        "displayed_as": description,
        "ledger_account": world.reference.nested("ledger_accounts", ledger_account).ok_or_else(not_found)?,
        "tax_rate": world.reference.nested("tax_rates", tax_rate).ok_or_else(not_found)?,
        "unit_price_includes_tax": flag(line, "unit_price_includes_tax"),
    });
    for (key, shown, collections) in [
        (
            "product_id",
            "product",
            ["products", "stock_items"].as_slice(),
        ),
        ("service_id", "service", ["services"].as_slice()),
    ] {
        if let Some(id) = filled(line, key) {
            let found = collections
                .iter()
                .find_map(|collection| world.store.find(collection, id))
                .ok_or_else(not_found)?;
            set(
                &mut value,
                shown,
                Value::Object(pick(&found.value, &["id", "displayed_as", "$path"])),
            );
        }
    }
    if let Some(kind) = filled(line, "eu_goods_services_type_id") {
        set(
            &mut value,
            "eu_goods_services_type",
            world
                .reference
                .nested("eu_goods_services_types", kind)
                .ok_or_else(not_found)?,
        );
    }
    Ok(value)
}

/// - Documented (guide "invoicing"): two decimals are the only precision supported for tax amounts; that
///   more are refused is assumed.
/// - Reported ("totals invariant", troubleshooting §20): sums that do not fit answer the umbrella.
/// - A tolerance between tax and rate is not on record; `tax_tolerance` sets one.
fn sums_that_disagree(
    world: &World,
    line: &Value,
    facts: &LineFacts,
    amounts: &arithmetic::LineAmounts,
    date: &str,
    places: i64,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !arithmetic::is_whole_pennies(&facts.tax, places) {
        problems.push(Problem::invalid(
            "line_items.tax_amount",
            "must have no more decimals than the currency",
        ));
    }
    for (key, sum) in [
        ("net_amount", &amounts.net),
        ("total_amount", &amounts.total),
    ] {
        if amount(line, key).is_some_and(|sent| &sent != sum) {
            problems.push(Problem::required(DESCRIPTION));
        }
    }
    let tolerance = world
        .switches
        .tax_tolerance
        .as_deref()
        .and_then(|text| text.parse::<BigDecimal>().ok());
    let rate = filled(line, "tax_rate_id").and_then(|id| world.reference.percentage(id, date));
    if let (Some(tolerance), Some(rate)) = (tolerance, rate) {
        let expected = arithmetic::percentage_of(&amounts.net, &rate, places);
        if (&amounts.tax - expected).abs() > tolerance {
            problems.push(Problem::invalid(
                "line_items.tax_amount",
                "does not match the tax rate",
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_references_are_told_from_ampersands() {
        for text in [
            "Lumaflex&trade; Band",
            "it&#39;s",
            "&#x27;",
            "a &amp; b",
            "&frac12;",
        ] {
            assert!(has_html_entity(text), "{text}");
        }
        for text in [
            "Marks & Spencer",
            "AT&T",
            "A&B; C",
            "R&D ; Co",
            "&;",
            "&#;",
            "&#x;",
            "fish & chips; peas",
        ] {
            assert!(!has_html_entity(text), "{text}");
        }
    }

    #[test]
    fn the_umbrella_joins_unrelated_line_failures_only() {
        let sources = |problems: Vec<Problem>| -> Vec<String> {
            with_umbrella(problems)
                .into_iter()
                .map(|problem| problem.source)
                .collect()
        };
        assert_eq!(
            sources(vec![Problem::required("line_items.currency_tax_amount")]),
            ["line_items.currency_tax_amount"]
        );
        assert_eq!(
            sources(vec![Problem::required("contact_id")]),
            ["contact_id"]
        );
        assert_eq!(
            sources(vec![Problem::invalid(
                "line_items.unit_price",
                "is invalid"
            )]),
            ["line_items.description", "line_items.unit_price"]
        );
    }
}
