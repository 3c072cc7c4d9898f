//! A lane: the one sender of a binding.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::clock;
use crate::inbox::{BindingId, Claim, Reason, Run, Settlement, Verdict};
use crate::plan::Plan;
use crate::retry::until;

use super::needs;
use super::step::{Next, Work};
use super::{Engine, Fault};

/// Pause after a fault of ours, such as a full disk.
const AFTER_FAULT: Duration = Duration::from_secs(1);

pub(super) async fn run(
    engine: Arc<Engine>,
    binding: BindingId,
    waker: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        let pause = match turn(&engine, &binding, &stop).await {
            Ok(pause) => pause,
            Err(fault) => {
                tracing::error!(binding = %binding, fault = %fault, cause = ?std::error::Error::source(&fault), "lane fault");
                Some(AFTER_FAULT)
            }
        };
        match pause {
            Some(Duration::ZERO) => {}
            Some(pause) => {
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
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
}

/// Takes up one run, if there is one. Answers how long to rest; `None` is until woken.
async fn turn(
    engine: &Engine,
    binding: &BindingId,
    stop: &watch::Receiver<bool>,
) -> Result<Option<Duration>, Fault> {
    let now = clock::now();
    match engine.store.claim(binding, now).await? {
        Claim::Run(run) => {
            execute(engine, binding, &run, stop).await?;
            Ok(Some(Duration::ZERO))
        }
        // At least a millisecond, so that a lane never spins.
        Claim::Until(at) => Ok(Some(until(at, now).max(Duration::from_millis(1)))),
        Claim::Nothing => Ok(None),
        Claim::Stopped => Ok(Some(engine.patience.recheck)),
    }
}

/// Works through the steps from the first one that is not done.
async fn execute(
    engine: &Engine,
    binding: &BindingId,
    run: &Run,
    stop: &watch::Receiver<bool>,
) -> Result<(), Fault> {
    let now = clock::now();
    let Ok(plan) = Plan::parse(&run.plan, engine.max_json_depth) else {
        let reason = Reason::new(
            "plan_unreadable",
            "The stored plan is not one this relay can execute.",
        );
        let settlement = Settlement::of(&run.run_id, Verdict::Refuse(reason), now);
        return Ok(engine.store.settle(binding, settlement).await?);
    };
    if let Some(verdict) = needs::verdict(engine, binding, run, &plan).await? {
        if let Some(reason) = verdict.reason() {
            tracing::info!(binding = %binding, run_id = %run.run_id, code = %reason.code, "needs");
        }
        let settlement = Settlement::of(&run.run_id, verdict, now);
        return Ok(engine.store.settle(binding, settlement).await?);
    }
    let mut index = run.step;
    loop {
        let place = usize::try_from(index)
            .ok()
            .and_then(|at| plan.steps.get(at));
        if run.superseded
            && !engine
                .store
                .step_in_doubt(binding, &run.run_id, index)
                .await?
        {
            let settlement = Settlement::of(&run.run_id, Verdict::Supersede, clock::now());
            return Ok(engine.store.settle(binding, settlement).await?);
        }
        let step = place.ok_or(Fault::Contradiction("a step beyond the last"))?;
        let last = usize::try_from(index).is_ok_and(|at| at + 1 == plan.steps.len());
        // Failures are counted per step; only the step that was interrupted has any.
        let tries = if index == run.step { run.tries } else { 0 };
        let work = Work {
            engine,
            binding,
            run,
            plan: &plan,
            step,
            index,
            last,
            tries,
            is_part: false,
        };
        if work.execute().await? == Next::Stop || last || *stop.borrow() {
            return Ok(());
        }
        index = index.saturating_add(1);
    }
}
