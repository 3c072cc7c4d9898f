//! How long the dashboard's pages take over a year of documents, SQLite and PostgreSQL side by side.
//!
//! Some documents come by the relay's door and are delivered; their rows are copied until there
//! are as many as asked for, because a million deliveries would take the day that is to be
//! measured. Nothing is asserted: the figures are for reading.

mod person;
mod rows;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use ledger_postgres::Durability;
use serde_json::{Value, json};

use crate::load::figures::{ms, per_second, quantile, resident};
use crate::load::{SETTINGS, Stand};
use crate::relay::Installation;

use person::Person;
use rows::{Rows, Span};

const BINDINGS: usize = 10;
/// Documents of all bindings together.
const DOCUMENTS: usize = 1_000_000;
/// Documents of each binding that are really delivered.
const DELIVERED: usize = 200;
/// Documents that are reconciled.
const RECONCILED: usize = 10_000;
/// What they come to without VAT.
const NET: &str = "500,000.00";
/// How often a page is opened.
const TIMES: usize = 200;
/// Documents of one measurement of delivery, and how often it is made.
const SENDS: usize = 2_000;
const ROUNDS: u64 = 3;
/// Somebody who works with the dashboard opens a page so often.
const READING: Duration = Duration::from_millis(500);

/// Prints the figures of the databases that are asked for, over so many documents.
///
/// # Errors
/// When a word is neither a database nor a number, or a page does not come.
pub async fn print(words: &[String]) -> Result<()> {
    let mut documents = DOCUMENTS;
    let mut databases = Vec::new();
    for word in words {
        match word.as_str() {
            "sqlite" | "postgres" => databases.push(word.as_str()),
            other => documents = other.parse().context("a database, or how many documents")?,
        }
    }
    if databases.is_empty() {
        databases = vec!["sqlite", "postgres"];
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load of the machine before: {}", load.trim());
    for database in databases {
        println!("\n{database}, {documents} documents in {BINDINGS} bindings");
        let address = free_address()?;
        let dashboard = ("LEDGER_RELAY__DASHBOARD__LISTEN", address.as_str());
        let settings = [SETTINGS.as_slice(), &[dashboard]].concat();
        let installation = if database == "postgres" {
            Installation::on_postgres(Durability::Disk, &settings)?
        } else {
            Installation::on_sqlite(&settings)?
        };
        measure(&installation, &address, documents).await?;
    }
    Ok(())
}

/// An address of this machine that nobody listens on.
fn free_address() -> Result<String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.to_string())
}

async fn measure(installation: &Installation, address: &str, documents: usize) -> Result<()> {
    let mut stand = Stand::set_up(installation, BINDINGS).await?;
    for shop in &stand.shops.clone() {
        stand.post(shop, 1, DELIVERED).await?;
    }
    // One contact beside the invoices of each.
    stand.until_written(BINDINGS * (DELIVERED + 1)).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut person = Person::arrives(installation, address).await?;
    stand.process.kill()?;
    let began = Instant::now();
    let rows = Rows::open(installation).await?;
    let span = Span::year(documents / BINDINGS)?;
    for shop in &stand.shops {
        rows.multiply(&shop.id, &span).await?;
    }
    let shop = stand.shops.first().context("a shop")?.clone();
    let runs = rows.delivered(&shop.id, DELIVERED).await?;
    rows.stand_in_sage(&shop.id, &span, RECONCILED).await?;
    rows.close().await;
    println!("  rows copied in {} s", began.elapsed().as_secs());
    let process = installation.start("relay", None)?;
    stand.process = process.context("the relay died at its start")?;
    let idle = resident(stand.process.id());
    let shop_pages = format!("/b/{}", shop.id);
    for (name, paths) in pages(&shop_pages, &span, &runs) {
        row(&name, &mut person.times(&paths, TIMES).await?);
    }
    let (from, to) = span.newest(RECONCILED);
    for told in told_by_the_shop(&span, RECONCILED) {
        shop.tell(&stand.process.url, "/v1/shop-totals", &told)
            .await?;
    }
    let reconciliation = format!("{shop_pages}/reconciliation?from={from}&to={to}");
    let page = person.page(&reconciliation).await?;
    ensure!(
        page.contains(NET),
        "the documents are not reconciled: {page}"
    );
    row(
        &format!("reconciliation of {RECONCILED} documents"),
        &mut person.times(&[reconciliation], 10).await?,
    );
    let later = resident(stand.process.id());
    let mib = |kib: Option<u64>| kib.map_or("?".to_owned(), |kib| (kib / 1024).to_string());
    println!(
        "  resident: {} MiB before the first page, {} MiB after the last",
        mib(idle),
        mib(later)
    );
    beside(&stand, &mut person, &shop_pages).await
}

