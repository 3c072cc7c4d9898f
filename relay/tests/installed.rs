//! A relay that was installed from its package, set up in Chromium. `cargo xtask install-test` starts it
//! and says where it is.

use reqwest::Client;
use serde_json::Value;

use crate::set_up_in_browser::{connect_and_go_live, first_account, golden_plan};
use crate::support::magento::Magento;
use crate::support::person::Person;

#[ignore = "needs an installed relay: cargo xtask install-test"]
#[tokio::test(flavor = "multi_thread")]
async fn the_installed_relay_is_set_up_and_posts_an_invoice() {
    let told = |name: &str| std::env::var(name).unwrap();
    let magento = Magento::start(true).await;
    let mut person = Person::sit_down();
    let link = told("LEDGER_INSTALLED_LINK");
    person.chromium.open(&link).unwrap();
    first_account(&mut person);
    person.fill("#client_id", &told("LEDGER_INSTALLED_CLIENT_ID"));
    person.fill("#client_secret", &told("LEDGER_INSTALLED_CLIENT_SECRET"));
    person.click("form:has(#client_id) button", "ol.steps button");
    connect_and_go_live(&mut person, &magento);

    let shop = magento.shop();
    let plan = golden_plan();
    let run = shop.accept(&plan).await;
    shop.until(&run, "succeeded").await;
    let ledger = format!("{}/_simulator/ledger", told("LEDGER_INSTALLED_SAGE"));
    let ledger = Client::new().get(ledger).send().await.unwrap();
    let ledger: Value = ledger.json().await.unwrap();
    let reference = plan["magento"]["increment_id"].as_str().unwrap();
    assert!(ledger.to_string().contains(reference), "{ledger}");
    println!(
        "{} actions in the dashboard and at Sage",
        person.actions.len()
    );
}
