//! The dashboard on a relay that runs: the way in, a document that failed, settings, people.

use ledger_relay::operations::RunQuery;
use reqwest::StatusCode;

use crate::support::browser::Browser;
use crate::support::fault::Fault;
use crate::support::plans::invoice;
use crate::support::rig::{BINDING, Rig};

pub(crate) async fn entered(rig: &Rig) -> Browser {
    let relay = rig.relay.as_ref().unwrap();
    let mut browser = Browser::at(relay.dashboard_address().unwrap());
    let page = browser
        .first_account(relay.first_account_link().unwrap())
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    browser
}

#[tokio::test]
async fn the_first_account_comes_in_by_a_link_that_is_good_once() {
    let mut rig = Rig::start().await;
    let link = rig
        .relay
        .as_ref()
        .unwrap()
        .first_account_link()
        .unwrap()
        .to_owned();
    let mut browser = entered(&rig).await;
    let page = browser.get("/").await;
    assert!(
        page.body.contains("Canaria Personova") && page.body.contains(BINDING),
        "{}",
        page.body
    );
    let mut other = Browser::at(rig.relay.as_ref().unwrap().dashboard_address().unwrap());
    let page = other.get(&link).await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        page.body
    );
    rig.down().await;
    rig.up().await;
    assert_eq!(rig.relay.as_ref().unwrap().first_account_link(), None);
}

