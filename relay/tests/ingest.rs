//! What is taken on arrival, and how the rest is refused.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::eventually;
use crate::support::plans::invoice;
use crate::support::rig::{BINDING, Rig, api_key, now, token};

#[tokio::test]
async fn accepted_replayed_conflict_invalid() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let run_id = shop.accept(&invoice(1)).await;
    shop.until(&run_id, "succeeded").await;

    let (status, results) = shop.post(&[invoice(1), invoice(2)]).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(
        (results[0]["status"].as_str(), results[0]["run_id"].as_str()),
        (Some("replayed"), Some(run_id.as_str()))
    );
    assert_eq!(results[1]["status"], "accepted");

    let mut other = invoice(1);
    other["steps"][1]["body"]["sales_invoice"]["reference"] = json!("X");
    let mut broken = invoice(3);
    broken["steps"][1]["body"]["sales_invoice"]["invoice_lines"][0]["tax_amount"] = json!(6.0);
    let (status, results) = shop.post(&[other, broken, invoice(4)]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        (results[0]["status"].as_str(), results[0]["code"].as_str()),
        (Some("conflict"), Some("key_reused"))
    );
    assert_eq!(results[0]["run_id"].as_str(), Some(run_id.as_str()));
    assert_eq!(
        (results[1]["status"].as_str(), results[1]["code"].as_str()),
        (Some("invalid"), Some("money_not_a_string"))
    );
    assert_eq!(
        results[1]["pointer"],
        "/steps/1/body/sales_invoice/invoice_lines/0/tax_amount"
    );
    assert_eq!(
        (results[1]["key"].as_str(), &results[1]["run_id"]),
        (None, &Value::Null)
    );
    assert_eq!(
        results[2]["status"], "accepted",
        "a bad plan does not hold up a good one"
    );

    let mut wrong_step = invoice(5);
    wrong_step["steps"][1]["op"] = json!("allocate");
    let (_, results) = shop.post(&[wrong_step]).await;
    assert_eq!(
        (results[0]["key"].as_str(), results[0]["pointer"].as_str()),
        (Some("invoice.created:5"), Some("/steps/1/op"))
    );
    for run in [2, 4] {
        let (_, results) = shop.post(&[invoice(run)]).await;
        shop.until(results[0]["run_id"].as_str().unwrap(), "succeeded")
            .await;
    }
    assert_eq!(
        rig.fake.count("sales_invoices"),
        3,
        "nothing of an invalid plan is executed"
    );
}

#[tokio::test]
async fn the_digest_is_over_the_bytes_as_received() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let text = invoice(1).to_string();
    let post = async |plan: &str| -> Value {
        let response = shop.post_raw(format!("{{\"plans\":[ {plan} ]}}")).await;
        response.json::<Value>().await.unwrap()["results"][0]["status"].clone()
    };
    assert_eq!(post(&text).await, "accepted");
    assert_eq!(post(&text).await, "replayed");
    assert_eq!(post(&text.replacen(':', ": ", 1)).await, "conflict");
    let (_, results) = shop.post(&[invoice(9), invoice(9)]).await;
    assert_eq!(
        (results[0]["status"].as_str(), results[1]["status"].as_str()),
        (Some("accepted"), Some("replayed"))
    );
    assert_eq!(results[0]["run_id"], results[1]["run_id"]);
}

#[tokio::test]
async fn a_body_that_is_no_batch_is_a_problem() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let long = format!("{{\"plans\":[{}]}}", vec!["{}"; 501].join(","));
    let cases: &[(Vec<u8>, u16, &str)] = &[
        (b"{\"plans\":[".to_vec(), 400, "not_json"),
        (b"".to_vec(), 400, "not_json"),
        (b"{\"plans\":[\xff]}".to_vec(), 400, "not_utf8"),
        (b"[]".to_vec(), 400, "batch_malformed"),
        (b"{\"plans\":{}}".to_vec(), 400, "batch_malformed"),
        (
            b"{\"plans\":[],\"more\":1}".to_vec(),
            400,
            "batch_malformed",
        ),
        (long.into_bytes(), 400, "batch_too_long"),
        (vec![b' '; 9 * 1024 * 1024], 413, "body_too_large"),
    ];
    for (body, status, code) in cases {
        let response = shop.post_raw(body.clone()).await;
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        assert_eq!(response.status().as_u16(), *status, "{code}");
        let problem: Value = response.json().await.unwrap();
        assert_eq!(
            (problem["code"].as_str(), problem["status"].as_u64()),
            (Some(*code), Some(u64::from(*status)))
        );
        assert!(problem["detail"].is_string() && problem["pointer"].is_string());
    }
    // Things that are JSON but no plans are items, each with its own answer.
    let deep = format!("{{\"schema\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    let response = shop
        .post_raw(format!("{{\"plans\":[{deep},7,{{\"a\":1,\"a\":2}},null]}}"))
        .await;
    assert_eq!(response.status(), StatusCode::OK);
    let results: Value = response.json().await.unwrap();
    let codes: Vec<_> = results["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["too_deep", "wrong_type", "duplicate_key", "wrong_type"]
    );
}

