//! What only people can decide on, decided in the browser.

use reqwest::StatusCode;
use serde_json::json;

use crate::dashboard::entered;
use crate::support::fault::Fault;
use crate::support::plans::{invoice, invoice_for};
use crate::support::rig::{BINDING, Rig};

const PAGE: &str = "/b/shop-one/exceptions";
pub(crate) const TAKEN: &str = "[{\"$severity\":\"error\",\"$dataCode\":\"RecordInvalid\",\"$message\":\"Reference has already been taken\",\"$source\":\"reference\"}]";

#[tokio::test]
async fn a_reference_that_a_deleted_contact_holds_is_mended_by_another_contact() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let mut browser = entered(&rig).await;
    let page = browser.get(PAGE).await;
    assert!(
        page.body.contains("Nothing needs a decision"),
        "{}",
        page.body
    );
    let mut runs = Vec::new();
    for id in [1, 2] {
        rig.fake.fail("contacts", Fault::status(422, TAKEN));
        let run = shop.accept(&invoice(id)).await;
        shop.until(&run, "rejected").await;
        runs.push(run);
    }
    rig.fake.plant("contacts", json!({"id": "deleted", "displayed_as": "Pat Example (G1a2b3c4d5)", "reference": "G1a2b3c4d5",
        "email": "pat@example.com", "deleted_at": "2026-10-01T10:00:00Z"}));
    rig.fake.plant("contacts", json!({"id": "byhand", "displayed_as": "Pat Example (P1)", "reference": "P1", "email": "PAT@example.com"}));
    rig.fake.plant("contacts", json!({"id": "other", "displayed_as": "Sam Other (S1)", "reference": "S1", "email": "sam@example.com"}));
    let page = browser.get(PAGE).await;
    assert_eq!(
        page.body
            .matches("The customer’s reference is taken in Sage")
            .count(),
        2,
        "{}",
        page.body
    );
    let decide = format!("{PAGE}/{}", runs[0]);
    let page = browser.get(&decide).await;
    for words in [
        "deleted in Sage",
        "P••• E•••",
        "reference P1",
        "the customer’s e-mail address",
        "1 other document waits",
        "I have freed it, try again",
    ] {
        assert!(page.body.contains(words), "no {words} in {}", page.body);
    }
    for hidden in ["Pat Example", "value=\"deleted\"", "value=\"other\""] {
        assert!(!page.body.contains(hidden), "{hidden} in {}", page.body);
    }
    // What is not offered cannot be chosen.
    for object in ["deleted", "other", "nothing"] {
        let page = browser
            .post(&format!("{decide}/use"), &[("object", object)])
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let page = browser
        .post(&format!("{decide}/use"), &[("object", "byhand")])
        .await;
    assert_eq!(
        page.location,
        Some(format!("{PAGE}?done=2")),
        "{}",
        page.body
    );
    for run in &runs {
        shop.until(run, "succeeded").await;
    }
    assert_eq!(
        rig.fake.object("sales_invoices", 1)["contact"]["id"],
        "byhand"
    );
    let page = browser.get("/audit").await;
    assert!(
        page.body
            .contains("contact:G1a2b3c4d5:GBP = contacts/byhand"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn guests_that_collide_are_told_apart_by_a_person() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    rig.fake.plant("contacts", json!({"id": "somebody", "displayed_as": "Some Body (G1a2b3c4d5)", "reference": "G1a2b3c4d5", "email": "some@example.com"}));
    let run = shop
        .accept(&invoice_for(1, "G1a2b3c4d5", "pat@example.com"))
        .await;
    shop.until(&run, "rejected").await;
    let mut browser = entered(&rig).await;
    let decide = format!("{PAGE}/{run}");
    let page = browser.get(&decide).await;
    assert!(
        page.body.contains("another e-mail address"),
        "{}",
        page.body
    );
    rig.fake.edit("contacts", 0, "reference", json!("OLD1"));
    let page = browser.post(&format!("{decide}/freed"), &[]).await;
    assert_eq!(
        page.location,
        Some(format!("{PAGE}?done=1")),
        "{}",
        page.body
    );
    shop.until(&run, "succeeded").await;
    assert_eq!(
        rig.fake.count("contacts"),
        2,
        "the guest has a contact of their own"
    );
}

#[tokio::test]
async fn a_send_in_doubt_is_settled_by_the_one_that_a_person_names() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let twin = |id: &str| {
        json!({"id": id, "displayed_as": format!("SI-{id}"), "reference": "000000001", "date": "2026-10-03",
        "contact": {"id": "00000000000000000000000000000001"}, "total_amount": "35.99", "currency": {"id": "GBP"}, "status": {"id": "UNPAID"}})
    };
    for id in ["901", "902"] {
        rig.fake.plant("sales_invoices", twin(id));
    }
    rig.fake.fail("sales_invoices", Fault::Drop);
    let run = shop.accept(&invoice(1)).await;
    shop.until(&run, "ambiguous").await;
    let mut browser = entered(&rig).await;
    let decide = format!("{PAGE}/{run}");
    let page = browser.get(&decide).await;
    for words in [
        "SI-901",
        "SI-902",
        "It is not in Sage",
        "Use this sales invoice",
    ] {
        assert!(page.body.contains(words), "no {words} in {}", page.body);
    }
    let page = browser
        .post(&format!("{decide}/use"), &[("object", "902")])
        .await;
    assert_eq!(
        page.location,
        Some(format!("{PAGE}?done=1")),
        "{}",
        page.body
    );
    let ended = shop.until(&run, "succeeded").await;
    assert_eq!(ended["sage"]["id"], "902");
    assert_eq!(
        rig.fake.posts("sales_invoices").len(),
        1,
        "nothing is sent again"
    );
}

#[tokio::test]
async fn a_total_that_differs_is_corrected_or_accepted() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    rig.fake.books().error_in_totals = "0.01".parse().unwrap();
    let mut runs = Vec::new();
    for id in [1, 2] {
        let run = shop.accept(&invoice(id)).await;
        shop.until(&run, "succeeded").await;
        runs.push(run);
    }
    let mut browser = entered(&rig).await;
    let page = browser.get(&format!("{PAGE}/{}", runs[0])).await;
    assert!(
        page.body.contains("It is in Sage with another total"),
        "{}",
        page.body
    );
    let look = format!("{PAGE}/{}/look", runs[0]);
    let page = browser.post(&look, &[]).await;
    assert!(
        page.body
            .contains("Sage still has 36.000; Magento has 35.99"),
        "{}",
        page.body
    );
    rig.fake
        .edit("sales_invoices", 0, "total_amount", json!("35.99"));
    let page = browser.post(&look, &[]).await;
    assert_eq!(
        page.location,
        Some(format!("{PAGE}?done=accepted")),
        "{}",
        page.body
    );
    browser.get(&format!("{PAGE}/{}", runs[1])).await;
    browser
        .post(&format!("{PAGE}/{}/accept", runs[1]), &[])
        .await;
    let page = browser.get(PAGE).await;
    assert!(
        page.body.contains("Nothing needs a decision"),
        "{}",
        page.body
    );
    rig.bind("shop-two", "refresh-2").await;
    let page = browser
        .get(&format!("/b/shop-two/exceptions/{}", runs[0]))
        .await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(BINDING, "shop-one");
}
