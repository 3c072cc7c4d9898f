//! Workers come and go: in parallel, on demand, recycled, reloaded.

use super::{all_right, translates};
use ledger_tests::fpm::{FOUR_WORKERS, Fpm, Load};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn four_workers_in_parallel_give_the_native_bytes() {
    let fpm = Fpm::start(FOUR_WORKERS).await.unwrap();
    let load = Arc::new(Load::of_corpus().unwrap());
    let outcome = load.run(&fpm.socket(), 2_000, 8).await.unwrap();
    all_right(&outcome, 2_000);
    let workers: BTreeSet<u32> = outcome.by_worker.keys().copied().collect();
    assert_eq!(workers, fpm.workers(), "all four had work");
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_are_recycled_are_followed_by_sound_ones() {
    let mut pool = FOUR_WORKERS.to_vec();
    pool.push("pm.max_requests = 25");
    let fpm = Fpm::start(&pool).await.unwrap();
    let load = Arc::new(Load::of_corpus().unwrap());
    let outcome = load.run(&fpm.socket(), 1_000, 8).await.unwrap();
    all_right(&outcome, 1_000);
    assert!(outcome.by_worker.len() >= 40, "{:?}", outcome.by_worker);
    assert!(outcome.by_worker.values().all(|replies| *replies <= 25));
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_on_demand_come_and_go() {
    let fpm = Fpm::start(&[
        "pm = ondemand",
        "pm.max_children = 4",
        "pm.process_idle_timeout = 1s",
    ])
    .await
    .unwrap();
    let mut seen = BTreeSet::new();
    for _ in 0..2 {
        assert!(seen.insert(translates(&fpm).await), "a new worker");
        let start = Instant::now();
        while !fpm.workers().is_empty() {
            assert!(start.elapsed() < Duration::from_secs(60), "a worker stays");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reloads_under_load_lose_nothing() {
    let fpm = Fpm::start(FOUR_WORKERS).await.unwrap();
    let load = Arc::new(Load::of_corpus().unwrap());
    let (outcome, reloads) = load.run_with_reloads(&fpm, 3_000, 8, 500).await.unwrap();
    all_right(&outcome, 3_000);
    assert!(!fpm.log().contains("SIGSEGV"), "{}", fpm.log());
    assert!(reloads >= 2, "{reloads} reloads");
    assert!(outcome.by_worker.len() > 8, "{:?}", outcome.by_worker);
    translates(&fpm).await;
}
