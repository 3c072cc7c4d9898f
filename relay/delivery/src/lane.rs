//! A lane: the one sender of a binding.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use ledger_plan::Plan;
use ledger_sage::Business;
use ledger_store::retry::{Millis, until};
use ledger_store::{BindingId, Claim, Lease, Reason, Run, Settlement, StoreError, Tally, Verdict};

use super::needs;
use super::session::SageSession;
use super::throttle::{Throttle, midnight};
use super::work::{Next, Work};
use super::{Engine, Fault};

/// Pause after a fault of ours, such as a full disk.
const AFTER_FAULT: Duration = Duration::from_secs(1);

pub(crate) async fn run(
    engine: Arc<Engine>,
    binding: BindingId,
    waker: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) {
    let mut lane = Lane::new(&engine, binding);
    while !*stop.borrow() {
        let pause = match lane.turn(&stop).await {
            Ok(pause) => pause,
            Err(fault) => {
                lane.report(&fault);
                Some(AFTER_FAULT)
            }
        };
        match pause {
            Some(Duration::ZERO) => {}
            Some(pause) => {
                tokio::select! {
                    () = engine.clock.rest(pause) => {}
                    () = waker.notified() => {}
                    _ = stop.changed() => {}
                }
            }
            None => {
                tokio::select! {
                    () = waker.notified() => {}
                    _ = stop.changed() => {}
                }
            }
        }
    }
    lane.release().await;
}

/// What a lane remembers from one run to the next.
pub struct Lane<'e> {
    engine: &'e Engine,
    binding: BindingId,
    lease: Option<Lease>,
    /// The lease before, which may be given back by now.
    last: Option<Lease>,
    throttle: Mutex<Throttle>,
    /// When it was taken from somebody else, or when a send last went unanswered; by the running
    /// clock.
    silent_since: Mutex<Duration>,
    /// A run that was taken with the end of the one before.
    ahead: Option<Run>,
    /// Where the binding's Sage is; that never changes.
    business: Option<Business>,
}

impl<'e> Lane<'e> {
    pub fn new(engine: &'e Engine, binding: BindingId) -> Self {
        Self {
            engine,
            binding,
            lease: None,
            last: None,
            throttle: Mutex::new(Throttle::new(engine.limits, Tally::default())),
            silent_since: Mutex::new(engine.clock.running()),
            ahead: None,
            business: None,
        }
    }

    /// Takes up one run, if there is one. Answers how long to rest; `None` is until woken.
    pub async fn turn(&mut self, stop: &watch::Receiver<bool>) -> Result<Option<Duration>, Fault> {
        let engine = self.engine;
        if let (Some(run), Some(lease)) = (self.ahead.take(), self.lease.clone()) {
            return self.take_up(&run, &lease, stop).await;
        }
        let now = engine.clock.now();
        let open_to = self.open_to(now);
        let claim = engine
            .store
            .claim(&self.binding, &engine.holder, open_to, now);
        let rest = match claim.await? {
            Claim::Run(run, lease, tally) => {
                if self.lease.as_ref() != Some(&lease) {
                    // The lane was somebody else's meanwhile, or never ours: what they learned counts.
                    self.throttle = Mutex::new(Throttle::new(engine.limits, tally));
                }
                if !self.last.as_ref().is_some_and(|last| lease.follows(last)) {
                    self.silent_since = Mutex::new(engine.clock.running());
                }
                self.last = Some(lease.clone());
                self.lease = Some(lease.clone());
                return self.take_up(&run, &lease, stop).await;
            }
            Claim::Held(at) => Some(until(at, now).min(engine.timing.recheck)),
            Claim::Stopped => Some(engine.timing.recheck),
            Claim::Until(at) => Some(until(at, now)),
            Claim::Nothing => None,
        };
        self.release().await;
        let tomorrow = (open_to < i8::MAX).then(|| until(midnight(now), now));
        let rest = match (rest, tomorrow) {
            (Some(rest), Some(tomorrow)) => Some(rest.min(tomorrow)),
            (rest, tomorrow) => rest.or(tomorrow),
        };
        // At least a millisecond, so that a lane never spins.
        Ok(rest.map(|rest| rest.max(Duration::from_millis(1))))
    }

    async fn take_up(
        &mut self,
        run: &Run,
        lease: &Lease,
        stop: &watch::Receiver<bool>,
    ) -> Result<Option<Duration>, Fault> {
        let business = self.business().await?;
        let worked = self.work(run, lease, business, stop).await;
        if let Err(Fault::Store(StoreError::LeaseLost)) = &worked {
            self.lease = None;
        }
        self.ahead = worked?;
        Ok(Some(Duration::ZERO))
    }

