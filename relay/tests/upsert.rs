//! Customers, products and stock: the newest state wins.

use serde_json::json;

use crate::support::eventually;
use crate::support::fault::Fault;
use crate::support::plans::{customer, stocked};
use crate::support::rig::{Rig, Shop};

async fn done(shop: &Shop, plan: &serde_json::Value) {
    let run = shop.accept(plan).await;
    shop.until(&run, "succeeded").await;
}

/// An invoice in euros makes a variant of the customer's contact.
fn euro_variant() -> serde_json::Value {
    let mut plan = crate::support::plans::invoice(1);
    plan["steps"][0]["xref"] = json!("contact:M5:EUR");
    plan["steps"][0]["find"] = json!({"reference": "M5EUR"});
    plan["steps"][0]["body"]["contact"] = json!({"name": "Old (EUR)", "reference": "M5EUR"});
    for place in [
        "/steps/1/find/contact_id",
        "/steps/1/body/sales_invoice/contact_id",
    ] {
        *plan.pointer_mut(place).unwrap() = json!({"$ref": "contact:M5:EUR"});
    }
    plan["steps"][1]["records"] = json!({"invoice:1:contact": "/sales_invoice/contact_id"});
    plan
}

#[tokio::test]
async fn the_feed_says_in_which_currencies_a_customer_stands_in_sage() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    done(&shop, &euro_variant()).await;
    done(&shop, &customer(5, 2, "Kim")).await;
    let feed = shop.feed("0").await;
    let told = |at: usize| -> Vec<String> {
        let contacts = feed["items"][at]["contacts"].as_array().unwrap();
        let words = |contact: &serde_json::Value| {
            assert!(contact["sage_id"].is_string());
            format!("{} {}", contact["customer_id"], contact["currency"])
        };
        contacts.iter().map(words).collect()
    };
    assert_eq!(told(0), [r#"5 "EUR""#], "the invoice's own");
    assert_eq!(told(1), [r#"5 "EUR""#, r#"5 "GBP""#], "all the customer's");
}

#[tokio::test]
async fn a_customer_is_created_then_changed_with_every_variant() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    done(&shop, &customer(5, 1, "Kim")).await;
    assert!(
        rig.fake.puts("contacts").is_empty(),
        "no variant is no error"
    );
    done(&shop, &euro_variant()).await;
    done(&shop, &customer(5, 3, "Kim Doe")).await;
    let puts = rig.fake.puts("contacts");
    let id = |at: usize| rig.fake.object("contacts", at)["id"].clone();
    assert_eq!(
        puts.iter().map(|(id, _)| json!(id)).collect::<Vec<_>>(),
        [id(0), id(1)],
        "each once"
    );
    assert_ne!(
        puts[0].1["contact"]["idempotency_id"],
        puts[1].1["contact"]["idempotency_id"]
    );
    assert_eq!(rig.fake.count("contacts"), 2);
    for at in 0..2 {
        assert_eq!(rig.fake.object("contacts", at)["name"], "Kim Doe");
    }
    assert_eq!(rig.fake.object("contacts", 1)["reference"], "M5EUR");
}

#[tokio::test]
async fn a_change_without_an_answer_is_repeated_as_it_was() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    done(&shop, &customer(5, 1, "Kim")).await;
    done(&shop, &euro_variant()).await;
    rig.fake.fail("contacts", Fault::CommitThenDrop);
    rig.fake.fail("contacts", Fault::Drop);
    done(&shop, &customer(5, 3, "Kim Doe")).await;
    let puts = rig.fake.puts("contacts");
    assert_eq!(puts.len(), 4, "the first three times, the other once");
    assert!(puts[..3].iter().all(|put| *put == puts[0]));
    assert_ne!(puts[3].0, puts[0].0);
}

#[tokio::test]
async fn what_somebody_made_by_hand_is_found_and_changed() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    rig.fake.plant(
        "stock_items",
        json!({"id": "byhand", "item_code": "SKU-9", "quantity_in_stock": "12.50"}),
    );
    rig.fake.plant(
        "stock_items",
        json!({"id": "neighbour", "item_code": "SKU-90", "quantity_in_stock": "1"}),
    );
    let run = shop.accept(&stocked(9, 1, "5")).await;
    let run = shop.until(&run, "succeeded").await;
    assert_eq!(rig.fake.puts("stock_items")[0].0, "byhand");
    assert_eq!(
        (&run["sage"]["id"], &run["steps"][0]["adopted"]),
        (&json!("byhand"), &json!(true))
    );
    assert_eq!(
        rig.fake.object("stock_items", 0)["quantity_in_stock"],
        "5.00"
    );
}

