//! Payments, refunds and allocations, and the documents they wait for.

use serde_json::{Value, json};

use crate::support::fault::Fault;
use crate::support::plans::{credit_memo, invoice, invoice_with_contact, paid};
use crate::support::rig::Rig;

fn parsed(bodies: &[String]) -> Vec<Value> {
    bodies
        .iter()
        .map(|body| serde_json::from_str(body).unwrap())
        .collect()
}

#[tokio::test]
async fn a_payment_goes_to_the_contact_of_the_invoice_whichever_arrives_first() {
    for paid_first in [false, true] {
        let rig = Rig::start().await;
        let shop = rig.shop();
        let (invoice, payment) = (invoice_with_contact(1), paid(1, &[("", "35.99")]));
        let run = if paid_first {
            let run = shop.accept(&payment).await;
            let waiting = shop.until(&run, "waiting").await;
            assert_eq!(waiting["error"]["code"], "waiting_for_needs");
            shop.accept(&invoice).await;
            run
        } else {
            shop.accept(&invoice).await;
            shop.accept(&payment).await
        };
        let done = shop.until(&run, "succeeded").await;
        assert_eq!(done["sage"]["reference"], "P-3");
        let payment = rig.fake.object("contact_payments", 0);
        let invoice = rig.fake.object("sales_invoices", 0);
        assert_eq!(payment["contact"], invoice["contact"]);
        assert_eq!(
            payment["allocated_artefacts"],
            json!([{"artefact": {"id": invoice["id"]}, "amount": "35.99"}])
        );
        assert_eq!(
            rig.fake.searches("contact_payments"),
            0,
            "nothing is in doubt"
        );
    }
}

#[tokio::test]
async fn who_waits_is_woken_and_need_not_wait_for_the_schedule() {
    let mut rig = Rig::prepare().await;
    rig.config.retry.first_ms = 3_600_000;
    rig.config.retry.cap_ms = 3_600_000;
    rig.up().await;
    let shop = rig.shop();
    let run = shop.accept(&paid(1, &[("", "35.99")])).await;
    shop.until(&run, "waiting").await;
    shop.accept(&invoice_with_contact(1)).await;
    shop.until(&run, "succeeded").await;
}

#[tokio::test]
async fn each_tender_is_a_payment_and_equal_ones_are_told_apart() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.accept(&invoice_with_contact(1)).await;
    // The second is committed and its answer lost: found by listing, and not the first one.
    let tenders = [
        ("", "15.99"),
        (":gift_card", "10.00"),
        (":store_credit", "10.00"),
    ];
    rig.fake.fail("sales_invoices", Fault::status(429, ""));
    let run = shop.accept(&paid(1, &tenders)).await;
    rig.fake.fail("contact_payments", Fault::status(429, ""));
    rig.fake.fail("contact_payments", Fault::CommitThenDrop);
    rig.fake.fail("contact_payments", Fault::CommitThenDrop);
    rig.fake.fail("contact_payments", Fault::CommitThenDrop);
    let done = shop.until(&run, "succeeded").await;
    assert_eq!(rig.fake.count("contact_payments"), 3);
    let ids: std::collections::BTreeSet<_> = (0..3)
        .map(|step| done["steps"][step]["sage_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 3, "{done}");
    assert_eq!(done["steps"][2]["adopted"], true);
}

#[tokio::test]
async fn a_lost_payment_is_found_among_neighbours_by_all_it_says() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let run = shop.accept(&invoice_with_contact(1)).await;
    shop.until(&run, "succeeded").await;
    let contact = rig.fake.object("contacts", 0)["id"].clone();
    let payment = |id: &str, change: (&str, Value)| {
        let mut payment = json!({"id": id, "reference": "000000001", "contact": {"id": contact}, "total_amount": "35.99",
            "bank_account": {"id": "bank"}, "transaction_type": {"id": "CUSTOMER_RECEIPT"}, "date": "2026-11-21"});
        payment[change.0] = change.1;
        payment
    };
    for (id, change) in [
        ("n1", ("reference", json!("000000002"))),
        ("n2", ("total_amount", json!("35.98"))),
        ("n3", ("bank_account", json!({"id": "other"}))),
        ("n4", ("transaction_type", json!({"id": "CUSTOMER_REFUND"}))),
        ("n5", ("contact", json!({"id": "other"}))),
        ("n6", ("deleted_at", json!("2026-11-22"))),
    ] {
        rig.fake.plant("contact_payments", payment(id, change));
    }
    rig.fake.fail("contact_payments", Fault::status(500, "[]"));
    let run = shop.accept(&paid(1, &[("", "35.99")])).await;
    let done = shop.until(&run, "succeeded").await;
    assert_eq!(done["steps"][0]["adopted"], false);
    let posts = rig.fake.posts("contact_payments");
    assert_eq!(
        (posts.len(), &posts[0]),
        (2, &posts[1]),
        "the same bytes again"
    );
}

