//! Settings: one TOML file, overridden by the environment.
//!
//! `relay.toml` beside this crate is the commented default and is tested to be exactly that.

use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use ledger_delivery::Timing;
use ledger_delivery::throttle;
use ledger_sage::Timeouts;
use ledger_sage::oauth::App;
use ledger_store::DatabaseLocation;
use ledger_store::retry::Schedule;

mod read;
mod sections;

use read::{anchor, read_table, set};
pub(crate) use read::{read_text, secret_file};
pub use sections::{
    Admin, Dashboard, Keys, Log, Push, Retention, Retry, Sage, Server, Store, TierFile, Upkeep,
};

const PREFIX: &str = "LEDGER_RELAY__";

/// Settings that are paths, with their defaults.
const PATHS: [(&str, &str, &str); 6] = [
    ("store", "path", "relay.sqlite3"),
    ("keys", "server_key_file", "server.key"),
    ("keys", "seal_keys_file", ""),
    ("sage", "client_secret_file", ""),
    ("tiers", "file", ""),
    ("dashboard", "preview_folder", ""),
];

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: String,
        /// The operating system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The file is no TOML.
    #[error("{path} is not TOML")]
    Syntax {
        /// The file.
        path: String,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A key is unknown or its value has the wrong type.
    #[error("the settings are not usable")]
    Values(#[source] Box<toml::de::Error>),
    /// Neither a key file nor a key.
    #[error("no server key: set keys.server_key_file or LEDGER_RELAY__KEYS__SERVER_KEY")]
    NoServerKey,
}

/// Why the dashboard does not start.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// It is no URL of a site.
    #[error("dashboard.public_url must be https://HOST or http on loopback, without a path")]
    NotUsable,
    /// Passwords would travel in the clear.
    #[error(
        "dashboard.listen is not loopback: set dashboard.public_url to the https address of the proxy in front of it"
    )]
    NotSecure,
}

/// All settings.
#[derive(Debug, Clone, Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Requests of shops: address and limits.
    pub server: Server,
    /// The database.
    pub store: Store,
    /// Keys.
    pub keys: Keys,
    /// Sage.
    pub sage: Sage,
    /// Intervals and deadlines of delivery.
    pub retry: Retry,
    /// The log.
    pub log: Log,
    /// The operator's listener.
    pub admin: Admin,
    /// The dashboard.
    pub dashboard: Dashboard,
    /// Tiers.
    pub tiers: TierFile,
    /// Pushing states.
    pub push: Push,
    /// How long plans are kept.
    pub retention: Retention,
    /// What is kept fresh by itself.
    pub upkeep: Upkeep,
}

impl Config {
    /// Reads a file, when one is given, and the environment.
    ///
    /// # Errors
    /// When the file cannot be read, or a key or value is not known.
    pub fn load(
        path: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table = path.map(read_table).transpose()?.unwrap_or_default();
        if let Some(folder) = path.and_then(Path::parent) {
            for (section, key, default) in PATHS {
                anchor(&mut table, (section, key, default), folder);
            }
        }
        for (name, value) in environment {
            if let Some((section, key)) = name
                .strip_prefix(PREFIX)
                .and_then(|rest| rest.split_once("__"))
            {
                set(
                    &mut table,
                    &section.to_lowercase(),
                    &key.to_lowercase(),
                    &value,
                );
            }
        }
        Self::deserialize(toml::Value::Table(table))
            .map_err(|error| ConfigError::Values(Box::new(error)))
    }

    /// The server key, from the setting or its file.
    pub(crate) fn server_key(&self) -> Result<SecretString, ConfigError> {
        if let Some(key) = &self.keys.server_key {
            return Ok(key.clone());
        }
        if self.keys.server_key_file.as_os_str().is_empty() {
            return Err(ConfigError::NoServerKey);
        }
        secret_file(&self.keys.server_key_file)
    }

    pub(crate) fn app(&self) -> Result<App, ConfigError> {
        let file = &self.sage.client_secret_file;
        let client_secret = if file.as_os_str().is_empty() {
            None
        } else {
            Some(secret_file(file)?)
        };
        Ok(App {
            client_id: self.sage.client_id.clone(),
            client_secret,
        })
    }

    /// Where people reach the dashboard, without a slash at the end.
    pub(crate) fn dashboard_url(&self) -> String {
        let dashboard = &self.dashboard;
        if dashboard.public_url.is_empty() {
            format!("http://{}", dashboard.listen)
        } else {
            dashboard.public_url.trim_end_matches('/').to_owned()
        }
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        let milliseconds = Duration::from_millis;
        Timeouts {
            connect: milliseconds(self.sage.connect_timeout_ms),
            request: milliseconds(self.sage.request_timeout_ms),
        }
    }

    pub(crate) fn timing(&self) -> Timing {
        let retry = &self.retry;
        Timing {
            schedule: Schedule {
                first: Duration::from_millis(retry.first_ms),
                cap: Duration::from_millis(retry.cap_ms),
            },
            quiet: Duration::from_millis(retry.quiet_ms),
            horizon: Duration::from_secs(retry.horizon_hours.saturating_mul(3600)),
            recheck: Duration::from_millis(retry.recheck_ms.max(1)),
            needs: Duration::from_secs(retry.needs_hours.saturating_mul(3600)),
        }
    }

    /// Where the database is.
    pub(crate) fn database(&self) -> DatabaseLocation {
        match &self.store.url {
            Some(url) => DatabaseLocation::Server(url.clone(), self.store.connections),
            None => DatabaseLocation::File(self.store.path.clone()),
        }
    }

    /// The name of this relay: as set, else one that no other has.
    pub(crate) fn instance(&self) -> String {
        if self.store.instance.is_empty() {
            uuid::Uuid::now_v7().to_string()
        } else {
            self.store.instance.clone()
        }
    }

    pub(crate) fn lease(&self) -> Duration {
        Duration::from_millis(self.store.lease_ms.max(1_000))
    }

    pub(crate) fn call_limits(&self) -> throttle::Limits {
        throttle::Limits {
            per_minute: self.sage.requests_per_minute,
            per_day: self.sage.requests_per_day,
        }
    }
}

#[cfg(test)]
mod tests;
