//! Delivery: prepare → send → classify → settle, one lane per binding.
//!
//! This crate knows when a step may be sent and what an answer means for its run. It knows no HTTP
//! server, no SQL and no URL of Sage's.
//!
//! One active sender per binding keeps Sage's numbering in order, makes two sends of one id at
//! once impossible, and keeps one shop's trouble out of another's way.

#![forbid(unsafe_code)]
#![allow(
    missing_docs,
    reason = "a crate of the relay only: most fields and variants carry the names of columns or of Sage's fields"
)]

pub mod app_budget;
pub mod classify;
mod criteria;
mod explain;
mod currency_variants;
pub mod lane;
mod session;
mod match_total;
mod needs;
mod duplicate_guard;
pub mod throttle;
mod prepare;
mod recorded_refs;
mod search;
mod step;
mod stock;
mod verdict;
mod end;
mod work;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use ledger_sage::Sage;
use ledger_sage::oauth::Tokens;
use ledger_store::clock::Clock;
use ledger_store::retry::{Millis, Schedule, later};
use ledger_store::vault::{Vault, VaultError};
use ledger_store::{BindingId, Holder, Store, StoreError};

use app_budget::AppBudget;
use throttle::{BEGUN, Limits, Throttle};

/// Intervals and deadlines of delivery.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    pub schedule: Schedule,
    /// How long after a send of unknown end an empty search is not believed.
    pub quiet: Duration,
    /// For how long after the first send Sage's idempotency is relied upon.
    pub horizon: Duration,
    /// How often a lane looks whether its binding can send again.
    pub recheck: Duration,
    /// How long a document waits for what it needs.
    pub needs: Duration,
}

/// Everything a lane works with.
pub struct Engine {
    pub store: Arc<dyn Store>,
    pub vault: Arc<Vault>,
    pub sage: Arc<dyn Sage>,
    pub tokens: Tokens,
    pub clock: Arc<dyn Clock>,
    pub holder: Holder,
    pub timing: Timing,
    pub limits: Limits,
    pub app: AppBudget,
    pub max_json_depth: usize,
}

impl Engine {
    /// The last priority for which the budgets of lane and app leave room.
    fn open_to(&self, throttle: &mut Throttle, now: Millis) -> i8 {
        if self.app.is_open(now) {
            throttle.open_to(now)
        } else {
            BEGUN
        }
    }
}

impl Engine {
    /// No run waits longer than this by our own schedule.
    fn longest_wait(&self) -> Duration {
        let timing = &self.timing;
        timing.schedule.cap.saturating_mul(2).max(timing.quiet)
    }
}

/// Why a lane cannot go on for the moment; nothing about the document is decided.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
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

/// The machine's time may differ from the running clock by so much without having jumped.
const JUMP: Millis = 2_000;

/// Starts lanes, wakes them, ends them.
pub struct Dispatcher {
    engine: Arc<Engine>,
    lanes: Mutex<BTreeMap<BindingId, Lane>>,
    stop: watch::Sender<bool>,
    /// The machine's time and the running clock, when they were last compared.
    clocks: Mutex<(Millis, Duration)>,
}

