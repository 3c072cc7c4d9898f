//! The day of an operator and the month of an accountant in Chromium, over a year of documents.

use std::time::Instant;

use ledger_relay::reconciliation::Day;
use serde_json::{Value, json};

use crate::dashboard::entered;
use crate::month_in_browser::exceptions;
use crate::pages_in_browser::live;
use crate::reconciliation::{october, planted};
use crate::support::plans::invoice_for;
use crate::support::reader::Reader;
use crate::support::rig::{Rig, Shop};
use crate::support::way::Way;
use crate::support::{DEADLINE, eventually};

const SHOP: &str = "/b/example-trading-ltd";
const MONTH: &str = "/b/shop-one/reconciliation?from=2026-10-01&to=2026-10-31";
/// One invoice for each day of a year.
const DAYS: i64 = 365;
/// Invoices that Sage refuses.
const FAILED: [i64; 3] = [1_001, 1_002, 1_003];

/// The plan of an invoice as the core decides on it.
fn decided(id: i64, day: Day, settings: &str) -> Value {
    let event =
        include_str!("../../golden/cases/invoice/domestic_sale_with_taxed_shipping/canonical.json");
    let mut event: Value = serde_json::from_str(event).unwrap();
    event["magento_entity_id"] = json!(id);
    event["sequence"] = json!(id);
    event["local_date"] = json!(day.to_string());
    event["invoice"]["entity_id"] = json!(id);
    event["invoice"]["increment_id"] = json!(format!("{id:09}"));
    let decision = ledger_core::translate(&event.to_string(), settings);
    let decision: Value = serde_json::from_str(&decision.to_json()).unwrap();
    assert_eq!(decision["decision"], "post", "{decision}");
    decision["plan"].clone()
}

async fn settings_of(shop: &Shop) -> String {
    shop.get("/v1/settings").await.text().await.unwrap()
}

/// A year of invoices in Sage, and three that it refuses: the account of sales that the shop had
/// in its settings is in Sage no more.
async fn a_year(shop: &Shop) {
    let settings = settings_of(shop).await;
    let document: Value = serde_json::from_str(&settings).unwrap();
    let account = document["policy"]["default_ledger_account_id"].as_str();
    let account = account.unwrap();
    let without_account = |plan: Value| -> Value {
        let plan = plan.to_string().replace(account, &"0".repeat(32));
        serde_json::from_str(&plan).unwrap()
    };
    let last = Day::parse("2026-11-20").unwrap();
    let plans: Vec<Value> = (0..DAYS)
        .map(|back| decided(DAYS - back, Day(last.0 - back), &settings))
        .chain(FAILED.map(|id| without_account(decided(id, last, &settings))))
        .collect();
    for some in plans.chunks(20) {
        let answer = shop.post_to("/v1/plans", &json!({ "plans": some })).await;
        assert!(answer.status().is_success());
        eventually("they are in Sage", async || {
            let binding: Value = shop.get("/v1/binding").await.json().await.unwrap();
            (binding["waiting"] == 0).then_some(())
        })
        .await;
    }
}