/// The pages that are opened, by what is looked for.
fn pages(shop: &str, span: &Span, runs: &[String]) -> Vec<(String, Vec<String>)> {
    let mut all = vec![
        ("overview of the bindings".to_owned(), vec!["/".to_owned()]),
        ("overview of a binding".to_owned(), vec![shop.to_owned()]),
        ("exceptions".to_owned(), vec![format!("{shop}/exceptions")]),
    ];
    let week = span.day_before_the_end(200);
    for query in [
        String::new(),
        "status=in-sage".to_owned(),
        "status=attention".to_owned(),
        "status=open".to_owned(),
        "status=held".to_owned(),
        "status=replaced".to_owned(),
        "kind=invoice".to_owned(),
        "kind=creditmemo".to_owned(),
        "kind=invoice.paid".to_owned(),
        "kind=customer".to_owned(),
        format!("number={}", Span::number(span.documents / 2)),
        "number=none".to_owned(),
        "customer=M7".to_owned(),
        "customer=M999999999".to_owned(),
        "reference=SI-77".to_owned(),
        "reference=none".to_owned(),
        "amount=77.99".to_owned(),
        "amount=0.01".to_owned(),
        "reason=tax_rate_not_mapped".to_owned(),
        "reason=never".to_owned(),
        format!("from={week}&until={week}"),
        format!("until={week}"),
        "sort=oldest".to_owned(),
        "sort=oldest&status=attention".to_owned(),
        format!("kind=creditmemo&from={week}&until={week}&status=attention&amount=77.99"),
    ] {
        let what = if query.is_empty() { "newest" } else { &query };
        all.push((
            format!("documents, {what}"),
            vec![format!("{shop}/documents?{query}")],
        ));
    }
    let documents = runs.iter().map(|run| format!("{shop}/documents/{run}"));
    all.push(("a document".to_owned(), documents.collect()));
    all
}

fn row(name: &str, times: &mut [Duration]) {
    let [median, late] = [500, 990].map(|thousandths| ms(quantile(times, thousandths)));
    println!("  {name:<78} p50 {median:>10}  p99 {late:>10}");
}

/// What the shop tells of its newest documents: a report for each month that they are of.
fn told_by_the_shop(span: &Span, count: usize) -> Vec<Value> {
    let mut months: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for n in span.newest_invoices(count) {
        let day = span.day_of(n);
        let document = json!({"kind": "invoice", "entity_id": Span::entity(n), "increment_id": Span::number(n),
            "day": day, "currency": "GBP", "total": "60.00", "tax": "10.00"});
        let month = day.get(..7).unwrap_or_default().to_owned();
        months.entry(month).or_default().push(document);
    }
    let day = |document: Option<&Value>| document.and_then(|one| one.get("day")).cloned();
    let report = |documents: Vec<Value>| {
        // The newest come first.
        let (from, to) = (day(documents.last()), day(documents.first()));
        let (net, tax) = (documents.len() * 50, documents.len() * 10);
        let total = json!({"day": to, "kind": "invoice", "currency": "GBP", "rate": "20.0000",
            "net": format!("{net}.00"), "tax": format!("{tax}.00"), "count": documents.len()});
        json!({"schema": "1", "from": from, "to": to, "time_zone": "Europe/London",
            "totals": [total], "payments": [], "documents": documents})
    };
    months.into_values().map(report).collect()
}

/// Deliveries alone, and while somebody reads, in turn.
async fn beside(stand: &Stand, person: &mut Person, shop_pages: &str) -> Result<()> {
    let shop = stand.shops.get(1).context("another shop")?;
    let mut rates = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS * 2 {
        let first = 2_000_000 + round * 100_000;
        let before = stand.sage.count();
        let began = Instant::now();
        stand.post(shop, first, SENDS).await?;
        let done = stand.until_written(before + SENDS);
        let is_read = round % 2 == 1;
        if is_read {
            tokio::select! {
                done = done => done?,
                problem = person.reads_on(shop_pages, READING) => problem?,
            }
        } else {
            done.await?;
        }
        let kept = rates.get_mut(usize::from(is_read)).context("two")?;
        kept.push(per_second(SENDS, began.elapsed()));
    }
    let median = |rates: &mut Vec<u128>| {
        rates.sort_unstable();
        rates.get(rates.len() / 2).copied().unwrap_or_default()
    };
    let [alone, read] = &mut rates;
    let (alone, read) = (median(alone), median(read));
    println!(
        "  delivered: {alone} documents/s alone, {read} while somebody opens a page every {} ms ({} %)",
        READING.as_millis(),
        read * 100 / alone.max(1),
    );
    Ok(())
}
