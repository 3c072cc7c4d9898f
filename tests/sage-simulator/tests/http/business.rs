//! The business says what it is, and its plan decides what it has.

use sage_simulator::{Config, Plan, Switches};
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn the_business_is_as_its_file_and_its_switches_say() {
    let sage = Sage::start().await;
    let settings = sage.get("/financial_settings").await.body;
    assert_eq!(settings["base_currency"]["id"], "GBP");
    assert_eq!(
        [
            &settings["multi_currency_enabled"],
            &settings["destination_vat"]
        ],
        [false, false]
    );
    assert!(settings["year_end_lockdown_date"].is_null());
    let words =
        "--plan standard --destination-vat true --locked-until 2025-12-31 --multi-currency true";
    let words = words.split(' ').map(str::to_owned);
    let sage = Sage::with(Config::from_args(words).unwrap().switches).await;
    let business = sage.get(&format!("/businesses/{BUSINESS}")).await.body;
    assert_eq!(business["country"]["id"], "GB");
    assert_eq!(
        business["subscriptions"][0]["displayed_as"],
        "Accounting Standard"
    );
    let listed = sage.get("/businesses").await.body;
    assert_eq!(listed["$items"][0], business);
    let settings = sage.get("/financial_settings").await.body;
    assert_eq!(settings["destination_vat"], true);
    assert_eq!(settings["year_end_lockdown_date"], "2025-12-31");
    assert_eq!(
        settings["multi_currency_enabled"], false,
        "only Plus has other currencies"
    );
    let irish = Sage::irish().await;
    let business = irish.get(&format!("/businesses/{}", irish.business)).await;
    assert_eq!(business.body["country"]["id"], "IE");
}

#[tokio::test]
async fn a_plan_answers_403_for_what_it_lacks() {
    for (plan, lacked) in [
        (
            Plan::Start,
            &["stock_items", "stock_movements", "contact_allocations"][..],
        ),
        (Plan::Standard, &["stock_items", "stock_movements"]),
        (Plan::Plus, &[]),
    ] {
        let switches = Switches {
            plan: Some(plan),
            ..Switches::default()
        };
        let sage = Sage::with(switches).await;
        for collection in [
            "stock_items",
            "stock_movements",
            "contact_allocations",
            "products",
            "sales_invoices",
        ] {
            let status = sage.get(&format!("/{collection}")).await.status;
            let expected = if lacked.contains(&collection) {
                403
            } else {
                200
            };
            assert_eq!(status, expected, "{plan:?} {collection}");
        }
    }
}

#[tokio::test]
async fn a_locked_day_takes_no_document_or_does() {
    for (refused, status) in [(true, 422), (false, 201)] {
        let sage = Sage::with(Switches {
            locked_until: Some("2026-11-20".to_owned()),
            locked_period_refused: refused,
            ..Switches::default()
        })
        .await;
        let contact = sage.contact("M1").await;
        let on = |date: &str| -> Value { invoice_with(&contact, json!({ "date": date })) };
        let locked = sage.post("/sales_invoices", &on("2026-11-20")).await;
        assert_eq!(locked.status, status, "{}", locked.body);
        let free = sage.post("/sales_invoices", &on("2026-11-21")).await;
        assert_eq!(free.status, 201, "{}", free.body);
    }
}
