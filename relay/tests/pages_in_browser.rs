//! Every page in Chromium: accessible, at 360 px, dark, on paper, by keyboard; and the core in the
//! settings.

use serde_json::Value;

use crate::set_up::{GUIDE, consented, proposed, use_settings, with_shop};
use crate::set_up_in_browser::golden_plan;
use crate::support::browser::Browser;
use crate::support::magento::{PROFILE, dry_run};
use crate::support::reader::Reader;
use crate::support::way::Way;

const SHOP: &str = "/b/example-trading-ltd";

/// The same invoice under another number, to an account that Sage does not have.
fn refused_plan() -> Value {
    let plan = golden_plan().to_string();
    let plan = plan.replace("000000033", "000000034");
    let plan = plan.replace(":33\"", ":34\"");
    let plan = plan.replace("\"entity_id\":33", "\"entity_id\":34");
    let plan = plan.replace("f7c11920af33e91d8d098d391f8cf5b1", &"0".repeat(32));
    serde_json::from_str(&plan).unwrap()
}

/// A shop that is live.
pub(crate) async fn live(way: &Way) -> Browser {
    let mut browser = with_shop(way, PROFILE).await;
    let page = browser.get(GUIDE).await;
    use_settings(&mut browser, &proposed(&page)).await;
    let operations = way.operations().await;
    operations
        .set_live("example-trading-ltd", true)
        .await
        .unwrap();
    operations.close().await;
    browser
}

/// A shop that is live and has sent an invoice that Sage takes and one that it refuses.
pub(crate) async fn live_with_two_invoices(way: &Way) -> Browser {
    let browser = live(way).await;
    let shop = way.magento.shop();
    for plan in [golden_plan(), refused_plan()] {
        shop.accept(&plan).await;
    }
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_accessible_on_every_screen() {
    let way = Way::with_core().await;
    let mut reader = Reader::at(way.relay.dashboard_address().unwrap());
    let link = way.relay.first_account_link().unwrap();
    reader.person.chromium.open(link).unwrap();
    reader.look("first-account");
    let mut browser = consented(&way).await;
    reader.sign_in();
    reader.see("set-up-shop", GUIDE);
    reader.see("overview-in-set-up", SHOP);
    drop(browser);

    browser = Browser::at(&reader.origin);
    browser.sign_in().await;
    crate::set_up::with_shop_of(&way, &mut browser, PROFILE).await;
    reader.see("set-up-map", GUIDE);
    reader.see("documents-before-any", &format!("{SHOP}/documents"));
    let page = browser.get(GUIDE).await;
    use_settings(&mut browser, &proposed(&page)).await;
    let operations = way.operations().await;
    let versions = operations
        .settings_versions("example-trading-ltd")
        .await
        .unwrap();
    let shop = way.magento.shop();
    let run = dry_run(&versions[0].digest).to_string();
    shop.tell("/v1/dry-run", &run, 204).await;
    reader.see("set-up-check", GUIDE);
    operations
        .set_live("example-trading-ltd", true)
        .await
        .unwrap();
    operations.close().await;
    let good = shop.accept(&golden_plan()).await;
    shop.until(&good, "succeeded").await;
    let bad = shop.accept(&refused_plan()).await;
    shop.until(&bad, "rejected").await;

    let of = |page: &str| format!("{SHOP}/{page}");
    for (name, path) in [
        ("set-up-live", GUIDE.to_owned()),
        ("shops", "/".to_owned()),
        ("overview", SHOP.to_owned()),
        ("documents", of("documents")),
        ("documents-none-found", of("documents?reference=none")),
        ("document", of(&format!("documents/{good}"))),
        ("document-refused", of(&format!("documents/{bad}"))),
        ("document-retry", of(&format!("documents/{bad}/retry"))),
        ("settings", of("settings")),
        ("settings-version", of("settings/versions/1")),
        ("connections", of("connections")),
        ("disconnect", of("connections/disconnect")),
        ("audit", of("audit")),
        ("add-a-business", "/connect".to_owned()),
        ("users", "/users".to_owned()),
        ("audit-of-the-relay", "/audit".to_owned()),
        ("account", "/account".to_owned()),
        ("not-found", "/nowhere".to_owned()),
    ] {
        reader.see(name, &path);
    }
    reader.open(&of("preview/#invoice/one"));
    reader.person.wait("body[data-ready=yes]");
    reader.look("preview");
    reader.open(&of("connections"));
    reader.run("document.querySelector('#key_relay_url').value = 'https://relay.example'");
    reader
        .person
        .click("form[action$='/connections/key'] button", "textarea#key");
    reader.look("key");
    reader.assert_nothing_wrong();
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_judged_while_they_are_typed_in_the_words_of_the_server() {
    let way = Way::with_core().await;
    let mut browser = with_shop(&way, PROFILE).await;
    let page = browser.get(GUIDE).await;
    use_settings(&mut browser, &proposed(&page)).await;
    let page = browser.get(&format!("{SHOP}/connections")).await;
    assert!(!page.policy.contains("wasm-unsafe-eval"), "{}", page.policy);
    let mut reader = Reader::at(way.relay.dashboard_address().unwrap());
    reader.sign_in();
    reader.open(&format!("{SHOP}/settings?topic=rounding"));
    reader.person.wait("html[data-core=ready]");
    reader.person.fill("#rounding_cap", "about ");
    let wrong = "[data-path=rounding_cap] > .wrong";
    reader.person.wait(wrong);
    let told = reader.person.text(wrong);
    reader.person.wait("#rounding_cap[aria-invalid]");
    // Without a script the server says it.
    let page = browser.get(&format!("{SHOP}/settings")).await;
    let version = page.between("name=\"version\" value=\"", "\"");
    let fields = [
        ("topic", "7"),
        ("version", &version),
        ("rounding_cap", "about 0.05"),
    ];
    let page = browser
        .post(&format!("{SHOP}/settings/save"), &fields)
        .await;
    let field = page.between("data-path=\"rounding_cap\"", "class=\"help\"");
    let field = field.replace("&#34;", "\"");
    assert!(field.contains(&told), "{told} is not in {field}");
    // What is good again is not marked any more.
    reader.run("document.querySelector('#rounding_cap').value = ''");
    reader.person.fill("#rounding_cap", "0.10");
    reader
        .person
        .wait("[data-path=rounding_cap]:not(:has(> .wrong))");
    reader.person.click("#rounding button", ".notice");
    reader.person.chromium.assert_no_problems().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_is_enough() {
    let way = Way::with_core().await;
    live_with_two_invoices(&way).await;
    let mut reader = Reader::at(way.relay.dashboard_address().unwrap());
    reader.sign_in();
    reader.open(&format!("{SHOP}/documents"));
    let focused = |reader: &mut Reader| {
        reader.run("document.activeElement.id || document.activeElement.innerText")
    };
    reader.person.chromium.press("j").unwrap();
    let first = focused(&mut reader);
    reader.person.chromium.press("j").unwrap();
    let second = focused(&mut reader);
    assert_eq!(first, "Invoice 000000034");
    assert_eq!(second, "Invoice 000000033");
    reader.person.chromium.press("k").unwrap();
    assert_eq!(focused(&mut reader), first);
    reader.person.chromium.press("/").unwrap();
    assert_eq!(focused(&mut reader), "number");
    // In a field they are letters.
    reader.person.chromium.press("j").unwrap();
    assert_eq!(reader.run("document.activeElement.value"), "j");
    reader.person.chromium.assert_no_problems().unwrap();
}
