//! The sections of the settings and their defaults. `relay.toml` explains each.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// Section `server`.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port.
    pub listen: String,
    /// Where shops reach it, for their pairing; empty asks for it unless it listens on loopback.
    pub public_url: String,
    /// Longest body.
    pub max_body_bytes: usize,
    /// Deepest plan.
    pub max_json_depth: usize,
    /// Most plans in a request.
    pub max_batch: usize,
    /// Most requests of a binding in a minute; 0 is no limit.
    pub max_requests_per_minute: u32,
    /// How long a request's body may take.
    pub body_timeout_ms: u64,
    /// How long a request's headers may take, and the idle time before them.
    pub header_timeout_ms: u64,
    /// Most connections.
    pub max_connections: usize,
    /// Most connections of one address.
    pub max_connections_per_address: usize,
    /// Proxies, behind which every shop has the same address.
    pub proxies: Vec<IpAddr>,
    /// How long work under way may take at the end.
    pub shutdown_grace_ms: u64,
}

/// Section `store`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// The SQLite file.
    pub path: PathBuf,
    /// A PostgreSQL URL, which takes the place of the file.
    #[serde(skip_serializing)]
    pub url: Option<SecretString>,
    /// Connections to PostgreSQL.
    pub connections: u32,
    /// The name of this relay among several.
    pub instance: String,
    /// Life of a lane's lease.
    pub lease_ms: u64,
}

/// Section `keys`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// A file with 64 hexadecimal digits.
    pub server_key_file: PathBuf,
    /// The digits themselves; meant for the environment.
    #[serde(skip_serializing)]
    pub server_key: Option<SecretString>,
    /// A file of further keys for sealing, the newest last.
    pub seal_keys_file: PathBuf,
}

/// Section `sage`.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Sage {
    /// OAuth client id.
    pub client_id: String,
    /// A file with the OAuth client secret.
    pub client_secret_file: PathBuf,
    /// Where a shop owner consents.
    pub authorize_url: String,
    /// Where codes are exchanged and tokens renewed, for bindings that are connected in the dashboard.
    pub token_url: String,
    /// Base of the API for those bindings.
    pub api_url: String,
    /// How long a connection may take.
    pub connect_timeout_ms: u64,
    /// How long an answer may take.
    pub request_timeout_ms: u64,
    /// Requests of this process at once.
    pub max_concurrent: usize,
    /// Requests of a binding in a minute.
    pub requests_per_minute: u32,
    /// Requests of a binding in a day.
    pub requests_per_day: u32,
    /// Requests of all bindings in a day.
    pub app_requests_per_day: u64,
}

/// Section `retry`.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// First delay.
    pub first_ms: u64,
    /// Longest delay.
    pub cap_ms: u64,
    /// NoResponse after a send of unknown end.
    pub quiet_ms: u64,
    /// Reliance on Sage's idempotency.
    pub horizon_hours: u64,
    /// How often a parked binding is looked at.
    pub recheck_ms: u64,
    /// How long a document waits for what it needs.
    pub needs_hours: u64,
}

/// Section `log`.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Level or filter.
    pub level: String,
}

/// Section `admin`.
#[derive(Debug, Clone, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Admin {
    /// Address and port; empty is none.
    pub listen: String,
    /// Whether `oauth:status --reveal-token` may show a token.
    pub reveal_tokens: bool,
}

/// Section `dashboard`.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Dashboard {
    /// Address and port; empty is none.
    pub listen: String,
    /// Where browsers reach it; empty is `http://` and the address.
    pub public_url: String,
    /// A folder as `cargo xtask playground` writes it; empty is one beside the program, if there is any.
    pub preview_folder: PathBuf,
    /// Whether everybody needs a second factor; who has none is led to it.
    pub require_second_factor: bool,
    /// How long a session may rest.
    pub session_idle_minutes: u32,
    /// How long a session may last.
    pub session_hours: u32,
}

impl Default for Dashboard {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8412".to_owned(),
            public_url: String::new(),
            preview_folder: PathBuf::new(),
            require_second_factor: false,
            session_idle_minutes: 60,
            session_hours: 12,
        }
    }
}

/// Section `tiers`.
#[derive(Debug, Clone, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct TierFile {
    /// A file of tiers; empty is the built-in one.
    pub file: PathBuf,
}

/// Section `push`.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Push {
    /// How often bindings are looked at.
    pub every_ms: u64,
    /// How long a shop's answer may take.
    pub timeout_ms: u64,
    /// Whether shops on private networks, and without TLS, may be pushed to.
    pub allow_private_networks: bool,
}

/// Section `retention`.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Days after which the plans of runs that ended well are thrown away.
    pub succeeded_days: u32,
    /// The same for rejected ones.
    pub rejected_days: u32,
}

/// Section `upkeep`.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Upkeep {
    /// How often it is looked at.
    pub every_ms: u64,
    /// How old tax rates and accounts may be before they are read again; 0 is for ever.
    pub reference_max_age_hours: u32,
    /// For how long a connection may rest before its refresh token is used; 0 is for ever.
    pub refresh_idle_days: u32,
}

impl Default for Upkeep {
    fn default() -> Self {
        Self {
            every_ms: 60_000,
            reference_max_age_hours: 24,
            refresh_idle_days: 20,
        }
    }
}

impl Default for Push {
    fn default() -> Self {
        Self {
            every_ms: 5_000,
            timeout_ms: 15_000,
            allow_private_networks: false,
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            succeeded_days: 7,
            rejected_days: 30,
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8411".to_owned(),
            public_url: String::new(),
            max_body_bytes: 8 * 1024 * 1024,
            max_json_depth: 64,
            max_batch: 500,
            max_requests_per_minute: 1_200,
            body_timeout_ms: 30_000,
            header_timeout_ms: 10_000,
            max_connections: 512,
            max_connections_per_address: 64,
            proxies: vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            shutdown_grace_ms: 35_000,
        }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self {
            path: "relay.sqlite3".into(),
            url: None,
            connections: 16,
            instance: String::new(),
            lease_ms: 30_000,
        }
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            server_key_file: "server.key".into(),
            server_key: None,
            seal_keys_file: PathBuf::new(),
        }
    }
}

impl Default for Sage {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            client_secret_file: PathBuf::new(),
            authorize_url: "https://www.sageone.com/oauth2/auth/central?filter=apiv3.1".to_owned(),
            token_url: "https://oauth.accounting.sage.com/token".to_owned(),
            api_url: "https://api.accounting.sage.com/v3.1".to_owned(),
            connect_timeout_ms: 5_000,
            request_timeout_ms: 30_000,
            max_concurrent: 150,
            requests_per_minute: 90,
            requests_per_day: 2_400,
            app_requests_per_day: 1_296_000,
        }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            first_ms: 2_000,
            cap_ms: 900_000,
            quiet_ms: 3_000,
            horizon_hours: 144,
            recheck_ms: 5_000,
            needs_hours: 336,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
        }
    }
}