#[tokio::test]
async fn signing_in_gives_a_new_token_and_signing_out_ends_it() {
    let rig = Rig::start().await;
    entered(&rig).await;
    let origin = rig.relay.as_ref().unwrap().dashboard_address().unwrap();
    let mut browser = Browser::at(origin);
    let page = browser.get("/b/x?a=1").await;
    assert_eq!(
        page.location.as_deref(),
        Some("/sign-in?next=%2Fb%2Fx%3Fa%3D1")
    );
    browser.get("/sign-in").await;
    let before = browser.cookie.clone().unwrap();
    let wrong = [("email", "canaria@example.com"), ("password", "wrong")];
    let page = browser.post("/sign-in", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.cookie.as_ref(), Some(&before));
    let right = [
        ("email", "Canaria@Example.com"),
        ("password", "correct horse battery"),
        ("next", "//evil.example"),
    ];
    let page = browser.post("/sign-in", &right).await;
    assert_eq!(page.location.as_deref(), Some("/"), "{}", page.body);
    let after = browser.cookie.clone().unwrap();
    assert_ne!(before, after, "a token from before is worth nothing");
    browser.cookie = Some(before);
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
    browser.cookie = Some(after.clone());
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    let page = browser.post("/sign-out", &[]).await;
    assert_eq!(page.location.as_deref(), Some("/sign-in"));
    browser.cookie = Some(after);
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_document_that_failed_is_explained_and_tried_again() {
    let rig = Rig::start().await;
    let mut browser = entered(&rig).await;
    let shop = rig.shop();
    rig.fake.fail("sales_invoices", Fault::status(422, "[{\"$severity\":\"error\",\"$dataCode\":\"RecordInvalid\",\"$message\":\"no\",\"$source\":\"date\"}]"));
    let run = shop.accept(&invoice(7)).await;
    shop.until(&run, "rejected").await;
    let page = browser.get(&format!("/b/{BINDING}")).await;
    assert!(
        page.body.contains("1 document needs attention"),
        "{}",
        page.body
    );
    assert!(page.body.contains("<svg"));
    let page = browser
        .get(&format!("/b/{BINDING}/documents?status=attention"))
        .await;
    assert!(
        page.body.contains("Invoice 000000007") && page.body.contains("Sage refused it"),
        "{}",
        page.body
    );
    let page = browser
        .get(&format!("/b/{BINDING}/documents?status=in-sage"))
        .await;
    assert!(page.body.contains("No document is like this"));
    let document = format!("/b/{BINDING}/documents/{run}");
    let page = browser.get(&document).await;
    assert!(
        page.body.contains("Refused by Sage") && page.body.contains("Sage validates the value"),
        "{}",
        page.body
    );
    let page = browser.get(&format!("{document}/retry")).await;
    assert!(page.body.contains("nothing is posted twice"));
    let page = browser.post(&format!("{document}/retry"), &[]).await;
    assert_eq!(page.location.as_deref(), Some(document.as_str()));
    shop.until(&run, "succeeded").await;
    // What cannot be done any more is refused with its reason.
    browser.get(&document).await;
    let page = browser.post(&format!("{document}/retry"), &[]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let several = [("action", "hold"), ("run", run.as_str())];
    let page = browser
        .post(&format!("/b/{BINDING}/documents/selected"), &several)
        .await;
    assert!(page.body.contains("Hold: 1 document?"), "{}", page.body);
    let page = browser
        .post(&format!("/b/{BINDING}/documents/apply"), &several)
        .await;
    assert!(page.body.contains("1 stayed as they were"), "{}", page.body);
    let page = browser.get(&format!("/b/{BINDING}/documents.csv")).await;
    assert!(
        page.body
            .contains("\"Invoice\",\"000000007\",\"7\",\"In Sage\""),
        "{}",
        page.body
    );
    let page = browser.get(&format!("/b/{BINDING}/audit")).await;
    assert!(
        page.body.contains("runs:retry") && page.body.contains("Canaria Personova"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn another_shops_document_is_not_there() {
    let rig = Rig::start().await;
    let mut browser = entered(&rig).await;
    rig.bind("shop-two", "refresh-2").await;
    let shop = rig.shop();
    let run = shop.accept(&invoice(1)).await;
    shop.until(&run, "succeeded").await;
    let page = browser.get(&format!("/b/shop-two/documents/{run}")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    browser.get("/b/shop-two/documents").await;
    for action in ["hold", "retry", "absent", "release"] {
        let path = format!("/b/shop-two/documents/{run}/{action}");
        assert_eq!(browser.post(&path, &[]).await.status, StatusCode::NOT_FOUND);
    }
    let operations = rig.operations().await;
    assert_eq!(
        operations
            .runs(&RunQuery {
                limit: 9,
                ..RunQuery::default()
            })
            .await
            .unwrap()
            .len(),
        1
    );
    operations.close().await;
}

#[tokio::test]
async fn personal_data_is_covered_until_asked_for_and_that_is_audited() {
    let rig = Rig::start().await;
    let mut browser = entered(&rig).await;
    let shop = rig.shop();
    let plan = crate::support::plans::invoice_for(3, "G1a2b3c4d5", "pat@example.com");
    let run = shop.accept(&plan).await;
    shop.until(&run, "succeeded").await;
    let document = format!("/b/{BINDING}/documents/{run}");
    let page = browser.get(&document).await;
    assert!(!page.body.contains("pat@example.com"), "{}", page.body);
    let page = browser.post(&format!("{document}/reveal"), &[]).await;
    assert!(page.body.contains("pat@example.com"), "{}", page.body);
    let page = browser.get("/audit").await;
    assert!(
        page.body.contains("runs:show personal data"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn settings_are_saved_by_topic_and_two_people_do_not_overwrite_each_other() {
    let rig = Rig::start().await;
    let mut browser = entered(&rig).await;
    let operations = rig.operations().await;
    let profile = include_str!("../../golden/profiles/gb_base.json");
    operations.set_settings(BINDING, profile).await.unwrap();
    operations.close().await;
    let settings = format!("/b/{BINDING}/settings");
    let page = browser.get(&settings).await;
    assert!(
        page.body.contains("Sales - Products (4000)")
            && page.body.contains("GB_STANDARD (20.00 %)"),
        "{}",
        page.body
    );
    let save = format!("{settings}/save");
    let rounding = |cap: &'static str, version: &'static str| {
        [
            ("topic", "7"),
            ("version", version),
            ("rounding_cap", cap),
            (
                "rounding_ledger_account_id",
                "26251919309f436bd843c79729bb9914",
            ),
        ]
    };
    let page = browser.post(&save, &rounding("a lot", "1")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.body.contains("value=\"a lot\" aria-invalid"),
        "{}",
        page.body
    );
    let page = browser.post(&save, &rounding("0.10", "1")).await;
    assert_eq!(
        page.location,
        Some(format!("{settings}?saved=2&topic=rounding")),
        "{}",
        page.body
    );
    let page = browser.post(&save, &rounding("0.20", "1")).await;
    assert!(
        page.body
            .contains("Somebody saved version 2 while you had version 1 open"),
        "{}",
        page.body
    );
    let page = browser.get(&format!("{settings}/versions/2")).await;
    assert!(
        page.body.contains("0.05") && page.body.contains("0.10"),
        "{}",
        page.body
    );
    browser.get(&format!("{settings}/versions/1")).await;
    let page = browser
        .post(&format!("{settings}/restore"), &[("restore", "1")])
        .await;
    assert_eq!(
        page.location,
        Some(format!("{settings}?saved=3")),
        "{}",
        page.body
    );
}