#[tokio::test]
async fn stock_goes_up_and_down_and_stays() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    for (sequence, target) in [(1, "42"), (2, "41.75"), (3, "41.7500"), (4, "0")] {
        done(&shop, &stocked(9, sequence, target)).await;
    }
    let sent: Vec<_> = rig
        .fake
        .posts("stock_movements")
        .iter()
        .map(|body| {
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            body["stock_movement"]["quantity"].clone()
        })
        .collect();
    assert_eq!(
        sent,
        ["42", "-0.25", "-41.75"],
        "and nothing where nothing is missing"
    );
}

#[tokio::test]
async fn a_lost_movement_is_found_and_not_moved_twice() {
    let rig = Rig::start().await;
    rig.fake.books().ignore_idempotency = true;
    let shop = rig.shop();
    rig.fake.fail("stock_movements", Fault::CommitThenDrop);
    done(&shop, &stocked(9, 1, "3")).await;
    // An equal movement on the same day, which is not the first one.
    done(&shop, &stocked(9, 2, "6")).await;
    rig.fake.fail("stock_movements", Fault::CommitThenDrop);
    done(&shop, &stocked(9, 3, "9")).await;
    assert_eq!(rig.fake.posts("stock_movements").len(), 3);
    assert_eq!(rig.fake.object("stock_items", 0)["quantity_in_stock"], "9");
}

#[tokio::test]
async fn an_older_state_never_overwrites_a_newer_one() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    // Both wait behind Sage's silence; then only the newer one is sent.
    rig.fake.books().revoked = true;
    let first = shop.accept(&customer(5, 1, "Old")).await;
    shop.until(&first, "parked").await;
    let second = shop.accept(&customer(5, 2, "New")).await;
    let (_, late) = shop.post(&[customer(5, 1, "Late")]).await;
    assert_eq!(
        (late[0]["status"].as_str(), late[0]["code"].as_str()),
        (Some("superseded"), Some("older_sequence"))
    );
    assert_eq!(late[0]["run_id"], second.as_str());
    rig.fake.books().revoked = false;
    rig.reconnect().await;
    shop.until(&second, "succeeded").await;
    shop.until(&first, "superseded").await;
    assert_eq!(rig.fake.posts("contacts").len(), 1);
    assert_eq!(rig.fake.object("contacts", 0)["name"], "New");
    let feed = shop.feed("0").await;
    assert_eq!(feed["items"].as_array().unwrap().len(), 1);
    assert_eq!(feed["items"][0]["status"], "succeeded");
}

#[tokio::test]
async fn a_send_in_doubt_is_cleared_up_before_a_newer_state_takes_over() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    done(&shop, &customer(5, 1, "Kim")).await;
    rig.fake.fail("contacts", Fault::Hang);
    let old = shop.accept(&customer(5, 2, "Old")).await;
    eventually("the old state is sent", || {
        let sent = !rig.fake.puts("contacts").is_empty();
        async move { sent.then_some(()) }
    })
    .await;
    let new = shop.accept(&customer(5, 3, "New")).await;
    shop.until(&new, "succeeded").await;
    shop.until(&old, "superseded").await;
    assert_eq!(rig.fake.object("contacts", 0)["name"], "New");
    let names: Vec<_> = rig
        .fake
        .puts("contacts")
        .iter()
        .map(|(_, body)| body["contact"]["name"].clone())
        .collect();
    let (last, before) = names.split_last().unwrap();
    assert_eq!(last, "New");
    assert!(
        before.len() >= 2 && before.iter().all(|name| name == "Old"),
        "the doubt was cleared up first: {names:?}"
    );
}

#[tokio::test]
async fn a_key_that_stands_for_another_kind_of_item_is_told() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    done(&shop, &stocked(9, 1, "0")).await;
    let mut plan = stocked(9, 2, "0");
    plan["steps"] = json!([{"op": "update", "resource": "products", "xref": "product:9",
        "find": {"item_code": "SKU-9"}, "body": {"product": {"item_code": "SKU-9"}}}]);
    let run = shop.accept(&plan).await;
    let run = shop.until(&run, "rejected").await;
    assert_eq!(run["error"]["code"], "resource_changed");
}
