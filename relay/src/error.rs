//! Why the relay does not run.

use crate::config::ConfigError;
use crate::settings::tiers::TiersError;
use ledger_sage::ClientError;
use ledger_store::StoreError;
use ledger_store::vault::VaultError;

/// Why the relay does not run, or a binding was not set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// Settings or secret files.
    #[error("settings")]
    Config(#[source] ConfigError),
    /// The server key.
    #[error("server key")]
    Vault(#[source] Opaque),
    /// The database.
    #[error("database")]
    Store(#[source] Opaque),
    /// The HTTP client.
    #[error("HTTP client")]
    Client(#[source] Opaque),
    /// The address is not free, or not an address.
    #[error("cannot listen on {address}")]
    Listen {
        /// As configured.
        address: String,
        /// The operating system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The file of tiers.
    #[error("tiers")]
    Tiers(#[source] Opaque),
    /// A value given on the command line.
    #[error("{0}")]
    Argument(String),
}

/// An error of an inner module, for people.
pub type Opaque = Box<dyn std::error::Error + Send + Sync>;

impl From<ConfigError> for RelayError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<StoreError> for RelayError {
    fn from(error: StoreError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<TiersError> for RelayError {
    fn from(error: TiersError) -> Self {
        Self::Tiers(Box::new(error))
    }
}

impl From<VaultError> for RelayError {
    fn from(error: VaultError) -> Self {
        Self::Vault(Box::new(error))
    }
}

impl From<ClientError> for RelayError {
    fn from(error: ClientError) -> Self {
        Self::Client(Box::new(error))
    }
}
