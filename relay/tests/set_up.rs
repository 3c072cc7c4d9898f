//! Wrong ways of the set-up guide: each has its message and a way on.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::browser::{Browser, Page};
use crate::support::magento::{CODE, PROFILE, dry_run};
use crate::support::way::Way;

pub(crate) const GUIDE: &str = "/b/example-trading-ltd/setup";

/// A merchant who has consented at Sage.
pub(crate) async fn consented(way: &Way) -> Browser {
    let mut browser = Browser::at(way.relay.dashboard_address().unwrap());
    browser
        .first_account(way.relay.first_account_link().unwrap())
        .await;
    let page = consent(way, &mut browser).await;
    assert_eq!(page.location.as_deref(), Some(GUIDE), "{}", page.body);
    browser.get(GUIDE).await;
    browser
}

/// Goes to Sage, allows, comes back.
async fn consent(way: &Way, browser: &mut Browser) -> Page {
    let page = browser.get("/").await;
    if page.location.is_some() {
        browser.get("/connect").await;
    }
    let page = browser.post("/connect/start", &[]).await;
    let url = page.between("<a class=\"button\" href=\"", "\"");
    let page = browser.get(&url).await;
    let allow = page.between("id=\"allow\" href=\"", "\"");
    let page = browser
        .get(&format!("{}{allow}", way.simulator.base_url()))
        .await;
    browser.get(&page.location.unwrap()).await
}

/// With the shop connected and its lists told.
pub(crate) async fn with_shop(way: &Way, profile: &str) -> Browser {
    let mut browser = consented(way).await;
    with_shop_of(way, &mut browser, profile).await;
    browser
}

/// Connects the shop and has it tell its lists.
pub(crate) async fn with_shop_of(way: &Way, browser: &mut Browser, profile: &str) {
    let page = pair(way, browser, &way.magento.address, CODE).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    way.magento
        .shop()
        .tell("/v1/shop-profile", profile, 204)
        .await;
    browser.get(GUIDE).await;
}

async fn pair(_way: &Way, browser: &mut Browser, shop: &str, code: &str) -> Page {
    let fields = [("shop", shop), ("code", code)];
    browser.post(&format!("{GUIDE}/shop"), &fields).await
}

pub(crate) fn refused(page: &Page, words: &str) {
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        page.body
    );
    let body = page.body.replace("&#39;", "'");
    assert!(body.contains(words), "no {words} in {body}");
}

/// What a browser sends of the map as it is proposed.
pub(crate) fn proposed(page: &Page) -> Vec<(String, String)> {
    let form = page.between("/setup/map\">", "</form>");
    let mut fields = vec![("version".to_owned(), "0".to_owned())];
    for part in form.split("<select id=\"").skip(1) {
        let name = part.split('"').next().unwrap().to_owned();
        let options = part.split("</select>").next().unwrap();
        let chosen = options.split("<option value=\"");
        let chosen = chosen
            .skip(1)
            .find(|one| one.split('>').next().unwrap().contains("selected"));
        let value = chosen.map(|one| one.split('"').next().unwrap().to_owned());
        fields.push((name, value.unwrap_or_default()));
    }
    fields
}

pub(crate) async fn use_settings(browser: &mut Browser, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(&format!("{GUIDE}/map"), &fields).await
}

fn set(fields: &mut [(String, String)], name: &str, value: &str) {
    let found = fields.iter_mut().find(|(other, _)| other == name);
    let (_, old) = found.unwrap_or_else(|| panic!("no field {name}"));
    value.clone_into(old);
}

#[tokio::test]
async fn a_wrong_code_and_a_wrong_address_are_told_at_their_field() {
    let way = Way::begin(false).await;
    let mut browser = consented(&way).await;
    let shop = way.magento.address.clone();
    let page = pair(&way, &mut browser, &shop, "AAAA-AAAA-AAAA-AAAA").await;
    refused(&page, "the shop does not take this code (403)");
    assert!(
        page.body.contains(&format!("value=\"{shop}\"")),
        "what was typed stays"
    );
    assert!(
        !page.body.contains("AAAA-AAAA"),
        "a code is not shown again"
    );
    let page = pair(&way, &mut browser, "http://127.0.0.1:1", CODE).await;
    refused(
        &page,
        "the shop did not answer; nothing is changed. Look at the address",
    );
    let stranger = way.simulator.base_url();
    let page = pair(&way, &mut browser, &stranger, CODE).await;
    refused(&page, "is no shop with our module");
    let page = pair(&way, &mut browser, "ftp://shop.example", CODE).await;
    refused(&page, "the address is no https URL");
    let page = pair(&way, &mut browser, &shop, CODE).await;
    assert_eq!(
        page.location.as_deref(),
        Some("/b/example-trading-ltd/setup?done=shop")
    );
    let page = browser.get(GUIDE).await;
    assert!(
        page.body.contains("has not told its payment methods"),
        "{}",
        page.body
    );
    assert!(page.body.contains("Send to the relay"), "{}", page.body);
}

