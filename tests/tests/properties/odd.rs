//! Odd documents: what each must come to.

use crate::runner::{Counts, count, documents, try_all};
use crate::{decide, has_warning, profile, string};
use anyhow::{Context, Result, ensure};
use ledger_tests::generate::fixed::{Fixed, UNIT};
use ledger_tests::generate::odd::{self, Odd, OddDocument};
use ledger_tests::generate::rates::{self, Charge};
use ledger_tests::generate::render::document_key;
use ledger_tests::generate::sage;
use ledger_tests::generate::spec::{Kind, Sale};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a document with a doubtful tax may be refused for.
const DOUBTFUL: [&str; 3] = [
    "tax_contradicts_rate",
    "tax_rate_not_mapped",
    "tax_percent_missing",
];

#[test]
fn odd_documents_are_posted_right_or_not_at_all() {
    let counts = try_all("odd documents", documents(), odd::odd, check);
    // Each oddity must have been met with every answer it can get.
    for needed in [
        "percentage missing: post",
        "percentage missing: tax_percent_missing",
        "percentage rederived: post",
        "wrong tax: post",
        "wrong tax: tax_contradicts_rate",
        "negative: negative_total",
        "empty: empty_document",
        "adjustments with VAT: post",
        "number: post",
        "number: reference_too_long",
        "no e-mail: customer_email_missing",
        "no e-mail: post",
        "no method: post",
        "invoiced before: order_over_invoiced",
        "invoiced before: post",
    ] {
        assert!(counts.contains_key(needed), "never seen: {needed}");
    }
}

fn check((sale, odd): (Sale, Odd), counts: &mut Counts) -> Result<()> {
    let document = odd::document(&sale, &odd, &profile())?;
    let (event, settings) = (document.event.to_string(), document.settings.to_string());
    let decision = decide(&event, &settings)?;
    let answer = match string(&decision, "/decision").as_str() {
        "post" => "post".to_owned(),
        _ => string(&decision, "/code") + &string(&decision, "/reason"),
    };
    count(counts, format!("{}: {answer}", name(&odd)));
    let key = document_key(sale.kind);
    posted(&document, key, &decision)
        .and_then(|()| expected(&sale, &odd, &document, &decision, &answer))
        .with_context(|| format!("event {event}\nsettings {settings}\ndecision {decision}"))
}

const fn name(odd: &Odd) -> &'static str {
    match odd {
        Odd::PercentageMissing => "percentage missing",
        Odd::PercentageRederived => "percentage rederived",
        Odd::WrongTax(..) => "wrong tax",
        Odd::Negative(_) => "negative",
        Odd::Empty => "empty",
        Odd::Inclusive => "adjustments with VAT",
        Odd::Number(..) => "number",
        Odd::NoEmail(_) => "no e-mail",
        Odd::NoMethod => "no method",
        Odd::Invoiced(..) => "invoiced before",
    }
}

/// What holds for everything that is posted: the total, and no rate that contradicts its tax.
fn posted(document: &OddDocument, key: &str, decision: &Value) -> Result<()> {
    if decision["plan"].is_null() {
        return Ok(());
    }
    sage::prove(
        decision,
        &document.settings,
        document.value,
        document.decimals,
    )?;
    sage::well_formed(decision, Some(document.decimals))?;
    let event = &document.event;
    rates::prove(event, key, decision, &document.settings, document.decimals)
}

fn expected(
    sale: &Sale,
    odd: &Odd,
    document: &OddDocument,
    decision: &Value,
    answer: &str,
) -> Result<()> {
    let ordinary = is_ordinary(sale, document, answer);
    match odd {
        Odd::PercentageMissing | Odd::PercentageRederived => {
            ensure!(
                ordinary || DOUBTFUL.contains(&answer),
                "unexpected {answer}"
            );
            inferred(sale, document, decision, answer)
        }
        Odd::WrongTax(..) => {
            ensure!(
                ordinary || DOUBTFUL.contains(&answer),
                "unexpected {answer}"
            );
            Ok(())
        }
        Odd::Negative(_) => {
            ensure!(answer == "negative_total", "{answer} for a negative total");
            Ok(())
        }
        Odd::Empty => {
            ensure!(answer == "empty_document", "{answer} for an empty document");
            Ok(())
        }
        Odd::Inclusive => {
            ensure!(ordinary, "unexpected {answer}");
            adjustments(document, decision)
        }
        Odd::Number(number, prefix, shorten) => {
            number_is_kept(sale, document, decision, answer, (number, prefix, *shorten))
        }
        Odd::NoEmail(shared) => {
            let refused = answer == "customer_email_missing";
            ensure!(ordinary || (refused && !shared), "unexpected {answer}");
            // A memo goes to the contact of its invoice, a payment to that of the one it pays.
            let needs_one = sale.kind == Kind::InvoiceCreated;
            ensure!(
                *shared || !needs_one || answer != "post",
                "posted to nobody"
            );
            Ok(())
        }
        Odd::NoMethod => {
            ensure!(ordinary, "unexpected {answer}");
            Ok(())
        }
        Odd::Invoiced(_, _, canceled, post) => {
            let surplus = !post && is_surplus(document, !canceled)?;
            ensure!(
                surplus == (answer == "order_over_invoiced") || (surplus && document.value.0 == 0),
                "{answer}, surplus {surplus}"
            );
            ensure!(surplus || ordinary, "unexpected {answer}");
            Ok(())
        }
    }
}

