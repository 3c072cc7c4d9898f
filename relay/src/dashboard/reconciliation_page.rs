//! Reconciliation: a month in Magento and in Sage, and why they differ.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};

use rust_decimal::Decimal;

use ledger_store::clock;

use crate::operations::{OperationError, Reconciled};
use crate::reconciliation::{CurrencyTotals, Day, Difference, OpenDocument};

use super::Dashboard;
use super::csv::download;
use super::error::{PageError, page};
use super::frame::Frame;
use super::reconciliation_book::{as_csv, as_xlsx, bank_name};
use super::reconciliation_labels::{cause, kind, money, rate, reason};
use super::times::{date, moment};
use super::visit::Visit;

const DAY: i64 = 86_400_000;
/// In the first days of a month people look at the one before.
const LAST_MONTH_UNTIL: i64 = 7;
/// A look into Sage that takes longer goes on while the page is shown.
const WAIT: Duration = Duration::from_secs(4);
/// Differences on a page; the files have all of them.
const MOST_SHOWN: usize = 500;

struct RateLine {
    rate: String,
    shop_net: String,
    shop_tax: String,
    sage_net: String,
    sage_tax: String,
    difference: String,
    differs: bool,
}

struct DifferenceLine {
    title: &'static str,
    sign: &'static str,
    class: &'static str,
    reason: String,
    remedy: &'static str,
    document: String,
    run_id: Option<String>,
    day: String,
    sage: String,
    amount: String,
    tax: String,
}

struct CurrencyCard {
    currency: String,
    rates: Vec<RateLine>,
    total: RateLine,
    differences: Vec<DifferenceLine>,
    hidden: usize,
    explained: String,
    verdict: String,
    agrees: bool,
}

struct BankLine {
    bank: String,
    methods: String,
    currency: String,
    shop_received: String,
    sage_received: String,
    shop_refunded: String,
    sage_refunded: String,
    difference: String,
    differs: bool,
}

struct OpenLine {
    document: String,
    run_id: Option<String>,
    day: String,
    where_paid: &'static str,
    where_open: &'static str,
    outstanding: String,
}

/// Another month: `2026-10`, and its name.
struct MonthLink {
    month: String,
    name: String,
}

