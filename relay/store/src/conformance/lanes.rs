//! Leases, order, and what a lane remembers.

use super::super::operations::{HELD, RunAction};
use super::*;

pub(crate) async fn one_sender_at_a_time(bench: &Bench) {
    let runs = vec![new_run(1, "a"), new_run(2, "a")];
    bench.ingest("one", runs).await;
    let (left, right) = (holder("left"), holder("right"));
    let (run, lease) = bench.claimed_by(&left, "one", 0).await.unwrap();
    let claim = bench.ask(&right, "one", i8::MAX, 99).await;
    assert!(matches!(claim, Claim::Held(100)));
    bench.store.renew(&lease, 90).await.unwrap();
    assert!(bench.claimed_by(&right, "one", 150).await.is_none());
    let finished = settlement(&run, Verdict::Finish);
    bench.store.settle(&lease, finished).await.unwrap();
    bench.store.release(&lease).await.unwrap();
    let (next, theirs) = bench.claimed_by(&right, "one", 151).await.unwrap();
    assert_ne!(next, run);
    assert!(theirs.token() > lease.token());
}

pub(crate) async fn who_was_overtaken_decides_nothing_but_is_heard(bench: &Bench) {
    bench.ingest("one", vec![new_run(1, "a")]).await;
    let (store, left, right) = (&bench.store, holder("left"), holder("right"));
    let (run, lease) = bench.claimed_by(&left, "one", 0).await.unwrap();
    let attempt_id = store
        .open_attempt(&lease, open(&run, b"body"))
        .await
        .unwrap();
    let (again, theirs) = bench.claimed_by(&right, "one", 200).await.unwrap();
    assert_eq!(again, run, "what was left behind");

    let lost = |error: StoreError| matches!(error, StoreError::LeaseLost);
    assert!(lost(store.renew(&lease, 201).await.unwrap_err()));
    let finished = settlement(&run, Verdict::Finish);
    assert!(lost(store.settle(&lease, finished).await.unwrap_err()));
    let sent_again = store.open_attempt(&lease, open(&run, b"body")).await;
    assert!(lost(sent_again.unwrap_err()));

    let made = AttemptEnd {
        sage_id: Some("sage-1".to_owned()),
        ..end(attempt_id, Outcome::Created)
    };
    store.testify(&lease, made, 202).await.unwrap();
    let intent = store.intent(&theirs, request(&run)).await.unwrap().unwrap();
    assert_eq!(
        (intent.made.as_deref(), intent.in_doubt),
        (Some("sage-1"), false)
    );
    let rumour = end(attempt_id, Outcome::Unknown);
    store.testify(&lease, rumour, 203).await.unwrap();
    let intent = store.intent(&theirs, request(&run)).await.unwrap().unwrap();
    assert!(!intent.in_doubt, "what is known stays known");
}

pub(crate) async fn a_restarted_process_has_its_lanes_at_once(bench: &Bench) {
    bench.ingest("one", vec![new_run(1, "a")]).await;
    let life = std::time::Duration::from_secs(30);
    let before = Holder::new("relay-1", life);
    let (run, lease) = bench.claimed_by(&before, "one", 0).await.unwrap();
    assert!(bench.refresh_begins(0, 0).await);
    let after = Holder::new("relay-1", life);
    assert!(bench.claimed_by(&after, "one", 1).await.is_none());
    bench.store.void_leases(&after).await.unwrap();
    let (again, fresh) = bench.claimed_by(&after, "one", 1).await.unwrap();
    assert_eq!(again, run);
    let late = bench
        .store
        .settle(&lease, settlement(&run, Verdict::Finish));
    assert!(late.await.is_err(), "the dead decide nothing");
    assert!(
        bench.refresh_begins(0, 1).await,
        "nor do they hold a refresh"
    );
    bench.store.release(&fresh).await.unwrap();
}

pub(crate) async fn what_matters_goes_first_and_what_has_begun_is_finished(bench: &Bench) {
    let of = |id, priority| NewRun {
        priority,
        ..new_run(id, "a")
    };
    bench
        .ingest("one", vec![of(1, 4), of(2, 0), of(3, 4)])
        .await;
    let (run, lease) = bench.claimed("one", 1).await.unwrap();
    assert_eq!(run, "run-2-a");
    let finished = settlement(&run, Verdict::Finish);
    bench.store.settle(&lease, finished).await.unwrap();
    let (begun, lease) = bench.claimed("one", 1).await.unwrap();
    assert_eq!(begun, "run-1-a");
    let wait = settlement(&begun, waiting(8, "sage_unreachable"));
    bench.store.settle(&lease, wait).await.unwrap();
    let limited = async |now| bench.ask(&holder("relay"), "one", 0, now).await;
    let early = limited(7).await;
    assert!(
        matches!(early, Claim::Until(8)),
        "the third is no candidate"
    );
    assert!(matches!(limited(8).await, Claim::Run(run, ..) if run.run_id == begun));
}