/// What an ordinary document may come to.
fn is_ordinary(sale: &Sale, document: &OddDocument, answer: &str) -> bool {
    let worthless = document.value.rounded(document.decimals) == Fixed::ZERO;
    match answer {
        "post" => true,
        "empty_document" | "no_lines" => sale.lines.is_empty(),
        "negative_total" => document.value < Fixed::ZERO,
        "nothing_to_pay" => sale.kind == Kind::InvoicePaid && worthless,
        "total_does_not_reconcile" => !document.is_whole,
        _ => false,
    }
}

/// The rows' charges.
fn charges(sale: &Sale, document: &OddDocument) -> Result<Vec<Charge>> {
    let rows = document
        .event
        .pointer(&format!("/{}/items", document_key(sale.kind)));
    rows.and_then(Value::as_array)
        .context("items")?
        .iter()
        .map(|row| Charge::of_row(row, document.decimals))
        .collect()
}

/// Posted where every row can be one rate only, refused where one can be none.
fn inferred(sale: &Sale, document: &OddDocument, decision: &Value, answer: &str) -> Result<()> {
    let candidates = rates::candidates(&document.settings)?;
    let (mut certain, mut possible) = (true, true);
    for charge in charges(sale, document)? {
        // A row without tax is at 0 % whatever else could give nothing.
        if charge.tax == Fixed::ZERO {
            continue;
        }
        let may_be = |rate: &&Fixed| !charge.contradicts(**rate, Fixed::ZERO, document.decimals);
        let may_be = candidates.iter().filter(may_be).count();
        let surely = candidates.iter().any(|rate| {
            let minor_unit = Fixed(ledger_tests::generate::fixed::step(document.decimals));
            charge.is_within(*rate, Fixed(minor_unit.0 * 9 / 10))
        });
        certain &= may_be == 1 && surely;
        possible &= may_be > 0;
    }
    let steps = sage::steps(decision);
    let has_document = steps
        .iter()
        .any(|step| step["resource"] != "contact_payments");
    ensure!(
        possible || answer != "post" || !has_document,
        "posted at a rate that cannot be"
    );
    ensure!(
        !certain || !DOUBTFUL.contains(&answer),
        "refused although one rate fits: {answer}"
    );
    Ok(())
}

/// Net and tax of the lines at one rate: of the memo, and of one of its adjustments.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    gross: Fixed,
    tax: Fixed,
}

