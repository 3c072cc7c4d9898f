//! `binding:pair`: a shop shows a code, and gets a key of its own for it.

use std::time::Duration;

use secrecy::SecretString;
use serde::Serialize;

use crate::clock;
use crate::push::call::usable;
use crate::push::pair::{Offer, Taken, offer};
use crate::retry::later;
use crate::sage::oauth::API_KEY;

use super::connections::{fresh_key, grace, refused, usable_url};
use super::{Desk, DeskError};

/// What an operator says of the shop.
#[derive(Debug)]
pub struct PairingWish {
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

impl Desk {
    /// Makes a key, keeps it beside the one before, and hands it over. It is kept before the shop
    /// can use it; what the shop surely has not taken is taken back.
    ///
    /// # Errors
    /// When there is no such binding, an address may not be used, or the shop does not take the
    /// key.
    pub async fn pair(&self, id: &str, wish: &PairingWish) -> Result<Paired, DeskError> {
        let (binding, row) = self.known(id).await?;
        let private = self.config.push.allow_private_networks;
        usable(&wish.shop, private).map_err(|failure| refused(failure.to_string()))?;
        usable_url("relay", &wish.relay_url)?;
        let grace = grace(wish.grace_hours)?;
        let api_key = fresh_key()?;
        let sealed = self.vault.seal(&binding, API_KEY, &api_key)?;
        let deed = self.deed("binding:pair", &wish.shop);
        let until = later(deed.now, grace);
        let (old, new) = (row.keys(), row.keys_with(sealed, until, deed.now));
        self.change_keys(&binding, &old, &new, deed).await?;
        let told = Offer {
            binding: &binding,
            code: &wish.code,
            api_key: &api_key,
            relay_url: &wish.relay_url,
        };
        let patience = Duration::from_millis(self.config.push.timeout_ms);
        match offer(&wish.shop, told, private, patience).await {
            Taken::Yes(store_url) => Ok(Paired {
                binding: id.to_owned(),
                store_url,
                former_key_until: clock::rfc3339(until).filter(|_| wish.grace_hours > 0),
            }),
            Taken::No(failure) => {
                let deed = self.deed("binding:pair", "not taken; the keys are as before");
                self.change_keys(&binding, &new, &old, deed).await?;
                Err(refused(format!(
                    "{failure}; nothing is changed. A code is good for half an hour and one pairing."
                )))
            }
            Taken::Perhaps(failure) => Err(refused(format!(
                "{failure}; it may have taken the new key, so both are good for {} h: look there, and pair once more with a new code if need be",
                wish.grace_hours
            ))),
        }
    }
}
