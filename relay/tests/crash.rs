//! The process dies at every named point; nothing is lost and nothing stands twice.
//!
//! Runs with `--features crash-points`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::plans::invoice_for;
use crate::support::rig::{Rig, Shop, api_key};
use crate::support::{eventually, fake::Fault};

/// Every point there is, and how often it is passed before the one that kills: contact and
/// invoice pass the same ones.
const POINTS: &[(&str, u32)] = &[
    ("before-ingest-commit", 1),
    ("after-ingest-commit", 1),
    ("after-refresh-answer", 1),
    ("after-token-commit", 1),
    ("after-intent-commit", 1),
    ("after-intent-commit", 2),
    ("after-answer", 1),
    ("after-answer", 2),
    ("before-settle-commit", 1),
    ("before-settle-commit", 2),
    ("after-settle-commit", 1),
    ("after-settle-commit", 2),
];

struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn start(rig: &Rig, crash: Option<&str>) -> Self {
        let settings = rig.folder.path().join("relay.toml");
        if !settings.exists() {
            write_settings(&settings);
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_ledger-relay"));
        command.arg("serve").arg("--config").arg(&settings).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some(crash) = crash {
            command.env("LEDGER_RELAY_CRASH_POINT", crash);
        }
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        Self { child, address: format!("http://{}", ready["listening"].as_str().unwrap()) }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write_settings(path: &Path) {
    let text = "[server]\nlisten = \"127.0.0.1:0\"\n[store]\npath = \"relay.sqlite3\"\n[keys]\nserver_key_file = \"server.key\"\n\
                [sage]\nrequest_timeout_ms = 2000\n[retry]\nfirst_ms = 10\ncap_ms = 50\nquiet_ms = 60\nrecheck_ms = 20\n";
    std::fs::write(path, text).unwrap();
}

fn shop(address: &str) -> Shop {
    Shop::at(address, "shop-one", &api_key("shop-one"))
}

#[tokio::test]
async fn killed_at_every_point_nothing_is_lost_and_nothing_is_twice() {
    for (point, nth) in POINTS {
        for ignore_idempotency in [false, true] {
            let name = format!("{point}:{nth}, idempotency ignored: {ignore_idempotency}");
            let rig = Rig::prepare().await;
            rig.fake.books().ignore_idempotency = ignore_idempotency;
            let plan = invoice_for(1, "G1a2b3c4d5", "pat@example.com");
            let mut first = Process::start(&rig, Some(&format!("{point}:{nth}")));
            shop(&first.address).try_post(&plan).await;
            let status = eventually(&name, || {
                let ended = first.child.try_wait().unwrap();
                async move { ended }
            })
            .await;
            assert!(!status.success(), "{name}");
            drop(first);

            if *point == "after-refresh-answer" {
                // The one window no relay can close: Sage has rotated and nobody has the new
                // token. It must end as a parked run that goes on after a new consent.
                let second = Process::start(&rig, None);
                let run = shop(&second.address).try_post(&plan).await.unwrap();
                shop(&second.address).until(&run, "parked").await;
                let refresh = rig.folder.path().join("again");
                std::fs::write(&refresh, rig.fake.books().refresh_token.clone()).unwrap();
                ledger_relay::reconnect_binding(&rig.config, "shop-one", &refresh).await.unwrap();
                shop(&second.address).until(&run, "succeeded").await;
            } else {
                let second = Process::start(&rig, None);
                let run = shop(&second.address).try_post(&plan).await.unwrap();
                shop(&second.address).until(&run, "succeeded").await;
            }
            assert_eq!((rig.fake.count("contacts"), rig.fake.count("sales_invoices")), (1, 1), "{name}");
        }
    }
}

#[tokio::test]
async fn killed_again_and_again_at_any_moment() {
    let rig = Rig::prepare().await;
    let plans: Vec<Value> = (1..=12).map(|id| invoice_for(id, &format!("G{id:09x}"), "pat@example.com")).collect();
    for round in 0..8_usize {
        let mut process = Process::start(&rig, None);
        for plan in &plans {
            shop(&process.address).try_post(plan).await;
        }
        // Dies as soon as a few more have arrived, wherever the others are.
        let wanted = (round + 1).min(plans.len());
        eventually("some invoices", || async { (rig.fake.count("sales_invoices") >= wanted).then_some(()) }).await;
        process.kill();
    }
    let last = Process::start(&rig, None);
    for plan in &plans {
        let run = shop(&last.address).try_post(plan).await.unwrap();
        shop(&last.address).until(&run, "succeeded").await;
    }
    assert_eq!((rig.fake.count("contacts"), rig.fake.count("sales_invoices")), (12, 12));
}

/// The same loss of an answer without the nets gives two invoices: what the tests above
/// count would show a duplicate if there were one.
#[tokio::test]
async fn the_count_can_see_a_duplicate() {
    let rig = Rig::start().await;
    rig.fake.books().ignore_idempotency = true;
    let shop = rig.shop();
    shop.deliver(1, "succeeded").await;
    rig.fake.fail("sales_invoices", Fault::CommitThenDrop);
    // A search key that Sage never shows blinds the search; the ignored id blinds the other net.
    let mut plan = invoice_for(2, "G1a2b3c4d5", "pat@example.com");
    plan["steps"][1]["find"]["reference"] = "never-shown".into();
    let run = shop.accept(&plan).await;
    shop.until(&run, "succeeded").await;
    assert_eq!(rig.fake.count("sales_invoices"), 3);
}