struct Lane {
    waker: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Dispatcher {
    /// Starts with the bindings that have unfinished runs, and keeps looking for others:
    /// a binding may be connected again by another process.
    pub async fn start(engine: Engine) -> Result<Arc<Self>, StoreError> {
        engine.store.void_leases(&engine.holder).await?;
        let now = engine.clock.now();
        engine.store.clamp_waits(now, engine.longest_wait()).await?;
        let clocks = Mutex::new((now, engine.clock.running()));
        let busy = engine.store.busy().await?;
        let arrivals = engine.store.arrivals();
        let (stop, mut stopped) = watch::channel(false);
        let this = Arc::new(Self {
            engine: Arc::new(engine),
            lanes: Mutex::default(),
            stop,
            clocks,
        });
        busy.iter().for_each(|binding| this.wake(binding));
        if let Some(mut arrivals) = arrivals {
            let dispatcher = Arc::downgrade(&this);
            tokio::spawn(async move {
                while let Some(binding) = arrivals.recv().await {
                    let Some(this) = dispatcher.upgrade() else {
                        return;
                    };
                    this.wake(&binding);
                }
            });
        }
        let overseer = Arc::downgrade(&this);
        let recheck = this.engine.timing.recheck;
        tokio::spawn(async move {
            while tokio::time::timeout(recheck, stopped.changed())
                .await
                .is_err()
            {
                let Some(this) = overseer.upgrade() else {
                    return;
                };
                this.look_around().await;
            }
        });
        Ok(this)
    }

    /// Whether the machine's time was set back since this was last asked.
    fn was_set_back(&self, now: Millis) -> bool {
        let running = self.engine.clock.running();
        let mut clocks = self.clocks.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, ran) = std::mem::replace(&mut *clocks, (now, running));
        now < later(before, running.saturating_sub(ran)).saturating_sub(JUMP)
    }

    async fn look_around(&self) {
        let now = self.engine.clock.now();
        if self.was_set_back(now) {
            tracing::warn!(
                "the machine's clock was set back: what waits for an instant far ahead goes on"
            );
            let clamped = self
                .engine
                .store
                .clamp_waits(now, self.engine.longest_wait());
            if let Err(error) = clamped.await {
                tracing::error!(error = %error, "waiting runs not looked at");
            }
        }
        match self.engine.store.calls_of_day(throttle::day(now)).await {
            Ok(calls) => self.engine.app.learn(calls, now),
            Err(error) => tracing::error!(error = %error, "calls of the day not read"),
        }
        if let Err(error) = self.engine.store.end_recoveries(now).await {
            tracing::error!(error = %error, "recoveries not looked at");
        }
        match self.engine.store.busy().await {
            Ok(busy) => busy
                .iter()
                .filter(|binding| !self.is_running(binding))
                .for_each(|binding| self.wake(binding)),
            Err(error) => tracing::error!(error = %error, "unfinished runs not read"),
        }
        // An operator may have released a run beside us: its lane rests and knows nothing of it.
        match self.engine.store.ready(now).await {
            Ok(ready) => ready.iter().for_each(|binding| self.wake(binding)),
            Err(error) => tracing::error!(error = %error, "ready runs not read"),
        }
    }

    fn lanes(&self) -> MutexGuard<'_, BTreeMap<BindingId, Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_running(&self, binding: &BindingId) -> bool {
        self.lanes()
            .get(binding)
            .is_some_and(|lane| !lane.task.is_finished())
    }

    /// Tells a binding's lane that there is work; starts the lane when there is none.
    pub fn wake(&self, binding: &BindingId) {
        let mut lanes = self.lanes();
        if let Some(lane) = lanes.get(binding).filter(|lane| !lane.task.is_finished()) {
            lane.waker.notify_one();
            return;
        }
        let waker = Arc::new(Notify::new());
        let task = tokio::spawn(lane::run(
            Arc::clone(&self.engine),
            binding.clone(),
            Arc::clone(&waker),
            self.stop.subscribe(),
        ));
        lanes.insert(binding.clone(), Lane { waker, task });
    }

    /// Lets every lane finish the step it is in, and waits for that.
    pub async fn stop(&self, grace: Duration) {
        self.stop.send_replace(true);
        let lanes = std::mem::take(&mut *self.lanes());
        let all = async {
            for (binding, lane) in lanes {
                if lane.task.await.is_err() {
                    tracing::error!(binding = %binding, "a lane ended badly");
                }
            }
        };
        if tokio::time::timeout(grace, all).await.is_err() {
            tracing::warn!(
                "a lane did not end in time; its send will be looked up at the next start"
            );
        }
    }
}
