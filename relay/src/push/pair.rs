//! Handing a key over to a shop that shows a code: `POST setup/pair`, docs/contracts.md section 8.
//!
//! Any server can answer 200. Only one that holds the key can sign the challenge with it.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use crate::http::jwt;
use ledger_store::BindingId;

use super::call::{Failure, pinned, read, usable};

/// What a shop is told.
pub(crate) struct Offer<'a> {
    pub(crate) binding: &'a BindingId,
    /// What the shop shows to its admin, good for one pairing.
    pub(crate) code: &'a SecretString,
    pub(crate) api_key: &'a SecretString,
    /// Where the shop reaches the relay.
    pub(crate) relay_url: &'a str,
    /// What the shop signs with the new key.
    pub(crate) challenge: &'a str,
    /// In seconds since 1970.
    pub(crate) now: i64,
}

/// How the shop took it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It has proved that it has the key; its own address, where it said one.
    Proved(Option<String>),
    /// It answered as a shop does, but without a proof.
    Unproved,
    /// Whatever answered is no shop with this module.
    Stranger,
    /// It has not taken the key.
    No(Failure),
    /// Nobody knows: no answer, or a server error.
    Perhaps(Failure),
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Paired {
    binding_id: Option<String>,
    store_url: Option<String>,
    proof: Option<String>,
}

/// What a shop's answer is worth.
fn taken(offer: &Offer<'_>, paired: Paired) -> Taken {
    match &paired.proof {
        Some(proof) if proves(offer, proof) => Taken::Proved(paired.store_url),
        Some(_) => Taken::Stranger,
        None if paired.binding_id.as_deref() == Some(offer.binding.as_str()) => Taken::Unproved,
        None => Taken::Stranger,
    }
}

/// Whether a token is signed with the offered key and repeats the challenge.
fn proves(offer: &Offer<'_>, proof: &str) -> bool {
    let (Ok(token), Ok(key)) = (jwt::parse(proof), jwt::signing_key(offer.api_key)) else {
        return false;
    };
    let is_of_binding = token.claims.iss == offer.binding.as_str();
    let claims = token.verify(offer.binding, &[key], offer.now);
    is_of_binding
        && claims.is_ok_and(|(_, claims, _)| claims.challenge.as_deref() == Some(offer.challenge))
}

/// Offers a key to the shop whose REST interface is below `shop`.
pub(crate) async fn offer(shop: &str, offer: Offer<'_>, private: bool, timeout: Duration) -> Taken {
    let url = format!("{}/setup/pair", shop.trim_end_matches('/'));
    let client = match usable(&url, private) {
        Ok(url) => pinned(&url, private, timeout)
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
        "challenge": offer.challenge,
    });
    let request = request.header("content-type", "application/json");
    match request.body(body.to_string()).send().await {
        Ok(answer) => match read(answer).await {
            (200..=299, body) => {
                let paired = serde_json::from_slice::<Paired>(&body).unwrap_or_default();
                taken(&offer, paired)
            }
            (status @ 500.., _) => Taken::Perhaps(Failure::Status(status)),
            (status, _) => Taken::No(Failure::Status(status)),
        },
        Err(error) if error.is_connect() => Taken::No(Failure::Silent),
        Err(_) => Taken::Perhaps(Failure::Silent),
    }
}