impl MonthLink {
    fn of(day: Day) -> Self {
        let first = day.month().0.to_string();
        let name = date(&first);
        Self {
            month: first.chars().take(7).collect(),
            name: name.split_once(' ').map_or("", |(_, name)| name).to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "reconciliation.html")]
struct ReconciliationPage {
    frame: Frame,
    binding: String,
    from: String,
    to: String,
    /// The days in words.
    days: String,
    month: String,
    earlier: MonthLink,
    later: Option<MonthLink>,
    shop_told: String,
    time_zone: String,
    untold: String,
    sage_read: String,
    now: String,
    is_reading: bool,
    problem: Option<String>,
    currencies: Vec<CurrencyCard>,
    banks: Vec<BankLine>,
    open: Vec<OpenLine>,
    has_shop: bool,
}

/// The days that were asked for: two dates, a month, or the month that people look at now.
fn wanted(text: impl Fn(&str) -> String) -> Result<(Day, Day), PageError> {
    let day = |text: &str| {
        Day::parse(text).ok_or_else(|| {
            PageError::from(OperationError::Argument(format!(
                "{text} is not a date such as 2026-11-28."
            )))
        })
    };
    let (from, to, month) = (text("from"), text("to"), text("month"));
    if !from.is_empty() && !to.is_empty() {
        return Ok((day(&from)?, day(&to)?));
    }
    if !month.is_empty() {
        return Ok(day(&format!("{month}-01"))?.month());
    }
    let today = clock::now().div_euclid(DAY);
    Ok(Day(today - LAST_MONTH_UNTIL).month())
}

fn of_query(query: &BTreeMap<String, String>) -> Result<(Day, Day), PageError> {
    wanted(|name| {
        let value = query.get(name).map(|value| value.trim());
        value.unwrap_or_default().chars().take(10).collect()
    })
}

pub(super) async fn show(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let (from, to) = of_query(&query)?;
    let operations = visit.operations(&dashboard);
    let reconciled = operations.reconcile(visit.binding()?, from, to).await?;
    page(&shown(&visit, (from, to), &reconciled)?)
}

fn shown(
    visit: &Visit,
    (from, to): (Day, Day),
    reconciled: &Reconciled,
) -> Result<ReconciliationPage, PageError> {
    let at = |at: Option<i64>| at.map(moment).unwrap_or_default();
    let outcome = &reconciled.outcome;
    let is_month = (from, to) == from.month();
    let this = MonthLink::of(from);
    let days = if is_month {
        this.name.clone()
    } else {
        format!("{} to {}", date(&from.to_string()), date(&to.to_string()))
    };
    let after = Day(to.0 + 1);
    let today = clock::now().div_euclid(DAY);
    let untold = match reconciled.untold_days {
        0 => String::new(),
        1 => "1 day is".to_owned(),
        days => format!("{days} days are"),
    };
    Ok(ReconciliationPage {
        frame: Frame::of(visit, "Reconciliation")?,
        binding: visit.binding()?.to_owned(),
        from: from.to_string(),
        to: to.to_string(),
        days,
        month: if is_month { this.month } else { String::new() },
        earlier: MonthLink::of(Day(from.0 - 1)),
        later: (after.0 <= today).then(|| MonthLink::of(after)),
        shop_told: at(reconciled.shop_told_at),
        time_zone: reconciled.time_zone.clone().unwrap_or_default(),
        untold,
        sage_read: at(reconciled.sage_read_at),
        now: moment(clock::now()),
        is_reading: reconciled.sage_reading_since.is_some() || reconciled.is_shop_asked,
        problem: reconciled.sage_problem.clone(),
        currencies: outcome.currencies.iter().map(card).collect(),
        banks: outcome
            .banks
            .iter()
            .map(|one| BankLine {
                bank: bank_name(reconciled, one.bank.as_deref()),
                methods: one.methods.join(", "),
                currency: one.currency.clone(),
                shop_received: money(one.shop.received),
                sage_received: money(one.sage.received),
                shop_refunded: money(one.shop.refunded),
                sage_refunded: money(one.sage.refunded),
                difference: money(one.shop.net() - one.sage.net()),
                differs: one.shop != one.sage,
            })
            .collect(),
        open: outcome.open.iter().map(open).collect(),
        has_shop: reconciled.shop_told_at.is_some(),
    })
}

fn card(totals: &CurrencyTotals) -> CurrencyCard {
    let line =
        |name: String, shop: crate::reconciliation::Sum, sage: crate::reconciliation::Sum| {
            RateLine {
                rate: name,
                shop_net: money(shop.net),
                shop_tax: money(shop.tax),
                sage_net: money(sage.net),
                sage_tax: money(sage.tax),
                difference: money(shop.total() - sage.total()),
                differs: shop != sage,
            }
        };
    let rates = totals.rates.iter();
    let shown = totals.differences.iter().take(MOST_SHOWN);
    CurrencyCard {
        currency: totals.currency.clone(),
        rates: rates
            .map(|row| line(rate(row.rate), row.shop, row.sage))
            .collect(),
        total: line("Total".to_owned(), totals.shop, totals.sage),
        differences: shown.map(difference).collect(),
        hidden: totals.differences.len().saturating_sub(MOST_SHOWN),
        explained: money(totals.explained()),
        verdict: verdict(totals),
        agrees: totals.difference().is_zero() && totals.shop == totals.sage,
    }
}

fn verdict(totals: &CurrencyTotals) -> String {
    let difference = totals.difference();
    let side = match difference.cmp(&Decimal::ZERO) {
        Ordering::Greater => "Magento",
        Ordering::Less => "Sage",
        Ordering::Equal if totals.shop == totals.sage => return "Both sides agree".to_owned(),
        Ordering::Equal => return "Equal totals, other VAT".to_owned(),
    };
    format!(
        "{side} has {} {} more",
        money(difference.abs()),
        totals.currency
    )
}

/// The sign of a class, for whoever does not see colours.
fn sign(class: &str) -> &'static str {
    match class {
        "bad" => "✕",
        "quiet" => "↷",
        _ => "○",
    }
}

