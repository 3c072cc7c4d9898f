//! Wrong ways in Chromium: each has its message on the page where it happens, and a way on.

use serde_json::{Value, json};

use crate::set_up::with_shop;
use crate::support::magento::{CODE, PROFILE, dry_run};
use crate::support::person::Person;
use crate::support::way::Way;

const ID: &str = "example-trading-ltd";

fn says(person: &mut Person, place: &str, words: &str) {
    let told = person.text(place);
    assert!(told.contains(words), "no {words} in {told}");
}

/// Empties a field and types into it.
fn retype(person: &mut Person, selector: &str, text: &str) {
    let field = json!(selector);
    let emptied = format!("document.querySelector({field}).value = ''");
    person.chromium.run(&emptied).unwrap();
    person.fill(selector, text);
}

fn choose(person: &mut Person, id: &str, value: &str) {
    let (id, value) = (json!(id), json!(value));
    let chosen = format!(
        "document.getElementById({id}).value = {value}; document.getElementById({id}).value === {value}"
    );
    assert_eq!(
        person.chromium.run(&chosen).unwrap(),
        true,
        "no {value} in {id}"
    );
}

fn first_account(way: &Way) -> Person {
    let mut person = Person::sit_down();
    let link = way.relay.first_account_link().unwrap();
    person.chromium.open(link).unwrap();
    person.fill("#name", "Canaria Personova");
    person.fill("#email", "canaria@example.com");
    person.fill("#password", "correct horse battery");
    person.click("form[method=post] button", "ol.steps");
    person
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_up_where_everything_goes_wrong_once_still_ends_live() {
    let way = Way::begin(false).await;
    let mut person = first_account(&way);
    for (switches, words) in [
        (
            json!({"consent": "refused"}),
            "The consent was refused at Sage",
        ),
        (
            json!({"consent": "other_state"}),
            "belongs to no consent that you began here",
        ),
        (
            json!({"consent": "asked", "code_ttl": -1}),
            "Sage does not take the code any more",
        ),
        (json!({"code_ttl": 60, "businesses": 0}), "has no business"),
    ] {
        way.switch(&switches).await;
        person.click("ol.steps button", "#allow");
        person.click("#allow", "main a[href='/']");
        says(&mut person, "main", words);
        person.click("main a[href='/']", "ol.steps button");
    }
    way.switch(&json!({"businesses": 1})).await;
    person.click("ol.steps button", "#allow");
    person.click("#allow", "#shop.next form");

    let address = way.magento.address.clone();
    person.fill("#shop-address", &address);
    person.fill("#code", "AAAA-AAAA-AAAA-AAAA");
    person.click("#shop button", "#code[aria-invalid]");
    says(
        &mut person,
        "#shop .wrong",
        "the shop does not take this code (403)",
    );
    retype(&mut person, "#shop-address", "http://127.0.0.1:1");
    person.fill("#code", CODE);
    person.click("#shop button", "#shop-address[aria-invalid]");
    says(
        &mut person,
        "#shop .wrong",
        "the shop did not answer; nothing is changed",
    );
    retype(&mut person, "#shop-address", &address);
    person.fill("#code", CODE);
    person.click("#shop button", ".notice");
    let shop = way.magento.shop();
    // A rate that Sage does not have.
    let twelve = PROFILE.replace(
        "\"GB VAT 5%\", \"tax_country_id\": \"GB\", \"rate\": \"5.0000\"",
        "\"GB VAT 12%\", \"tax_country_id\": \"GB\", \"rate\": \"12.5000\"",
    );
    assert_ne!(twelve, PROFILE);
    shop.tell("/v1/shop-profile", &twelve, 204).await;
    person.wait("#map.next form");
    says(&mut person, "#map", "Sage has no rate of 12.5 %");
    person.click("#map button", "#check");

    let operations = way.operations().await;
    let versions = operations.settings_versions(ID).await.unwrap();
    let mut run = dry_run(&versions[0].digest);
    run["documents"][0]["reject"] = json!(2);
    run["problems"] = json!([
        {"outcome": "reject", "code": "payment_method_not_mapped", "pointer": "/payment/method", "count": 2,
            "message": "the payment method is mapped to no bank account", "suggestion": "map it", "increment_id": "000000007"},
    ]);
    shop.tell("/v1/dry-run", &run.to_string(), 204).await;
    person.wait("#live.next form");
    says(&mut person, "#check", "2 of the documents");
    says(
        &mut person,
        "#check",
        "The payment method is mapped to no bank account",
    );
    // The way on: the settings that mend it. Somebody else saves them meanwhile.
    person.click("#check a[href*='topic=payments']", "#payments[open] form");
    let policy = operations.policy(ID, None).await.unwrap();
    let mut changed = policy.policy;
    changed["rounding_cap"] = json!("0.07");
    operations
        .set_policy(ID, policy.version, changed)
        .await
        .unwrap();
    operations.close().await;
    person.click("#payments button", ".problem");
    says(
        &mut person,
        ".problem",
        "Somebody saved version 2 while you had version 1 open",
    );
    person.click("nav a[href$='/settings']", "#payments form");
    person.click("#payments button", ".notice");
    person.click("nav a[href$='/setup']", "#live form");
    person.click("#live button", ".notice");
    says(&mut person, ".notice", "Live");
    person
        .chromium
        .assert_no_problems()
        .unwrap_or_else(|error| {
            // Chromium names answers such as 422 as loads that failed.
            assert!(
                error.to_string().lines().all(|line| line.contains("422")),
                "{error}"
            );
        });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tier_that_is_too_small_is_told_where_the_setting_is() {
    let tiers = "default = \"small\"\n[tier.small]\nfeatures = [\"credit_notes\"]\n";
    let way = Way::with_tiers(false, tiers).await;
    with_shop(&way, PROFILE).await;
    let mut person = Person::sit_down();
    let address = way.relay.dashboard_address().unwrap().to_owned();
    person
        .chromium
        .open(&format!("{address}/sign-in?next=/b/{ID}/setup"))
        .unwrap();
    person.fill("#email", "canaria@example.com");
    person.fill("#password", "correct horse battery");
    person.click("form[method=post] button", "#map.next form");
    person.click("#map button", "#map .map.bad");
    says(
        &mut person,
        "#map .map.bad",
        "needs the feature payments, which the tier does not include",
    );
    let ids = "[...document.querySelectorAll('#map select')].map(one => one.id).filter(id => id.startsWith('payment_method_map/') || id === 'default_bank_account_id')";
    let ids: Value = person.chromium.run(ids).unwrap();
    for id in ids.as_array().unwrap() {
        let id = id.as_str().unwrap();
        choose(
            &mut person,
            id,
            if id == "payment_method_map/free" {
                "-"
            } else {
                ""
            },
        );
    }
    person.click("#map button", ".notice");
}
