//! Estimates of orders: made and kept up, linked or deleted when their order is done.

use serde_json::{Value, json};

use crate::support::fault::Fault;
use crate::support::plans::{estimate, estimate_linked, estimate_removed, invoice};
use crate::support::rig::{Rig, Shop};

async fn done(shop: &Shop, plan: &Value) -> Value {
    let run_id = shop.accept(plan).await;
    shop.until(&run_id, "succeeded").await
}

#[tokio::test]
async fn an_estimate_is_made_and_kept_up_with_its_order() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let run = done(&shop, &estimate(7, 1, "29.990", "35.99")).await;
    assert_eq!(run["sage"]["reference"], "SE-2");
    done(&shop, &estimate(7, 2, "39.990", "45.99")).await;

    assert_eq!(rig.fake.count("sales_estimates"), 1);
    let puts = rig.fake.puts("sales_estimates");
    assert_eq!(puts.len(), 1);
    assert_eq!(
        puts[0].1["sales_estimate"]["estimate_lines"][0]["unit_price"],
        "39.990"
    );
}

#[tokio::test]
async fn an_order_invoiced_in_full_is_linked_once_its_invoice_is_in_sage() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    done(&shop, &estimate(7, 1, "29.990", "35.99")).await;
    let linked = shop.accept(&estimate_linked(7, 2, 33)).await;
    shop.until(&linked, "waiting").await;
    shop.deliver(33, "succeeded").await;
    let run = shop.until(&linked, "succeeded").await;

    assert_eq!(run["steps"][0]["op"], "link");
    let puts = rig.fake.puts("sales_estimates");
    let invoice = rig.fake.object("sales_invoices", 0);
    assert_eq!(puts.len(), 1);
    assert_eq!(puts[0].1["sales_estimate"]["invoice_id"], invoice["id"]);
}

#[tokio::test]
async fn an_order_that_never_became_an_estimate_needs_no_link_and_no_removal() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(33, "succeeded").await;
    done(&shop, &estimate_linked(7, 2, 33)).await;
    done(&shop, &estimate_removed(8, 2)).await;
    assert!(rig.fake.puts("sales_estimates").is_empty());
    assert!(rig.fake.voids().is_empty(), "nothing is deleted");
}

#[tokio::test]
async fn the_estimate_of_a_canceled_order_is_deleted() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    done(&shop, &estimate(7, 1, "29.990", "35.99")).await;
    let run = done(&shop, &estimate_removed(7, 2)).await;
    assert_eq!(rig.fake.count("sales_estimates"), 0);
    assert_eq!(rig.fake.voids(), [(String::new(), Value::Null)]);
    assert_eq!(run["steps"][0]["attempts"][0]["http_status"], 204);

    // An order that is opened again has an estimate of its own.
    done(&shop, &estimate(7, 3, "29.990", "35.99")).await;
    assert_eq!(rig.fake.count("sales_estimates"), 1);
}

#[tokio::test]
async fn a_removal_whose_answer_is_lost_is_repeated_until_nothing_is_left() {
    for fault in [
        Fault::CommitThenDrop,
        Fault::CommitThenHang,
        Fault::Drop,
        Fault::status(503, "[]"),
    ] {
        let rig = Rig::start().await;
        let shop = rig.shop();
        done(&shop, &estimate(7, 1, "29.990", "35.99")).await;
        rig.fake.fail("sales_estimates", fault.clone());
        done(&shop, &estimate_removed(7, 2)).await;
        assert_eq!(rig.fake.count("sales_estimates"), 0, "{fault:?}");
        assert_eq!(rig.fake.voids().len(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn an_estimate_that_somebody_deleted_in_sage_is_no_fault() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(33, "succeeded").await;
    for id in [7, 8] {
        done(&shop, &estimate(id, 1, "29.990", "35.99")).await;
    }
    rig.fake.fail("sales_estimates", Fault::status(404, "[]"));
    done(&shop, &estimate_linked(7, 2, 33)).await;
    rig.fake.fail("sales_estimates", Fault::status(404, "[]"));
    done(&shop, &estimate_removed(8, 2)).await;
}

#[tokio::test]
async fn what_is_canceled_while_it_waits_is_never_sent() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    rig.fake.fail("sales_estimates", Fault::status(422, "[]"));
    let refused = shop.accept(&estimate(7, 1, "29.990", "35.99")).await;
    shop.until(&refused, "rejected").await;
    done(&shop, &estimate_removed(7, 2)).await;
    let run = shop.until(&refused, "superseded").await;
    assert_eq!(run["error"]["code"], "no_estimate_needed");
    assert_eq!(rig.fake.posts("sales_estimates").len(), 1);
}

#[tokio::test]
async fn an_estimate_goes_after_the_invoices_that_wait_beside_it() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    rig.fake.fail("contacts", Fault::status(503, "[]"));
    let first = shop.accept(&invoice(31)).await;
    let offer = shop.accept(&estimate(7, 1, "29.990", "35.99")).await;
    let second = shop.accept(&invoice(32)).await;
    for run in [&first, &offer, &second] {
        shop.until(run, "succeeded").await;
    }
    let order: Vec<String> = rig
        .fake
        .books()
        .seen
        .iter()
        .filter(|seen| seen.method == "POST" && !seen.path.ends_with("contacts"))
        .map(|seen| seen.path.clone())
        .collect();
    assert_eq!(
        json!(order),
        json!([
            "/v3.1/sales_invoices",
            "/v3.1/sales_invoices",
            "/v3.1/sales_estimates"
        ])
    );
}
