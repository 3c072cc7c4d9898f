//! Reference data of the Sage business: tax rates, ledger accounts, bank accounts.

use crate::canonical::{Date, Figure, Text};
use crate::codes::Reject;
use crate::outcome::Rejection;
use crate::outcome::Step;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::fmt::Display;

/// What the Sage business has. An empty list means "not known", not "none".
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reference<'a> {
    /// Tax rates with their percentages over time.
    #[serde(borrow)]
    pub tax_rates: Vec<TaxRate<'a>>,
    /// Ledger accounts.
    pub ledger_accounts: Vec<LedgerAccount<'a>>,
    /// Bank accounts.
    pub bank_accounts: Vec<BankAccount<'a>>,
    /// Kinds of product prices, the standard one first.
    pub product_sales_price_types: Vec<PriceType<'a>>,
    /// Kinds of service rates, the standard one first.
    pub service_rate_types: Vec<PriceType<'a>>,
}

/// A tax rate (`GET /tax_rates?attributes=all`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxRate<'a> {
    /// Sage's id, such as `GB_STANDARD`.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// Percentages with the days they hold.
    #[serde(default)]
    pub percentages: Vec<Percentage<'a>>,
}

/// A percentage and the days it holds, both inclusive; a missing end is open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Percentage<'a> {
    /// The percentage, `20.00` for 20 %.
    pub percentage: Figure,
    /// First day.
    #[serde(borrow)]
    pub from_date: Option<Text<'a>>,
    /// Last day.
    pub to_date: Option<Text<'a>>,
}

/// A ledger account (`GET /ledger_accounts`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerAccount<'a> {
    /// Sage's id.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// Name and nominal code as Sage shows them.
    pub displayed_as: Option<Text<'a>>,
    /// Where Sage offers the account.
    #[serde(default)]
    pub visible_in: Vec<Text<'a>>,
}

/// A bank account (`GET /bank_accounts`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BankAccount<'a> {
    /// Sage's id.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// Name as Sage shows it.
    pub displayed_as: Option<Text<'a>>,
}

/// A kind of price (`GET /product_sales_price_types`, `GET /service_rate_types`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceType<'a> {
    /// Sage's id.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// Name as Sage shows it; users can edit it, so nothing depends on it.
    pub displayed_as: Option<Text<'a>>,
}

impl Reference<'_> {
    /// Refuses a ledger account that the business does not have; `knob` names the setting.
    pub(crate) fn require_ledger_account(&self, knob: &str, id: &str) -> Step<()> {
        require(
            &self.ledger_accounts,
            |account| account.id == id,
            || format!("/settings/policy/{knob}"),
            "ledger account",
            id,
        )
    }

    /// Refuses a bank account that the business does not have; `knob` names the setting.
    pub(crate) fn require_bank_account(&self, knob: &str, id: &str) -> Step<()> {
        require(
            &self.bank_accounts,
            |account| account.id == id,
            || format!("/settings/policy/{knob}"),
            "bank account",
            id,
        )
    }

    /// Refuses a tax rate that the business does not have; `pointer` is where it is named.
    pub(crate) fn require_tax_rate(&self, pointer: &dyn Display, id: &str) -> Step<()> {
        require(
            &self.tax_rates,
            |rate| rate.id == id,
            || pointer.to_string(),
            "tax rate",
            id,
        )
    }

    /// The percentage of a tax rate on a day, when known.
    pub(crate) fn percentage(&self, id: &str, day: Date) -> Step<Option<Decimal>> {
        let Some((position, rate)) = self
            .tax_rates
            .iter()
            .enumerate()
            .find(|(_, rate)| rate.id == id)
        else {
            return Ok(None);
        };
        for (index, entry) in rate.percentages.iter().enumerate() {
            let date = |text: &Option<Text<'_>>, field: &str| {
                text.as_deref()
                    .map(|text| {
                        Date::parse_at(text, || {
                            format!(
                                "/settings/reference/tax_rates/{position}/percentages/{index}/{field}"
                            )
                        })
                    })
                    .transpose()
            };
            let from = date(&entry.from_date, "from_date")?;
            let to = date(&entry.to_date, "to_date")?;
            if from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to) {
                return Ok(Some(entry.percentage.exact()));
            }
        }
        Ok(None)
    }
}

fn require<T>(
    known: &[T],
    matches: impl Fn(&T) -> bool,
    pointer: impl Fn() -> String,
    kind: &str,
    id: &str,
) -> Step<()> {
    if known.is_empty() || known.iter().any(matches) {
        return Ok(());
    }
    Err(Rejection::new(
        Reject::NotInReference,
        pointer(),
        format!("the Sage business has no {kind} {id:?}"),
        "choose one that exists in Sage, or refresh the reference data",
    ))
}
