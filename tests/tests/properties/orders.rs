//! An order and the invoice that covers it in full carry the same lines, VAT and total.

use crate::runner::{Counts, count, documents, try_all};
use crate::{decide, profile};
use anyhow::{Context, Result, ensure};
use ledger_tests::generate::order::order_placed;
use ledger_tests::generate::render::render;
use ledger_tests::generate::spec::{Kind, Sale, sale};
use serde_json::{Value, json};

#[test]
fn an_order_becomes_what_its_only_invoice_becomes() {
    let counts = try_all("orders", documents(), sale, check);
    let posted = counts.get("posted").copied().unwrap_or_default();
    assert!(posted > 100, "only {posted} orders were posted");
}

fn check(sale: Sale, counts: &mut Counts) -> Result<()> {
    let sale = Sale {
        kind: Kind::InvoiceCreated,
        ..sale
    };
    let event = render(&sale).event;
    let settings = profile().for_sale(&sale).to_string();
    let invoice = decide(&event.to_string(), &settings)?;
    let placed = order_placed(&event);
    let order = decide(&placed.to_string(), &settings)?;
    if invoice["decision"] == "post" {
        count(counts, "posted");
    }
    same(&invoice, &order)
        .with_context(|| format!("order {placed}\nas invoice {invoice}\nas order {order}"))
}

fn same(invoice: &Value, order: &Value) -> Result<()> {
    ensure!(invoice["decision"] == order["decision"], "the decision");
    ensure!(invoice["code"] == order["code"], "the code");
    if invoice["decision"] != "post" {
        return Ok(());
    }
    let (billed, offered) = (step(invoice)?, step(order)?);
    ensure!(billed["expect"] == offered["expect"], "the total");
    let (mut billed, mut offered) = (
        billed["body"]["sales_invoice"].clone(),
        offered["body"]["sales_estimate"].clone(),
    );
    let expiry = offered
        .as_object_mut()
        .and_then(|body| body.remove("expiry_date"));
    ensure!(expiry == Some(json!("2026-12-21")), "the expiry date");
    for (body, lines) in [
        (&mut billed, "invoice_lines"),
        (&mut offered, "estimate_lines"),
    ] {
        let body = body.as_object_mut().context("a body")?;
        // Each has its own number.
        body.remove("reference");
        let mut found = body.remove(lines).context("lines")?;
        for line in found.as_array_mut().into_iter().flatten() {
            if let Some(line) = line.as_object_mut() {
                line.remove("currency_tax_amount");
            }
        }
        body.insert("lines".to_owned(), found);
    }
    ensure!(billed == offered, "the body");
    Ok(())
}

/// The document itself, after its contact.
fn step(decision: &Value) -> Result<&Value> {
    let steps = decision["plan"]["steps"].as_array().context("steps")?;
    steps.last().context("a step")
}
