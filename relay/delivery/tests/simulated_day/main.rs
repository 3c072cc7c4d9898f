//! The simulated day: a thousand shops on virtual time.
//!
//! The lanes, the store, the throttle and the budgets are the real ones; only the clock and Sage
//! are simulated. A heap of instants takes the place of the runtime: the earliest lane has its turn, and
//! the turn says when the next one is. So a day takes a minute, and the same seed gives the same
//! traffic.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail where it stands"
)]

mod sage;
mod traffic;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::SecretString;
use tokio::sync::watch;

use ledger_delivery::app_budget::AppBudget;
use ledger_delivery::lane::Lane;
use ledger_delivery::throttle::{Limits, midnight};
use ledger_delivery::{Engine, Timing};
use ledger_plan::Plan;
use ledger_sage::oauth::{App, Tokens};
use ledger_sage::{Timeouts, plain_client};
use ledger_store::operations::NewAuditEntry;
use ledger_store::retry::{Millis, Schedule, later};
use ledger_store::tenant::Tenant;
use ledger_store::vault::ACCESS;
use ledger_store::vault::{Vault, sha256_hex};
use ledger_store::{
    BindingId, BindingRow, DatabaseLocation, Holder, NewRun, Role, SealedTokens, TokenUse,
};

use sage::{SimulatedSage, VirtualClock};
use traffic::{Arrival, Shop, shops};

/// Midnight of some day.
const MIDNIGHT: Millis = 20_000 * 86_400_000;
const APP_CALLS: u64 = 1_296_000;
const AT_ONCE: usize = 150;

struct World {
    engine: Engine,
    vault: Arc<Vault>,
    clock: Arc<VirtualClock>,
    sage: Arc<SimulatedSage>,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new(shops: &[Shop], calls: u32) -> Self {
        // The inbox is thrown away, so memory will do where there is a file system in it.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.unwrap();
        let location = DatabaseLocation::File(folder.path().join("relay.sqlite3"));
        let vault = Arc::new(Vault::new(&SecretString::from("a".repeat(64))).unwrap());
        let store = ledger_store::open(&location, Role::Serve, &vault)
            .await
            .unwrap();
        let clock = Arc::new(VirtualClock::at(MIDNIGHT));
        let sage = Arc::new(SimulatedSage::new(Arc::clone(&clock), AT_ONCE, shops));
        let audit_entry = NewAuditEntry {
            actor: "day",
            action: "binding:add",
            subject: "",
            now: MIDNIGHT,
        };
        for shop in shops {
            let row = BindingRow {
                api_url: "https://sage.invalid".to_owned(),
                token_url: "https://sage.invalid/token".to_owned(),
                business_id: shop.id.to_string(),
                api_key_sealed: vec![1],
                refresh_token_sealed: vec![2],
                ..BindingRow::default()
            };
            store
                .add_binding(&shop.id, &row, audit_entry.clone())
                .await
                .unwrap();
            let access = vault.seal(&shop.id, ACCESS, &"access".into()).unwrap();
            let tokens = SealedTokens {
                refresh: vec![2],
                access,
                access_usable_until: Millis::MAX,
            };
            store.rotate(&shop.id, 0, tokens).await.unwrap();
        }
        let timeouts = Timeouts {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(30),
        };
        let http = plain_client(timeouts).unwrap();
        let tokens = Tokens::new(
            Arc::clone(&store),
            Arc::clone(&vault),
            http,
            App::default(),
            clock.clone(),
        );
        let engine = Engine {
            store,
            vault: Arc::clone(&vault),
            sage: sage.clone(),
            tokens,
            clock: clock.clone(),
            holder: Holder::new("day", Duration::from_secs(30)),
            timing: Timing {
                schedule: Schedule {
                    first: Duration::from_secs(2),
                    cap: Duration::from_secs(900),
                },
                quiet: Duration::from_secs(3),
                horizon: Duration::from_hours(144),
                recheck: Duration::from_secs(5),
                needs: Duration::from_hours(336),
            },
            limits: Limits {
                per_minute: 90,
                per_day: calls,
            },
            app: AppBudget::new(APP_CALLS),
            max_json_depth: 64,
        };
        Self {
            engine,
            vault,
            clock,
            sage,
            _folder: folder,
        }
    }

