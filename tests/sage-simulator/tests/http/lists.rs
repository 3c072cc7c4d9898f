//! Lists, filters and reference data.

use sage_simulator::Switches;
use serde_json::{Value, json};

use crate::support::*;

fn references(list: &Value) -> Vec<&str> {
    list["$items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["reference"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn entries_are_short_unless_attributes_ask_for_more() {
    let sage = Sage::start().await;
    sage.contact("M5").await;
    let short = sage.get("/contacts").await.body;
    let mut keys: Vec<&String> = short["$items"][0].as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["$path", "displayed_as", "id"]);
    assert_eq!(short["$items"][0]["displayed_as"], "Pat Example (M5)");
    let all = sage.get("/contacts?attributes=all").await.body;
    assert_eq!(all["$items"][0]["email"], "pat@example.com");
    let some = sage.get("/contacts?attributes=reference,email").await.body;
    assert_eq!(some["$items"][0].as_object().unwrap().len(), 5);
}

#[tokio::test]
async fn pages_link_to_each_other_and_past_the_end_comes_the_last() {
    let sage = Sage::start().await;
    for number in 1..=5 {
        sage.contact(&format!("M{number}")).await;
    }
    let page = sage
        .get("/contacts?items_per_page=2&page=2&attributes=reference&search=M")
        .await
        .body;
    assert_eq!(
        (&page["$total"], &page["$page"], &page["$itemsPerPage"]),
        (&json!(5), &json!(2), &json!(2))
    );
    assert_eq!(references(&page), ["M3", "M4"]);
    assert_eq!(
        page["$next"],
        "/contacts?page=3&items_per_page=2&attributes=reference&search=M"
    );
    assert_eq!(
        page["$back"],
        "/contacts?page=1&items_per_page=2&attributes=reference&search=M"
    );
    let beyond = sage
        .get("/contacts?items_per_page=2&page=9&attributes=reference")
        .await
        .body;
    assert_eq!(
        (references(&beyond), &beyond["$page"], &beyond["$next"]),
        (vec!["M5"], &json!(3), &Value::Null)
    );
    assert_eq!(
        sage.get("/contacts?items_per_page=1000").await.body["$itemsPerPage"],
        200
    );
    let none = sage.get("/contacts?search=nobody").await.body;
    assert_eq!((&none["$total"], &none["$items"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn contacts_are_found_by_reference_name_and_email() {
    let sage = Sage::start().await;
    sage.contact("M5").await;
    sage.contact("M55").await;
    let find = async |query: &str| {
        sage.get(&format!("/contacts?attributes=all&{query}"))
            .await
            .body
    };
    assert_eq!(
        references(&find("search=m5").await),
        ["M5", "M55"],
        "search is fuzzy"
    );
    assert_eq!(references(&find("search=pat%20ex").await), ["M5", "M55"]);
    assert_eq!(
        references(&find("email=PAT@example.com&contact_type_id=CUSTOMER").await),
        ["M5", "M55"]
    );
    assert_eq!(references(&find("email=other@example.com").await), [""; 0]);
    assert_eq!(references(&find("contact_type_id=VENDOR").await), [""; 0]);
}

#[tokio::test]
async fn invoices_are_found_by_reference_contact_date_and_change() {
    let sage = Sage::with(Switches {
        token_ttl: 86_400,
        ..Switches::default()
    })
    .await;
    let (one, two) = (sage.contact("M1").await, sage.contact("M2").await);
    sage.invoice(&one, "000000033").await;
    sage.invoice(&two, "0000000331").await;
    sage.control("clock", json!({ "advance_seconds": 3_600 }))
        .await;
    let late = sage.invoice(&one, "000000040").await;
    let find = async |query: &str| {
        sage.get(&format!("/sales_invoices?attributes=all&{query}"))
            .await
            .body
    };
    assert_eq!(
        references(&find("search=000000033").await),
        ["000000033", "0000000331"]
    );
    assert_eq!(
        references(&find(&format!("search=000000033&contact_id={one}")).await),
        ["000000033"]
    );
    assert_eq!(references(&find("search=pat").await).len(), 3);
    assert_eq!(references(&find("from_date=2026-11-22").await), [""; 0]);
    assert_eq!(
        references(&find("from_date=2026-11-21&to_date=2026-11-21").await).len(),
        3
    );
    let since = late["created_at"].as_str().unwrap();
    assert_eq!(
        references(&find(&format!("updated_or_created_since={since}")).await),
        ["000000040"],
        "inclusive"
    );
    assert_eq!(
        references(&find("sort=created_at:desc").await),
        ["000000040", "0000000331", "000000033"]
    );
    assert_eq!(
        sage.get("/sales_invoices?updated_or_created_since=yesterday")
            .await
            .status,
        422
    );
}

#[tokio::test]
async fn reference_data_is_served_and_filtered() {
    let sage = Sage::start().await;
    let rates = sage
        .get("/tax_rates?usage=sales&attributes=all&items_per_page=200")
        .await
        .body;
    let ids: Vec<&str> = rates["$items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rate| rate["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "GB_STANDARD",
            "GB_LOWER",
            "GB_ZERO",
            "GB_EXEMPT",
            "GB_NO_TAX"
        ]
    );
    assert_eq!(
        rates["$items"][0]["percentages"][3],
        json!({ "percentage": "20.0", "from_date": "2011-01-04", "to_date": null })
    );
    assert!(
        sage.get("/tax_rates").await.body["$items"][0]
            .get("percentage")
            .is_none(),
        "only with attributes"
    );

    let sales = sage
        .get("/ledger_accounts?visible_in=sales&attributes=all")
        .await
        .body;
    let names: Vec<&str> = sales["$items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["displayed_as"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"Sales - Products (4000)")
            && !names.contains(&"Cost of Sales - Goods (5000)"),
        "{names:?}"
    );
    assert_eq!(
        sage.get("/bank_accounts").await.body["$items"][0]["id"],
        BANK
    );
    assert_eq!(
        sage.get("/tax_rates/GB_LOWER").await.body["percentage"],
        "5.0"
    );
    assert_eq!(sage.get("/tax_rates/GB_NONE").await.status, 404);
    let settings = sage.get("/financial_settings").await.body;
    assert_eq!(
        (
            &settings["base_currency"]["id"],
            &settings["accounts_start_date"]
        ),
        (&json!("GBP"), &json!("2020-01-01"))
    );
}
