//! The history of documents: found three ways, tried again together, written about.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::dashboard::entered;
use crate::support::fault::Fault;
use crate::support::plans::invoice;
use crate::support::rig::{Rig, Shop};

const PAGE: &str = "/b/shop-one/documents";
const REFUSED: &str = "[{\"$severity\":\"error\",\"$dataCode\":\"RecordInvalid\",\"$message\":\"no\",\"$source\":\"date\"}]";

/// Two invoices that Sage refuses: 7 and 8.
async fn refused(rig: &Rig, shop: &Shop) -> Vec<String> {
    let mut runs = Vec::new();
    for id in [7, 8] {
        rig.fake.fail("sales_invoices", Fault::status(422, REFUSED));
        let run = shop.accept(&invoice(id)).await;
        shop.until(&run, "rejected").await;
        runs.push(run);
    }
    runs
}

#[tokio::test]
async fn what_failed_is_found_counted_and_tried_again_together() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let mut browser = entered(&rig).await;
    let runs = refused(&rig, &shop).await;
    shop.deliver(9, "succeeded").await;
    for (query, found, others) in [
        ("number=000000007", "Invoice 000000007", "Invoice 000000008"),
        ("number=8", "Invoice 000000008", "Invoice 000000007"),
        (
            "customer=G1a2b3c4d5&status=attention",
            "Invoice 000000007",
            "Invoice 000000009",
        ),
        (
            "amount=35.990&status=in-sage",
            "Invoice 000000009",
            "Invoice 000000007",
        ),
        ("reference=SI-2", "Invoice 000000009", "Invoice 000000007"),
    ] {
        let page = browser.get(&format!("{PAGE}?{query}")).await;
        assert!(page.body.contains(found), "{query}: {}", page.body);
        assert!(!page.body.contains(others), "{query}: {}", page.body);
    }
    let page = browser.get(&format!("{PAGE}?amount=36")).await;
    assert!(
        page.body.contains("No document is like this"),
        "{}",
        page.body
    );
    let page = browser.get(&format!("{PAGE}?kind=invoice.paid")).await;
    assert!(
        page.body.contains("No document is like this"),
        "{}",
        page.body
    );

    let all = format!("{PAGE}/all");
    let page = browser.get(&format!("{all}?reason=sage_rejected")).await;
    assert!(
        page.body.contains("Try again: 2 documents?"),
        "{}",
        page.body
    );
    let page = browser
        .post(&all, &[("reason", "sage_rejected"), ("action", "retry")])
        .await;
    assert!(page.body.contains("Done for 2 documents"), "{}", page.body);
    for run in &runs {
        shop.until(run, "succeeded").await;
    }
    let page = browser.get(&format!("{all}?reason=sage_rejected")).await;
    assert!(
        page.body
            .contains("No document needs attention for this reason"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_filter_is_kept_and_a_document_is_written_about() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let run = shop.deliver(7, "succeeded").await["run_id"].clone();
    let run = run.as_str().unwrap();
    let mut browser = entered(&rig).await;
    browser.get(&format!("{PAGE}?status=in-sage")).await;
    let kept = [("name", "Posted ones"), ("query", "status=in-sage")];
    let page = browser.post(&format!("{PAGE}/filters"), &kept).await;
    assert_eq!(
        page.location,
        Some(format!("{PAGE}?status=in-sage")),
        "{}",
        page.body
    );
    let page = browser.get(PAGE).await;
    assert!(
        page.body.contains("?status=in-sage\">Posted ones</a>"),
        "{}",
        page.body
    );
    assert!(page.body.contains("data-live"), "{}", page.body);
    let script = page.between("<script src=\"", "\"");
    let script = browser.get(&script).await;
    assert!(script.body.contains("data-live"), "{}", script.body);
    browser.get(PAGE).await;
    browser
        .post(
            &format!("{PAGE}/filters"),
            &[("name", "Posted ones"), ("forget", "1")],
        )
        .await;
    assert!(!browser.get(PAGE).await.body.contains("Posted ones"));

    let document = format!("{PAGE}/{run}");
    browser.get(&document).await;
    let text = "Asked Pat Personova <b>on Monday</b>";
    browser
        .post(&format!("{document}/comments"), &[("text", text)])
        .await;
    let page = browser.get(&document).await;
    assert!(
        page.body
            .contains("Asked Pat Personova &#60;b&#62;on Monday"),
        "{}",
        page.body
    );
    assert!(page.body.contains("Canaria Personova ·"), "{}", page.body);
    let clear = "SELECT count(*) FROM run_comment WHERE instr(text_sealed, 'Personova') > 0";
    assert_eq!(rig.sql(clear).await, Some(0), "sealed");
    let page = browser
        .post(&format!("{document}/comments"), &[("text", "  ")])
        .await;
    assert!(page.body.contains("1 to 2000 characters"), "{}", page.body);
}

#[tokio::test]
async fn the_shop_is_asked_for_what_it_is_to_send_again() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let mut browser = entered(&rig).await;
    let runs = refused(&rig, &shop).await;
    let wanted = async || {
        let binding: Value = shop.get("/v1/binding").await.json().await.unwrap();
        binding["wanted"]["documents"].clone()
    };
    assert_eq!(wanted().await, json!([]));
    let one = format!("{PAGE}/{}/resend", runs[0]);
    let page = browser.get(&one).await;
    assert!(
        page.body.contains("with the settings of now"),
        "{}",
        page.body
    );
    browser.post(&one, &[]).await;
    let seventh = json!({"entity_type": "invoice", "entity_id": 7});
    assert_eq!(wanted().await, json!([seventh]));
    let all = format!("{PAGE}/all");
    let page = browser
        .get(&format!("{all}?action=resend&reason=sage_rejected"))
        .await;
    assert!(
        page.body.contains("Send again from Magento: 2 documents?"),
        "{}",
        page.body
    );
    let fields = [("action", "resend"), ("reason", "sage_rejected")];
    let page = browser.post(&all, &fields).await;
    assert!(page.body.contains("Done for 2 documents"), "{}", page.body);
    assert_eq!(wanted().await.as_array().unwrap().len(), 2);

    let mut changed = invoice(7);
    changed["steps"][1]["body"]["sales_invoice"]["notes"] = json!("Other settings");
    let again = shop.accept(&changed).await;
    shop.until(&again, "succeeded").await;
    let eighth = json!([{"entity_type": "invoice", "entity_id": 8}]);
    assert_eq!(wanted().await, eighth, "what has come is asked for no more");
    browser.get(PAGE).await;
    let page = browser.post(&format!("{PAGE}/{again}/resend"), &[]).await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        page.body
    );
    let page = browser.get("/audit").await;
    assert!(page.body.contains("runs:resend"), "{}", page.body);
}
