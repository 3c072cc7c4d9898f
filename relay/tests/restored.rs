//! The relay's database is restored from a backup: contracts, section 9.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::eventually;
use crate::support::fault::Fault;
use crate::support::plans::{invoice, invoice_with_contact, paid, stocked};
use crate::support::rig::{Rig, Shop};

const INSTALLATION: &str = "0123456789abcdef0123456789abcdef";

/// A shop that says where it stands, as the module does.
struct Speaker {
    shop: Shop,
    position: Option<String>,
}

impl Speaker {
    fn new(rig: &Rig) -> Self {
        Self {
            shop: rig.shop().saying("ledger-installation", INSTALLATION),
            position: None,
        }
    }

    fn speaking(&self) -> Shop {
        match &self.position {
            Some(position) => self.shop.clone().saying("ledger-position", position),
            None => self.shop.clone(),
        }
    }

    fn hear(&mut self, answer: &reqwest::Response) {
        let position = answer.headers()["ledger-position"].to_str().unwrap();
        self.position = Some(position.to_owned());
    }

    async fn post(&mut self, plans: &[Value]) -> Vec<Value> {
        let body = json!({ "plans": plans });
        let answer = self.speaking().post_to("/v1/plans", &body).await;
        self.hear(&answer);
        let answer: Value = answer.json().await.unwrap();
        answer["results"].as_array().unwrap().clone()
    }

    async fn pull(&mut self, since: &str) -> (StatusCode, Value) {
        let path = format!("/v1/sync-state?since={since}");
        let answer = self.speaking().get(&path).await;
        let status = answer.status();
        if status.is_success() {
            self.hear(&answer);
        }
        (status, answer.json().await.unwrap())
    }

    async fn standing(&mut self) -> Value {
        let answer = self.speaking().get("/v1/binding").await;
        assert_eq!(answer.status(), StatusCode::OK);
        self.hear(&answer);
        answer.json().await.unwrap()
    }

    /// Posts and waits until all of it stands in Sage.
    async fn deliver(&mut self, plans: &[Value]) {
        for result in self.post(plans).await {
            let run = result["run_id"].as_str().unwrap();
            self.shop.until(run, "succeeded").await;
        }
    }
}

/// The file as it stands now, to be put back later.
fn backup(rig: &Rig) -> Vec<u8> {
    let path = &rig.config.store.path;
    assert!(!path.with_extension("sqlite3-wal").exists(), "stopped");
    std::fs::read(path).unwrap()
}

async fn restored(rig: &mut Rig, file: &[u8]) {
    rig.down().await;
    std::fs::write(&rig.config.store.path, file).unwrap();
    // Sage has rotated the refresh token since.
    rig.reconnect().await;
    rig.up().await;
}

/// Invoices one to three before the backup, four to six and a payment in the hour that is lost.
async fn with_a_lost_hour(ignores_ids: bool) -> (Rig, Speaker, Vec<Value>, String) {
    let mut rig = Rig::start().await;
    rig.fake.books().ignore_idempotency = ignores_ids;
    let mut speaker = Speaker::new(&rig);
    let before: Vec<Value> = (1..=3).map(invoice).collect();
    speaker.standing().await;
    speaker.deliver(&before).await;
    speaker.pull("0").await;
    rig.down().await;
    let file = backup(&rig);
    rig.up().await;
    speaker.shop = speaker.shop.clone().moved_to(&rig.address);
    let mut lost: Vec<Value> = (4..=6).map(invoice_with_contact).collect();
    speaker.deliver(&lost).await;
    let payment = paid(4, &[("card", "35.99")]);
    speaker.deliver(std::slice::from_ref(&payment)).await;
    lost.push(payment);
    let (_, feed) = speaker.pull("0").await;
    let cursor = feed["next"].as_str().unwrap().to_owned();
    restored(&mut rig, &file).await;
    speaker.shop = speaker.shop.clone().moved_to(&rig.address);
    (rig, speaker, lost, cursor)
}

