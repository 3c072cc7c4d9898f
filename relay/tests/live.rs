//! Documents are accepted from when somebody goes live, and a key carried by hand connects a shop.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::set_up::{GUIDE, consented, proposed, refused, use_settings, with_shop};
use crate::set_up_in_browser::golden_plan;
use crate::support::magento::PROFILE;
use crate::support::rig::Shop;
use crate::support::way::Way;

const CONNECTIONS: &str = "/b/example-trading-ltd/connections";

/// What the shop reads beside its settings.
async fn told_live(shop: &Shop) -> String {
    let answer = shop.get("/v1/settings").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let told = answer.headers()["ledger-live"].to_str().unwrap().to_owned();
    let tag = answer.headers()["etag"].to_str().unwrap();
    let again = shop.clone().saying("if-none-match", tag);
    let again = again.get("/v1/settings").await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.headers()["ledger-live"], told);
    told
}

async fn refused_as_not_live(shop: &Shop, plan: &Value) {
    let answer = shop.post_raw(json!({ "plans": [plan] }).to_string()).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(kind, "application/problem+json");
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "not_live");
}

#[tokio::test]
async fn plans_are_accepted_between_going_live_and_stopping() {
    let way = Way::begin(false).await;
    let mut browser = with_shop(&way, PROFILE).await;
    let shop = way.magento.shop();
    let page = browser.get(GUIDE).await;
    use_settings(&mut browser, &proposed(&page)).await;
    let plan = golden_plan();
    assert_eq!(told_live(&shop).await, "no");
    refused_as_not_live(&shop, &plan).await;

    browser.get(&format!("{GUIDE}?unchecked=1")).await;
    let day = [("version", "1"), ("since", "2026-04-01")];
    let page = browser.post(&format!("{GUIDE}/live"), &day).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    assert_eq!(told_live(&shop).await, "yes");
    let run = shop.accept(&plan).await;

    let page = browser.get(CONNECTIONS).await;
    assert!(page.body.contains("accepted since"), "{}", page.body);
    let stop = format!("{CONNECTIONS}/live");
    let page = browser.post(&stop, &[("live", "off")]).await;
    assert_eq!(page.location, Some(format!("{CONNECTIONS}?done=stopped")));
    assert_eq!(told_live(&shop).await, "no");
    refused_as_not_live(&shop, &plan).await;
    shop.until(&run, "succeeded").await;
    let page = browser.get("/b/example-trading-ltd").await;
    assert!(page.body.contains("setup#live"), "{}", page.body);
    let page = browser.get("/b/example-trading-ltd/audit").await;
    assert!(page.body.contains("binding:live"), "{}", page.body);
}

#[tokio::test]
async fn a_key_that_is_pasted_connects_a_shop_that_cannot_be_reached() {
    let way = Way::begin(false).await;
    let mut browser = consented(&way).await;
    let make = format!("{CONNECTIONS}/key");
    let page = browser
        .post(&make, &[("relay_url", "http://relay.example")])
        .await;
    refused(&page, "the relay URL must be https");
    let address = format!("http://{}", way.relay.address());
    let page = browser.post(&make, &[("relay_url", &address)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let shown = page.between("spellcheck=\"false\">", "</textarea>");
    let text = shown.replace("&#34;", "\"").replace("&quot;", "\"");
    let key: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(key["binding_id"], "example-trading-ltd");
    let secret = key["api_key"].as_str().unwrap();
    for page in [GUIDE, CONNECTIONS, "/b/example-trading-ltd/audit"] {
        let page = browser.get(page).await;
        assert!(!page.body.contains(secret), "it is shown once");
    }

    let shop = Shop::at(
        key["relay_url"].as_str().unwrap(),
        "example-trading-ltd",
        secret,
    );
    shop.tell("/v1/shop-profile", PROFILE, 204).await;
    let page = browser.get(GUIDE).await;
    assert!(
        page.body.contains("has called with its key"),
        "{}",
        page.body
    );
    assert!(page.body.contains("id=\"map\""), "{}", page.body);
    let page = use_settings(&mut browser, &proposed(&page)).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
}
