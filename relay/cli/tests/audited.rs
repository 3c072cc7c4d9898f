//! Every command that changes something, or shows a secret, is written down.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::stage::{BINDING, Stage, plan, profile, token};

/// Commands that change nothing. Every other one must be tried below.
const READING: [&str; 17] = [
    "binding:list",
    "binding:show",
    "runs:list",
    "runs:show",
    "xref:show",
    "refs:show",
    "settings:show",
    "settings:propose",
    "shop:profile",
    "shop:dry-run",
    "settings:versions",
    "settings:validate",
    "oauth:status",
    "audit:log",
    "user:list",
    "recovery:list",
    "backup:verify",
];

/// Every command that the help lists.
async fn commands(stage: &Stage) -> BTreeSet<String> {
    let help = stage.cli(&["--help"]).await.out;
    let listed = help.split_once("Commands:").unwrap().1;
    let listed = listed.split_once("Options:").unwrap().0;
    let names = listed
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    names.map(ToOwned::to_owned).collect()
}

async fn log(stage: &Stage) -> Vec<Value> {
    let log = stage.done(&["audit:log", "--limit", "1000"]).await;
    log.as_array().unwrap().clone()
}

struct Audited<'a> {
    stage: &'a Stage,
    tried: BTreeSet<String>,
}

/// A shop that takes every code, and proves that it has the key.
async fn shop() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"}") {
            stream.read_buf(&mut request).await.unwrap();
        }
        let at = request
            .windows(4)
            .position(|end| end == b"\r\n\r\n")
            .unwrap()
            + 4;
        let offer: Value = serde_json::from_slice(&request[at..]).unwrap();
        let claims = json!({"iss": "second", "challenge": offer["challenge"]});
        let proof = token(offer["api_key"].as_str().unwrap(), &claims);
        let body = json!({"binding_id": "second", "proof": proof}).to_string();
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    format!("http://{address}/rest/V1/byte8")
}

