//! Keys and tiers, read from the files that the settings name.

use std::sync::Arc;

use crate::config::{Config, read_text, secret_file};
use crate::error::RelayError;
use crate::settings::tiers::{SELF_HOSTED, Tiers};
use ledger_store::vault::Vault;

impl Config {
    /// The server's keys: what they are for is in `vault`.
    pub(crate) fn vault(&self) -> Result<Arc<Vault>, RelayError> {
        let vault = Vault::new(&self.server_key()?)?;
        let file = &self.keys.seal_keys_file;
        if file.as_os_str().is_empty() {
            return Ok(Arc::new(vault));
        }
        Ok(Arc::new(vault.with_seal_keys(&secret_file(file)?)?))
    }

    pub(crate) fn tiers(&self) -> Result<Tiers, RelayError> {
        let file = &self.tiers.file;
        let text = if file.as_os_str().is_empty() {
            SELF_HOSTED.to_owned()
        } else {
            read_text(file)?
        };
        Ok(Tiers::parse(&text)?)
    }
}
