//! The way of a merchant in Chromium: from the link of a first start to the first invoice in Sage.

use std::time::Instant;

use ledger_chromium::Screen;
use serde_json::{Value, json};

use crate::support::magento::{CODE, Magento};
use crate::support::person::Person;
use crate::support::way::Way;

/// The most that a merchant does: clicks, choices and fields together.
const MOST_ACTIONS: usize = 12;

fn open(step: &str) -> String {
    format!("#{step}.next form")
}

/// The first account, on the page that the link of a first start opens.
pub(crate) fn first_account(person: &mut Person) {
    person.fill("#name", "Canaria Personova");
    person.fill("#email", "canaria@example.com");
    person.fill("#password", "correct horse battery");
    person.click("form[method=post] button", "ol.steps");
    person.step_picture("add-a-business", "header");
}

/// From the guide's first step to its last: Sage, the shop, the proposals, the dry run.
pub(crate) fn connect_and_go_live(person: &mut Person, magento: &Magento) {
    person.click("ol.steps button", "#allow");
    person.step_picture("consent-at-sage", "body");
    person.click("#allow", &open("shop"));
    assert!(person.text("#sage").contains("Done"));
    assert!(person.text("#sage").contains("GBP"));
    person.step_picture("shop", "#shop");
    person.fill("#shop-address", &magento.address);
    person.fill("#code", CODE);
    person.click("#shop button", &open("map"));
    let map = person.text("#map");
    for told in [
        "Sales - Products (4000)",
        "PayPal Express Checkout",
        "Proposed",
    ] {
        assert!(map.contains(told), "{map}");
    }
    person.step_picture("map", "#map");
    person.click("#map button", "#check table");
    person.wait(&open("live"));
    assert!(person.text("#check").contains("29,120.40"));
    person.step_picture("check-and-go-live", "#check");
    person.click("#live button", ".notice");
    assert!(person.text(".notice").contains("Live"));
    person.step_picture("live", "#live");
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_link_to_the_first_invoice_in_sage() {
    let way = Way::begin(true).await;
    let mut person = Person::sit_down();
    let link = way.relay.first_account_link().unwrap();
    person.chromium.open(link).unwrap();
    person.step_picture("first-account", "h1");
    let begun = Instant::now();

    first_account(&mut person);
    connect_and_go_live(&mut person, &way.magento);

    let shop = way.magento.shop();
    let plan = golden_plan();
    let run = shop.accept(&plan).await;
    shop.until(&run, "succeeded").await;
    let seconds = begun.elapsed().as_secs_f64();
    let ledger = way.ledger().await.to_string();
    let reference = plan["magento"]["increment_id"].as_str().unwrap();
    assert!(ledger.contains(reference), "{ledger}");

    person
        .chromium
        .open(&format!("{}/", way.relay.dashboard_address().unwrap()))
        .unwrap();
    person.wait(".health.good");
    person.step_picture("overview", "header");
    let narrow = Screen {
        width: 360,
        height: 740,
        dark: true,
    };
    person.chromium.screen(narrow).unwrap();
    let guide = format!(
        "{}/b/example-trading-ltd/setup",
        way.relay.dashboard_address().unwrap()
    );
    person.chromium.open(&guide).unwrap();
    let too_wide = "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth && !one.closest('.scroll')).map(one => one.outerHTML.slice(0, 90))";
    person.step_picture("narrow-and-dark", "header");
    assert_eq!(
        person.chromium.run(too_wide).unwrap(),
        json!([]),
        "at 360 px"
    );
    person.chromium.assert_no_problems().unwrap();

    println!(
        "{} actions and {seconds:.1} s from the first account to the first invoice in Sage:",
        person.actions.len()
    );
    for action in &person.actions {
        println!("  {action}");
    }
    assert!(person.actions.len() <= MOST_ACTIONS);
}

/// An invoice as the core plans it with these settings.
pub(crate) fn golden_plan() -> Value {
    let decision =
        include_str!("../../golden/cases/invoice/domestic_sale_with_taxed_shipping/sage.json");
    serde_json::from_str::<Value>(decision).unwrap()["plan"].clone()
}
