//! Conversations that are known to come: what the shop is told, and that nothing else stops.

use serde_json::{Value, json};

use crate::support::fault::Fault;
use crate::support::plans::{customer, invoice, invoice_with_contact, paid, stocked};
use crate::support::rig::Rig;

/// A reply of Sage's from the golden corpus.
fn reply(case: &str) -> String {
    let path = format!("../golden/responses/{case}/reply.json");
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The causes of a refusal, each of which says what to do.
fn told(run: &Value) -> Vec<&str> {
    let causes = run["error"]["causes"].as_array().unwrap();
    let says = |cause: &Value| {
        cause["suggestion"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    };
    assert!(causes.iter().all(says), "{causes:?}");
    causes
        .iter()
        .map(|cause| cause["code"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_refusal_names_the_field_of_magento() {
    for (case, resource, cause) in [
        // A deleted contact still holds the reference; no search shows it.
        (
            "contact_reference_reserved",
            "contacts",
            "contact_reference_reserved",
        ),
        (
            "before_the_accounts",
            "sales_invoices",
            "before_accounts_start",
        ),
    ] {
        let rig = Rig::start().await;
        rig.fake.fail(resource, Fault::status(422, &reply(case)));
        let run = rig.shop().deliver(1, "rejected").await;
        assert_eq!(run["error"]["code"], "sage_rejected", "{case}");
        assert_eq!(told(&run), [cause], "{case}");
        let feed = rig.shop().feed("0").await;
        assert_eq!(
            feed["items"][0]["error"]["causes"], run["error"]["causes"],
            "the feed says the same"
        );
    }
}

#[tokio::test]
async fn an_invoice_that_is_paid_already_takes_no_payment() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let run = shop.accept(&invoice_with_contact(1)).await;
    shop.until(&run, "succeeded").await;
    let refusal = Fault::status(422, &reply("invoice_already_paid"));
    rig.fake.fail("contact_payments", refusal);
    let run = shop.accept(&paid(1, &[("", "35.99")])).await;
    let run = shop.until(&run, "rejected").await;
    assert_eq!(told(&run), ["invoice_not_payable"]);
    assert_eq!(rig.fake.count("contact_payments"), 0);
}

#[tokio::test]
async fn without_a_subscription_everything_is_kept() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let refusal = || Fault::status(401, &reply("no_active_subscription"));
    rig.fake.fail("sales_invoices", refusal());
    let parked = shop.deliver(1, "parked").await;
    assert_eq!(parked["error"]["code"], "subscription_inactive");
    let second = shop.accept(&invoice(2)).await;
    let queued = shop.run(&second).await;
    assert_eq!(queued["state"], "queued", "kept, not refused");
    rig.reconnect().await;
    shop.until(&second, "succeeded").await;
    assert_eq!(rig.fake.count("sales_invoices"), 2);
}

/// Two variants of a customer's contact beside the first.
async fn variants(rig: &Rig) {
    let shop = rig.shop();
    let first = shop.accept(&customer(5, 1, "Kim")).await;
    shop.until(&first, "succeeded").await;
    for (order, currency) in [(1, "EUR"), (2, "USD")] {
        let mut plan = invoice(order);
        let (xref, reference) = (format!("contact:M5:{currency}"), format!("M5{currency}"));
        plan["steps"][0]["xref"] = json!(xref);
        plan["steps"][0]["find"] = json!({ "reference": reference });
        plan["steps"][0]["body"]["contact"] = json!({"name": "Kim", "reference": reference});
        for place in [
            "/steps/1/find/contact_id",
            "/steps/1/body/sales_invoice/contact_id",
        ] {
            *plan.pointer_mut(place).unwrap() = json!({ "$ref": xref });
        }
        let run = shop.accept(&plan).await;
        shop.until(&run, "succeeded").await;
    }
}

#[tokio::test]
async fn one_refused_variant_does_not_keep_the_others_from_theirs() {
    let rig = Rig::start().await;
    variants(&rig).await;
    // The first change is that of the contact itself, the second that of the euro variant.
    rig.fake.fail("contacts", Fault::Ordinary);
    let refusal = Fault::status(422, &reply("postcode_too_long"));
    rig.fake.fail("contacts", refusal);
    let shop = rig.shop();
    let run = shop.accept(&customer(5, 9, "Kim Doe")).await;
    let run = shop.until(&run, "rejected").await;
    let detail = run["error"]["detail"].as_str().unwrap();
    assert!(detail.starts_with("contact:M5:EUR: "), "{detail}");
    let names: Vec<Value> = (0..3)
        .map(|at| rig.fake.object("contacts", at)["name"].clone())
        .collect();
    assert_eq!(names, ["Kim Doe", "Kim", "Kim Doe"], "the last one as well");
}

fn sold(rig: &Rig, left: &str) {
    let mut books = rig.fake.books();
    let items = books.objects.get_mut("stock_items").unwrap();
    items[0]["quantity_in_stock"] = json!(left);
}

#[tokio::test]
async fn stock_is_counted_again_after_a_pause() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let run = shop.accept(&stocked(9, 1, "5")).await;
    shop.until(&run, "succeeded").await;
    rig.fake.fail(
        "stock_movements",
        Fault::Answer {
            status: 429,
            body: "[]".to_owned(),
            retry_after: Some(1),
        },
    );
    let run = shop.accept(&stocked(9, 2, "3")).await;
    shop.until_that(&run, |run| run["error"]["code"] == "sage_throttled")
        .await;
    // Somebody sells one in Sage while the lane rests.
    sold(&rig, "4");
    shop.until(&run, "succeeded").await;
    let item = rig.fake.object("stock_items", 0);
    assert_eq!(item["quantity_in_stock"], "3", "brought to, not changed by");
    let ids: Vec<Value> = rig
        .fake
        .posts("stock_movements")
        .iter()
        .map(|body| serde_json::from_str::<Value>(body).unwrap())
        .map(|body| body["stock_movement"]["idempotency_id"].clone())
        .collect();
    assert_ne!(ids[1], ids[2], "another body has another id");
}

#[tokio::test]
async fn an_id_under_which_sage_keeps_an_error_is_given_up() {
    let rig = Rig::start().await;
    rig.fake.books().keeps_errors = true;
    rig.fake.fail("sales_invoices", Fault::status(500, "[]"));
    let run = rig.shop().deliver(1, "succeeded").await;
    let posts = rig.fake.posts("sales_invoices");
    assert_eq!(rig.fake.count("sales_invoices"), 1);
    assert_eq!(posts.len(), 4, "three times the same error, then anew");
    assert!(posts[..3].iter().all(|post| *post == posts[0]));
    assert_ne!(posts[3], posts[0]);
    assert_eq!(run["sage"]["total_amount"], "35.990");
}