impl Audited<'_> {
    /// Carries a command out, after which the audit has one entry more, and it is this one.
    async fn done(&mut self, words: &[&str]) {
        let before = log(self.stage).await.len();
        let near = [("LEDGER_RELAY__PUSH__ALLOW_PRIVATE_NETWORKS", "true")];
        let said = self.stage.run(words, &["--json"], &near).await;
        assert_eq!(said.status, 0, "{words:?}: {}", said.err);
        let log = log(self.stage).await;
        assert_eq!(log.len(), before + 1, "{words:?}: {:?}", log.first());
        let audit_entry = &log[0];
        let action = audit_entry["action"].as_str().unwrap();
        assert!(action.starts_with(words[0]), "{words:?}: {audit_entry}");
        assert_eq!(audit_entry["actor"], "ann");
        let whose = words.get(1).copied().unwrap_or_default();
        let is_of_relay = words[0].starts_with("runs:") || words[0].starts_with("user:");
        let has_binding = !is_of_relay && words[0] != "backup";
        if has_binding && words.len() > 1 {
            assert_eq!(audit_entry["binding"], whose, "{audit_entry}");
        }
        assert!(audit_entry["at"].is_string() && audit_entry["subject"].is_string());
        self.tried.insert(words[0].to_owned());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_changing_command_leaves_a_row_in_the_audit() {
    let stage = Stage::open(&[]).await;
    let mut audited = Audited {
        stage: &stage,
        tried: BTreeSet::new(),
    };
    stage.file("second.key", "rk_test_second_0123456789abcdef");
    stage.file("settings.json", &profile());
    let business = stage.business.clone();
    #[rustfmt::skip]
    let second = [
        "binding:add", "second", "--api-key-file", "second.key", "--business", &business,
        "--refresh-token-file", "refresh.token", "--sage-base-url", "http://127.0.0.1:9",
    ];
    audited.done(&second).await;
    stage.file("code", "ABCD-EFGH-JKLM-NPQR");
    #[rustfmt::skip]
    let pair = [
        "binding:pair", "second", "--shop", &shop().await, "--code-file", "code",
        "--relay-url", "https://relay.example",
    ];
    // The pairing, and the proof that makes it count.
    let before = log(&stage).await.len();
    let near = [("LEDGER_RELAY__PUSH__ALLOW_PRIVATE_NETWORKS", "true")];
    let paired = stage.run(&pair, &["--json"], &near).await;
    assert_eq!(paired.status, 0, "{}", paired.err);
    audited.tried.insert("binding:pair".to_owned());
    let entries = log(&stage).await;
    assert_eq!(entries.len(), before + 2);
    assert_eq!(entries[1]["action"], "binding:pair");
    assert_eq!(entries[0]["action"], "binding:key proved");
    #[rustfmt::skip]
    let user = [
        "user:add", "bob@example.com", "--name", "Bob", "--role", "operator", "--binding", "second",
    ];
    // The account, and the link for its password.
    let before = log(&stage).await.len();
    let added = stage.done(&user).await;
    assert_eq!(added["account"]["roles"], json!(["second=operator"]));
    audited.tried.insert("user:add".to_owned());
    let entries = log(&stage).await;
    assert_eq!(entries.len(), before + 2);
    assert_eq!(entries[1]["action"], "user:add");
    assert!(!entries[1].to_string().contains("bob"), "{}", entries[1]);
    for words in [
        &["user:reset", "bob@example.com"][..],
        &["user:disable", "bob@example.com"],
        &["user:enable", "bob@example.com"],
    ] {
        audited.done(words).await;
    }
    for words in [
        &["binding:key", "second", "--api-key-file", "api.key"][..],
        &["binding:tier", "second", "self_hosted"],
        &["binding:live", "second", "--off"],
        &[
            "binding:push",
            "second",
            "https://shop.example/rest/V1/byte8",
        ],
        &[
            "binding:reconnect",
            "second",
            "--refresh-token-file",
            "refresh.token",
        ],
        &["refs:refresh", BINDING],
        &["settings:set", BINDING, "settings.json"],
        &["sync-state:backfill", BINDING],
        &["audit:sweep", BINDING],
    ] {
        audited.done(words).await;
    }
    // Sage cannot be reached to confirm, and the binding is stopped all the same.
    let before = log(&stage).await.len();
    stage.refused(&["binding:disconnect", "second"]).await;
    assert_eq!(log(&stage).await.len(), before + 1);
    audited.done(&["binding:disconnect", BINDING]).await;
    let grant = stage.control("grant", json!({})).await;
    stage.file("again", grant["refresh_token"].as_str().unwrap());
    let again = [
        "binding:reconnect",
        BINDING,
        "--refresh-token-file",
        "again",
    ];
    audited.done(&again).await;

    let mut needing = plan("invoice/high_value");
    needing["needs"] = json!(["invoice:33"]);
    let held = stage.post(&needing).await;
    stage.until(&held, "waiting").await;
    audited.done(&["runs:hold", &held]).await;
    audited.done(&["runs:release", &held]).await;
    stage
        .control("switches", json!({"tax_tolerance": "0.00"}))
        .await;
    let odd = plan("invoice/unit_rounding_tax_is_sent_as_charged");
    let odd = stage.post(&odd).await;
    let shown = stage.until(&odd, "rejected").await;
    audited.done(&["runs:retry", &odd]).await;
    let done = plan("invoice/domestic_sale_with_taxed_shipping");
    let done = stage.post(&done).await;
    stage.until(&done, "succeeded").await;
    audited.done(&["runs:set-aside", &done]).await;
    let contact = shown["steps"][0]["sage_id"].as_str().unwrap().to_owned();
    let set = ["xref:set", BINDING, "contact:M5:GBP", "contacts", &contact];
    audited.done(&set).await;
    audited.done(&["erase", BINDING, "--customer", "5"]).await;
    audited.done(&["keys:reseal"]).await;
    audited.done(&["backup", "copy.sqlite3"]).await;
    stage
        .control("switches", json!({"tax_tolerance": null}))
        .await;
    #[rustfmt::skip]
    let probe = ["sage:probe", BINDING, "--evidence", "evidence.json", "--this-is-a-trial"];
    audited.done(&probe).await;

    let said = stage.connect(&["--binding", "second"], "allow").await;
    assert_eq!(said.status, 0, "{}", said.err);
    assert_eq!(log(&stage).await[0]["action"], "binding:reconnect");
    audited.tried.insert("oauth:connect".to_owned());

    let mut known: BTreeSet<String> = READING.map(ToOwned::to_owned).into();
    known.extend(audited.tried);
    assert_eq!(
        known,
        commands(&stage).await,
        "each command is one or the other"
    );
    let before = log(&stage).await.len();
    stage.file("settings.json", &profile());
    for words in [
        &["binding:list"][..],
        &["binding:show", BINDING],
        &["runs:list"],
        &["runs:show", &held],
        &["xref:show", BINDING],
        &["refs:show", BINDING],
        &["settings:show", BINDING],
        &["shop:profile", BINDING],
        &["shop:dry-run", BINDING],
        &["settings:versions", BINDING],
        &["settings:validate", BINDING, "settings.json"],
        &["oauth:status", BINDING],
        &["audit:log"],
        &["recovery:list", BINDING],
        &["backup:verify", "copy.sqlite3"],
    ] {
        stage.done(words).await;
    }
    assert_eq!(log(&stage).await.len(), before, "to look is not audited");
}
