//! A month in Magento and in Sage: what differs is found, named, and adds up.

use ledger_relay::reconciliation::{Cause, Day};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::dashboard::entered;
use crate::support::fault::Fault;
use crate::support::plans;
use crate::support::rig::{BINDING, Rig, Shop};

const PAGE: &str = "/b/shop-one/reconciliation";
const OCTOBER: &str = "?from=2026-10-01&to=2026-10-31";

/// An invoice over 29.99 and 6.00 VAT at 20 %, of a day in October.
fn invoice(id: u32) -> Value {
    let mut plan = plans::invoice_with_contact(id);
    plan["steps"][1]["body"]["sales_invoice"]["date"] = json!("2026-10-03");
    plan["steps"][1]["body"]["sales_invoice"]["invoice_lines"][0]["tax_rate_id"] =
        json!("GB_STANDARD");
    plan
}

fn document(kind: &str, id: u32, total: &str, tax: &str) -> Value {
    json!({"kind": kind, "entity_id": id, "increment_id": format!("{id:09}"), "day": "2026-10-03",
        "currency": "GBP", "total": total, "tax": tax})
}

fn of_rate(kind: &str, rate: &str, net: &str, tax: &str) -> Value {
    json!({"day": "2026-10-03", "kind": kind, "currency": "GBP", "rate": rate, "net": net, "tax": tax, "count": 1})
}

/// What the shop tells of October: six invoices and a credit memo.
pub(crate) fn october() -> Value {
    let mut documents: Vec<Value> = (1..=5)
        .map(|id| document("invoice", id, "35.99", "6.00"))
        .collect();
    let mut skipped = document("invoice", 6, "0.00", "0.00");
    skipped["skipped"] = json!("zero_value_invoice");
    let mut refused = document("invoice", 10, "0.00", "0.00");
    refused["rejected"] = json!("tax_rate_not_mapped");
    documents.extend([refused, skipped, document("creditmemo", 9, "12.00", "2.00")]);
    json!({
        "schema": "1", "from": "2026-10-01", "to": "2026-10-31", "time_zone": "Europe/London",
        "totals": [of_rate("invoice", "20.0000", "149.95", "30.00"), of_rate("creditmemo", "20", "10.00", "2.00")],
        "payments": [{"day": "2026-10-03", "currency": "GBP", "method": "checkmo", "amount": "35.99", "count": 1}],
        "refunds": [{"day": "2026-10-03", "currency": "GBP", "method": "checkmo", "amount": "12.00", "count": 1}],
        "documents": documents,
    })
}

/// Delivers what there is to deliver of October, and lets somebody work in Sage meanwhile.
pub(crate) async fn planted(rig: &Rig, shop: &Shop) {
    for id in 1..=4 {
        let run = shop.accept(&invoice(id)).await;
        shop.until(&run, "succeeded").await;
    }
    rig.fake.fail("sales_invoices", Fault::status(422, "[{\"$severity\":\"error\",\"$dataCode\":\"RecordInvalid\",\"$message\":\"no\",\"$source\":\"date\"}]"));
    let run = shop.accept(&invoice(5)).await;
    shop.until(&run, "rejected").await;
    let fake = &rig.fake;
    fake.edit("sales_invoices", 1, "status", json!({"id": "VOID"}));
    fake.edit("sales_invoices", 2, "total_amount", json!("40.79"));
    fake.edit("sales_invoices", 2, "tax_amount", json!("6.80"));
    fake.edit("sales_invoices", 3, "date", json!("2026-11-02"));
    fake.plant("sales_invoices", json!({"id": "byhand", "displayed_as": "SI-900", "reference": "Pat Personova",
        "date": "2026-10-20", "currency": {"id": "GBP"}, "total_amount": "100.00", "tax_amount": "0.00", "status": {"id": "UNPAID"}}));
    fake.plant("contact_payments", json!({"id": "receipt", "date": "2026-10-20", "currency": {"id": "GBP"}, "total_amount": "35.99",
        "bank_account": {"id": "bank"}, "transaction_type": {"id": "CUSTOMER_RECEIPT"}}));
    fake.plant("contact_payments", json!({"id": "refund", "date": "2026-10-21", "currency": {"id": "GBP"}, "total_amount": "5.00",
        "bank_account": {"id": "bank"}, "transaction_type": {"id": "CUSTOMER_REFUND"}}));
}

fn days() -> (Day, Day) {
    Day::parse("2026-10-17").unwrap().month()
}

