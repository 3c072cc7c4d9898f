//! The way of a lane to Sage: whose it is, how fast it may go, with which token.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;

use ledger_sage::envelope::Refusal;
use ledger_sage::oauth::TokenError;
use ledger_sage::{Answer, Business, NoResponse};
use ledger_store::retry::Millis;
use ledger_store::{BindingId, Lease, Run, Settlement, StoreError, Tally};

use super::Engine;
use super::classify::{Class, classify, is_gone};
use super::throttle::Throttle;

/// A lane's way to its Sage business.
pub(super) struct SageSession<'a> {
    pub(super) engine: &'a Engine,
    pub(super) lease: &'a Lease,
    pub(super) business: Business,
    pub(super) throttle: &'a Mutex<Throttle>,
    /// Whether the relay is about to end.
    pub(super) stop: &'a watch::Receiver<bool>,
    /// By the running clock: when the lane was taken, or when a send of it last went unanswered.
    pub(super) silent_since: &'a Mutex<Duration>,
    /// The run that comes after the present one, where it was taken already.
    pub(super) next: Mutex<Option<Run>>,
}

/// Why nothing was read.
#[derive(Debug)]
pub(super) enum ReadError {
    Failed(Class),
    /// Sage has no such object.
    NotFound(Refusal),
    NoToken(TokenError),
}

impl SageSession<'_> {
    pub(super) fn binding(&self) -> &BindingId {
        self.lease.binding()
    }

    pub(super) fn now(&self) -> Millis {
        self.engine.clock.now()
    }

    pub(super) fn tally(&self) -> Tally {
        self.throttle().tally()
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last priority that today's budgets leave room for.
    pub(super) fn open_to(&self) -> i8 {
        self.engine.open_to(&mut self.throttle(), self.now())
    }

    /// Ends a run, and takes the next one where that can be begun at once.
    pub(super) async fn finish(&self, settlement: Settlement<'_>) -> Result<(), StoreError> {
        let store = &self.engine.store;
        if *self.stop.borrow() {
            return store.settle(self.lease, settlement).await;
        }
        let next = store.settle_and_claim(self.lease, settlement, self.open_to());
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = next.await?;
        Ok(())
    }

    /// Waits until the lane may make a call, and counts it.
    pub(super) async fn turn(&self) {
        self.engine.app.spend(self.now());
        let pause = self.throttle().spend(self.now());
        if !pause.is_zero() {
            self.engine.clock.rest(pause).await;
        }
    }

    /// A token to send with; never the one that was just refused.
    pub(super) async fn access(
        &self,
        stale: Option<&SecretString>,
    ) -> Result<SecretString, TokenError> {
        self.engine.tokens.access(self.binding(), stale).await
    }

    /// Sends a body as it is. The caller has waited for its turn before it recorded the send.
    pub(super) async fn write(
        &self,
        access: &SecretString,
        path: &str,
        target: &str,
        body: Vec<u8>,
    ) -> Result<Answer, NoResponse> {
        let sage = &self.engine.sage;
        let end = sage.write(&self.business, access, path, target, body).await;
        self.sent(&end);
        end
    }

    /// Voids an object, for a reason that is told in both of the places where Sage may read it.
    pub(super) async fn void(
        &self,
        access: &SecretString,
        path: &str,
        reason: &str,
        body: Vec<u8>,
    ) -> Result<Answer, NoResponse> {
        let sage = &self.engine.sage;
        let query = [("void_reason", reason)];
        let end = sage.delete(&self.business, access, path, &query, Some(body));
        let end = end.await;
        self.sent(&end);
        end
    }

    /// Deletes an object that posts nothing.
    pub(super) async fn remove(
        &self,
        access: &SecretString,
        path: &str,
    ) -> Result<Answer, NoResponse> {
        let sage = &self.engine.sage;
        let end = sage.delete(&self.business, access, path, &[], None).await;
        self.sent(&end);
        end
    }

    fn sent(&self, end: &Result<Answer, NoResponse>) {
        self.learn(end);
        if end.as_ref().map_or(true, |answer| answer.status >= 500) {
            *self.silence() = self.engine.clock.running();
        }
    }

    fn silence(&self) -> MutexGuard<'_, Duration> {
        self.silent_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// How much of a pause after a send of unknown end is left, however the machine's time jumps.
    pub(super) fn quiet_left(&self, quiet: Duration) -> Duration {
        let since = *self.silence();
        let passed = self.engine.clock.running().saturating_sub(since);
        quiet.saturating_sub(passed)
    }

    /// A GET that refreshes the token once and classifies everything but a readable answer.
    pub(super) async fn read<T>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<T, ReadError> {
        let mut stale = None;
        loop {
            let access = self
                .access(stale.as_ref())
                .await
                .map_err(ReadError::NoToken)?;
            self.turn().await;
            let sage = &self.engine.sage;
            let end = sage.get(&self.business, &access, path, query).await;
            self.learn(&end);
            if let Some(value) = readable(&end).and_then(&parse) {
                return Ok(value);
            }
            let class = classify(&end);
            if let (Class::Refused(refusal), Ok(answer)) = (&class, &end)
                && is_gone(answer.status)
            {
                return Err(ReadError::NotFound(refusal.clone()));
            }
            if !matches!(class, Class::Unauthorised) || stale.is_some() {
                return Err(ReadError::Failed(class));
            }
            stale = Some(access);
        }
    }

    fn learn(&self, end: &Result<Answer, NoResponse>) {
        match end {
            Ok(answer) if answer.status == 429 => self.throttle().throttled(self.now()),
            Ok(_) => self.throttle().borne(),
            Err(_) => {}
        }
    }
}

fn readable(end: &Result<Answer, NoResponse>) -> Option<&[u8]> {
    end.as_ref()
        .ok()
        .filter(|answer| answer.status == 200)?
        .body
        .as_deref()
}