fn difference(one: &Difference) -> DifferenceLine {
    let words = cause(one.cause);
    let number = one.increment_id.as_deref().unwrap_or_default();
    let kind = one.kind.map(kind).unwrap_or_default();
    DifferenceLine {
        title: words.title,
        sign: sign(words.class),
        class: words.class,
        remedy: words.remedy,
        reason: one.reason.as_deref().map(reason).unwrap_or_default(),
        document: format!("{kind} {number}").trim().to_owned(),
        run_id: one.run_id.clone(),
        day: one
            .day
            .map(|day| date(&day.to_string()))
            .unwrap_or_default(),
        sage: one.sage_number.clone().unwrap_or_default(),
        amount: money(one.amount),
        tax: money(one.tax),
    }
}

fn open(one: &OpenDocument) -> OpenLine {
    let (where_paid, where_open) = if one.is_paid_in_shop {
        ("Magento", "Sage")
    } else {
        ("Sage", "Magento")
    };
    OpenLine {
        document: format!("Invoice {}", one.increment_id),
        run_id: one.run_id.clone(),
        day: date(&one.day.to_string()),
        where_paid,
        where_open,
        outstanding: format!("{} {}", money(one.outstanding), one.currency),
    }
}

/// Asks the shop and reads Sage. What takes long goes on by itself.
pub(super) async fn update(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let (from, to) = wanted(|name| visit.fields.text(name).chars().take(10).collect())?;
    let binding = visit.binding()?.to_owned();
    let everything = visit.fields.has("everything");
    let operations = visit.operations(&dashboard);
    operations.want_shop_totals(&binding, from, to).await?;
    let to_page = format!("/b/{binding}/reconciliation?from={from}&to={to}");
    let reading = tokio::spawn(async move {
        // Why it failed stands with the reading, and on the page.
        if let Err(error) = operations
            .read_sage_and_wait(&binding, (from, to), everything)
            .await
            && !matches!(
                error,
                OperationError::Refused(_) | OperationError::Argument(_)
            )
        {
            tracing::warn!(binding = %binding, error = %error, "Sage was not read for a reconciliation");
        }
    });
    // Either it is done, or the page says that it goes on.
    let _ = tokio::time::timeout(WAIT, reading).await;
    Ok(Redirect::to(&to_page).into_response())
}

async fn file(
    dashboard: &Dashboard,
    visit: &Visit,
    query: &BTreeMap<String, String>,
) -> Result<(String, Reconciled), PageError> {
    let (from, to) = of_query(query)?;
    let binding = visit.binding()?;
    let operations = visit.operations(dashboard);
    let reconciled = operations.reconcile(binding, from, to).await?;
    let name = format!("reconciliation-{binding}-{from}-{to}");
    Ok((name, reconciled))
}

pub(super) async fn csv(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let (name, reconciled) = file(&dashboard, &visit, &query).await?;
    let text = as_csv(&reconciled).into_bytes();
    Ok(download(
        &format!("{name}.csv"),
        "text/csv; charset=utf-8",
        text,
    ))
}

pub(super) async fn xlsx(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let (name, reconciled) = file(&dashboard, &visit, &query).await?;
    let book = as_xlsx(&reconciled).map_err(|error| {
        PageError::from(OperationError::Argument(format!(
            "The workbook could not be made: {error}."
        )))
    })?;
    Ok(download(&format!("{name}.xlsx"), KIND, book))
}