    async fn accept(&self, binding: &BindingId, arrival: &Arrival) {
        let plan = Plan::parse(arrival.plan.as_bytes(), 64).unwrap();
        let run = NewRun {
            run_id: format!("{binding} {}", plan.key),
            kind: plan.kind,
            digest: sha256_hex(arrival.plan.as_bytes()),
            plan: arrival.plan.clone().into_bytes(),
            sequence: plan.sequence,
            entity_id: plan.entity_id,
            increment_id: None,
            principal_xref: plan.principal().unwrap().xref.clone(),
            expected_total: None,
            expected_currency: None,
            priority: plan.priority(),
            makes: plan.makes().map(ToOwned::to_owned).collect(),
            needs: plan.needs,
            entity_type: plan.entity_type,
            key: plan.key,
        };
        let tenant = Tenant::operated(binding, &self.vault);
        let token_use = TokenUse {
            jti: uuid::Uuid::new_v4().to_string(),
            void_at: arrival.at,
        };
        let store = &self.engine.store;
        let admission = store
            .admit(&tenant, &token_use, vec![run], arrival.at)
            .await;
        assert!(admission.unwrap().is_some(), "a new ticket that was used");
    }

    /// Delivers everything that arrives, until nothing is left to do.
    async fn run(&self, shops: &[Shop]) {
        let (_keep, stop) = watch::channel(false);
        let lane = |shop: &Shop| Lane::new(&self.engine, shop.id.clone());
        let mut lanes: Vec<Lane<'_>> = shops.iter().map(lane).collect();
        let mut arrivals: Vec<_> = shops.iter().map(|shop| shop.arrivals.iter()).collect();
        let mut turns: Vec<Option<Millis>> = vec![None; shops.len()];
        let mut heap = BinaryHeap::new();
        for (shop, number) in shops.iter().zip(0_usize..) {
            heap.extend(
                shop.arrivals
                    .first()
                    .map(|first| Reverse((first.at, number, true))),
            );
        }
        while let Some(Reverse((at, number, arrives))) = heap.pop() {
            if arrives {
                let arrival = arrivals[number].next().unwrap();
                self.accept(&shops[number].id, arrival).await;
                let next = arrivals[number].clone().next();
                heap.extend(next.map(|next| Reverse((next.at, number, true))));
                // A lane that rests is woken; one at work looks by itself.
                if turns[number].is_none_or(|turn| turn > at) {
                    turns[number] = Some(at.max(self.sage.busy_until(number)));
                    heap.push(Reverse((turns[number].unwrap(), number, false)));
                }
                continue;
            }
            // An instant that was overtaken by an earlier one.
            if turns[number] != Some(at) {
                continue;
            }
            self.clock.set(at);
            let rest = lanes[number].turn(&stop).await.unwrap();
            let now = self.clock.read();
            self.sage.rests(number, now);
            turns[number] = rest.map(|rest| later(now, rest));
            heap.extend(turns[number].map(|turn| Reverse((turn, number, false))));
        }
    }
}

/// What became of one shop's day.
#[derive(Debug)]
struct ShopDay {
    documents: usize,
    /// Documents that are not in Sage at the very end.
    left: usize,
    calls_of_the_day: usize,
    /// From acceptance to the last call for it, for every document that arrived on the day.
    waits: Vec<Duration>,
    has_room: bool,
}