    /// The last priority that today's budgets leave room for.
    fn open_to(&mut self, now: Millis) -> i8 {
        let throttle = self.throttle.get_mut();
        self.engine
            .open_to(throttle.unwrap_or_else(PoisonError::into_inner), now)
    }

    /// Executes a run, and shows signs of life meanwhile. Answers the next one, where that was
    /// taken already.
    async fn work(
        &self,
        run: &Run,
        lease: &Lease,
        business: Business,
        stop: &watch::Receiver<bool>,
    ) -> Result<Option<Run>, Fault> {
        let engine = self.engine;
        let session = SageSession {
            engine,
            lease,
            business,
            throttle: &self.throttle,
            stop,
            silent_since: &self.silent_since,
            next: Mutex::default(),
        };
        tokio::select! {
            worked = execute(&session, run, stop) => worked?,
            () = live(engine, lease) => {}
        }
        Ok(session
            .next
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner))
    }

    async fn business(&mut self) -> Result<Business, Fault> {
        if let Some(business) = &self.business {
            return Ok(business.clone());
        }
        let row = self.engine.store.binding(&self.binding).await?;
        let row = row.ok_or(Fault::Contradiction("a run without its binding"))?;
        let business = Business {
            api_url: row.api_url,
            id: row.business_id,
        };
        self.business = Some(business.clone());
        Ok(business)
    }

    pub(super) async fn release(&mut self) {
        if let Some(lease) = self.lease.take()
            && let Err(error) = self.engine.store.release(&lease).await
        {
            tracing::warn!(binding = %self.binding, error = %error, "lease not released; it ends by itself");
        }
    }

    fn report(&self, fault: &Fault) {
        let binding = &self.binding;
        if let Fault::Store(StoreError::LeaseLost) = fault {
            tracing::warn!(binding = %binding, "another relay process has taken over this lane");
        } else {
            tracing::error!(binding = %binding, fault = %fault, cause = ?std::error::Error::source(fault), "lane fault");
        }
    }
}

/// Renews the lease for ever, by the time of the machine. A lost one is left for the next write to find out: a send under way
/// must not be dropped for it.
async fn live(engine: &Engine, lease: &Lease) {
    loop {
        tokio::time::sleep(lease.life() / 3).await;
        if let Err(error) = engine.store.renew(lease, engine.clock.now()).await {
            tracing::warn!(binding = %lease.binding(), error = %error, "lease not renewed");
        }
    }
}

/// Works through the steps from the first one that is not done.
async fn execute(
    session: &SageSession<'_>,
    run: &Run,
    stop: &watch::Receiver<bool>,
) -> Result<(), Fault> {
    let (engine, lease) = (session.engine, session.lease);
    let settle = async |step, verdict| {
        let settlement = Settlement::of(&run.run_id, step, verdict, session.now());
        engine.store.settle(lease, settlement).await
    };
    let Ok(plan) = Plan::parse(&run.plan, engine.max_json_depth) else {
        let reason = Reason::new(
            "plan_unreadable",
            "The stored plan is not one this relay can execute.",
        );
        return Ok(settle(run.step, Verdict::Refuse(reason)).await?);
    };
    if let Some(verdict) = needs::verdict(session, run, &plan).await? {
        if let Some(reason) = verdict.reason() {
            tracing::info!(binding = %session.binding(), run_id = %run.run_id, code = %reason.code, "needs");
        }
        return Ok(settle(run.step, verdict).await?);
    }
    let mut index = run.step;
    loop {
        let place = usize::try_from(index)
            .ok()
            .and_then(|at| plan.steps.get(at));
        if run.superseded
            && !engine
                .store
                .step_in_doubt(lease, &run.run_id, index)
                .await?
        {
            return Ok(settle(index, Verdict::Supersede).await?);
        }
        let step = place.ok_or(Fault::Contradiction("a step beyond the last"))?;
        let last = usize::try_from(index).is_ok_and(|at| at + 1 == plan.steps.len());
        // Failures are counted per step; only the step that was interrupted has any.
        let tries = if index == run.step { run.tries } else { 0 };
        let work = Work {
            session,
            run,
            plan: &plan,
            step,
            index,
            last,
            tries,
            is_part: false,
        };
        if work.execute().await? != Next::Continue || last || *stop.borrow() {
            return Ok(());
        }
        index = index.saturating_add(1);
    }
}
