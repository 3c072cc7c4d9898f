//! Handing a key over to a shop that shows a code: `POST setup/pair`, docs/contracts.md section 8.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use crate::inbox::BindingId;

use super::call::{Failure, pinned, read, usable};

/// What a shop is told.
pub(crate) struct Offer<'a> {
    pub(crate) binding: &'a BindingId,
    /// What the shop shows to its admin, good for one pairing.
    pub(crate) code: &'a SecretString,
    pub(crate) api_key: &'a SecretString,
    /// Where the shop reaches the relay.
    pub(crate) relay_url: &'a str,
}

/// How the shop took it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It has the key now; its own address, where it said one.
    Yes(Option<String>),
    /// It has not taken the key.
    No(Failure),
    /// Nobody knows: no answer, or a server error.
    Perhaps(Failure),
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Paired {
    store_url: Option<String>,
}

/// Offers a key to the shop whose REST interface is below `shop`.
pub(crate) async fn offer(
    shop: &str,
    offer: Offer<'_>,
    private: bool,
    patience: Duration,
) -> Taken {
    let url = format!("{}/setup/pair", shop.trim_end_matches('/'));
    let client = match usable(&url, private) {
        Ok(url) => pinned(&url, private, patience)
            .await
            .map(|client| client.post(url)),
        Err(failure) => Err(failure),
    };
    let request = match client {
        Ok(request) => request,
        Err(failure) => return Taken::No(failure),
    };
    let body = json!({
        "code": offer.code.expose_secret(),
        "binding_id": offer.binding.as_str(),
        "relay_url": offer.relay_url,
        "api_key": offer.api_key.expose_secret(),
    });
    let request = request.header("content-type", "application/json");
    match request.body(body.to_string()).send().await {
        Ok(answer) => match read(answer).await {
            (200..=299, body) => {
                let paired = serde_json::from_slice::<Paired>(&body).unwrap_or_default();
                Taken::Yes(paired.store_url)
            }
            (status @ 500.., _) => Taken::Perhaps(Failure::Status(status)),
            (status, _) => Taken::No(Failure::Status(status)),
        },
        Err(error) if error.is_connect() => Taken::No(Failure::Silent),
        Err(_) => Taken::Perhaps(Failure::Silent),
    }
}
