//! Putting the parts together: a relay that runs, and a relay that is set up.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::clock;
use crate::config::{Config, ConfigError, secret_file};
use crate::dispatch::app::AppBudget;
use crate::dispatch::{Dispatcher, Engine};
use crate::http::{Door, Rate, router};
use crate::inbox::{self, BindingId, BindingRow, Holder, Role, StoreError};
use crate::push::worker::Pusher;
use crate::sage::oauth::{API_KEY, REFRESH, TokenError, Tokens};
use crate::sage::{ClientError, HttpSage, plain_client};
use crate::settings::tiers::TiersError;
use crate::telemetry;
use crate::upkeep;
use crate::vault::VaultError;

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

/// A relay that runs.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    admin: Option<SocketAddr>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Relay {
    /// Opens the database, takes up what was left unfinished, and listens.
    ///
    /// # Errors
    /// When settings, key, database or address cannot be used.
    pub async fn start(config: &Config) -> Result<Self, RelayError> {
        let vault = config.vault()?;
        let store = inbox::open(&config.place(), Role::Serve, &vault).await?;
        let address = config.server.listen.clone();
        let listen = async {
            let listener = TcpListener::bind(&address).await?;
            let bound = listener.local_addr()?;
            Ok((listener, bound))
        };
        let (listener, bound) = listen.await.map_err(|source| RelayError::Listen {
            address: address.clone(),
            source,
        })?;
        let http = plain_client(config.timeouts())?;
        let engine = Engine {
            store: Arc::clone(&store),
            vault: Arc::clone(&vault),
            sage: Arc::new(HttpSage::new(http.clone(), config.sage.max_concurrent)),
            tokens: Tokens::new(
                Arc::clone(&store),
                Arc::clone(&vault),
                http,
                config.app()?,
                Arc::new(clock::System),
            ),
            clock: Arc::new(clock::System),
            holder: Holder::new(&config.instance(), config.lease()),
            limits: config.pace(),
            app: AppBudget::new(config.sage.app_requests_per_day),
            patience: config.patience(),
            max_json_depth: config.server.max_json_depth,
        };
        let dispatcher = Dispatcher::start(engine).await?;
        let door = Door {
            store,
            vault,
            dispatcher: Arc::clone(&dispatcher),
            limits: config.limits(),
            rate: Rate::per_minute(config.server.max_requests_per_minute),
            tiers: config.tiers()?,
        };
        let door = Arc::new(door);
        let mut beside = JoinSet::new();
        beside.spawn(upkeep::run(Arc::clone(&door), config.kept()));
        let pusher = Pusher {
            store: Arc::clone(&door.store),
            vault: Arc::clone(&door.vault),
            manner: config.manner(),
        };
        beside.spawn(pusher.run());
        let admin = telemetry::listen(&config.admin.listen, Arc::clone(&door.store), &mut beside)
            .await
            .map_err(|source| RelayError::Listen {
                address: config.admin.listen.clone(),
                source,
            })?;
        let (stop, stopped) = oneshot::channel();
        let grace = Duration::from_millis(config.server.shutdown_grace_ms);
        let task = tokio::spawn(run(listener, door, dispatcher, beside, stopped, grace));
        tracing::info!(%bound, "listening");
        Ok(Self {
            address: bound,
            admin,
            stop,
            task,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the operator's listener is, where there is one.
    #[must_use]
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin
    }

    /// Takes no more requests, finishes the sends under way, and ends.
    pub async fn stop(self) {
        // A receiver that is gone has stopped already.
        let _ = self.stop.send(());
        if let Err(error) = self.task.await {
            tracing::error!(error = %error, "the relay ended badly");
        }
    }
}

async fn run(
    listener: TcpListener,
    door: Arc<Door>,
    dispatcher: Arc<Dispatcher>,
    mut beside: JoinSet<()>,
    stopped: oneshot::Receiver<()>,
    grace: Duration,
) {
    let store = Arc::clone(&door.store);
    let (drain, draining) = oneshot::channel::<()>();
    let server = axum::serve(listener, router(door)).with_graceful_shutdown(async {
        // A dropped handle stops the relay as well.
        let _ = stopped.await;
        let _ = drain.send(());
    });
    let server = std::future::IntoFuture::into_future(server);
    tokio::pin!(server);
    tokio::select! {
        outcome = &mut server => if let Err(error) = outcome {
            tracing::error!(error = %error, "the listener failed");
        },
        _ = draining => {
            // Idle keep-alive connections must not hold up the end.
            let both = async { tokio::join!(tokio::time::timeout(Duration::from_secs(5), &mut server), dispatcher.stop(grace)) };
            let _ = both.await;
        }
    }
    beside.abort_all();
    dispatcher.stop(grace).await;
    store.close().await;
    tracing::info!("stopped");
}

/// What a new binding needs. Secrets come in files, so that no process list shows them.
#[derive(Debug, Clone)]
pub struct NewBinding {
    /// Its name; the shop's tokens carry it as `iss`.
    pub id: String,
    /// The key shared with the shop.
    pub api_key_file: PathBuf,
    /// Base of Sage's API, such as `https://api.accounting.sage.com/v3.1`.
    pub api_url: String,
    /// Sage's token endpoint.
    pub token_url: String,
    /// The Sage business that documents go to.
    pub business: String,
    /// The refresh token that the shop owner's consent gave.
    pub refresh_token_file: PathBuf,
}

fn binding_id(text: &str) -> Result<BindingId, RelayError> {
    BindingId::new(text).ok_or_else(|| {
        RelayError::Argument(
            "a binding id is 1 to 64 letters, digits and the signs . _ -".to_owned(),
        )
    })
}

/// Sets up a binding.
///
/// # Errors
/// When a value is not usable, or the binding exists.
pub async fn add_binding(config: &Config, new: &NewBinding) -> Result<(), RelayError> {
    let id = binding_id(&new.id)?;
    for (name, url) in [("api", &new.api_url), ("token", &new.token_url)] {
        usable_url(name, url)?;
    }
    if new.business.is_empty() || !new.business.chars().all(|c| c.is_ascii_graphic()) {
        return Err(RelayError::Argument(
            "the business id is empty or not printable".to_owned(),
        ));
    }
    let vault = config.vault()?;
    let row = BindingRow {
        api_url: new.api_url.trim_end_matches('/').to_owned(),
        token_url: new.token_url.clone(),
        business_id: new.business.clone(),
        api_key_sealed: vault.seal(&id, API_KEY, &secret_file(&new.api_key_file)?)?,
        refresh_token_sealed: vault.seal(&id, REFRESH, &secret_file(&new.refresh_token_file)?)?,
        access_token_sealed: None,
        access_usable_until: None,
        token_version: 0,
    };
    let store = inbox::open(&config.place(), Role::Provision, &vault).await?;
    let added = store.add_binding(&id, &row, clock::now()).await;
    store.close().await;
    if added? {
        return Ok(());
    }
    Err(RelayError::Argument(format!(
        "the binding {id} exists already"
    )))
}

/// Gives a binding a new refresh token; its parked runs are queued again.
///
/// # Errors
/// When the binding does not exist or the file cannot be read.
pub async fn reconnect_binding(
    config: &Config,
    id: &str,
    refresh_token_file: &std::path::Path,
) -> Result<(), RelayError> {
    let id = binding_id(id)?;
    let vault = config.vault()?;
    let sealed = vault.seal(&id, REFRESH, &secret_file(refresh_token_file)?)?;
    let store = inbox::open(&config.place(), Role::Provision, &vault).await?;
    let known = store.reconnect(&id, &sealed, clock::now()).await;
    store.close().await;
    if known? {
        return Ok(());
    }
    Err(RelayError::Argument(format!("there is no binding {id}")))
}

/// Takes a binding's consent back: nothing is sent for it from here on, and Sage is told.
///
/// # Errors
/// When the binding does not exist, or Sage does not confirm; then it is stopped here all the same
/// and the command can be repeated.
pub async fn disconnect_binding(config: &Config, id: &str) -> Result<(), RelayError> {
    let id = binding_id(id)?;
    let vault = config.vault()?;
    let store = inbox::open(&config.place(), Role::Provision, &vault).await?;
    let http = plain_client(config.timeouts())?;
    let clock = Arc::new(clock::System);
    let tokens = Tokens::new(Arc::clone(&store), vault, http, config.app()?, clock);
    let revoked = tokens.revoke(&id).await;
    store.close().await;
    match revoked {
        Ok(()) => Ok(()),
        Err(TokenError::NoBinding) => {
            Err(RelayError::Argument(format!("there is no binding {id}")))
        }
        Err(error) => Err(RelayError::Argument(format!(
            "{id} is stopped, but Sage did not confirm: {error}"
        ))),
    }
}

/// Plain HTTP is for a simulator on this machine only: tokens travel with every request.
fn usable_url(name: &str, url: &str) -> Result<(), RelayError> {
    let parsed = reqwest::Url::parse(url)
        .map_err(|_| RelayError::Argument(format!("the {name} URL is no URL")))?;
    let loopback = matches!(parsed.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if parsed.scheme() == "https" || (parsed.scheme() == "http" && loopback) {
        return Ok(());
    }
    Err(RelayError::Argument(format!(
        "the {name} URL must be https, or http on loopback"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_only_on_loopback() {
        for good in [
            "https://api.accounting.sage.com/v3.1",
            "http://127.0.0.1:9/v3.1",
            "http://localhost:9",
            "http://[::1]:9",
        ] {
            assert!(usable_url("api", good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.accounting.sage.com",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "api",
            "",
        ] {
            assert!(usable_url("api", bad).is_err(), "{bad}");
        }
    }
}
