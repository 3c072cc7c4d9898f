//! Settings: one TOML file, overridden by the environment.
//!
//! `relay.toml` beside this crate is the commented default and is tested to be exactly that.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::RelayError;
use crate::desk::Keeping;
use crate::http::Limits;
use crate::http::listener::ConnectionLimits;
use crate::push::worker::Manner;
use crate::settings::tiers::{SELF_HOSTED, Tiers};
use crate::upkeep::Kept;
use ledger_delivery::Patience;
use ledger_delivery::throttle;
use ledger_sage::Timeouts;
use ledger_sage::oauth::App;
use ledger_store::Place;
use ledger_store::retry::Schedule;
use ledger_store::vault::Vault;

mod read;
mod sections;

pub(crate) use read::secret_file;
use read::{anchor, read, read_table, set};
pub use sections::{
    Admin, Keys, Log, Push, Retention, Retry, Sage, Server, Store, TierFile, Upkeep,
};

const PREFIX: &str = "LEDGER_RELAY__";

/// Settings that are paths, with their defaults.
const PATHS: [(&str, &str, &str); 5] = [
    ("store", "path", "relay.sqlite3"),
    ("keys", "server_key_file", "server.key"),
    ("keys", "seal_keys_file", ""),
    ("sage", "client_secret_file", ""),
    ("tiers", "file", ""),
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

/// All settings.
#[derive(Debug, Clone, Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The door.
    pub server: Server,
    /// The database.
    pub store: Store,
    /// Keys.
    pub keys: Keys,
    /// Sage.
    pub sage: Sage,
    /// Patience.
    pub retry: Retry,
    /// The log.
    pub log: Log,
    /// The operator's listener.
    pub admin: Admin,
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

    /// The server's keys: what they are for is in `vault`.
    pub(crate) fn vault(&self) -> Result<Arc<Vault>, RelayError> {
        let vault = Vault::new(&self.server_key()?)?;
        let file = &self.keys.seal_keys_file;
        if file.as_os_str().is_empty() {
            return Ok(Arc::new(vault));
        }
        Ok(Arc::new(vault.with_seal_keys(&secret_file(file)?)?))
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

    pub(crate) fn timeouts(&self) -> Timeouts {
        let milliseconds = Duration::from_millis;
        Timeouts {
            connect: milliseconds(self.sage.connect_timeout_ms),
            request: milliseconds(self.sage.request_timeout_ms),
        }
    }

    pub(crate) fn patience(&self) -> Patience {
        let retry = &self.retry;
        Patience {
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
    pub(crate) fn place(&self) -> Place {
        match &self.store.url {
            Some(url) => Place::Server(url.clone(), self.store.connections),
            None => Place::File(self.store.path.clone()),
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

    pub(crate) fn pace(&self) -> throttle::Limits {
        throttle::Limits {
            per_minute: self.sage.requests_per_minute,
            per_day: self.sage.requests_per_day,
        }
    }

    pub(crate) fn tiers(&self) -> Result<Tiers, RelayError> {
        let file = &self.tiers.file;
        let text = if file.as_os_str().is_empty() {
            SELF_HOSTED.to_owned()
        } else {
            read(file)?
        };
        Ok(Tiers::parse(&text)?)
    }

    pub(crate) fn keeping(&self) -> Keeping {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        Keeping {
            every: Duration::from_millis(self.upkeep.every_ms.max(1)),
            reference_age: hours(self.upkeep.reference_max_age_hours.into()),
            idle: hours(u64::from(self.upkeep.refresh_idle_days) * 24),
            limits: self.pace(),
        }
    }

    pub(crate) fn kept(&self) -> Kept {
        Kept {
            succeeded: self.retention.succeeded_days,
            rejected: self.retention.rejected_days,
        }
    }

    pub(crate) fn manner(&self) -> Manner {
        Manner {
            every: Duration::from_millis(self.push.every_ms.max(1)),
            patience: Duration::from_millis(self.push.timeout_ms),
            schedule: Schedule {
                first: Duration::from_millis(self.retry.first_ms),
                cap: Duration::from_millis(self.retry.cap_ms),
            },
            private: self.push.allow_private_networks,
        }
    }

    pub(crate) fn connections(&self) -> ConnectionLimits {
        let server = &self.server;
        ConnectionLimits {
            all: server.max_connections.max(1),
            per_address: server.max_connections_per_address.max(1),
            proxies: server.proxies.clone(),
            headers: Duration::from_millis(server.header_timeout_ms.max(1)),
            stall: Duration::from_millis(server.body_timeout_ms.max(server.header_timeout_ms))
                .saturating_add(Duration::from_secs(1)),
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            body_bytes: self.server.max_body_bytes,
            json_depth: self.server.max_json_depth,
            batch: self.server.max_batch,
            body_wait: Duration::from_millis(self.server.body_timeout_ms),
        }
    }
}

#[cfg(test)]
mod tests;
