//! What must hold for every document, tried on documents nobody wrote.
//!
//! A few thousand in the ordinary run; `cargo xtask properties` tries a million in the release
//! profile. Both begin with the same documents: the seeds are fixed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod broken;
mod odd;
mod orders;
mod runner;

use anyhow::{Context, Result, ensure};
use ledger_tests::corpus::RequestSchemas;
use ledger_tests::generate::document::Document;
use ledger_tests::generate::entities::{self, entity};
use ledger_tests::generate::rates;
use ledger_tests::generate::render::{document_key, render};
use ledger_tests::generate::sage;
use ledger_tests::generate::settings::Settings;
use ledger_tests::generate::spec::{Destination, Kind, Quantities, Sale, Shop, sale};
use runner::{Counts, count, documents, try_all};
use serde_json::Value;

/// The decision, made twice: it must be the same bytes.
fn decide(event: &str, settings: &str) -> Result<Value> {
    let text = ledger_core::translate(event, settings).to_json();
    ensure!(
        text == ledger_core::translate(event, settings).to_json(),
        "two translations differ"
    );
    ensure!(!text.contains('\n'), "the decision is more than one line");
    let decision = serde_json::from_str(&text).context("the decision is no JSON")?;
    sage::complete(&decision)?;
    Ok(decision)
}

/// The profile, read once per thread.
fn profile() -> Settings {
    thread_local! {
        static PROFILE: Settings = Settings::load().unwrap();
    }
    PROFILE.with(Clone::clone)
}

#[test]
fn every_document_is_posted_with_magentos_total() {
    let counts = try_all("sales documents", documents(), sale, check_sale);
    let of = |what: &str| counts.get(what).copied().unwrap_or_default();
    let (posted, rounded) = (of("posted"), of("with a rounding line"));
    println!("  rounding lines on {rounded} of {posted} posted documents");
    assert!(rounded * 100 < posted, "rounding lines are the rule");
    assert_eq!(of("whole, with a rounding line"), 0);
}

fn check_sale(sale: Sale, counts: &mut Counts) -> Result<()> {
    let generated = render(&sale);
    let settings = profile().for_sale(&sale);
    let decision = decide(&generated.event.to_string(), &settings.to_string())?;
    let outcome = tally(&sale, &generated.document, &decision, counts);
    verdict(&sale, &generated.document, &decision, outcome)
        .and_then(|()| match outcome {
            "post" => check_post(
                &sale,
                &generated.document,
                &generated.event,
                &decision,
                &settings,
            ),
            _ => Ok(()),
        })
        .and_then(|()| permuted(&sale, &generated.event, &decision, &settings))
        .with_context(|| format!("event {}\ndecision {decision}", generated.event))
}

/// Counts the outcome, and the rounding lines among what is posted.
fn tally<'a>(
    sale: &Sale,
    document: &Document,
    decision: &'a Value,
    counts: &mut Counts,
) -> &'a str {
    let outcome = sage::complete(decision).unwrap_or("?");
    let class = class(sale, document);
    match outcome {
        "post" => {
            count(counts, "posted");
            let rounded = has_warning(decision, "rounding_line_added");
            if rounded {
                count(counts, "with a rounding line");
            }
            let line = if rounded { "with a" } else { "without" };
            count(counts, format!("{class}, {line} rounding line"));
        }
        "skip" => count(counts, format!("skipped: {}", string(decision, "/reason"))),
        _ => count(
            counts,
            format!("{class}, rejected: {}", string(decision, "/code")),
        ),
    }
    outcome
}

/// Where the fractions of a document come from.
fn class(sale: &Sale, document: &Document) -> &'static str {
    if document.is_whole {
        "whole"
    } else if sale.quantities == Quantities::Decimal {
        "decimal quantities"
    } else if document.currencies.document.decimals == 0 {
        "two decimals in a currency without any"
    } else {
        "other fractions"
    }
}

fn string(value: &Value, pointer: &str) -> String {
    sage::text(value, pointer).unwrap_or_default().to_owned()
}

fn has_warning(decision: &Value, code: &str) -> bool {
    let warnings = decision["warnings"].as_array();
    warnings
        .into_iter()
        .flatten()
        .any(|warning| warning["code"] == code)
}

