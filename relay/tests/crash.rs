//! The process dies at every named point; nothing is lost and nothing stands twice.
//!
//! Runs with `--features crash-points`.

use crate::support::eventually;
use crate::support::fake::Fault;
use crate::support::plans::invoice_for;
use crate::support::process::Process;
use crate::support::rig::Rig;

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

#[tokio::test]
async fn killed_at_every_point_nothing_is_lost_and_nothing_is_twice() {
    for (point, nth) in POINTS {
        for ignore_idempotency in [false, true] {
            let name = format!("{point}:{nth}, idempotency ignored: {ignore_idempotency}");
            let rig = Rig::prepare().await;
            rig.fake.books().ignore_idempotency = ignore_idempotency;
            let plan = invoice_for(1, "G1a2b3c4d5", "pat@example.com");
            let mut first = Process::start(&rig, Some(&format!("{point}:{nth}")));
            first.shop().try_post(&plan).await;
            let status = eventually(&name, || {
                let ended = first.ended();
                async move { ended }
            })
            .await;
            assert!(!status.success(), "{name}");
            drop(first);

            if *point == "after-refresh-answer" {
                // The one window no relay can close: Sage has rotated and nobody has the new
                // token. It must end as a parked run that goes on after a new consent.
                let second = Process::start(&rig, None);
                let run = second.shop().try_post(&plan).await.unwrap();
                second.shop().until(&run, "parked").await;
                let refresh = rig.folder.path().join("again");
                std::fs::write(&refresh, rig.fake.books().refresh_token.clone()).unwrap();
                ledger_relay::reconnect_binding(&rig.config, "shop-one", &refresh)
                    .await
                    .unwrap();
                second.shop().until(&run, "succeeded").await;
            } else {
                let second = Process::start(&rig, None);
                let run = second.shop().try_post(&plan).await.unwrap();
                second.shop().until(&run, "succeeded").await;
            }
            assert_eq!(
                (rig.fake.count("contacts"), rig.fake.count("sales_invoices")),
                (1, 1),
                "{name}"
            );
        }
    }
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