#[tokio::test]
async fn a_plan_of_five_megabytes_passes_whole() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let mut plan = invoice(1);
    let text = "Ä".repeat(2_600_000);
    plan["steps"][1]["body"]["sales_invoice"]["notes"] = json!(text);
    let run = shop.accept(&plan).await;
    // Asking for the run opens the whole plan each time; the fake is asked instead.
    eventually("the invoice", || async {
        (rig.fake.count("sales_invoices") == 1).then_some(())
    })
    .await;
    shop.until(&run, "succeeded").await;
    let body: Value = serde_json::from_str(&rig.fake.posts("sales_invoices")[0]).unwrap();
    assert_eq!(body["sales_invoice"]["notes"], text);
}

#[tokio::test]
async fn tokens_that_are_not_good_are_refused() {
    let rig = Rig::start().await;
    let http = reqwest::Client::new();
    let claims =
        |iss: &str, iat: i64, exp: i64| json!({"iss": iss, "iat": iat, "exp": exp, "jti": "j"});
    let good = claims(BINDING, now(), now() + 60);
    let key = api_key(BINDING);
    let cases = [
        (None, "token_missing"),
        (Some("nonsense".to_owned()), "token_malformed"),
        (Some(token("another key", &good)), "token_untrusted"),
        (
            Some(token(&key, &claims("nobody", now(), now() + 60))),
            "token_untrusted",
        ),
        (
            Some(token(&key, &claims(BINDING, now() - 300, now() - 240))),
            "token_expired",
        ),
        (
            Some(token(&key, &claims(BINDING, now(), now() + 3600))),
            "token_life_too_long",
        ),
        (
            Some(token(
                &key,
                &json!({"iss": BINDING, "iat": now(), "exp": now() + 60, "jti": "j", "aud": "magento"}),
            )),
            "token_wrong_audience",
        ),
    ];
    for (bearer, code) in cases {
        for path in ["/v1/sync-state", "/v1/runs/x"] {
            let mut request = http.get(format!("{}{path}", rig.address));
            if let Some(bearer) = &bearer {
                request = request.bearer_auth(bearer);
            }
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{code}");
            assert_eq!(response.headers()["www-authenticate"], "Bearer");
            assert_eq!(response.json::<Value>().await.unwrap()["code"], code);
        }
    }
    let plans = http
        .post(format!("{}/v1/plans", rig.address))
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(plans.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_backfill_goes_after_everything_of_today() {
    let rig = Rig::start().await;
    let backfill = rig.shop().saying("ledger-backfill", "yes");
    backfill.accept(&invoice(1)).await;
    rig.shop().accept(&invoice(2)).await;
    let priority_of = async |key: &str| {
        let statement = format!("SELECT priority FROM run WHERE key = '{key}'");
        rig.sql(&statement).await
    };
    let todays_last = Some(5);
    assert!(priority_of("invoice.created:1").await > todays_last);
    assert_eq!(priority_of("invoice.created:2").await, Some(0));
}

#[tokio::test]
async fn the_rest_of_the_surface() {
    let rig = Rig::start().await;
    let http = reqwest::Client::new();
    for (path, status) in [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/v2/plans", 404),
        ("/v1/plans", 405),
    ] {
        assert_eq!(
            http.get(format!("{}{path}", rig.address))
                .send()
                .await
                .unwrap()
                .status()
                .as_u16(),
            status,
            "{path}"
        );
    }
    let response = rig.shop().get("/v1/sync-state?since=x").await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(
        response.json::<Value>().await.unwrap()["code"],
        "parameter_invalid"
    );
}