#[tokio::test]
async fn a_map_that_is_not_good_is_told_at_its_row_and_keeps_what_was_chosen() {
    let way = Way::begin(false).await;
    let mut browser = with_shop(&way, PROFILE).await;
    let page = browser.get(GUIDE).await;
    let mut fields = proposed(&page);
    set(&mut fields, "tax_rate_map/20.00", "GB_GONE");
    let page = use_settings(&mut browser, &fields).await;
    refused(&page, "GB_GONE (missing)");
    assert!(page.body.contains("class=\"map bad\""), "{}", page.body);
    set(&mut fields, "tax_rate_map/20.00", "GB_STANDARD");
    set(&mut fields, "default_bank_account_id", "");
    fields.push(("websites".to_owned(), "on".to_owned()));
    let page = use_settings(&mut browser, &fields).await;
    refused(&page, "Choose at least one website");
    fields.push(("website".to_owned(), "2".to_owned()));
    let page = use_settings(&mut browser, &fields).await;
    assert_eq!(
        page.location.as_deref(),
        Some("/b/example-trading-ltd/setup?done=map"),
        "{}",
        page.body
    );
    let operations = way.operations().await;
    let saved = operations
        .policy("example-trading-ltd", None)
        .await
        .unwrap()
        .policy;
    operations.close().await;
    assert_eq!(saved["website_filter"], json!([2]));
    assert_eq!(saved["payment_method_map"]["free"], Value::Null);
    assert_eq!(saved.get("default_bank_account_id"), None);
    assert!(
        saved["payment_method_map"].get("checkmo").is_none(),
        "{saved}"
    );
    let page = use_settings(&mut browser, &fields).await;
    refused(
        &page,
        "Somebody saved version 1 while you had version 0 open",
    );
}

