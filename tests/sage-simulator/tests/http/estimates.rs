//! Estimates and quotes: which business has which, and what becomes of them.

use sage_simulator::{Plan, Switches};
use serde_json::{Value, json};

use crate::support::*;

fn estimate(contact_id: &str) -> Value {
    let mut line = line();
    line["description"] = json!("Offered");
    json!({ "sales_estimate": {
        "contact_id": contact_id, "date": "2026-11-21", "expiry_date": "2026-12-21", "reference": "000000113",
        "main_address": address(), "estimate_lines": [line],
    } })
}

fn quote(contact_id: &str) -> Value {
    let text = estimate(contact_id).to_string();
    let text = text
        .replace("sales_estimate", "sales_quote")
        .replace("estimate_lines", "quote_lines");
    serde_json::from_str(&text).unwrap()
}

async fn of_plan(plan: Plan, quotes_on_plus: bool) -> Sage {
    Sage::with(Switches {
        plan: Some(plan),
        quotes_on_plus,
        ..Switches::default()
    })
    .await
}

#[tokio::test]
async fn an_estimate_owes_nothing_and_names_its_invoice() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    let made = sage.post("/sales_estimates", &estimate(&contact)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.body["displayed_as"], "SE-1");
    assert_eq!(made.body["expiry_date"], "2026-12-21");
    for debt in ["outstanding_amount", "total_paid", "status"] {
        assert!(made.body.get(debt).is_none(), "{debt}");
    }
    let invoice = sage.invoice(&contact, "000000140").await;
    let path = format!("/sales_estimates/{}", made.id());
    let link = json!({ "sales_estimate": { "invoice_id": invoice["id"] } });
    let linked = sage.put(&path, &link).await;
    assert_eq!(linked.status, 200, "{}", linked.body);
    assert_eq!(linked.body["invoice"]["id"], invoice["id"]);
    assert_eq!(linked.body["total_amount"], made.body["total_amount"]);

    assert_eq!(sage.delete(&path).await.status, 204);
    assert_eq!(sage.delete(&path).await.status, 404);
    let listed = sage.get("/sales_estimates?search=000000113").await.body;
    assert_eq!(listed["$total"], 0);
}

#[tokio::test]
async fn the_plan_says_which_of_the_two_there_is() {
    for (plan, quotes_on_plus, estimates, quotes) in [
        (Plan::Plus, false, 201, 403),
        (Plan::Plus, true, 403, 201),
        (Plan::Standard, false, 403, 201),
        (Plan::Start, false, 403, 403),
    ] {
        let sage = of_plan(plan, quotes_on_plus).await;
        let contact = sage.contact("M5").await;
        let written = [
            sage.post("/sales_estimates", &estimate(&contact)).await,
            sage.post("/sales_quotes", &quote(&contact)).await,
        ];
        let statuses = written.map(|reply| reply.status);
        assert_eq!(statuses, [estimates, quotes], "{plan:?}");
    }
    let standard = of_plan(Plan::Standard, false).await;
    let read = standard.get("/sales_estimates").await;
    assert_eq!(read.status, 200, "every plan reads estimates");
}

#[tokio::test]
async fn what_an_offer_needs() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    let mut without = estimate(&contact);
    without["sales_estimate"]
        .as_object_mut()
        .unwrap()
        .remove("expiry_date");
    let refused = sage.post("/sales_estimates", &without).await;
    assert_eq!(refused.sources(), ["expiry_date"]);
    let mut early = estimate(&contact);
    early["sales_estimate"]["expiry_date"] = json!("2026-11-20");
    let refused = sage.post("/sales_estimates", &early).await;
    assert_eq!(refused.sources(), ["expiry_date"]);
}

#[tokio::test]
async fn neither_a_lock_nor_the_start_of_the_accounts_stops_an_offer() {
    let sage = Sage::with(Switches {
        locked_until: Some("2026-12-31".to_owned()),
        locked_period_refused: true,
        ..Switches::default()
    })
    .await;
    let contact = sage.contact("M5").await;
    let made = sage.post("/sales_estimates", &estimate(&contact)).await;
    assert_eq!(made.status, 201, "{}", made.body);
}