pub(crate) async fn the_next_run_is_taken_with_the_end_of_one(bench: &Bench) {
    let later = NewRun {
        priority: 3,
        ..new_run(3, "a")
    };
    let runs = vec![new_run(1, "a"), new_run(2, "a"), later];
    bench.ingest("one", runs).await;
    let (run, lease) = bench.claimed("one", 1).await.unwrap();
    let end = async |run: &str, priority: i8| {
        let settled = settlement(run, Verdict::Finish);
        let next = bench.store.settle_and_claim(&lease, settled, priority);
        next.await.unwrap().map(|next| next.run_id)
    };
    let next = end(&run, 0).await.unwrap();
    assert_eq!(next, "run-2-a");
    let view = bench.store.run(&tenant("one"), &next).await.unwrap();
    assert_eq!(view.unwrap().state, "running");
    assert_eq!(end(&next, 2).await, None, "the budget has no room for it");
    let (last, _) = bench.claimed("one", 6).await.unwrap();
    assert_eq!(end(&last, i8::MAX).await, None, "nothing is left");
    let feed = bench.store.sync_state(&tenant("one"), 0, 10).await.unwrap();
    assert!(feed.len() == 3 && feed.iter().all(|row| row.status == "succeeded"));
}

pub(crate) async fn a_lane_remembers_what_it_learned(bench: &Bench) {
    let runs = vec![new_run(1, "a"), new_run(2, "a")];
    bench.ingest("one", runs).await;
    let (run, lease) = bench.claimed("one", 1).await.unwrap();
    let learned = Tally {
        rate_per_minute: 45,
        day: 7,
        calls: 12,
    };
    let settled = Settlement {
        tally: Some(learned),
        pause_lane_until: Some(30),
        ..settlement(&run, waiting(30, "sage_throttled"))
    };
    bench.store.settle(&lease, settled).await.unwrap();
    let other = holder("other");
    let claim = async |now| bench.ask(&other, "one", i8::MAX, now).await;
    bench.store.release(&lease).await.unwrap();
    assert!(matches!(claim(9).await, Claim::Until(30)), "the lane rests");
    assert!(matches!(claim(30).await, Claim::Run(_, _, tally) if tally == learned));
    assert_eq!(bench.store.calls_of_day(7).await.unwrap(), 12);
    assert_eq!(bench.store.calls_of_day(8).await.unwrap(), 0);
}

pub(crate) async fn needs_wake_and_revive(bench: &Bench) {
    let needing = |id| NewRun {
        needs: vec!["invoice:1".to_owned()],
        ..new_run(id, "a")
    };
    let runs = vec![needing(2), needing(3), new_run(1, "a")];
    bench.ingest("one", runs).await;
    let take = async |verdict: Verdict, wanted: &str| {
        let (run, lease) = bench.claimed("one", 5).await.unwrap();
        assert_eq!(run, wanted);
        let settled = settlement(&run, verdict);
        bench.store.settle(&lease, settled).await.unwrap();
    };
    take(waiting(9_999, "waiting_for_needs"), "run-2-a").await;
    let refused = Verdict::Refuse(Reason::new("needs_timeout", ""));
    take(refused, "run-3-a").await;
    let (run, lease) = bench.claimed("one", 5).await.unwrap();
    let makers = bench.store.makers(&lease, "invoice:1").await.unwrap();
    let makers: Vec<_> = makers.iter().map(|maker| maker.key.as_str()).collect();
    assert_eq!(makers, ["invoice.created:1"]);
    let settled = Settlement {
        xref: Some(xref("invoice:1", "sage-1")),
        ..settlement(&run, Verdict::Finish)
    };
    bench.store.settle(&lease, settled).await.unwrap();
    take(Verdict::Finish, "run-2-a").await;
    take(Verdict::Finish, "run-3-a").await;
}

fn canceled() -> Reason {
    Reason::new("canceled_in_magento", "it was canceled")
}

/// The states of runs of the binding `one`.
pub(super) async fn states(bench: &Bench, runs: &[&str]) -> Vec<String> {
    let mut states = Vec::new();
    for run in runs {
        let view = bench.store.run(&tenant("one"), run).await.unwrap();
        states.push(view.unwrap().state);
    }
    states
}

