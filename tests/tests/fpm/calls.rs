//! What one call may not do to the next.

use super::{TRANSLATE, all_right, decision, event, settings, translate, translates};
use ledger_tests::fpm::{Fpm, Load, Memory, ONE_WORKER};
use ledger_tests::hosts::artefact;
use std::sync::Arc;

/// What a worker's own memory may grow by once it is warm. One call's document is more.
const GROWTH_KIB: u64 = 512;

fn broken(name: &str) -> String {
    let folder = artefact("LEDGER_BROKEN_ARTEFACTS").unwrap();
    format!(
        "component={}",
        folder.join(name).with_extension("cwasm").display()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_component_does_the_worker_lives() {
    let mut pool = ONE_WORKER.to_vec();
    pool.push("php_admin_value[byte8_sage.fuel] = 5M");
    let fpm = Fpm::start(&pool).await.unwrap();
    let worker = translates(&fpm).await;
    for _ in 0..3 {
        for (name, code) in [
            ("traps", "component_trapped"),
            ("spins", "fuel_exhausted"),
            ("hoards", "memory_exhausted"),
            ("another-schema", "component_version_mismatch"),
            ("no-exports", "component_version_mismatch"),
        ] {
            let reply = fpm.request(TRANSLATE, &broken(name), b"{}").await.unwrap();
            assert_eq!(
                (reply.status, reply.header("x-error")),
                (500, code),
                "{name}"
            );
            assert_eq!(reply.worker(), worker, "{name}");
            assert_eq!(translates(&fpm).await, worker, "after {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_of_the_host_is_an_exception() {
    let mut pool = ONE_WORKER.to_vec();
    pool.push("php_admin_value[byte8_sage.panic_drill] = 1");
    let fpm = Fpm::start(&pool).await.unwrap();
    let first = translate(&fpm, &event()).await;
    let second = translate(&fpm, &event()).await;
    assert_eq!((first.status, first.header("x-error")), (500, "panic"));
    assert_eq!(first.worker(), second.worker());
}

#[tokio::test(flavor = "multi_thread")]
async fn deep_and_large_documents_are_answered_and_leave_nothing_behind() {
    let fpm = Fpm::start(ONE_WORKER).await.unwrap();
    let worker = translates(&fpm).await;
    let deep = "[".repeat(1_000_000);
    let nested = format!("{}{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let large = event().replace("Item 1", &"x".repeat(10_000_000));
    for document in [&deep, &nested, &large] {
        let reply = translate(&fpm, document).await;
        assert_eq!((reply.status, reply.worker()), (200, worker));
        assert_eq!(reply.body, decision(document));
    }
    let too_large = " ".repeat(16 * 1024 * 1024 + 1);
    let reply = translate(&fpm, &too_large).await;
    assert_eq!(
        (reply.status, reply.header("x-error")),
        (500, "input_too_large")
    );
    assert_eq!(translates(&fpm).await, worker);
    // PHP keeps some of what 16 MB of input took; of the component's memory nothing is left.
    let after = Memory::of(worker).unwrap();
    assert!(after.anonymous < 48 * 1024, "{after:?}");
}

/// Every document of the corpus through one worker: a trace of one would show in another.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_one_call_is_visible_to_the_next_and_memory_stays_flat() {
    let fpm = Fpm::start(ONE_WORKER).await.unwrap();
    let load = Arc::new(Load::of_corpus().unwrap());
    let warm_up = load.run(&fpm.socket(), 500, 1).await.unwrap();
    all_right(&warm_up, 500);
    let worker = translates(&fpm).await;
    let before = Memory::of(worker).unwrap();
    let outcome = load.run(&fpm.socket(), 3_000, 1).await.unwrap();
    all_right(&outcome, 3_000);
    assert_eq!(outcome.by_worker.get(&worker), Some(&3_000));
    let after = Memory::of(worker).unwrap();
    assert!(
        after.anonymous <= before.anonymous + GROWTH_KIB,
        "{before:?} {after:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_of_a_pool_hold_in_it() {
    for (setting, code) in [
        ("php_admin_value[byte8_sage.fuel] = 1000", "fuel_exhausted"),
        (
            "php_admin_value[byte8_sage.memory_limit] = 64K",
            "memory_exhausted",
        ),
        ("php_admin_value[byte8_sage.fuel] = lots", "setting_invalid"),
    ] {
        let mut pool = ONE_WORKER.to_vec();
        pool.push(setting);
        let fpm = Fpm::start(&pool).await.unwrap();
        let reply = translate(&fpm, &event()).await;
        assert_eq!(reply.header("x-error"), code, "{}", reply.body);
        // A script cannot lift them.
        let reply = fpm.request("fpm/lift.php", "", settings().as_bytes()).await;
        assert_eq!(reply.unwrap().body, "refused");
    }
}
