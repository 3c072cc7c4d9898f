//! Putting the parts together: a relay that runs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::config::Config;
use crate::dashboard::{self, Dashboard, PublicAddress};
use crate::error::RelayError;
use crate::http::listener::{ConnectionLimits, serve};
use crate::http::{ApiState, Handed, Rate, router};
use crate::maintenance;
use crate::notify::worker::Notifier;
use crate::operations::Operations;
use crate::push::worker::Pusher;
use crate::telemetry;
use ledger_delivery::app_budget::AppBudget;
use ledger_delivery::{Dispatcher, Engine};
use ledger_sage::oauth::Tokens;
use ledger_sage::{HttpSage, plain_client};
use ledger_store::clock;
use ledger_store::{Holder, Role};

/// A relay that runs.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    admin: Option<SocketAddr>,
    dashboard: Option<DashboardStart>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Where the dashboard is, and the way in where nobody has an account yet.
#[derive(Debug)]
struct DashboardStart {
    origin: String,
    first_link: Option<String>,
}

impl Relay {
    /// Opens the database, takes up what was left unfinished, and listens.
    ///
    /// # Errors
    /// When settings, key, database or address cannot be used.
    pub async fn start(config: &Config) -> Result<Self, RelayError> {
        let vault = config.vault()?;
        let store = ledger_store::open(&config.database(), Role::Serve, &vault).await?;
        store.begin_epoch(clock::now()).await?;
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
        let sage = Arc::new(HttpSage::new(http.clone(), config.sage.max_concurrent));
        let refresher = Operations::beside(
            config,
            "relay",
            (Arc::clone(&store), Arc::clone(&vault)),
            Arc::clone(&sage),
            http.clone(),
        )?;
        let engine = Engine {
            store: Arc::clone(&store),
            vault: Arc::clone(&vault),
            sage: Arc::<HttpSage>::clone(&sage),
            tokens: Tokens::new(
                Arc::clone(&store),
                Arc::clone(&vault),
                http,
                config.app()?,
                Arc::new(clock::System),
            ),
            clock: Arc::new(clock::System),
            holder: Holder::new(&config.instance(), config.lease()),
            limits: config.call_limits(),
            app: AppBudget::new(config.sage.app_requests_per_day),
            timing: config.timing(),
            max_json_depth: config.server.max_json_depth,
        };
        let dispatcher = Dispatcher::start(engine).await?;
        let api = ApiState {
            store,
            vault,
            dispatcher: Arc::clone(&dispatcher),
            limits: config.limits(),
            rate: Rate::per_minute(config.server.max_requests_per_minute),
            tiers: config.tiers()?,
            handed: Handed::default(),
            dashboard_url: Some(config.dashboard_url())
                .filter(|_| !config.dashboard.public_url.is_empty()),
        };
        let api = Arc::new(api);
        let mut beside = JoinSet::new();
        beside.spawn(maintenance::run(Arc::clone(&api), config.retention_days()));
        let pusher = Pusher {
            store: Arc::clone(&api.store),
            vault: Arc::clone(&api.vault),
            settings: config.push_settings(),
        };
        beside.spawn(pusher.run());
        let pages = refresher.acting_as("dashboard");
        let dashboard = begin_dashboard(config, pages, bound, &mut beside).await?;
        let notifier = Notifier {
            store: Arc::clone(&api.store),
            every: config.refresh_settings().every,
            ways: config.notify_ways(),
            origin: dashboard
                .as_ref()
                .map(|start| start.origin.clone())
                .unwrap_or_default(),
            words: dashboard::reason_words,
        };
        beside.spawn(notifier.run());
        beside.spawn(refresher.keep(config.refresh_settings()));
        let admin = telemetry::listen(&config.admin.listen, Arc::clone(&api.store), &mut beside)
            .await
            .map_err(|source| RelayError::Listen {
                address: config.admin.listen.clone(),
                source,
            })?;
        let (stop, stopped) = oneshot::channel();
        let grace = Duration::from_millis(config.server.shutdown_grace_ms);
        let task = tokio::spawn(run(
            listener,
            config.connections().within_descriptors(),
            api,
            dispatcher,
            beside,
            stopped,
            grace,
        ));
        tracing::info!(%bound, "listening");
        Ok(Self {
            address: bound,
            admin,
            dashboard,
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

    /// Where browsers find the dashboard, where there is one.
    #[must_use]
    pub fn dashboard_address(&self) -> Option<&str> {
        self.dashboard.as_ref().map(|start| start.origin.as_str())
    }

    /// A link with which the first account is made, where there is none yet: good once, for 30 minutes.
    #[must_use]
    pub fn first_account_link(&self) -> Option<&str> {
        let start = self.dashboard.as_ref()?;
        start.first_link.as_deref()
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

/// Listens for browsers until the task is ended, where the settings want a dashboard.
async fn begin_dashboard(
    config: &Config,
    operations: Operations,
    relay: SocketAddr,
    beside: &mut JoinSet<()>,
) -> Result<Option<DashboardStart>, RelayError> {
    let address = &config.dashboard.listen;
    if address.is_empty() {
        return Ok(None);
    }
    let failed = |source| RelayError::Listen {
        address: address.clone(),
        source,
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let public = PublicAddress::of(config, bound)?;
    let origin = public.origin.clone();
    let first_link = operations.first_link(&origin).await;
    let first_link = first_link.map_err(|_| RelayError::FirstLink)?;
    let pages = dashboard::router(Dashboard::new(config, operations, public, relay));
    let limits = config.connections().within_descriptors();
    beside.spawn(serve(listener, pages, limits, std::future::pending()));
    tracing::info!(%bound, "the dashboard is listening");
    Ok(Some(DashboardStart { origin, first_link }))
}

async fn run(
    listener: TcpListener,
    limits: ConnectionLimits,
    api: Arc<ApiState>,
    dispatcher: Arc<Dispatcher>,
    mut beside: JoinSet<()>,
    stopped: oneshot::Receiver<()>,
    grace: Duration,
) {
    let store = Arc::clone(&api.store);
    let (drain, draining) = oneshot::channel::<()>();
    let server = serve(listener, router(api), limits, async {
        // A dropped handle stops the relay as well.
        let _ = stopped.await;
        let _ = drain.send(());
    });
    let lanes = async {
        let _ = draining.await;
        dispatcher.stop(grace).await;
    };
    tokio::join!(server, lanes);
    beside.abort_all();
    store.close().await;
    tracing::info!("stopped");
}
