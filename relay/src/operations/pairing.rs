//! `binding:pair`: a shop shows a code, and is offered a key of its own for it.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::push::call::{Failure, usable};
use crate::push::pair::{Offer, Taken, offer};
use ledger_store::clock;
use ledger_store::retry::later;
use ledger_store::vault::API_KEY;

use super::connections::{fresh_key, grace, refused, usable_url};
use super::{OperationError, Operations};

/// What an operator says of the shop.
#[derive(Debug)]
pub struct PairingRequest {
    /// The shop's REST interface, such as `https://shop.example/rest/V1/byte8`.
    pub shop: String,
    /// What the shop's admin page shows.
    pub code: SecretString,
    /// Where the shop reaches the relay.
    pub relay_url: String,
    /// For how many hours the key before is good as well.
    pub grace_hours: u32,
}

/// A shop that has its key.
#[derive(Debug, Serialize)]
pub struct Paired {
    /// The binding.
    pub binding: String,
    /// What the shop says its address is.
    pub store_url: Option<String>,
    /// Until when the key before is good as well.
    pub former_key_until: Option<String>,
}

/// What a person carries to a shop that the relay cannot reach. Its names are those of a pairing.
#[derive(Debug)]
pub struct CarriedKey {
    /// Where the shop reaches the relay.
    pub relay_url: String,
    /// The binding.
    pub binding_id: String,
    /// The shop's key, once it has proved it.
    pub api_key: SecretString,
}

impl CarriedKey {
    /// The one text that is pasted into the shop's admin.
    #[must_use]
    pub fn text(&self) -> SecretString {
        let text = serde_json::json!({
            "relay_url": self.relay_url,
            "binding_id": self.binding_id,
            "api_key": self.api_key.expose_secret(),
        });
        SecretString::from(text.to_string())
    }
}

impl Operations {
    /// Makes a key for a person to carry to the shop. It becomes the shop's key with the first request
    /// that the shop signs with it; until then the key before stays good.
    ///
    /// # Errors
    /// When there is no such binding, or the address may not be used.
    pub async fn key_to_carry(
        &self,
        id: &str,
        relay_url: &str,
        grace_hours: u32,
    ) -> Result<CarriedKey, OperationError> {
        let (binding, _) = self.known(id).await?;
        usable_url("relay", relay_url)?;
        let grace = grace(grace_hours)?;
        let api_key = fresh_key()?;
        let sealed = self.vault.seal(&binding, API_KEY, &api_key)?;
        let audit_entry = self.audit_entry("binding:key offered", relay_url);
        self.store
            .offer_key(&binding, &sealed, grace, audit_entry)
            .await?;
        Ok(CarriedKey {
            relay_url: relay_url.trim_end_matches('/').to_owned(),
            binding_id: id.to_owned(),
            api_key,
        })
    }

    /// Makes a key and offers it to the shop. It becomes the shop's key when the shop proves that it
    /// holds it, with its answer or with its first request; until then the key before stays good.
    ///
    /// # Errors
    /// When there is no such binding, an address may not be used, or the shop has not proved that it
    /// has the key.
    pub async fn pair(&self, id: &str, request: &PairingRequest) -> Result<Paired, OperationError> {
        let (binding, _) = self.known(id).await?;
        let private = self.config.push.allow_private_networks;
        usable(&request.shop, private).map_err(|failure| of_field("shop", failure.to_string()))?;
        usable_url("relay", &request.relay_url)?;
        let grace = grace(request.grace_hours)?;
        let api_key = fresh_key()?;
        let sealed = self.vault.seal(&binding, API_KEY, &api_key)?;
        let audit_entry = self.audit_entry("binding:pair", &request.shop);
        let now = audit_entry.now;
        let offer_id = self
            .store
            .offer_key(&binding, &sealed, grace, audit_entry)
            .await?;
        let challenge = fresh_key()?;
        let told = Offer {
            binding: &binding,
            code: &request.code,
            api_key: &api_key,
            relay_url: &request.relay_url,
            challenge: challenge.expose_secret(),
            now: now / 1000,
        };
        let timeout = Duration::from_millis(self.config.push.timeout_ms);
        match offer(&request.shop, told, private, timeout).await {
            Taken::Proved(store_url) => {
                let now = clock::now();
                self.store.prove_key(&binding, offer_id, now).await?;
                Ok(Paired {
                    binding: id.to_owned(),
                    store_url,
                    former_key_until: clock::rfc3339(later(now, grace))
                        .filter(|_| request.grace_hours > 0),
                })
            }
            Taken::Unproved => Err(refused(
                "the shop answered without proving that it has the new key; its module may be older. The new key counts from the first request that the shop signs with it; until then the key before stays good",
            )),
            Taken::Stranger => {
                self.store.withdraw_key(&binding, offer_id).await?;
                Err(of_field(
                    "shop",
                    "what answered at this address is no shop with our module; nothing is changed. Look at the address, make a new code and pair once more",
                ))
            }
            Taken::No(failure) => {
                self.store.withdraw_key(&binding, offer_id).await?;
                Err(not_taken(failure))
            }
            Taken::Perhaps(failure) => Err(refused(format!(
                "{failure}; it may have taken the new key. That counts from the first request that the shop signs with it; until then the key before stays good. Look there, and pair once more with a new code if need be"
            ))),
        }
    }
}

/// The REST interface of a shop whose address is typed as a person knows it: `shop.example`.
pub(crate) fn interface_of(address: &str) -> String {
    let address = address.trim().trim_end_matches('/');
    let scheme = if address.contains("://") {
        ""
    } else {
        "https://"
    };
    let path = if address.contains("/rest/") {
        ""
    } else {
        "/rest/V1/byte8"
    };
    format!("{scheme}{address}{path}")
}

fn of_field(field: &'static str, message: impl Into<String>) -> OperationError {
    OperationError::Field {
        field,
        message: message.into(),
    }
}

/// Why a shop surely has not taken the key, at the field that mends it.
fn not_taken(failure: Failure) -> OperationError {
    match failure {
        Failure::Status(403) => of_field(
            "code",
            "the shop does not take this code (403); nothing is changed. A code is good for half an hour, ten attempts and one pairing: create a new one in the shop's admin",
        ),
        Failure::Status(status @ (404 | 405)) => of_field(
            "shop",
            format!(
                "what answered at this address ({status}) is no shop with our module, or the module is not enabled there; nothing is changed"
            ),
        ),
        Failure::Silent | Failure::Unresolved => of_field(
            "shop",
            format!(
                "{failure}; nothing is changed. Look at the address; if the shop stands behind a firewall or a password, let this relay in"
            ),
        ),
        other @ (Failure::UrlRefused
        | Failure::NotPublic
        | Failure::Gone
        | Failure::Status(_)
        | Failure::Unsigned) => of_field(
            "shop",
            format!(
                "{other}; nothing is changed. A code is good for half an hour and one pairing."
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_typed_as_it_is_known() {
        for (typed, interface) in [
            ("shop.example", "https://shop.example/rest/V1/byte8"),
            (
                " https://shop.example/ ",
                "https://shop.example/rest/V1/byte8",
            ),
            (
                "http://127.0.0.1:8/uk",
                "http://127.0.0.1:8/uk/rest/V1/byte8",
            ),
            (
                "https://shop.example/rest/V1/byte8/",
                "https://shop.example/rest/V1/byte8",
            ),
        ] {
            assert_eq!(interface_of(typed), interface);
        }
    }
}
