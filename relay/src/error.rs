//! Why the relay does not run.

use crate::config::{AddressError, ConfigError};
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
    Config(#[from] ConfigError),
    /// The server key.
    #[error("server key")]
    Vault(#[from] VaultError),
    /// The database.
    #[error("database")]
    Store(#[from] StoreError),
    /// The HTTP client.
    #[error("HTTP client")]
    Client(#[from] ClientError),
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
    Tiers(#[from] TiersError),
    /// The address of the dashboard.
    #[error("dashboard")]
    Dashboard(#[from] AddressError),
    /// The database does not take the link.
    #[error("the link for the first account could not be made")]
    FirstLink,
    /// A value given on the command line.
    #[error("{0}")]
    Argument(String),
}
