//! What is of a person, or secret, is in no log, in no metric and in no byte of the database:
//! neither what the shop sent nor what Sage said about it.

use std::path::Path;

use ledger_postgres::{Durability, Server};
use serde_json::json;

use crate::support::browser::Browser;
use crate::support::fault::Fault;
use crate::support::plans::{invoice_for, paid};
use crate::support::process::Process;
use crate::support::rig::{BINDING, Rig};

const CANARIES: [&str; 10] = [
    "Canaria Personova",
    "canaria@example.com",
    "17 Canary Wharf Lane",
    "CW17 4NY",
    "+44 1717 171717",
    "refresh-0",
    "rk_test_shop-one",
    "access-",
    "correct horse battery",
    "secret_of_the_canary",
];

/// A refusal as Sage words them: with what it was sent.
fn echo() -> String {
    let [name, email, street, postcode, telephone, ..] = CANARIES;
    let item = |source: &str, message: String| json!({"$severity": "error", "$dataCode": "RecordInvalid", "$source": source, "$message": message});
    json!([
        item("main_contact_person.name", format!("{name} is too long")),
        item(email, format!("{email} is not valid")),
        item(
            "main_address",
            format!("{street} and {postcode} are not known")
        ),
        item("base", format!("call {telephone}")),
    ])
    .to_string()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

/// Every file below a folder.
fn below(folder: &Path, bytes: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, bytes);
        } else {
            // The server may take a file away meanwhile.
            bytes.extend(std::fs::read(&path).unwrap_or_default());
        }
    }
}

/// Lets a relay do all it does with one person's data; its log and metrics.
async fn traces(rig: &Rig) -> Vec<u8> {
    let (mut relay, admin) = Process::with_admin(rig);
    let shop = relay.shop();
    let mut plan = invoice_for(1, "G1a2b3c4d5", CANARIES[1]);
    let contact = &mut plan["steps"][0]["body"]["contact"];
    contact["name"] = json!(CANARIES[0]);
    contact["main_address"] = json!({"address_line_1": CANARIES[2], "postal_code": CANARIES[3]});
    contact["main_contact_person"] =
        json!({"name": CANARIES[0], "email": CANARIES[1], "telephone": CANARIES[4]});
    let run = shop.accept(&plan).await;
    shop.until(&run, "succeeded").await;
    // A refused plan.
    plan["steps"][0]["op"] = json!(CANARIES[0]);
    shop.post(std::slice::from_ref(&plan)).await;
    // One that Sage refuses with what it was sent, and one that is refused for want of it.
    rig.fake.fail("sales_invoices", Fault::status(422, &echo()));
    let refused = shop
        .accept(&invoice_for(2, "G1a2b3c4d5", CANARIES[1]))
        .await;
    let told = shop.until(&refused, "rejected").await;
    let payment = shop.accept(&paid(2, &[("card", "35.99")])).await;
    shop.until(&payment, "rejected").await;
    // The same person uses the dashboard, and enters the secret of the relay's app.
    let (origin, link) = relay.dashboard.clone().unwrap();
    let mut browser = Browser::at(&origin);
    browser.first_account(&link).await;
    browser.get("/connect").await;
    let app = [
        ("client_id", "app"),
        ("client_secret", "secret_of_the_canary"),
    ];
    browser.post("/connect/app", &app).await;
    let page = browser
        .get(&format!("/b/{BINDING}/documents/{refused}"))
        .await;
    assert!(page.body.contains(CANARIES[0]), "signed in: {}", page.body);
    // The shop is told all of it.
    let feed = shop.feed("0").await;
    for text in [told.to_string(), feed.to_string()] {
        for canary in &CANARIES[..5] {
            assert!(text.contains(canary), "{canary} is not told: {text}");
        }
    }
    let metrics = reqwest::get(format!("{admin}/metrics")).await.unwrap();
    let metrics = metrics.bytes().await.unwrap().to_vec();
    relay.kill();
    let log = std::fs::read(rig.folder.path().join("log")).unwrap();
    assert!(log.len() > 1000, "the log is at trace level");
    [log, metrics].concat()
}

fn nothing_of_a_person(traces: &[u8], database: &[u8]) {
    // What operators search by is there, so the bytes are those of the database.
    for clear in [
        "invoice.created:1",
        "sage_rejected",
        "main_contact_person.name",
        "RecordInvalid",
    ] {
        assert!(holds(database, clear), "{clear} is not in the database");
    }
    for canary in CANARIES {
        assert!(!holds(traces, canary), "{canary} in log or metrics");
        assert!(!holds(database, canary), "{canary} in the database");
    }
}

#[tokio::test]
async fn no_person_and_no_secret_in_logs_and_in_sqlite() {
    let rig = Rig::prepare().await;
    let traces = traces(&rig).await;
    let read = |name: &str| std::fs::read(rig.folder.path().join(name)).unwrap_or_default();
    let files = ["relay.sqlite3", "relay.sqlite3-wal"].map(read);
    nothing_of_a_person(&traces, &files.concat());
}

#[tokio::test]
async fn no_person_and_no_secret_in_logs_and_in_postgresql() {
    let server = Server::start(Durability::Memory).unwrap();
    let rig = Rig::on(Some(server.database().unwrap())).await;
    let traces = traces(&rig).await;
    server.sql("postgres", "CHECKPOINT").unwrap();
    let mut database = Vec::new();
    below(&server.data(), &mut database);
    nothing_of_a_person(&traces, &database);
}
