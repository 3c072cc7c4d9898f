//! Delivery: prepare → send → classify → settle, one lane per binding.
//!
//! One active sender per binding keeps Sage's numbering in order, makes two sends of one id at
//! once impossible, and keeps one shop's trouble out of another's way.

pub(crate) mod classify;
mod lane;
mod match_total;
mod prepare;
mod search;
mod step;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::inbox::{BindingId, Store, StoreError};
use crate::retry::Schedule;
use crate::sage::Sage;
use crate::sage::oauth::Tokens;
use crate::vault::{Vault, VaultError};

/// How patient delivery is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) schedule: Schedule,
    /// Silence to keep after a send of unknown end before an empty search is believed.
    pub(crate) quiet: Duration,
    /// For how long after the first send Sage's idempotency is relied upon.
    pub(crate) horizon: Duration,
    /// How often a lane looks whether its binding can send again.
    pub(crate) recheck: Duration,
}

/// Everything a lane works with.
pub(crate) struct Engine {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) sage: Sage,
    pub(crate) tokens: Tokens,
    pub(crate) patience: Patience,
    pub(crate) max_json_depth: usize,
}

/// Why a lane cannot go on for the moment; nothing about the document is decided.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the store failed")]
    Store(#[source] StoreError),
    #[error("a key could not be used")]
    Vault(#[source] VaultError),
    #[error("the run contradicts its plan: {0}")]
    Contradiction(&'static str),
}

impl From<StoreError> for Fault {
    fn from(source: StoreError) -> Self {
        Self::Store(source)
    }
}

/// Starts lanes, wakes them, ends them.
pub(crate) struct Dispatcher {
    engine: Arc<Engine>,
    lanes: Mutex<Lanes>,
    stop: watch::Sender<bool>,
}

#[derive(Default)]
struct Lanes {
    wakers: BTreeMap<BindingId, Arc<Notify>>,
    tasks: JoinSet<()>,
}

impl Dispatcher {
    /// Starts with the bindings that have unfinished runs.
    pub(crate) async fn start(engine: Engine) -> Result<Arc<Self>, StoreError> {
        let busy = engine.store.busy().await?;
        let (stop, _) = watch::channel(false);
        let this = Arc::new(Self { engine: Arc::new(engine), lanes: Mutex::default(), stop });
        busy.iter().for_each(|binding| this.wake(binding));
        Ok(this)
    }

    /// Tells a binding's lane that there is work; starts the lane when there is none.
    pub(crate) fn wake(&self, binding: &BindingId) {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waker) = lanes.wakers.get(binding) {
            waker.notify_one();
            return;
        }
        let waker = Arc::new(Notify::new());
        lanes.wakers.insert(binding.clone(), Arc::clone(&waker));
        lanes.tasks.spawn(lane::run(Arc::clone(&self.engine), binding.clone(), waker, self.stop.subscribe()));
    }

    /// Lets every lane finish the step it is in, and waits for that.
    pub(crate) async fn stop(&self, grace: Duration) {
        self.stop.send_replace(true);
        let mut tasks = std::mem::take(&mut self.lanes.lock().unwrap_or_else(PoisonError::into_inner).tasks);
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, all).await.is_err() {
            tracing::warn!("a lane did not end in time; its send will be looked up at the next start");
        }
    }
}
