//! The program, killed and stopped from outside.

use serde_json::Value;

use crate::support::eventually;
use crate::support::fault::Fault;
use crate::support::plans::{invoice, invoice_for};
use crate::support::process::Process;
use crate::support::rig::Rig;

#[tokio::test]
async fn killed_again_and_again_at_any_moment() {
    let rig = Rig::prepare().await;
    let plans: Vec<Value> = (1..=12)
        .map(|id| invoice_for(id, &format!("G{id:09x}"), "pat@example.com"))
        .collect();
    for round in 0..8_usize {
        let mut process = Process::start(&rig, None);
        for plan in &plans {
            process.shop().try_post(plan).await;
        }
        // Dies as soon as a few more have arrived, wherever the others are.
        let wanted = (round + 1).min(plans.len());
        eventually("some invoices", || async {
            (rig.fake.count("sales_invoices") >= wanted).then_some(())
        })
        .await;
        process.kill();
    }
    let last = Process::start(&rig, None);
    for plan in &plans {
        let run = last.shop().try_post(plan).await.unwrap();
        last.shop().until(&run, "succeeded").await;
    }
    assert_eq!(
        (rig.fake.count("contacts"), rig.fake.count("sales_invoices")),
        (12, 12)
    );
}

#[tokio::test]
async fn sent_without_a_result_is_looked_up_after_a_restart() {
    for committed in [true, false] {
        let rig = Rig::prepare().await;
        rig.fake.books().ignore_idempotency = true;
        rig.fake.fail(
            "sales_invoices",
            if committed {
                Fault::CommitThenHang
            } else {
                Fault::Hang
            },
        );
        let mut first = Process::start(&rig, None);
        let run = first.shop().accept(&invoice(1)).await;
        eventually("the send", || async {
            (rig.fake.posts("sales_invoices").len() == 1).then_some(())
        })
        .await;
        first.kill();

        let second = Process::start(&rig, None);
        let done = second.shop().until(&run, "succeeded").await;
        assert_eq!(rig.fake.count("sales_invoices"), 1);
        let posts = rig.fake.posts("sales_invoices");
        assert_eq!(posts.len(), if committed { 1 } else { 2 });
        assert_eq!(posts.first(), posts.last(), "the very same bytes");
        assert_eq!(done["steps"][1]["adopted"], committed);
        assert_eq!(done["steps"][1]["attempts"][0]["outcome"], "resolved");
    }
}

#[tokio::test]
async fn sigterm_ends_cleanly_and_the_log_knows_no_person() {
    let rig = Rig::prepare().await;
    rig.fake.fail(
        "sales_invoices",
        Fault::status(
            422,
            r#"[{"$message":"Pat Example of pat@example.com is unknown","$source":"base"}]"#,
        ),
    );
    let mut process = Process::start(&rig, None);
    let shop = process.shop();
    let run = shop.accept(&invoice(1)).await;
    shop.until(&run, "rejected").await;
    let run = shop.accept(&invoice(2)).await;
    shop.until(&run, "succeeded").await;
    process.terminate();
    let status = eventually("the end", || {
        let ended = process.ended();
        async move { ended }
    })
    .await;
    assert!(status.success());

    let log = std::fs::read_to_string(rig.folder.path().join("log")).unwrap();
    let ours: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(r#""target":"ledger_"#))
        .collect();
    assert!(
        ours.len() > 5
            && ours
                .iter()
                .all(|line| serde_json::from_str::<Value>(line).is_ok())
    );
    assert!(log.contains("sage_rejected") && log.contains("\"stopped\""));
    // At the level trace, so libraries speak too.
    for secret in [
        "Pat",
        "example.com",
        "G1a2b3c4d5\"",
        "rk_test_",
        "refresh-0",
        "refresh-1",
        "access-1",
        "5a5a5a5a",
    ] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn mistakes_on_the_command_line_are_one_clear_message() {
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_ledger-relay"))
            .args(arguments)
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, text) = run(&["serve", "--port", "1"]);
    assert_eq!(
        (code, text.lines().next()),
        (Some(2), Some("error: unexpected argument '--port' found"))
    );
    let (code, text) = run(&["serve", "--config", "/does/not/exist.toml"]);
    assert_eq!(code, Some(1));
    assert_eq!(
        text.trim_end(),
        "ledger-relay: settings: cannot read /does/not/exist.toml: No such file or directory (os error 2)"
    );
}
