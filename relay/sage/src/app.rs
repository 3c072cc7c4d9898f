//! Who this relay is to Sage: its registration at developer.sage.com.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use ledger_store::{Store, StoreError};

/// Where an app that was entered in the dashboard is kept.
pub const APP_SECRET: &str = "sage_app";

/// Who this relay is to Sage.
#[derive(Debug, Clone, Default)]
pub struct App {
    pub client_id: String,
    pub client_secret: Option<SecretString>,
}

/// An app as it is kept, sealed.
#[derive(Deserialize)]
struct KeptApp {
    client_id: String,
    client_secret: SecretString,
}

impl App {
    /// As it is kept, to be sealed.
    pub fn to_secret(client_id: &str, client_secret: &SecretString) -> SecretString {
        let fields = serde_json::json!({
            "client_id": client_id,
            "client_secret": client_secret.expose_secret(),
        });
        SecretString::from(fields.to_string())
    }

    /// The app of the settings; where they name none, the one that was entered in the dashboard.
    pub async fn in_use(configured: &Self, store: &dyn Store) -> Result<Self, StoreError> {
        if !configured.client_id.is_empty() {
            return Ok(configured.clone());
        }
        let kept = store.relay_secret(APP_SECRET).await?;
        let kept = kept.and_then(|kept| serde_json::from_str::<KeptApp>(kept.expose_secret()).ok());
        Ok(kept.map_or_else(
            || configured.clone(),
            |kept| Self {
                client_id: kept.client_id,
                client_secret: Some(kept.client_secret),
            },
        ))
    }

    /// What it says of itself to the token endpoint.
    pub(crate) fn form(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let id = Some(self.client_id.as_str()).filter(|id| !id.is_empty());
        let secret = self.client_secret.as_ref().map(ExposeSecret::expose_secret);
        id.map(|id| ("client_id", id))
            .into_iter()
            .chain(secret.map(|secret| ("client_secret", secret)))
    }
}
