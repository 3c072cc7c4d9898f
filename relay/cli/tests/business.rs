//! What Sage says of the business fills the settings, and nothing of it needs to be typed.

use serde_json::{Value, json};

use crate::stage::{BINDING, Stage, golden, profile};

/// The profile, with another `binding`.
fn typed(binding: Value) -> String {
    let mut whole: Value = serde_json::from_str(&profile()).unwrap();
    whole["binding"] = binding;
    whole.to_string()
}

async fn binding(stage: &Stage) -> Value {
    stage.done(&["settings:show", BINDING]).await["binding"].clone()
}

async fn subjects(stage: &Stage, action: &str) -> Vec<String> {
    let log = stage.done(&["audit:log", "--limit", "100"]).await;
    log.as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["action"] == action)
        .map(|entry| entry["subject"].as_str().unwrap().to_owned())
        .collect()
}

fn fault(kind: &str, path: &str, status: u16) -> Value {
    json!({"kind": kind, "status": status, "method": "GET", "path": path, "times": 1})
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_business_is_typed() {
    let words = [
        "--locked-until",
        "2025-12-31",
        "--plan",
        "standard",
        "--destination-vat",
        "true",
    ];
    let stage = Stage::open(&words).await;
    stage.done(&["refs:refresh", BINDING]).await;
    stage.file("settings.json", &typed(json!({"northern_ireland": true})));
    let saved = stage
        .done(&["settings:set", BINDING, "settings.json"])
        .await;
    let expected = json!({
        "country": "GB", "base_currency": "GBP", "sage_variant": "standard", "northern_ireland": true,
        "multi_currency": false, "destination_vat": true, "vat_registered": true,
        "vat_scheme": "Standard", "accounts_start_date": "2020-01-01", "locked_until": "2025-12-31",
        "estimates": "sales_quotes",
    });
    assert_eq!(binding(&stage).await, expected);
    assert_eq!(stage.settings_of_shop().await["binding"], expected);
    assert_eq!(saved["from_sage"].as_array().unwrap().len(), 10);
    let shown = stage.done(&["refs:show", BINDING]).await;
    assert_eq!(
        (&shown[1]["kind"], &shown[1]["entries"]),
        (&json!("business"), &json!(10))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sage_wins_field_by_field_and_the_change_is_visible() {
    let stage = Stage::open(&[]).await;
    let typed = typed(json!({
        "country": "GB", "base_currency": "GBP", "sage_variant": "start",
        "accounts_start_date": "2019-01-01", "vat_registered": true,
    }));
    stage.file("settings.json", &typed);
    // Nothing was read yet, so what is typed stands.
    stage
        .done(&["settings:set", BINDING, "settings.json"])
        .await;
    assert_eq!(binding(&stage).await["sage_variant"], "start");
    let refreshed = stage.done(&["refs:refresh", BINDING]).await;
    assert_eq!(refreshed["settings"]["version"], 2);
    let changed = json!([
        "accounts_start_date",
        "destination_vat",
        "estimates",
        "multi_currency",
        "sage_variant",
        "vat_scheme"
    ]);
    assert_eq!(refreshed["settings"]["from_sage"], changed);
    let subject = &subjects(&stage, "settings: new reference data").await[0];
    assert!(
        subject.ends_with(
            "; binding from Sage: accounts_start_date, destination_vat, estimates, multi_currency, sage_variant, vat_scheme"
        ),
        "{subject}"
    );
    // The lock comes, and goes again.
    stage
        .control("switches", json!({"locked_until": "2025-12-31"}))
        .await;
    let refreshed = stage.done(&["refs:refresh", BINDING]).await;
    assert_eq!(refreshed["settings"]["from_sage"], json!(["locked_until"]));
    assert_eq!(
        stage.settings_of_shop().await["binding"]["locked_until"],
        "2025-12-31"
    );
    stage
        .control("switches", json!({"locked_until": null}))
        .await;
    stage.done(&["refs:refresh", BINDING]).await;
    assert_eq!(binding(&stage).await.get("locked_until"), None);
    let again = stage.done(&["refs:refresh", BINDING]).await;
    assert_eq!(
        (
            &again["settings"]["is_new"],
            &again["settings"]["from_sage"]
        ),
        (&json!(false), &json!([]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_fails_keeps_everything_and_is_told() {
    let stage = Stage::open(&["--locked-until", "2025-12-31"]).await;
    stage.file("settings.json", &profile());
    stage
        .done(&["settings:set", BINDING, "settings.json"])
        .await;
    stage.done(&["refs:refresh", BINDING]).await;
    let before = binding(&stage).await;
    assert_eq!(before["locked_until"], "2025-12-31");
    for (kind, path, status, word, short) in [
        (
            "status",
            "financial_settings",
            403,
            "403 to GET financial_settings: UnexpectedError, An unexpected error occurred.",
            "financial_settings (403 UnexpectedError)",
        ),
        (
            "status",
            "businesses",
            404,
            "404 to GET businesses/",
            "(404 UnexpectedError)",
        ),
        (
            "status",
            "financial_settings",
            500,
            "500 to GET",
            "financial_settings (500 UnexpectedError)",
        ),
        (
            "drop_before",
            "financial_settings",
            500,
            "no answer to GET",
            "financial_settings (no answer)",
        ),
    ] {
        stage
            .control("switches", json!({"plan": "plus", "locked_until": null}))
            .await;
        stage
            .control("faults", fault(kind, &format!("/v3.1/{path}"), status))
            .await;
        // What the other read brings is taken.
        let refreshed = stage.done(&["refs:refresh", BINDING]).await;
        let warning = refreshed["warnings"][0].as_str().unwrap();
        assert!(warning.contains(word), "{warning}");
        let told = &subjects(&stage, "refs:refresh").await[0];
        assert!(
            told.starts_with("shop; not read: ") && told.ends_with(short),
            "{told}"
        );
        let now = binding(&stage).await;
        if path == "financial_settings" {
            assert_eq!(now, before, "{kind} {status}");
        }
        stage
            .control("switches", json!({"locked_until": "2025-12-31"}))
            .await;
        stage.done(&["refs:refresh", BINDING]).await;
        assert_eq!(binding(&stage).await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_irish_business_is_known_as_one() {
    let file = golden("profiles/sage_ie_business.json");
    let stage = Stage::open(&["--reference", file.to_str().unwrap()]).await;
    stage.done(&["refs:refresh", BINDING]).await;
    // The British settings are not good for it: Sage's country is judged like a typed one.
    stage.file("settings.json", &profile());
    let problems = stage
        .refused(&["settings:set", BINDING, "settings.json"])
        .await;
    assert!(problems.contains("not_in_reference"), "{problems}");
    let irish = std::fs::read_to_string(golden("profiles/ie_base.json")).unwrap();
    let mut irish: Value = serde_json::from_str(&irish).unwrap();
    irish.as_object_mut().unwrap().remove("binding");
    stage.file("irish.json", &irish.to_string());
    stage.done(&["settings:set", BINDING, "irish.json"]).await;
    let binding = binding(&stage).await;
    assert_eq!(
        [
            &binding["country"],
            &binding["base_currency"],
            &binding["multi_currency"]
        ],
        [&json!("IE"), &json!("EUR"), &json!(true)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_list_and_an_unknown_shape_say_what_and_where() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("odd.json");
    let base = golden("profiles/sage_gb_business.json");
    let odd = json!({"based_on": base, "financial_settings": {"tax_scheme": {"id": 7, "displayed_as": null}}});
    std::fs::write(&file, odd.to_string()).unwrap();
    let stage = Stage::open(&["--reference", file.to_str().unwrap()]).await;
    let said = stage.refused(&["refs:refresh", BINDING]).await;
    assert!(
        said.contains("an unknown answer to GET financial_settings: tax_scheme is no object with displayed_as or id"),
        "{said}"
    );
    assert_eq!(
        stage.done(&["refs:show", BINDING]).await,
        json!([]),
        "nothing was changed"
    );
    stage.file("second.key", "rk_test_second_0123456789abcdef");
    stage.consent().await;
    let (base, stranger) = (stage.sage(), "f".repeat(32));
    #[rustfmt::skip]
    let add = [
        "binding:add", "second", "--api-key-file", "second.key", "--business", &stranger,
        "--refresh-token-file", "refresh.token", "--sage-base-url", &base,
    ];
    stage.done(&add).await;
    let said = stage.refused(&["refs:refresh", "second"]).await;
    assert!(
        said.contains(
            "403 to GET tax_rates: MultiUserAccessDenied, You do not have access to this business."
        ),
        "{said}"
    );
}