#[tokio::test]
async fn planted_differences_are_found_named_and_add_up() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    planted(&rig, &shop).await;
    shop.tell("/v1/shop-totals", &october().to_string(), 204)
        .await;
    let operations = rig.operations().await;
    let (from, to) = days();
    let before = operations.reconcile(BINDING, from, to).await.unwrap();
    assert_eq!(before.sage_read_at, None);
    operations
        .read_sage(BINDING, from, to, false)
        .await
        .unwrap();
    let reconciled = operations.reconcile(BINDING, from, to).await.unwrap();
    let totals = &reconciled.outcome.currencies[0];
    let found: Vec<(Cause, String)> = totals
        .differences
        .iter()
        .map(|one| (one.cause, one.amount.normalize().to_string()))
        .collect();
    let expected = [
        (Cause::Failed, "35.99"),
        (Cause::Rejected, "0"),
        (Cause::NotCaptured, "-12"),
        (Cause::VoidedInSage, "35.99"),
        (Cause::EditedInSage, "-4.8"),
        (Cause::OtherDay, "35.99"),
        (Cause::UnknownInSage, "-100"),
        (Cause::Skipped, "0"),
    ];
    let expected: Vec<(Cause, String)> = expected
        .iter()
        .map(|(cause, amount)| (*cause, (*amount).to_owned()))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(totals.explained(), totals.difference());
    assert_eq!(totals.shop.total().to_string(), "167.95");
    assert_eq!(totals.sage.total().normalize().to_string(), "176.78");
    let banks = reconciled.outcome.banks.iter();
    let moved: Vec<[String; 4]> = banks
        .map(|one| {
            let (shop, sage) = (one.shop, one.sage);
            [shop.received, shop.refunded, sage.received, sage.refunded].map(|sum| sum.to_string())
        })
        .collect();
    let of = |sums: [&str; 4]| sums.map(ToOwned::to_owned);
    assert_eq!(
        moved,
        [
            of(["35.99", "12.00", "0", "0"]),
            of(["0", "0", "35.99", "5.00"])
        ]
    );
    let (read_at, told_at) = (reconciled.sage_read_at, reconciled.shop_told_at);
    assert!(read_at.is_some() && told_at.is_some() && reconciled.untold_days == 0);
    // A second look takes what changed; what is gone is gone.
    rig.fake.edit(
        "sales_invoices",
        0,
        "deleted_at",
        json!("2026-11-20T10:00:00Z"),
    );
    operations
        .read_sage(BINDING, from, to, false)
        .await
        .unwrap();
    let again = operations.reconcile(BINDING, from, to).await.unwrap();
    let gone = again.outcome.currencies[0].differences.iter();
    let gone: Vec<&str> = gone
        .filter(|one| one.cause == Cause::MissingInSage)
        .filter_map(|one| one.increment_id.as_deref())
        .collect();
    assert_eq!(gone, ["000000001"]);
    let names = "SELECT count(*) FROM sage_object WHERE reference LIKE '%Personova%' OR detail LIKE '%Personova%'";
    assert_eq!(rig.sql(names).await, Some(0), "no names in clear");
    operations.close().await;
}

#[tokio::test]
async fn the_day_s_calls_end_a_look_and_the_page_says_so() {
    let mut rig = Rig::prepare().await;
    rig.config.sage.requests_per_day = 2;
    rig.up().await;
    let operations = rig.operations().await;
    let (from, to) = days();
    let refused = operations.read_sage(BINDING, from, to, false).await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("calls of the day")
    );
    let reconciled = operations.reconcile(BINDING, from, to).await.unwrap();
    assert_eq!(reconciled.sage_read_at, None);
    operations.close().await;
    let mut browser = entered(&rig).await;
    let page = browser.get(&format!("{PAGE}{OCTOBER}")).await;
    assert!(page.body.contains("did not end well"), "{}", page.body);
}

#[tokio::test]
async fn an_accountant_brings_a_month_up_to_date_and_takes_it_away() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    planted(&rig, &shop).await;
    let mut browser = entered(&rig).await;
    let page = browser.get(&format!("{PAGE}?month=2026-10")).await;
    assert!(
        page.body.contains("not told yet") && page.body.contains("not read yet"),
        "{}",
        page.body
    );
    let fields = [("from", "2026-10-01"), ("to", "2026-10-31")];
    let page = browser.post(&format!("{PAGE}/update"), &fields).await;
    assert_eq!(
        page.location,
        Some(format!("{PAGE}{OCTOBER}")),
        "{}",
        page.body
    );
    let standing: Value = shop.get("/v1/binding").await.json().await.unwrap();
    assert_eq!(
        standing["wanted"]["shop_totals"],
        json!([{"from": "2026-10-01", "to": "2026-10-31"}])
    );
    shop.tell("/v1/shop-totals", &october().to_string(), 204)
        .await;
    // What is not of the lists is looked for one by one.
    browser.get(&format!("{PAGE}{OCTOBER}")).await;
    browser.post(&format!("{PAGE}/update"), &fields).await;
    shop.tell("/v1/shop-totals", &october().to_string(), 204)
        .await;
    let page = browser.get(&format!("{PAGE}{OCTOBER}")).await;
    for words in [
        "Europe/London",
        "Sage has 8.83 GBP more",
        "Voided in Sage",
        "Edited in Sage",
        "Unknown to us",
        "Not captured",
        "zero value invoice",
        "All differences together: −8.83 GBP",
        "SI-900",
        "Not posted",
    ] {
        assert!(page.body.contains(words), "no {words} in {}", page.body);
    }
    assert!(!page.body.contains("Personova\""), "no names");
    let page = browser.get(&format!("{PAGE}.csv{OCTOBER}")).await;
    assert!(
        page.body
            .contains("\"GBP\",\"Voided in Sage\",\"\",\"Invoice\",\"000000002\",\"2026-10-03\""),
        "{}",
        page.body
    );
    let page = browser.get(&format!("{PAGE}.xlsx{OCTOBER}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let page = browser
        .get(&format!("{PAGE}?from=2026-10-31&to=2026-10-01"))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = browser.get("/audit").await;
    assert!(page.body.contains("reconciliation:read"), "{}", page.body);
}
