//! A clock that is told the time, and a Sage that takes time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Value, json};

use ledger_sage::{Answer, Business, NoResponse, Sage};
use ledger_store::BindingId;
use ledger_store::clock::Clock;
use ledger_store::retry::{Millis, later, until};

use super::traffic::Shop;

/// Time that passes only when it is told to, or when somebody rests.
pub(super) struct VirtualClock(AtomicI64);

impl VirtualClock {
    pub(super) fn at(now: Millis) -> Self {
        Self(AtomicI64::new(now))
    }

    pub(super) fn set(&self, now: Millis) {
        self.0.store(now, Ordering::SeqCst);
    }

    pub(super) fn read(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Millis {
        self.read()
    }

    async fn rest(&self, pause: Duration) {
        self.set(later(self.read(), pause));
    }

    fn running(&self) -> Duration {
        until(self.read(), 0)
    }
}

/// Sage with its limits: so many calls at once for the app, and of some businesses only so many in
/// a minute, which nobody was told.
pub(super) struct SimulatedSage {
    clock: Arc<VirtualClock>,
    ledger: Mutex<Ledger>,
}

struct Ledger {
    /// When each of the permits is free again.
    permits: BinaryHeap<Reverse<Millis>>,
    hidden_limits: BTreeMap<String, usize>,
    objects: BTreeSet<(String, String)>,
    /// Calls by business: begin and end.
    calls: BTreeMap<String, Vec<(Millis, Millis)>>,
    busy_until: BTreeMap<usize, Millis>,
    count: u64,
    throttled: usize,
}

impl SimulatedSage {
    pub(super) fn new(clock: Arc<VirtualClock>, at_once: usize, shops: &[Shop]) -> Self {
        let limits = shops.iter().filter_map(|shop| {
            let limit = shop.hidden_limit?;
            Some((shop.id.to_string(), limit))
        });
        let ledger = Ledger {
            permits: (0..at_once).map(|_| Reverse(0)).collect(),
            hidden_limits: limits.collect(),
            objects: BTreeSet::new(),
            calls: BTreeMap::new(),
            busy_until: BTreeMap::new(),
            count: 0,
            throttled: 0,
        };
        Self {
            clock,
            ledger: Mutex::new(ledger),
        }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One call: waits for a permit, takes its time, counts. Whether Sage has had enough of this
    /// business for the minute.
    fn call(&self, business: &str) -> bool {
        let mut ledger = self.ledger();
        let free = ledger.permits.pop().map_or(0, |Reverse(free)| free);
        let begins = free.max(self.clock.read());
        ledger.count += 1;
        // Between 80 and 400 ms, a little different each time.
        let takes = 80 + i64::try_from(ledger.count * 7_919 % 321).unwrap_or(0);
        let ends = begins + takes;
        ledger.permits.push(Reverse(ends));
        self.clock.set(ends);
        let limit = ledger.hidden_limits.get(business).copied();
        let calls = ledger.calls.entry(business.to_owned()).or_default();
        calls.push((begins, ends));
        let lately = calls.iter().rev();
        let lately = lately.take_while(|(begun, _)| begins - begun < 60_000);
        let too_many = limit.is_some_and(|limit| lately.count() > limit);
        ledger.throttled += usize::from(too_many);
        too_many
    }

    pub(super) fn rests(&self, lane: usize, now: Millis) {
        self.ledger().busy_until.insert(lane, now);
    }

    /// When the last turn of a lane ended.
    pub(super) fn busy_until(&self, lane: usize) -> Millis {
        self.ledger().busy_until.get(&lane).copied().unwrap_or(0)
    }

    pub(super) fn calls(&self, shop: &BindingId, from: Millis, to: Millis) -> usize {
        let ledger = self.ledger();
        let calls = ledger.calls.get(shop.as_str());
        let within = |(begun, _): &&(Millis, Millis)| (from..to).contains(begun);
        calls.map_or(0, |calls| calls.iter().filter(within).count())
    }

    pub(super) fn all_calls(&self, from: Millis, to: Millis) -> usize {
        let ledger = self.ledger();
        let calls = ledger.calls.values().flatten();
        calls
            .filter(|(begun, _)| (from..to).contains(begun))
            .count()
    }

    pub(super) fn most_at_once(&self) -> usize {
        let ledger = self.ledger();
        let mut edges: Vec<(Millis, i32)> = Vec::new();
        for (begun, ended) in ledger.calls.values().flatten() {
            edges.extend([(*begun, 1), (*ended, -1)]);
        }
        // Ends before beginnings of the same instant.
        edges.sort_unstable();
        let (mut now, mut most) = (0, 0);
        for (_, change) in edges {
            now += change;
            most = most.max(now);
        }
        usize::try_from(most).unwrap_or(0)
    }

    pub(super) fn throttled(&self) -> usize {
        self.ledger().throttled
    }
}

fn answer(status: u16, body: &Value) -> Result<Answer, NoResponse> {
    Ok(Answer {
        status,
        request_id: None,
        retry_after: (status == 429).then(|| Duration::from_secs(20)),
        limits: Vec::new(),
        body: Some(body.to_string().into_bytes()),
    })
}

#[async_trait]
impl Sage for SimulatedSage {
    async fn write(
        &self,
        business: &Business,
        _access: &SecretString,
        path: &str,
        target: &str,
        body: Vec<u8>,
    ) -> Result<Answer, NoResponse> {
        if self.call(&business.id) {
            return answer(429, &json!([]));
        }
        let body: Value = serde_json::from_slice(&body).unwrap();
        let entity = body.as_object().unwrap().values().next().unwrap();
        let name = |key: &str| entity[key].as_str().unwrap_or_default().to_owned();
        let known = format!("{path}/{}{}", name("reference"), name("item_code"));
        let new = self.ledger().objects.insert((business.id.clone(), known));
        assert!(new || !target.is_empty(), "twice: {entity}");
        let id = if target.is_empty() {
            name("idempotency_id")
        } else {
            target.to_owned()
        };
        let object = json!({"id": id, "total_amount": "60.00", "currency": {"id": "GBP"}});
        answer(if target.is_empty() { 201 } else { 200 }, &object)
    }

    async fn delete(
        &self,
        business: &Business,
        _access: &SecretString,
        _path: &str,
        _query: &[(&str, &str)],
        _body: Option<Vec<u8>>,
    ) -> Result<Answer, NoResponse> {
        if self.call(&business.id) {
            return answer(429, &json!([]));
        }
        answer(204, &json!(null))
    }

    async fn get(
        &self,
        business: &Business,
        _access: &SecretString,
        _path: &str,
        _query: &[(&str, &str)],
    ) -> Result<Answer, NoResponse> {
        if self.call(&business.id) {
            return answer(429, &json!([]));
        }
        // Nothing is in doubt here, and nobody else makes objects: there is nothing to find.
        answer(200, &json!({"$items": [], "$total": 0}))
    }
}
