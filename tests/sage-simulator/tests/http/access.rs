//! Tokens, businesses, media types.

use reqwest::Method;
use sage_simulator::{Config, Simulator, Switches};
use serde_json::{Value, json};

use crate::support::*;

async fn refresh(sage: &Sage, token: &str) -> (u16, Value) {
    let form = [
        ("client_id", "a"),
        ("client_secret", "b"),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    let answer = sage
        .send(sage.client.post(sage.url("/token")).form(&form))
        .await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn refresh_tokens_rotate_and_the_old_one_is_dead() {
    let sage = Sage::start().await;
    let (status, first) = refresh(&sage, "simulator-refresh-token").await;
    assert_eq!(status, 200);
    assert_eq!(
        (&first["expires_in"], &first["refresh_token_expires_in"]),
        (&json!(300), &json!(2_678_400))
    );
    assert_eq!(first["token_type"], "bearer");
    let (status, error) = refresh(&sage, "simulator-refresh-token").await;
    assert_eq!((status, &error["error"]), (400, &json!("invalid_grant")));
    let (status, second) = refresh(&sage, first["refresh_token"].as_str().unwrap()).await;
    assert_eq!(status, 200);
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(sage.inspect("requests").await["token_rotations"], 2);
}

#[tokio::test]
async fn access_tokens_expire_and_refresh_tokens_later() {
    let sage = Sage::with(Switches {
        token_ttl: 5,
        ..Switches::default()
    })
    .await;
    let (_, pair) = refresh(&sage, "simulator-refresh-token").await;
    assert_eq!(sage.get("/tax_rates").await.status, 200);
    sage.control("clock", json!({ "advance_seconds": 5 })).await;
    let expired = sage.get("/tax_rates").await;
    assert_eq!(
        (expired.status, &expired.body[0]["$dataCode"]),
        (401, &json!("AuthorizationFailure"))
    );
    sage.control("clock", json!({ "advance_seconds": 2_678_400 }))
        .await;
    assert_eq!(
        refresh(&sage, pair["refresh_token"].as_str().unwrap())
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn expire_tokens_and_revoke_work_at_once() {
    let sage = Sage::start().await;
    sage.control("expire-tokens", json!({})).await;
    assert_eq!(sage.get("/contacts").await.status, 401);
    let (_, pair) = refresh(&sage, "simulator-refresh-token").await;
    let token = pair["refresh_token"].as_str().unwrap();
    let form = [("client_id", "a"), ("client_secret", "b"), ("token", token)];
    let revoked = sage
        .send(sage.client.post(sage.url("/revoke")).form(&form))
        .await;
    assert_eq!(
        (revoked.status, revoked.body),
        (200, json!({ "success": "ok" }))
    );
    assert_eq!(refresh(&sage, token).await.0, 400);
    let still_valid = sage
        .client
        .get(sage.url("/v3.1/contacts"))
        .bearer_auth(pair["access_token"].as_str().unwrap());
    assert_eq!(
        sage.send(still_valid).await.status,
        200,
        "access tokens cannot be revoked"
    );
}

#[tokio::test]
async fn the_token_endpoint_checks_client_form_and_grant() {
    let config = Config {
        client_id: Some("app".into()),
        client_secret: Some("s".into()),
        ..Config::default()
    };
    let simulator = Simulator::start(config).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/token", simulator.base_url());
    let token = ("refresh_token", "simulator-refresh-token");
    for (form, error) in [
        (
            vec![
                ("client_id", "app"),
                ("client_secret", "x"),
                ("grant_type", "refresh_token"),
                token,
            ],
            "invalid_client",
        ),
        (
            vec![
                ("client_id", "app"),
                ("client_secret", "s"),
                ("grant_type", "password"),
                token,
            ],
            "unsupported_grant_type",
        ),
    ] {
        let response = client.post(&url).form(&form).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 400);
        assert_eq!(response.json::<Value>().await.unwrap()["error"], error);
    }
    let json = client
        .post(&url)
        .json(&json!({ "grant_type": "refresh_token" }))
        .send()
        .await
        .unwrap();
    assert_eq!(json.status().as_u16(), 400);
}

#[tokio::test]
async fn the_business_header_must_fit_and_may_be_missing() {
    let sage = Sage::start().await;
    let with = |business: &str| {
        sage.client
            .get(sage.url("/v3.1/contacts"))
            .bearer_auth(&sage.token)
            .header("X-Business", business)
    };
    assert_eq!(sage.send(with(&"f".repeat(32))).await.status, 403);
    let lead = sage
        .send(
            sage.client
                .get(sage.url("/v3.1/contacts"))
                .bearer_auth(&sage.token),
        )
        .await;
    assert_eq!(
        (lead.status, lead.headers["X-Business"].to_str().unwrap()),
        (200, BUSINESS)
    );
    let businesses = sage.get("/businesses").await;
    assert_eq!(businesses.body["$items"][0]["id"], BUSINESS);
    assert!(!businesses.headers.contains_key("X-Business"));
    assert_eq!(
        sage.get(&format!("/businesses/{BUSINESS}")).await.body["subscriptions"][0]["active"],
        true
    );
}

#[tokio::test]
async fn an_inactive_subscription_is_told_from_a_bad_token() {
    let sage = Sage::with(Switches {
        subscription_active: false,
        ..Switches::default()
    })
    .await;
    let answer = sage.get("/contacts").await;
    assert_eq!(
        (answer.status, answer.problems()),
        (401, vec![("", "No active subscription. (MSE)")])
    );
}

#[tokio::test]
async fn media_types_verbs_paths_and_broken_json_have_their_statuses() {
    let sage = Sage::start().await;
    let xml = sage
        .request(Method::POST, "/contacts")
        .header("Content-Type", "text/xml")
        .body("<contact/>");
    assert_eq!(sage.send(xml).await.status, 415);
    let broken = sage
        .request(Method::POST, "/contacts")
        .header("Content-Type", "application/json")
        .body("{");
    assert_eq!(sage.send(broken).await.status, 400);
    assert_eq!(
        sage.send(sage.request(Method::PATCH, "/contacts"))
            .await
            .status,
        405
    );
    assert_eq!(
        sage.send(sage.request(Method::POST, "/tax_rates"))
            .await
            .status,
        405
    );
    assert_eq!(sage.get("/no_such_thing").await.status, 404);
    assert_eq!(
        sage.get(&format!("/sales_invoices/{}", "0".repeat(32)))
            .await
            .status,
        404
    );
    let empty = sage.post("/contacts", &json!({})).await;
    assert_eq!(empty.status, 422);
}
