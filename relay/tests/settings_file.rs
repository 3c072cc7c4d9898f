//! Settings go out as a file and come back by way of a page that says what they change.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::dashboard::entered;
use crate::support::rig::{BINDING, Rig};

const PROFILE: &str = include_str!("../../golden/profiles/gb_base.json");

#[tokio::test]
async fn an_export_comes_back_changed() {
    let rig = Rig::start().await;
    let mut browser = entered(&rig).await;
    let operations = rig.operations().await;
    operations.set_settings(BINDING, PROFILE).await.unwrap();
    let settings = format!("/b/{BINDING}/settings");
    let exported = browser.get(&format!("{settings}.json")).await.body;
    let mut file: Value = serde_json::from_str(&exported).unwrap();
    let whole: Value = serde_json::from_str(PROFILE).unwrap();
    assert_eq!(file, json!({"schema": "1", "policy": whole["policy"]}));

    browser.get(&settings).await;
    let import = format!("{settings}/import");
    let page = browser.upload(&import, "file", &exported).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("the settings that stand already"));

    for (file, why) in [
        ("{\n{", "line 2 is not JSON"),
        ("{\"schema\":\"1\"}", "it has no “policy”"),
    ] {
        let page = browser.upload(&import, "file", file).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains(why), "{why}: {}", page.body);
    }
    file["policy"]["tax_rate_map"]["20.00"] = json!("GB_GONE");
    let page = browser.upload(&import, "file", &file.to_string()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.body.contains("20.00 → GB_GONE (missing)"),
        "{}",
        page.body
    );
    assert!(page.body.contains("tax_rate_map/20.00: "), "{}", page.body);
    assert!(!page.body.contains("import/save"), "{}", page.body);

    file["policy"]["tax_rate_map"]["20.00"] = json!("GB_ZERO");
    let page = browser.upload(&import, "file", &file.to_string()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("Save as version 2"), "{}", page.body);
    let policy = page.between("name=\"policy\" value=\"", "\">");
    let policy = policy.replace("&#34;", "\"");
    let save = format!("{import}/save");
    let fields = [("version", "1"), ("policy", policy.as_str())];
    let page = browser.post(&save, &fields).await;
    assert_eq!(
        page.location,
        Some(format!("{settings}?saved=2")),
        "{}",
        page.body
    );
    let saved = operations.policy(BINDING, None).await.unwrap();
    assert_eq!(saved.policy, file["policy"]);
    let page = browser.post(&save, &fields).await;
    assert!(
        page.body.contains("Somebody saved version 2"),
        "{}",
        page.body
    );
    operations.close().await;
}

#[tokio::test]
async fn a_file_without_the_token_of_the_form_changes_nothing() {
    let rig = Rig::start().await;
    let mut browser = entered(&rig).await;
    browser.form_token = "0".repeat(64);
    let import = format!("/b/{BINDING}/settings/import");
    let page = browser.upload(&import, "file", PROFILE).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
}