/// Every adjustment is split over the memo's rates in proportion to their gross, VAT included.
fn adjustments(document: &OddDocument, decision: &Value) -> Result<()> {
    let minor_unit = ledger_tests::generate::fixed::step(document.decimals);
    let moved = ["tax_residue_moved", "rounding_line_added"];
    if decision["plan"].is_null() || moved.iter().any(|code| has_warning(decision, code)) {
        return Ok(());
    }
    let note = sage::steps(decision)
        .iter()
        .find_map(|step| step.pointer("/body/sales_credit_note"))
        .context("no credit note")?;
    let mut memo: BTreeMap<String, Sums> = BTreeMap::new();
    let mut parts: BTreeMap<(&str, String), Sums> = BTreeMap::new();
    for line in sage::lines(note)? {
        let rate = string(line, "/tax_rate_id");
        let tax = sage::amount(line, "/tax_amount")?;
        let net = sage::amount(line, "/quantity")?.times(sage::amount(line, "/unit_price")?);
        let net = net.rounded(document.decimals) - sage::amount(line, "/discount_amount")?;
        let titles = ["Adjustment refund", "Adjustment fee"];
        let description = string(line, "/description");
        let title = titles
            .into_iter()
            .find(|title| description.starts_with(title));
        let sums = match title {
            Some(title) => parts.entry((title, rate)).or_default(),
            None => memo.entry(rate).or_default(),
        };
        sums.gross += net + tax;
        sums.tax += tax;
    }
    if !note["shipping_tax_rate_id"].is_null() {
        let sums = memo
            .entry(string(note, "/shipping_tax_rate_id"))
            .or_default();
        let tax = sage::amount(note, "/shipping_tax_amount")?;
        sums.gross += sage::amount(note, "/shipping_net_amount")? + tax;
        sums.tax += tax;
    }
    let whole: Fixed = memo.values().map(|sums| sums.gross).sum();
    let amounts = [
        (
            "Adjustment refund",
            sage::amount(&document.event, "/creditmemo/adjustment_positive")?,
        ),
        (
            "Adjustment fee",
            -sage::amount(&document.event, "/creditmemo/adjustment_negative")?,
        ),
    ];
    for (title, amount) in amounts {
        let own = |(key, _): &(&(&str, String), &Sums)| key.0 == title;
        let sum: Fixed = parts.iter().filter(own).map(|(_, sums)| sums.gross).sum();
        ensure!(
            sum == amount.rounded(document.decimals),
            "{title} comes to {sum}"
        );
        if whole == Fixed::ZERO {
            continue;
        }
        for (rate, of_memo) in &memo {
            let part = parts
                .get(&(title, rate.clone()))
                .copied()
                .unwrap_or_default();
            let share = amount.share(of_memo.gross.0, whole.0);
            ensure!(
                (part.gross - share).0.abs() <= minor_unit,
                "{title}: {} at {rate} instead of {share}",
                part.gross
            );
            let percentage = sage::percentage(&document.settings, rate)?;
            // Also where the memo's own tax at that rate is less than half a penny.
            let tax = part.gross.share(percentage.0, 100 * UNIT + percentage.0);
            ensure!(
                (part.tax - tax).0.abs() <= minor_unit,
                "{title}: VAT {} at {rate} instead of {tax}",
                part.tax
            );
        }
    }
    Ok(())
}

fn reference(decision: &Value) -> Option<(String, String)> {
    sage::steps(decision).iter().find_map(|step| {
        let artefact = sage::artefact(&step["body"]).ok()?;
        Some((string(artefact, "/reference"), string(artefact, "/notes")))
    })
}

/// At most 25 characters, different for different documents, with the number's end, and the whole
/// number in the notes.
fn number_is_kept(
    sale: &Sale,
    document: &OddDocument,
    decision: &Value,
    answer: &str,
    (number, prefix, shorten): (&str, &str, bool),
) -> Result<()> {
    let prefixed = number.starts_with(prefix);
    let long = number.len() + if prefixed { 0 } else { prefix.len() } > 25;
    let room = prefix.len() + sale.id.to_string().len() + "-0000".len() <= 25;
    let refused = answer == "reference_too_long";
    let without_document = sale.kind == Kind::InvoicePaid;
    ensure!(
        is_ordinary(sale, document, answer) || refused,
        "unexpected {answer}"
    );
    ensure!(
        !refused || (long && !(shorten && room)),
        "{number} is refused"
    );
    let Some((own, notes)) = reference(decision) else {
        ensure!(without_document || answer != "post", "no document");
        return Ok(());
    };
    ensure!(!long || (shorten && room), "{number} is not refused");
    ensure!(
        own.len() <= 25 && own.starts_with(prefix),
        "{own} for {number}"
    );
    let end = &number[number.len() - 4..];
    ensure!(own.ends_with(end), "{own} does not end as {number}");
    if !long {
        ensure!(own.ends_with(number), "{own} for {number}");
        return Ok(());
    }
    ensure!(notes.contains(number), "the notes lack {number}: {notes}");
    ensure!(has_warning(decision, "reference_shortened"), "no warning");
    // A number with the same end, of another document.
    let mut other = document.event.clone();
    let key = document_key(sale.kind);
    let id = json!(sale.id / 10 + 1);
    other["magento_entity_id"] = id.clone();
    other[key]["entity_id"] = id;
    other[key]["increment_id"] = json!(format!("9{number}"));
    let other = decide(&other.to_string(), &document.settings.to_string())?;
    let other = reference(&other).map(|(reference, _)| reference);
    let same = sale.id / 10 + 1 == sale.id;
    ensure!(same || other.as_ref() != Some(&own), "{own} twice");
    Ok(())
}

/// Whether this invoice, with the earlier one where that counts, is above the order.
fn is_surplus(document: &OddDocument, earlier_counts: bool) -> Result<bool> {
    let figure = |pointer: &str| {
        sage::amount(&document.event, pointer).map(|figure| figure.rounded(document.decimals))
    };
    let own = figure("/invoice/grand_total")?;
    let earlier = if earlier_counts {
        figure("/order_invoices/0/grand_total")?
    } else {
        Fixed::ZERO
    };
    let order = figure("/order/grand_total")?;
    let cap = rates::rounding_cap(&document.settings, document.decimals)?;
    Ok(own.0 != 0 && (earlier + own - order).0 > cap.0)
}