pub(crate) async fn what_was_never_sent_is_superseded(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    // Under four keys the same invoice.
    let maker = |id: u32| NewRun {
        key: format!("invoice.created:{id}"),
        makes: vec!["invoice:1".to_owned()],
        priority: 1,
        ..new_run(id, "a")
    };
    bench
        .ingest("one", vec![maker(1), maker(2), maker(3), maker(4)])
        .await;
    bench.ingest("two", vec![new_run(1, "b")]).await;
    for verdict in [
        waiting(9_999, "sage_unreachable"),
        Verdict::Refuse(Reason::new("sage_rejected", "no")),
    ] {
        let (run, lease) = bench.claimed("one", 5).await.unwrap();
        let sent = store
            .open_attempt(
                &lease,
                OpenAttempt {
                    sage_idempotency_id: &run,
                    ..open(&run, b"body")
                },
            )
            .await
            .unwrap();
        let outcome = if matches!(verdict, Verdict::Refuse(_)) {
            Outcome::Refused
        } else {
            Outcome::NotSent
        };
        let settled = Settlement {
            attempt: Some(end(sent, outcome)),
            ..settlement(&run, verdict)
        };
        store.settle(&lease, settled).await.unwrap();
    }
    let hold = RunAction::Hold(Reason::new(HELD, "later"));
    let held = store
        .order(&one, "run-3-a", &hold, operations::SETUP)
        .await
        .unwrap();
    assert!(held);
    let runs = ["run-1-a", "run-2-a", "run-3-a", "run-4-a"];
    assert_eq!(
        states(bench, &runs).await,
        ["waiting", "rejected", "parked", "queued"]
    );
    bench.ingest("one", vec![new_run(9, "a")]).await;
    let (run, lease) = bench.claimed("one", 6).await.unwrap();
    assert_eq!(run, "run-9-a", "the one that asks has the lane");
    let open = store
        .supersede_makers(&lease, "invoice:1", &canceled(), 7)
        .await;
    assert!(open.unwrap().is_empty());
    assert_eq!(states(bench, &runs).await, ["superseded"; 4]);
    let view = store.run(&tenant("one"), "run-1-a").await.unwrap();
    assert!(view.unwrap().error.unwrap().contains("it was canceled"));
    let rows = store.sync_state(&tenant("one"), 0, 10).await.unwrap();
    let told = rows.iter().filter(|row| row.status == "superseded");
    assert_eq!(told.count(), 4, "the shop is told");
    let retry = RunAction::Retry { absent: false };
    let retried = store.order(&one, "run-2-a", &retry, operations::SETUP);
    assert!(!retried.await.unwrap(), "nobody sends it any more");
    let theirs = store.run(&tenant("two"), "run-1-b").await.unwrap();
    assert_eq!(theirs.unwrap().state, "queued", "another tenant's");
    assert_eq!(states(bench, &["run-9-a"]).await, ["running"]);
}

pub(crate) async fn what_may_stand_in_sage_is_left_to_its_own_end(bench: &Bench) {
    let store = &bench.store;
    let ended = [Outcome::Unknown, Outcome::Created];
    for (id, outcome) in (1..).zip(ended) {
        bench.ingest("one", vec![new_run(id, "a")]).await;
        let key = format!("invoice:{id}");
        let (run, lease) = bench.claimed("one", 5).await.unwrap();
        let attempt = OpenAttempt {
            request: Request {
                xref_key: &key,
                ..request(&run)
            },
            sage_idempotency_id: &key,
            ..open(&run, b"body")
        };
        let sent = store.open_attempt(&lease, attempt).await.unwrap();
        let ask = async || {
            let open = store.supersede_makers(&lease, &key, &canceled(), 7).await;
            open.unwrap()
        };
        let own = [format!("invoice.created:{id}")];
        assert_eq!(ask().await, own, "no end is known");
        let settled = Settlement {
            attempt: Some(end(sent, outcome)),
            ..settlement(&run, waiting(9_999, "outcome_unknown"))
        };
        store.settle(&lease, settled).await.unwrap();
        assert_eq!(ask().await, own, "{outcome:?}");
        assert_eq!(states(bench, &[&run]).await, ["waiting"]);
    }
    bench.ingest("one", vec![new_run(3, "a")]).await;
    let (_, lease) = bench.claimed("one", 6).await.unwrap();
    bench.store.release(&lease).await.unwrap();
    let other = bench.claimed_by(&holder("other"), "one", 500).await;
    assert!(other.is_some());
    let late = store
        .supersede_makers(&lease, "invoice:2", &canceled(), 501)
        .await;
    assert!(matches!(late, Err(StoreError::LeaseLost)));
}
