//! Bindings and their tokens.

use crate::stage::{BINDING, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn bindings_are_shown_and_changed() {
    let stage = Stage::open(&[]).await;
    let all = stage.done(&["binding:list"]).await;
    assert_eq!(all[0]["id"], BINDING);
    assert_eq!(all[0]["business"], stage.business.as_str());
    let again = [
        "binding:add",
        BINDING,
        "--api-key-file",
        "api.key",
        "--business",
        "b",
        "--refresh-token-file",
        "refresh.token",
    ];
    assert!(stage.refused(&again).await.contains("exists already"));
    let table = stage.run(&["binding:list"], &[], &[]).await;
    let header: Vec<&str> = table
        .out
        .lines()
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    assert_eq!(&header[..3], ["id", "state", "business"]);

    assert!(
        stage
            .refused(&["binding:show", "nobody"])
            .await
            .contains("no binding nobody")
    );
    assert!(
        stage
            .refused(&["binding:tier", BINDING, "gold"])
            .await
            .contains("self_hosted")
    );
    let tier = stage.done(&["binding:tier", BINDING, "self_hosted"]).await;
    assert_eq!(tier["tier"], "self_hosted");

    assert!(tier["live_since"].is_string(), "live from its beginning");
    let stopped = stage.done(&["binding:live", BINDING, "--off"]).await;
    assert_eq!(stopped["live_since"], serde_json::Value::Null);
    let live = stage.done(&["binding:live", BINDING]).await;
    assert!(live["live_since"].is_string());

    let unsafe_url = ["binding:push", BINDING, "http://shop.example/rest/V1/byte8"];
    assert!(stage.refused(&unsafe_url).await.contains("https"));
    let url = "https://shop.example/rest/V1/byte8";
    assert_eq!(
        stage.done(&["binding:push", BINDING, url]).await["push_url"],
        url
    );
    let off = stage.done(&["binding:push", BINDING, "--off"]).await;
    assert!(off["push_url"].is_null());

    stage.file("new.token", "another");
    let words = [
        "binding:reconnect",
        BINDING,
        "--refresh-token-file",
        "new.token",
    ];
    assert_eq!(stage.done(&words).await["state"], "active");
    stage.file("refresh.token", "simulator-refresh-token");
    let words = ["binding:disconnect", BINDING];
    assert_eq!(stage.done(&words).await["state"], "token_revoked");
    let log = stage.done(&["audit:log"]).await;
    let actions: Vec<&str> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["action"].as_str().unwrap())
        .collect();
    let all = [
        "binding:disconnect",
        "binding:reconnect",
        "binding:push",
        "binding:push",
        "binding:live",
        "binding:live",
        "binding:tier",
        "binding:add",
        // The relay's own: the link with which the first account is made.
        "user:link",
    ];
    assert_eq!(actions, all, "and nothing of what was refused");
    assert_eq!(log[0]["actor"], "ann");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_only_where_that_is_allowed_and_never_silently() {
    let stage = Stage::open(&[]).await;
    let status = stage.done(&["oauth:status", BINDING]).await;
    assert_eq!(status["state"], "active");
    assert!(status.get("access_token").is_none());
    let words = ["oauth:status", BINDING, "--reveal-token"];
    let development = ("LEDGER_RELAY_ENVIRONMENT", "development");
    let allowed = ("LEDGER_RELAY__ADMIN__REVEAL_TOKENS", "true");
    for (environment, why) in [
        (vec![], "interactive terminal"),
        (vec![allowed], "interactive terminal"),
        (vec![development], "reveal_tokens"),
        (
            vec![allowed, ("LEDGER_RELAY_ENVIRONMENT", "production")],
            "interactive terminal",
        ),
    ] {
        let said = stage.run(&words, &["--json"], &environment).await;
        assert_eq!(said.status, 1, "{environment:?}");
        assert!(said.err.contains(why), "{environment:?}: {}", said.err);
        assert!(!said.out.contains("access_token"));
    }
    let told = stage.on_terminal(&words, &[]).await;
    assert!(told.contains("reveal_tokens"), "{told}");
    assert_eq!(
        stage.done(&["audit:log"]).await.as_array().unwrap().len(),
        2,
        "that it was set up, and the link of the first account"
    );

    let said = stage
        .run(&words, &["--json"], &[allowed, development])
        .await;
    let shown = said.json();
    assert!(shown["access_token"].as_str().unwrap().len() > 10);
    assert_eq!(shown["rotations"], 1, "it was fetched for this");
    let told = stage.on_terminal(&words, &[allowed]).await;
    assert!(told.contains("access_token"), "{told}");
    let log = stage.done(&["audit:log"]).await;
    for audit_entry in &log.as_array().unwrap()[..2] {
        assert_eq!(audit_entry["action"], "oauth:status --reveal-token");
    }
    let help = stage.cli(&["oauth:status", "--help"]).await.out;
    for condition in [
        "admin.reveal_tokens",
        "terminal",
        "LEDGER_RELAY_ENVIRONMENT",
    ] {
        assert!(help.contains(condition), "{condition}");
    }
    // The relay goes on with the pair that the command fetched.
    stage
        .delivered("invoice/domestic_sale_with_taxed_shipping")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_understood_ends_with_status_two() {
    let stage = Stage::open(&[]).await;
    for words in [
        &["dance"][..],
        &["runs:show"],
        &["erase", BINDING],
        &["binding:push", BINDING],
    ] {
        assert_eq!(stage.cli(words).await.status, 2, "{words:?}");
    }
    let help = stage.cli(&["--help"]).await;
    for command in [
        "binding:list",
        "binding:show",
        "binding:add",
        "binding:reconnect",
        "binding:disconnect",
        "binding:pair",
        "binding:key",
        "binding:tier",
        "binding:push",
        "binding:live",
        "oauth:status",
        "runs:list",
        "runs:show",
        "runs:retry",
        "runs:hold",
        "runs:release",
        "xref:show",
        "xref:set",
        "refs:refresh",
        "refs:show",
        "settings:show",
        "settings:versions",
        "settings:validate",
        "settings:set",
        "sync-state:backfill",
        "audit:sweep",
        "audit:log",
        "sage:probe",
        "erase",
    ] {
        assert!(help.out.contains(command), "{command}");
    }
}
