//! The pages of a month and the pages between a form and its end in Chromium: accessible, at
//! 360 px, dark and on paper.

use serde_json::{Value, json};

use crate::dashboard::entered;
use crate::exceptions::TAKEN;
use crate::pages_in_browser::live_with_two_invoices;
use crate::reconciliation::{october, planted};
use crate::support::fault::Fault;
use crate::support::plans::{invoice_for, invoice_with_contact};
use crate::support::reader::Reader;
use crate::support::rig::{Rig, Shop};
use crate::support::way::Way;

const SHOP: &str = "/b/example-trading-ltd";
const MONTH: &str = "/b/shop-one/reconciliation?from=2026-10-01&to=2026-10-31";

/// Makes Sage answer so that each kind of exception happens once.
pub(crate) async fn exceptions(rig: &Rig, shop: &Shop) -> [String; 3] {
    rig.fake.fail("contacts", Fault::status(422, TAKEN));
    let taken = shop
        .accept(&invoice_for(21, "G2b3c4d5e6", "pat@example.com"))
        .await;
    shop.until(&taken, "rejected").await;
    for (id, deleted) in [("deleted", "2026-10-01T10:00:00Z"), ("byhand", "")] {
        let mut contact = json!({"id": id, "displayed_as": format!("Pat Example ({id})"), "reference": "P1", "email": "PAT@example.com"});
        if !deleted.is_empty() {
            contact["reference"] = json!("G2b3c4d5e6");
            contact["deleted_at"] = json!(deleted);
        }
        rig.fake.plant("contacts", contact);
    }
    rig.fake.books().error_in_totals = "0.01".parse().unwrap();
    let differs = shop.accept(&invoice_with_contact(22)).await;
    shop.until(&differs, "succeeded").await;
    rig.fake.books().error_in_totals = "0".parse().unwrap();
    let contact = rig.fake.object("sales_invoices", 1)["contact"].clone();
    for id in ["901", "902"] {
        let twin = json!({"id": id, "displayed_as": format!("SI-{id}"), "reference": "000000023", "date": "2026-10-03",
            "contact": contact, "total_amount": "35.99", "currency": {"id": "GBP"}, "status": {"id": "UNPAID"}});
        rig.fake.plant("sales_invoices", twin);
    }
    rig.fake.fail("sales_invoices", Fault::Drop);
    let doubt = shop.accept(&invoice_with_contact(23)).await;
    shop.until(&doubt, "ambiguous").await;
    [taken, differs, doubt]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_a_month_are_accessible_on_every_screen() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let mut browser = entered(&rig).await;
    let mut reader = Reader::at(rig.relay.as_ref().unwrap().dashboard_address().unwrap());
    reader.sign_in();
    reader.see("reconciliation-before-any", MONTH);
    reader.see("exceptions-none", "/b/shop-one/exceptions");
    planted(&rig, &shop).await;
    let fields = [("from", "2026-10-01"), ("to", "2026-10-31")];
    for _ in 0..2 {
        browser.get(MONTH).await;
        browser
            .post("/b/shop-one/reconciliation/update", &fields)
            .await;
        shop.tell("/v1/shop-totals", &october().to_string(), 204)
            .await;
    }
    reader.see("reconciliation", MONTH);
    let [taken, differs, doubt] = exceptions(&rig, &shop).await;
    let of = |run: &str| format!("/b/shop-one/exceptions/{run}");
    for (name, path) in [
        ("exceptions", "/b/shop-one/exceptions".to_owned()),
        ("exception-reference", of(&taken)),
        ("exception-total", of(&differs)),
        ("exception-in-doubt", of(&doubt)),
    ] {
        reader.see(name, &path);
    }
    reader.open("/b/shop-one/documents?status=attention");
    reader.person.fill("#filter_name", "Month end");
    reader.person.click(
        "form.inline:has(#filter_name) button",
        "[aria-label^=Forget]",
    );
    reader.look("documents-saved-filter");
    reader.open("/b/shop-one/connections");
    reader
        .person
        .fill("#webhook_url", "https://hooks.example.com/ledger");
    reader.person.click(
        "form[action$='/connections/notifications'] button",
        ".key-text",
    );
    reader.look("notifications");
    reader.assert_nothing_wrong();
}

/// Chooses a file as a person does.
fn choose_file(reader: &mut Reader, text: &str) {
    let text = json!(text);
    reader.run(&format!("{{ const files = new DataTransfer(); files.items.add(new File([{text}], 'settings.json', {{type: 'application/json'}})); document.querySelector('#settings-file').files = files.files }}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_between_a_form_and_its_end_are_accessible_on_every_screen() {
    let way = Way::with_core().await;
    let mut browser = live_with_two_invoices(&way).await;
    let mut reader = Reader::at(way.relay.dashboard_address().unwrap());
    reader.sign_in();
    let exported = browser.get(&format!("{SHOP}/settings.json")).await.body;
    let exported: Value = serde_json::from_str(&exported).unwrap();
    let import = "form[action$='/settings/import'] button";
    for (name, rounding, there) in [
        (
            "settings-from-a-file",
            "0.07",
            "form[action$='/import/save']",
        ),
        ("settings-from-a-bad-file", "much", ".problem"),
    ] {
        let mut file = exported.clone();
        file["policy"]["rounding_cap"] = json!(rounding);
        reader.open(&format!("{SHOP}/settings"));
        choose_file(&mut reader, &file.to_string());
        reader.person.click(import, there);
        reader.look(name);
    }
    reader.open(&format!("{SHOP}/documents"));
    reader.run("for (const one of document.querySelectorAll('[name=run]')) one.checked = true");
    reader
        .person
        .click("button[value=hold]", "form[action$='/documents/apply']");
    reader.look("documents-hold-several");
    way.switch(&json!({"businesses": 2})).await;
    reader.open("/connect");
    reader.person.click("ol.steps button", "#allow");
    reader.person.click("#allow", "[name=business]");
    reader.look("choose-business");
    reader.assert_nothing_wrong();
}
