//! Reference data and settings.

use serde_json::{Value, json};

use crate::stage::{BINDING, Stage, profile};

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_judged_by_the_core_with_the_reference_data_of_the_business() {
    let stage = Stage::open(&[]).await;
    assert!(
        stage
            .refused(&["settings:show", BINDING])
            .await
            .contains("no such settings")
    );
    let refreshed = stage.done(&["refs:refresh", BINDING]).await;
    assert!(refreshed["settings"].is_null());
    let lists: Vec<&str> = refreshed["lists"]
        .as_array()
        .unwrap()
        .iter()
        .map(|list| list["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        lists,
        [
            "bank_accounts",
            "business",
            "ledger_accounts",
            "product_sales_price_types",
            "service_rate_types",
            "tax_rates"
        ]
    );
    let shown = stage.done(&["refs:show", BINDING]).await;
    assert!(
        shown[5]["entries"].as_u64().unwrap() >= 5
            && shown[5]["age_seconds"].as_i64().unwrap() < 60
    );

    let mut wrong: Value = serde_json::from_str(&profile()).unwrap();
    wrong["policy"]["default_tax_rate_id"] = json!("GB_INVENTED");
    wrong["policy"]["rounding_cap"] = json!("-1");
    stage.file("wrong.json", &wrong.to_string());
    for command in ["settings:validate", "settings:set"] {
        let problems: Value =
            serde_json::from_str(&stage.refused(&[command, BINDING, "wrong.json"]).await).unwrap();
        let found: Vec<(&str, &str)> = problems
            .as_array()
            .unwrap()
            .iter()
            .map(|problem| {
                (
                    problem["code"].as_str().unwrap(),
                    problem["pointer"].as_str().unwrap(),
                )
            })
            .collect();
        assert!(
            found.contains(&("not_in_reference", "/settings/policy/default_tax_rate_id")),
            "{found:?}"
        );
        assert!(
            found.contains(&("OUT_OF_RANGE", "/settings/policy/rounding_cap")),
            "{found:?}"
        );
    }
    assert_eq!(stage.done(&["settings:versions", BINDING]).await, json!([]));

    stage.file("good.json", &profile());
    assert_eq!(
        stage
            .done(&["settings:validate", BINDING, "good.json"])
            .await["problems"],
        json!([])
    );
    let saved = stage.done(&["settings:set", BINDING, "good.json"]).await;
    assert_eq!(
        (&saved["version"], &saved["is_new"]),
        (&json!(1), &json!(true))
    );
    let again = stage.done(&["settings:set", BINDING, "good.json"]).await;
    assert_eq!(
        (&again["version"], &again["is_new"]),
        (&json!(1), &json!(false))
    );
    let document = stage.done(&["settings:show", BINDING]).await;
    let rates = document["reference"]["tax_rates"].as_array().unwrap();
    let standard = rates
        .iter()
        .find(|rate| rate["id"] == "GB_STANDARD")
        .unwrap();
    assert_eq!(
        standard["percentages"][3]["percentage"], "20.0",
        "Sage's own digits"
    );
    let accounts = document["reference"]["ledger_accounts"].as_array().unwrap();
    assert!(
        accounts
            .iter()
            .all(|account| !account["visible_in"].as_array().unwrap().is_empty())
    );

    // Nothing has changed in Sage: the same version stands.
    let refreshed = stage.done(&["refs:refresh", BINDING]).await;
    assert_eq!(refreshed["settings"]["is_new"], false);
    assert_eq!(refreshed["warnings"], json!([]));
    let versions = stage.done(&["settings:versions", BINDING]).await;
    assert_eq!(
        (versions.as_array().unwrap().len(), &versions[0]["author"]),
        (1, &json!("ann"))
    );
    stage
        .done(&["settings:show", BINDING, "--version", "1"])
        .await;
    assert!(
        stage
            .refused(&["settings:show", BINDING, "--version", "9"])
            .await
            .contains("no such")
    );
}