#[tokio::test]
async fn a_credit_note_is_refunded_or_set_off_on_the_invoices_contact() {
    for refunded in [true, false] {
        let rig = Rig::start().await;
        let shop = rig.shop();
        shop.accept(&invoice_with_contact(1)).await;
        let settles = if refunded {
            "contact_payments"
        } else {
            "contact_allocations"
        };
        rig.fake.fail(settles, Fault::CommitThenDrop);
        let run = shop.accept(&credit_memo(7, 1, refunded)).await;
        let done = shop.until(&run, "succeeded").await;
        assert_eq!(
            done["sage"]["reference"], "SCN-3",
            "the report speaks of the credit note"
        );
        assert_eq!(rig.fake.count(settles), 1);
        assert_eq!(rig.fake.posts(settles).len(), 1, "found, not sent again");
        let body = &parsed(&rig.fake.posts(settles))[0];
        let (note, invoice) = (
            rig.fake.object("sales_credit_notes", 0),
            rig.fake.object("sales_invoices", 0),
        );
        let expected = if refunded {
            json!([{"artefact_id": note["id"], "amount": "12.00"}])
        } else {
            json!([{"artefact_id": invoice["id"], "amount": "12.00"}, {"artefact_id": note["id"], "amount": "-12.00"}])
        };
        let entity = body.as_object().unwrap().values().next().unwrap();
        assert_eq!(entity["allocated_artefacts"], expected);
        assert_eq!(note["contact"], invoice["contact"]);
    }
}

#[tokio::test]
async fn another_allocation_of_the_same_contact_is_not_taken_for_this_one() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let run = shop.accept(&invoice_with_contact(1)).await;
    shop.until(&run, "succeeded").await;
    let contact = rig.fake.object("contacts", 0)["id"].clone();
    rig.fake.plant(
        "contact_allocations",
        json!({"id": "theirs", "contact": {"id": contact}, "transaction_type": {"id": "CUSTOMER_ALLOCATION"},
            "allocated_artefacts": [{"artefact": {"id": "x"}, "amount": "12.00"}, {"artefact": {"id": "y"}, "amount": "-12.00"}]}),
    );
    rig.fake
        .fail("contact_allocations", Fault::status(500, "[]"));
    let run = shop.accept(&credit_memo(7, 1, false)).await;
    let done = shop.until(&run, "succeeded").await;
    assert_eq!(done["steps"][1]["adopted"], false);
    assert_eq!(rig.fake.count("contact_allocations"), 2);
}

#[tokio::test]
async fn what_is_needed_and_rejected_is_told_and_goes_on_when_it_is_mended() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let payment = shop.accept(&paid(1, &[("", "35.99")])).await;
    shop.until(&payment, "waiting").await;
    let refusal = r#"[{"$message":"is unknown","$source":"tax_rate"}]"#;
    rig.fake.fail("sales_invoices", Fault::status(422, refusal));
    let run = shop.accept(&invoice_with_contact(1)).await;
    shop.until(&run, "rejected").await;
    let told = shop.until(&payment, "rejected").await;
    assert_eq!(told["error"]["code"], "needs_rejected");
    assert_eq!(told["error"]["pointer"], "/needs/0");
    assert_eq!(
        told["error"]["detail"],
        "invoice:1 will not be in Sage: invoice.created:1 was rejected (sage_rejected: tax_rate: is unknown)."
    );
    assert_eq!(rig.fake.count("contact_payments"), 0);

    let mut mended = invoice_with_contact(1);
    mended["steps"][1]["body"]["sales_invoice"]["notes"] = json!("mended");
    shop.accept(&mended).await;
    shop.until(&payment, "succeeded").await;
    assert_eq!(rig.fake.count("contact_payments"), 1);
}

#[tokio::test]
async fn a_shared_contact_is_left_out_for_who_has_one_of_their_own() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let with_shared = |id: u32| {
        let mut plan = invoice(id);
        plan["steps"][0]["xref"] = json!("contact:WEB:GBP");
        plan["steps"][0]["unless"] = json!("contact:M5:GBP");
        plan["steps"][0]["find"] = json!({"reference": "WEB"});
        plan["steps"][0]["body"]["contact"]["reference"] = json!("WEB");
        let either = json!({"$ref": ["contact:M5:GBP", "contact:WEB:GBP"]});
        plan["steps"][1]["find"]["contact_id"] = either.clone();
        plan["steps"][1]["body"]["sales_invoice"]["contact_id"] = either;
        let record = format!("invoice:{id}:contact");
        plan["steps"][1]["records"] = json!({ record: "/sales_invoice/contact_id" });
        plan
    };
    let run = shop.accept(&with_shared(1)).await;
    shop.until(&run, "succeeded").await;
    let run = shop
        .accept(&crate::support::plans::customer(5, 2, "Kim"))
        .await;
    shop.until(&run, "succeeded").await;
    let run = shop.accept(&with_shared(2)).await;
    let done = shop.until(&run, "succeeded").await;
    assert_eq!(rig.fake.count("contacts"), 2);
    assert_eq!(done["steps"][0]["attempts"], json!([]));
    let contact = |at: usize| rig.fake.object("sales_invoices", at)["contact"]["id"].clone();
    assert_eq!(contact(0), rig.fake.object("contacts", 0)["id"]);
    assert_eq!(contact(1), rig.fake.object("contacts", 1)["id"]);

    // The first invoice's payment stays with the contact it was posted to.
    let run = shop.accept(&paid(1, &[("", "35.99")])).await;
    shop.until(&run, "succeeded").await;
    assert_eq!(
        rig.fake.object("contact_payments", 0)["contact"]["id"],
        contact(0)
    );
}