#[tokio::test]
async fn the_check_shows_each_problem_with_the_settings_that_mend_it() {
    let way = Way::begin(false).await;
    let mut browser = with_shop(&way, PROFILE).await;
    let page = browser.get(GUIDE).await;
    let fields = proposed(&page);
    let page = use_settings(&mut browser, &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let page = browser.get(GUIDE).await;
    assert!(
        page.body.contains("makes a dry run of the last 30 days"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("id=\"since\""), "{}", page.body);
    let page = browser.get(&format!("{GUIDE}?unchecked=1")).await;
    assert!(page.body.contains("id=\"since\""), "{}", page.body);
    let operations = way.operations().await;
    let versions = operations
        .settings_versions("example-trading-ltd")
        .await
        .unwrap();
    operations.close().await;
    let mut run = dry_run(&versions[0].digest);
    run["documents"][0]["reject"] = json!(2);
    run["problems"] = json!([
        {"outcome": "reject", "code": "payment_method_not_mapped", "pointer": "/payment/method", "count": 1,
            "message": "the payment method is mapped to no bank account", "suggestion": "map it", "increment_id": "000000007"},
        {"outcome": "reject", "code": "tax_rate_not_mapped", "pointer": "/invoice/items/0", "count": 1,
            "message": "17.50 % is not mapped", "suggestion": "map it", "increment_id": "000000008"},
    ]);
    way.magento
        .shop()
        .tell("/v1/dry-run", &run.to_string(), 204)
        .await;
    let page = browser.get(GUIDE).await;
    for told in [
        "2 of the documents",
        "settings?topic=payments#payments",
        "settings?topic=vat-at-home#vat-at-home",
        "000000008",
        "id=\"since\"",
        "href=\"https://shop.example/admin/byte8_sage/backfill/\"",
    ] {
        assert!(page.body.contains(told), "no {told} in {}", page.body);
    }
    let profile = PROFILE.replace("https://shop.example/admin/", "javascript:alert(1)//");
    assert_ne!(profile, PROFILE);
    way.magento
        .shop()
        .tell("/v1/shop-profile", &profile, 204)
        .await;
    let page = browser.get(GUIDE).await;
    assert!(
        page.body
            .contains("<strong>Sales → Sage → Backfill</strong>"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("javascript:"), "{}", page.body);
    let page = browser
        .post(
            &format!("{GUIDE}/live"),
            &[("version", "1"), ("since", "soon")],
        )
        .await;
    refused(&page, "Choose a day");
    let page = browser
        .post(
            &format!("{GUIDE}/live"),
            &[("version", "1"), ("since", "2026-12-01")],
        )
        .await;
    assert_eq!(
        page.location.as_deref(),
        Some("/b/example-trading-ltd/setup?done=live"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_rate_that_sage_does_not_have_is_told() {
    let way = Way::begin(false).await;
    let profile = PROFILE.replace(
        "\"GB VAT 5%\", \"tax_country_id\": \"GB\", \"rate\": \"5.0000\"",
        "\"GB VAT 12%\", \"tax_country_id\": \"GB\", \"rate\": \"12.5000\"",
    );
    assert_ne!(profile, PROFILE);
    let mut browser = with_shop(&way, &profile).await;
    let page = browser.get(GUIDE).await;
    assert!(
        page.body.contains("Sage has no rate of 12.5 %"),
        "{}",
        page.body
    );
    assert!(page.body.contains("AU, DE"), "{}", page.body);
}

#[tokio::test]
async fn a_refused_consent_and_a_second_business_of_the_name() {
    let way = Way::begin(false).await;
    way.switch(&json!({"consent": "refused"})).await;
    let mut browser = Browser::at(way.relay.dashboard_address().unwrap());
    browser
        .first_account(way.relay.first_account_link().unwrap())
        .await;
    let page = consent(&way, &mut browser).await;
    refused(&page, "The consent was refused at Sage");
    assert!(page.body.contains("href=\"/\""), "a way on: {}", page.body);
    way.switch(&json!({"consent": "asked"})).await;
    for guide in [GUIDE, "/b/example-trading-ltd-2/setup"] {
        browser.get("/connect").await;
        let page = consent(&way, &mut browser).await;
        assert_eq!(page.location.as_deref(), Some(guide), "{}", page.body);
        let page = browser.get("/").await;
        assert!(
            page.body
                .contains("The set-up is not finished. Next: connect the shop"),
            "{}",
            page.body
        );
    }
}

#[tokio::test]
async fn a_tier_that_is_too_small_is_told_with_the_setting_it_lacks() {
    let tiers = "default = \"small\"\n[tier.small]\nfeatures = [\"credit_notes\"]\n";
    let way = Way::with_tiers(false, tiers).await;
    let mut browser = with_shop(&way, PROFILE).await;
    let page = browser.get(GUIDE).await;
    let mut fields = proposed(&page);
    let page = use_settings(&mut browser, &fields).await;
    refused(
        &page,
        "needs the feature payments, which the tier does not include",
    );
    refused(&page, "By payment method: ");
    assert!(page.body.contains("class=\"map bad\""), "{}", page.body);
    // The way on: what the tier lacks is left out.
    set(&mut fields, "default_bank_account_id", "");
    set(&mut fields, "payment_method_map/paypal_express", "");
    let page = use_settings(&mut browser, &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
}

#[tokio::test]
async fn the_preview_has_the_settings_of_the_binding_and_a_policy_of_its_own() {
    let way = Way::begin(false).await;
    let file = |name: &str, text: &str| {
        std::fs::write(way.config.dashboard.preview_folder.join(name), text).unwrap();
    };
    file("index.html", "<html><body><h1>Preview</h1></body></html>");
    file("app.js", "1");
    let sample = json!({"event": "{}", "settings": "of the sample"});
    file("samples/invoice/one.json", &sample.to_string());
    let mut browser = with_shop(&way, PROFILE).await;
    let page = browser.get(GUIDE).await;
    assert!(
        page.body.contains("/b/example-trading-ltd/preview/"),
        "{}",
        page.body
    );
    let fields = proposed(&page);
    use_settings(&mut browser, &fields).await;
    let preview = "/b/example-trading-ltd/preview";
    let page = browser.get(preview).await;
    assert_eq!(page.location, Some(format!("{preview}/")));
    let page = browser.get(&format!("{preview}/")).await;
    assert!(
        page.body.contains("Back to example-trading-ltd"),
        "{}",
        page.body
    );
    assert!(page.policy.contains("wasm-unsafe-eval"), "{}", page.policy);
    let page = browser
        .get(&format!("{preview}/samples/invoice/one.json"))
        .await;
    let sample: Value = serde_json::from_str(&page.body).unwrap();
    let settings: Value = serde_json::from_str(sample["settings"].as_str().unwrap()).unwrap();
    assert_eq!(settings["policy"]["tax_rate_map"]["20.00"], "GB_STANDARD");
    assert_eq!(browser.get(&format!("{preview}/app.js")).await.body, "1");
    for none in ["/samples/none.json", "/..%2f..%2frelay.sqlite3", "/app.exe"] {
        let page = browser.get(&format!("{preview}{none}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{none}");
        assert!(!page.policy.contains("wasm-unsafe-eval"), "{none}");
    }
}