async fn shop_day(world: &World, shop: &Shop) -> ShopDay {
    let tenant = Tenant::operated(&shop.id, &world.vault);
    let mut waits = Vec::new();
    let mut left = 0;
    for arrival in &shop.arrivals {
        let run_id = format!("{} {}", shop.id, arrival.key);
        let run = world.engine.store.run(&tenant, &run_id).await.unwrap();
        let run = run.unwrap();
        if run.state == "succeeded" {
            let wait = run.updated_at.saturating_sub(arrival.at);
            waits.push(Duration::from_millis(u64::try_from(wait).unwrap()));
        } else {
            left += 1;
        }
    }
    waits.sort_unstable();
    ShopDay {
        documents: shop.arrivals.len(),
        left,
        calls_of_the_day: world.sage.calls(&shop.id, MIDNIGHT, midnight(MIDNIGHT)),
        waits,
        has_room: shop.has_room,
    }
}

fn at(sorted: &[Duration], percent: usize) -> Duration {
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or_default()
}

#[tokio::test]
async fn no_lane_starves_and_budgets_are_held() {
    let asked = std::env::var("LEDGER_DAY_SHOPS").ok();
    let asked: Option<usize> = asked.and_then(|text| text.parse().ok());
    // In brief: few shops, and budgets small enough to be felt.
    let (count, calls) = asked.map_or((24, 160), |count| (count, 2_400));
    let shops = shops(count, calls, MIDNIGHT);
    let began = Instant::now();
    let world = World::new(&shops, calls).await;
    world.run(&shops).await;
    let mut days = BTreeMap::new();
    for shop in &shops {
        days.insert(shop.id.clone(), shop_day(&world, shop).await);
    }
    report(&world, &days, began.elapsed());

    let calls_of_the_day = world.sage.all_calls(MIDNIGHT, midnight(MIDNIGHT));
    assert!(u64::try_from(calls_of_the_day).unwrap() <= APP_CALLS);
    assert!(world.sage.most_at_once() <= AT_ONCE);
    for (id, day) in &days {
        assert_eq!(day.left, 0, "{id}: everything comes to Sage at last");
        // A document that has begun is finished.
        let most = usize::try_from(calls).unwrap() + 10;
        assert!(day.calls_of_the_day <= most, "{id}: {day:?}");
        if day.has_room {
            let longest = day.waits.last().copied().unwrap_or_default();
            assert!(longest < Duration::from_mins(30), "{id}: {longest:?}");
        }
    }
}

fn report(world: &World, days: &BTreeMap<BindingId, ShopDay>, took: Duration) {
    let documents: usize = days.values().map(|day| day.documents).sum();
    let calls = world.sage.all_calls(MIDNIGHT, Millis::MAX);
    let most = days.values().map(|day| day.calls_of_the_day).max();
    let (room, crowded): (Vec<&ShopDay>, Vec<&ShopDay>) =
        days.values().partition(|day| day.has_room);
    let waits = |of: &[&ShopDay]| {
        let mut all: Vec<Duration> = of.iter().flat_map(|day| &day.waits).copied().collect();
        all.sort_unstable();
        let longest = all.last().copied().unwrap_or_default();
        format!(
            "{} shops, {} documents: accepted to done p50 {:.1?}, p99 {:.1?}, longest {:.1?}",
            of.len(),
            all.len(),
            at(&all, 50),
            at(&all, 99),
            longest
        )
    };
    let hundredths = calls * 100 / documents.max(1);
    println!(
        "a day of {} shops in {took:.0?}: {documents} documents, {calls} calls to Sage, {}.{:02} for a document",
        days.len(),
        hundredths / 100,
        hundredths % 100
    );
    println!("with room in the day's calls: {}", waits(&room));
    println!("beyond it, done on later days: {}", waits(&crowded));
    println!(
        "most calls of one shop on the day {}, of all {}, most at once {}; 429 answered {} times",
        most.unwrap_or_default(),
        world.sage.all_calls(MIDNIGHT, midnight(MIDNIGHT)),
        world.sage.most_at_once(),
        world.sage.throttled(),
    );
}