/// Chooses the next entry of a list, and saves the card that it is on.
fn choose_another(reader: &mut Reader, name: &str) {
    reader.run(&format!(
        "{{ const list = document.querySelector('[name={name}]'); list.closest('details').open = true; list.selectedIndex = [...list.options].findIndex((one, at) => at !== list.selectedIndex && one.value !== ''); }}"
    ));
    let save = format!("form:has([name={name}]) .actions button");
    reader.person.click(&save, "h1");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_found_understood_mended_and_synced() {
    let way = Way::with_core().await;
    live(&way).await;
    let shop = way.magento.shop();
    a_year(&shop).await;
    let mut reader = Reader::at(way.relay.dashboard_address().unwrap());
    reader.sign_in();

    reader.open(SHOP);
    assert!(
        reader
            .person
            .text(".health")
            .contains("3 documents need attention")
    );
    reader.person.page_picture("day-overview");
    reader.person.click(".health a", "td.pick");
    let listed = reader.person.text("tbody + *, .card[data-live]");
    for id in FAILED {
        assert!(listed.contains(&format!("Invoice {id:09}")), "{listed}");
    }
    reader.open(&format!("{SHOP}/documents"));
    reader.person.fill("#number", "000001002");
    reader.person.click(".filters button", "td.pick");
    let listed = reader.person.text(".card[data-live]");
    assert!(
        listed.contains("Invoice 000001002") && !listed.contains("000001001"),
        "{listed}"
    );
    reader.open(&format!("{SHOP}/documents"));
    reader.run("document.querySelector('details.plain').open = true");
    reader
        .person
        .click("details.plain a[href*='reason=']", "td.pick");
    reader.person.click("[data-label=Document] a", ".problem");
    let problem = reader.person.text("main");
    for words in [
        "Sage refused it",
        "What to do",
        "choose one that exists in Sage",
    ] {
        assert!(problem.contains(words), "no {words} in {problem}");
    }
    reader.person.page_picture("day-problem");

    reader.open(&format!("{SHOP}/settings"));
    choose_another(&mut reader, "default_ledger_account_id");
    assert!(reader.person.text("main").contains("Version 2"));
    reader.open(&format!("{SHOP}/documents?status=attention"));
    reader
        .person
        .click("a[href*='action=resend']", "form[action$='/documents/all']");
    reader.person.page_picture("day-send-all-again");
    reader.person.click(
        "form[action$='/documents/all'] button",
        "a[href$='/documents']",
    );
    assert!(reader.person.text("main").contains("Done for 3 documents"));

    let binding: Value = shop.get("/v1/binding").await.json().await.unwrap();
    let wanted = binding["wanted"]["documents"].as_array().unwrap().clone();
    assert_eq!(wanted.len(), FAILED.len());
    let settings = settings_of(&shop).await;
    for one in wanted {
        let id = one["entity_id"].as_i64().unwrap();
        let run = shop
            .accept(&decided(id, Day::parse("2026-11-20").unwrap(), &settings))
            .await;
        shop.until(&run, "succeeded").await;
    }
    reader.open(SHOP);
    reader.person.wait(".health.good");
    reader.open(&format!("{SHOP}/documents?number=000001002"));
    let listed = reader.person.text(".card[data-live]");
    assert!(listed.contains("In Sage"), "{listed}");
    reader.person.click("[data-label=Document] a", "h1");
    assert!(
        reader
            .person
            .text("main")
            .contains("Documents about the same")
    );
    reader.look("day-document");
    // The link opens another tab.
    let address = "document.querySelector(\"a[href$='/in-sage']\").getAttribute('href')";
    let address = reader.run(address);
    reader.open(address.as_str().unwrap());
    reader.person.wait("article:target");
    reader.assert_nothing_wrong();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_people_can_decide_is_decided_and_a_month_is_closed() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    drop(entered(&rig).await);
    let mut reader = Reader::at(rig.relay.as_ref().unwrap().dashboard_address().unwrap());
    reader.sign_in();
    planted(&rig, &shop).await;
    reader.open(MONTH);
    reader
        .person
        .click("form[action$='/update'] button", "p[role=status]");
    shop.tell("/v1/shop-totals", &october().to_string(), 204)
        .await;
    let close = "h3 ~ p strong";
    reader.person.click("p[role=status] a", "h1");
    let end = Instant::now() + DEADLINE;
    while !reader.person.text("main").contains("Dated on another day") {
        assert!(Instant::now() < end, "{}", reader.person.text("main"));
        reader.open(MONTH);
    }
    let page = reader.person.text("main");
    for (cause, amount) in [
        ("Voided in Sage", "35.99"),
        ("Edited in Sage", "4.80"),
        ("Unknown to us", "100.00"),
        ("Left out by the settings", "0.00"),
        ("Not sent: it failed", "35.99"),
        ("Not captured", "12.00"),
        ("Dated on another day in Sage", "35.99"),
    ] {
        let at = page
            .find(cause)
            .unwrap_or_else(|| panic!("no {cause} in {page}"));
        assert!(page[at..].contains(amount), "{cause}: {page}");
    }
    assert!(reader.person.text(close).contains("−8.83"), "{page}");
    assert!(page.contains("which is the difference of the totals"));
    reader.person.page_picture("month-reconciled");

    let [taken, differs, doubt] = exceptions(&rig, &shop).await;
    let guest = json!({"id": "somebody", "displayed_as": "Some Body (G7)", "reference": "G7c3d4e5f6", "email": "some@example.com"});
    rig.fake.plant("contacts", guest);
    let colliding = shop
        .accept(&invoice_for(31, "G7c3d4e5f6", "pat@example.com"))
        .await;
    shop.until(&colliding, "rejected").await;
    let contact = rig.fake.count("contacts") - 1;
    for (run, button) in [
        (&taken, "form[action$='/use'] button"),
        (&differs, "form[action$='/accept'] button"),
        (&doubt, "form[action$='/use'] button"),
        (&colliding, "form[action$='/freed'] button"),
    ] {
        reader.open("/b/shop-one/exceptions");
        reader
            .person
            .click(&format!("a[href$='/exceptions/{run}']"), button);
        if run == &colliding {
            rig.fake
                .edit("contacts", contact, "reference", json!("OLD7"));
        }
        reader.person.click(button, "[role=status], .notice");
        shop.until(run, "succeeded").await;
    }
    reader.open("/b/shop-one/exceptions");
    let left = reader.person.text("main");
    for run in [&taken, &differs, &doubt, &colliding] {
        assert!(!left.contains(run.as_str()), "{left}");
    }
}