#[tokio::test]
async fn what_the_relay_has_forgotten_is_found_in_sage_and_nothing_is_twice() {
    for ignores_ids in [false, true] {
        let (rig, mut speaker, lost, cursor) = with_a_lost_hour(ignores_ids).await;
        let made = |rig: &Rig| {
            (
                rig.fake.count("sales_invoices"),
                rig.fake.count("contact_payments"),
            )
        };
        assert_eq!(made(&rig), (6, 1));

        let standing = speaker.standing().await;
        assert_eq!(standing["state"], "recovering", "{standing}");
        assert_eq!(standing["reason"]["code"], "recovering");
        let recovery = &standing["recovery"];
        assert_eq!(recovery["offered"], false);
        let agreed: i64 = recovery["feed_cursor"].as_str().unwrap().parse().unwrap();
        assert!(agreed < cursor.parse().unwrap(), "{agreed} {cursor}");

        // The shop offers again; a new document comes between.
        speaker.deliver(&lost).await;
        speaker.deliver(&[invoice(7)]).await;
        assert_eq!(made(&rig), (7, 1), "ids ignored: {ignores_ids}");
        let (_, feed) = speaker.pull(&agreed.to_string()).await;
        let told: Vec<&str> = feed["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["status"].as_str().unwrap())
            .collect();
        assert_eq!(told, ["succeeded"; 5]);

        let body = json!({"recovery_id": recovery["recovery_id"], "highest": {"invoice": 7}});
        let answer = speaker.speaking().post_to("/v1/recovery", &body).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let shop = speaker.shop.clone();
        eventually("the end of the recovery", || async {
            let standing: Value = shop.get("/v1/binding").await.json().await.unwrap();
            standing["recovery"].is_null().then_some(())
        })
        .await;
        let standing = speaker.standing().await;
        assert_eq!(
            (&standing["state"], &standing["recovery"]),
            (&json!("active"), &Value::Null)
        );
    }
}

#[tokio::test]
async fn a_document_of_that_time_that_comes_late_is_looked_for_as_well() {
    let (rig, mut speaker, lost, _) = with_a_lost_hour(true).await;
    let standing = speaker.standing().await;
    let id = &standing["recovery"]["recovery_id"];
    let body = json!({"recovery_id": id, "highest": {"invoice": 6}});
    speaker.speaking().post_to("/v1/recovery", &body).await;
    let shop = speaker.shop.clone();
    eventually("the end of the recovery", || async {
        let standing: Value = shop.get("/v1/binding").await.json().await.unwrap();
        standing["recovery"].is_null().then_some(())
    })
    .await;
    speaker.deliver(&lost).await;
    assert_eq!(rig.fake.count("sales_invoices"), 6);
    assert_eq!(rig.fake.count("contact_payments"), 1);
}

#[tokio::test]
async fn an_invoice_of_the_same_number_with_another_total_is_for_a_person() {
    let (rig, mut speaker, mut lost, _) = with_a_lost_hour(true).await;
    speaker.standing().await;
    rig.fake.books().objects.get_mut("sales_invoices").unwrap()[4]["total_amount"] = json!("99.99");
    let changed = lost.remove(1);
    let results = speaker.post(&[changed]).await;
    let run = speaker
        .shop
        .until(results[0]["run_id"].as_str().unwrap(), "ambiguous")
        .await;
    assert_eq!(run["error"]["code"], "found_but_different");
    assert_eq!(rig.fake.count("sales_invoices"), 6);
}

/// What the backup holds as waiting was sent in the lost hour: it is looked for before the shop has
/// said anything.
#[tokio::test]
async fn what_was_queued_at_the_backup_is_looked_for_as_well() {
    let mut rig = Rig::start().await;
    rig.fake.books().ignore_idempotency = true;
    let mut speaker = Speaker::new(&rig);
    speaker.deliver(&[invoice(1)]).await;
    speaker.standing().await;
    rig.fake.books().revoked = true;
    rig.fake.fail("sales_invoices", Fault::status(401, "[]"));
    let results = speaker.post(&[invoice(2)]).await;
    let run = results[0]["run_id"].as_str().unwrap();
    speaker.shop.until(run, "parked").await;
    rig.down().await;
    let file = backup(&rig);
    rig.fake.books().revoked = false;
    rig.reconnect().await;
    rig.up().await;
    speaker.shop = speaker.shop.clone().moved_to(&rig.address);
    speaker.shop.until(run, "succeeded").await;
    restored(&mut rig, &file).await;
    speaker.shop = speaker.shop.clone().moved_to(&rig.address);
    speaker.shop.until(run, "succeeded").await;
    assert_eq!(rig.fake.count("sales_invoices"), 2);
}

#[tokio::test]
async fn a_feed_that_has_never_been_so_long_says_so() {
    let (_rig, mut speaker, _, cursor) = with_a_lost_hour(false).await;
    let (status, problem) = speaker.pull(&cursor).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(problem["code"], "position_unknown");
    assert_eq!(speaker.standing().await["state"], "recovering");
}

/// The restored relay has sent what the backup held as waiting before the shop asks for its place in
/// the feed: the shop must hear of it again.
#[tokio::test]
async fn what_a_restored_relay_has_done_by_itself_is_told_again() {
    let mut rig = Rig::start().await;
    let mut speaker = Speaker::new(&rig);
    speaker.deliver(&[invoice(1)]).await;
    speaker.standing().await;
    rig.fake.books().revoked = true;
    rig.fake.fail("sales_invoices", Fault::status(401, "[]"));
    let results = speaker.post(&[invoice(2)]).await;
    let run = results[0]["run_id"].as_str().unwrap();
    speaker.shop.until(run, "parked").await;
    rig.down().await;
    let file = backup(&rig);
    rig.fake.books().revoked = false;
    rig.reconnect().await;
    rig.up().await;
    speaker.shop = speaker.shop.clone().moved_to(&rig.address);
    speaker.shop.until(run, "succeeded").await;
    speaker.deliver(&[invoice(3), invoice(4)]).await;
    let (_, feed) = speaker.pull("0").await;
    let cursor = feed["next"].as_str().unwrap().to_owned();
    restored(&mut rig, &file).await;
    speaker.shop = speaker.shop.clone().moved_to(&rig.address);
    speaker.shop.until(run, "succeeded").await;

    let (status, _) = speaker.pull(&cursor).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let standing = speaker.standing().await;
    let agreed = standing["recovery"]["feed_cursor"].as_str().unwrap();
    let (_, feed) = speaker.pull(agreed).await;
    let told = feed["items"].as_array().unwrap();
    assert!(
        told.iter().any(|item| item["run_id"] == run),
        "{agreed}: {feed}"
    );
}

/// Both movements are of one day, and what the second one is to be has not been counted yet.
#[tokio::test]
async fn a_movement_of_another_state_is_not_taken_for_the_one_that_is_missing() {
    let mut rig = Rig::start().await;
    let mut speaker = Speaker::new(&rig);
    speaker.standing().await;
    speaker.deliver(&[stocked(7, 1, "9")]).await;
    rig.down().await;
    let file = backup(&rig);
    rig.up().await;
    speaker.shop = speaker.shop.clone().moved_to(&rig.address);
    speaker.deliver(&[stocked(7, 2, "19")]).await;
    restored(&mut rig, &file).await;
    speaker.shop = speaker.shop.clone().moved_to(&rig.address);
    assert_eq!(speaker.standing().await["state"], "recovering");
    speaker.deliver(&[stocked(7, 3, "29")]).await;
    let quantity = rig.fake.books().objects["stock_items"][0]["quantity_in_stock"].clone();
    assert!(
        ["29", "29.0"].contains(&quantity.as_str().unwrap()),
        "{quantity}"
    );
    assert_eq!(rig.fake.count("stock_movements"), 3);
}

#[tokio::test]
async fn a_restart_is_no_restore() {
    let mut rig = Rig::start().await;
    let mut speaker = Speaker::new(&rig);
    for round in 1..=3 {
        speaker.deliver(&[invoice(round)]).await;
        let (_, feed) = speaker.pull("0").await;
        speaker.pull(feed["next"].as_str().unwrap()).await;
        assert_eq!(speaker.standing().await["state"], "active");
        rig.down().await;
        rig.up().await;
        speaker.shop = speaker.shop.clone().moved_to(&rig.address);
        assert_eq!(speaker.standing().await["recovery"], Value::Null);
    }
}

#[tokio::test]
async fn the_second_of_two_installations_is_refused_until_a_person_has_said_which() {
    let rig = Rig::start().await;
    let mut speaker = Speaker::new(&rig);
    speaker.deliver(&[invoice(1)]).await;
    let other = "f".repeat(32);
    let copy = rig.shop().saying("ledger-installation", &other);
    for shop in [&copy, &rig.shop()] {
        let answer = shop
            .post_to("/v1/plans", &json!({"plans": [invoice(2)]}))
            .await;
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], "other_installation");
    }
    let body = json!({"installation": other, "replaces": INSTALLATION});
    let moved = copy.post_to("/v1/installation", &body).await;
    assert_eq!(moved.status(), StatusCode::OK);
    assert_eq!(copy.get("/v1/binding").await.status(), StatusCode::OK);
    let former = speaker.shop.get("/v1/binding").await;
    assert_eq!(former.status(), StatusCode::CONFLICT);
    assert_eq!(rig.fake.count("sales_invoices"), 1);
}

#[tokio::test]
async fn a_restored_shop_that_uses_an_id_again_posts_nothing_twice() {
    let rig = Rig::start().await;
    let mut speaker = Speaker::new(&rig);
    speaker.shop = speaker.shop.clone().saying("ledger-sequence", "500");
    speaker.deliver(&[invoice(1)]).await;
    assert_eq!(speaker.standing().await["sequence"], "500");
    speaker.shop = speaker.shop.clone().saying("ledger-sequence", "20");
    assert_eq!(
        speaker.standing().await["sequence"],
        "500",
        "it was further once"
    );
    let mut other = invoice(1);
    other["sequence"] = json!(501);
    let results = speaker.post(std::slice::from_ref(&other)).await;
    assert_eq!(results[0]["status"], "conflict");
    assert_eq!(results[0]["code"], "id_used_again");
    assert_eq!(rig.fake.count("sales_invoices"), 1);

    // A person has looked: the document in Sage is another one, and this one is right as well.
    let operations = rig.operations().await;
    let run = results[0]["run_id"].as_str().unwrap();
    operations.set_aside(run).await.unwrap();
    operations.close().await;
    speaker.deliver(&[other]).await;
    assert_eq!(rig.fake.count("sales_invoices"), 2);
}
