//! A small shop: it shows a code, is paired by it, tells its lists and makes a dry run.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use reqwest::header::ETAG;
use serde_json::{Value, json};

use super::rig::{Shop, jti, now, token};

pub(crate) const CODE: &str = "ABCD-EFGH-JKLM-NPQR";
pub(crate) const PROFILE: &str = include_str!("../../../golden/shops/united_kingdom.json");

/// A shop that answers below `/rest/V1/byte8`.
#[derive(Clone)]
pub(crate) struct Magento {
    /// Its address, as its owner types it.
    pub(crate) address: String,
    taken: Arc<Mutex<Option<Shop>>>,
    /// Whether it tells its lists by itself.
    tells: bool,
}

impl Magento {
    pub(crate) async fn start(tells: bool) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let magento = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            taken: Arc::default(),
            tells,
        };
        let router = Router::new()
            .route("/rest/V1/byte8/setup/pair", post(pair))
            .route("/rest/V1/byte8/sync-state", post(record))
            .with_state(magento.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        magento
    }

    /// The shop's side of the relay, once it has a key.
    pub(crate) fn shop(&self) -> Shop {
        self.taken.lock().unwrap().clone().unwrap()
    }
}

async fn record() -> Response {
    axum::Json(json!({ "recorded": 1 })).into_response()
}

async fn pair(State(magento): State<Magento>, body: Bytes) -> Response {
    let offer: Value = serde_json::from_slice(&body).unwrap();
    if offer["code"] != CODE {
        return StatusCode::FORBIDDEN.into_response();
    }
    let text = |name: &str| offer[name].as_str().unwrap().to_owned();
    let (binding, key) = (text("binding_id"), text("api_key"));
    let shop = Shop::at(&text("relay_url"), &binding, &key);
    *magento.taken.lock().unwrap() = Some(shop.clone());
    if magento.tells {
        tokio::spawn(tell(shop));
    }
    let claims = json!({"iss": binding, "iat": now(), "exp": now() + 60, "jti": jti(), "challenge": offer["challenge"]});
    let proof = token(&key, &claims);
    let answer =
        json!({"binding_id": binding, "store_url": "https://shop.example/", "proof": proof});
    axum::Json(answer).into_response()
}

/// Its lists at once, and a dry run for each version of the settings, as its cron does.
async fn tell(shop: Shop) {
    tokio::time::sleep(Duration::from_millis(300)).await;
    shop.tell("/v1/shop-profile", PROFILE, 204).await;
    let mut known = None;
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let answer = shop.get("/v1/settings").await;
        let Some(digest) = answer.headers().get(ETAG).cloned() else {
            continue;
        };
        let digest = digest.to_str().unwrap().trim_matches('"').to_owned();
        if known.as_ref() != Some(&digest) {
            shop.tell("/v1/dry-run", &dry_run(&digest).to_string(), 204)
                .await;
            known = Some(digest);
        }
    }
}

pub(crate) fn dry_run(digest: &str) -> Value {
    let total = |event: &str, rate: &str, net: &str, tax: &str| json!({"event": event, "currency": "GBP", "rate": rate, "net": net, "tax": tax});
    json!({
        "schema": "1", "from": "2026-10-29", "to": "2026-11-27", "settings_digest": digest,
        "documents": [
            {"event": "invoice.created", "post": 412, "skip": 3, "reject": 0},
            {"event": "invoice.paid", "post": 398, "skip": 3, "reject": 0},
            {"event": "creditmemo.created", "post": 17, "skip": 0, "reject": 0},
        ],
        "totals": [
            total("invoice.created", "GB_STANDARD", "29120.40", "5824.08"),
            total("invoice.created", "GB_ZERO", "4310.00", "0.00"),
            total("creditmemo.created", "GB_STANDARD", "-612.50", "-122.50"),
        ],
        "problems": [{"outcome": "skip", "code": "zero_value_invoice", "pointer": "/invoice/grand_total", "count": 3,
            "message": "the invoice is worth nothing", "suggestion": "nothing, unless it should stand in Sage: then send invoices of 0.00",
            "increment_id": "000000033"}],
    })
}