/// What Magento computed is posted; left out is only what is worth nothing.
fn verdict(sale: &Sale, document: &Document, decision: &Value, outcome: &str) -> Result<()> {
    let worth = document
        .value
        .rounded(document.currencies.document.decimals);
    match outcome {
        "skip" => {
            let reason = string(decision, "/reason");
            let empty = sale.lines.is_empty() && reason == "empty_document";
            let unpaid = sale.kind == Kind::InvoicePaid && reason == "nothing_to_pay";
            ensure!(
                (empty || unpaid) && worth.0 == 0,
                "skipped although it is worth {worth}"
            );
        }
        "reject" => {
            let empty = sale.lines.is_empty() && decision["code"] == "no_lines";
            let fractions = !document.is_whole && decision["code"] == "total_does_not_reconcile";
            // A residue takes a discount of 100 % below nothing.
            let negative = worth.0 < 0 && decision["code"] == "negative_total";
            ensure!(
                empty || fractions || negative,
                "a consistent document is rejected"
            );
        }
        _ => {}
    }
    Ok(())
}

fn check_post(
    sale: &Sale,
    document: &Document,
    event: &Value,
    decision: &Value,
    settings: &Value,
) -> Result<()> {
    let decimals = document.currencies.document.decimals;
    sage::prove(decision, settings, document.value, decimals)?;
    sage::well_formed(decision, Some(decimals))?;
    let key = document_key(sale.kind);
    rates::prove(event, key, decision, settings, decimals)?;
    // Compiling the schemas takes long, so only a sample is validated.
    if sale.id.is_multiple_of(64) {
        validate(decision)?;
    }
    northern_ireland(sale, decision)
}

/// British tax on what an Irish business delivers there is that of XI for goods, and of the United
/// Kingdom for services.
fn northern_ireland(sale: &Sale, decision: &Value) -> Result<()> {
    if sale.shop != Shop::Ireland || sale.destination != Destination::NorthernIreland {
        return Ok(());
    }
    let goods = sale.lines.is_empty() || sale.lines.iter().any(|line| !line.is_service());
    let foreign = if goods { "UK_" } else { "XI_" };
    for step in sage::steps(decision) {
        let body = step["body"].to_string();
        ensure!(
            !body.contains(&format!("\"{foreign}")),
            "goods {goods}: {body}"
        );
        ensure!(
            !body.contains("\"IE_STANDARD"),
            "British tax at an Irish rate: {body}"
        );
    }
    Ok(())
}

fn validate(decision: &Value) -> Result<()> {
    thread_local! {
        static SCHEMAS: RequestSchemas = RequestSchemas::load().unwrap();
    }
    SCHEMAS.with(|schemas| schemas.validate(&decision["plan"]))
}

/// Rows in reverse give the same lines in another order, and the same total.
///
/// Where a cent moved to the largest line, equally large lines may change places.
fn permuted(sale: &Sale, event: &Value, decision: &Value, settings: &Value) -> Result<()> {
    if sale.lines.len() < 2
        || sale.id.is_multiple_of(2)
        || has_warning(decision, "tax_residue_moved")
    {
        return Ok(());
    }
    let mut reversed = event.clone();
    let items = reversed.pointer_mut(&format!("/{}/items", document_key(sale.kind)));
    items
        .and_then(Value::as_array_mut)
        .context("items")?
        .reverse();
    let other = decide(&reversed.to_string(), &settings.to_string())?;
    ensure!(
        other["decision"] == decision["decision"] && other["fired"] == decision["fired"],
        "another outcome for reversed rows: {other}"
    );
    for (step, other) in sage::steps(decision).iter().zip(sage::steps(&other)) {
        ensure!(
            sorted_lines(step) == sorted_lines(other) && step["expect"] == other["expect"],
            "other lines for reversed rows: {other}"
        );
    }
    Ok(())
}

fn sorted_lines(step: &Value) -> Vec<String> {
    let lines = sage::artefact(&step["body"]).and_then(sage::lines);
    let mut texts: Vec<String> = lines
        .unwrap_or_default()
        .iter()
        .map(ToString::to_string)
        .collect();
    texts.sort_unstable();
    texts
}

#[test]
fn every_customer_and_product_gets_a_valid_answer() {
    try_all(
        "customers and products",
        documents() / 4,
        entity,
        |entity, counts| {
            let event = entities::render(&entity);
            let decision = decide(&event.to_string(), &profile().of(entity.shop()).to_string())?;
            sage::well_formed(&decision, None)
                .and_then(|()| {
                    if decision["plan"].is_null() {
                        Ok(())
                    } else {
                        validate(&decision)
                    }
                })
                .with_context(|| format!("event {event}\ndecision {decision}"))?;
            let outcome = string(&decision, "/decision");
            let code = string(&decision, "/code") + &string(&decision, "/reason");
            count(counts, format!("{outcome} {code}"));
            ensure!(
                outcome != "reject",
                "rejected: {event}\ndecision {decision}"
            );
            Ok(())
        },
    );
}
