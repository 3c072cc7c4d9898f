//! Ingest, sends and settlements.

use super::*;

pub(crate) async fn many_at_the_door_at_once_and_each_gets_its_own_answer(bench: &Bench) {
    let one = tenant("one");
    let asked = (0..40_u32).map(|id| {
        let runs = vec![new_run(id % 20, "a"), new_run(id % 20, "b")];
        bench.store.ingest(&one, runs, 1)
    });
    let mut answers = Vec::new();
    for answer in futures(asked).await {
        answers.extend(answer.unwrap());
    }
    let count = |wanted: Decision| {
        let same = |admitted: &&Admitted| admitted.decision == wanted;
        answers.iter().filter(same).count()
    };
    let counts = [Decision::Accept(1), Decision::Replay, Decision::Conflict].map(count);
    assert_eq!(counts, [20, 20, 40]);
}

pub(crate) async fn a_frozen_body_never_changes(bench: &Bench) {
    bench
        .ingest("one", vec![new_run(1, "a"), new_run(2, "a")])
        .await;
    bench.ingest("two", vec![new_run(3, "a")]).await;
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    let store = &bench.store;
    let first = store
        .open_attempt(&lease, open(&run, b"body"))
        .await
        .unwrap();
    let other = store.open_attempt(&lease, open(&run, b"another")).await;
    assert!(other.is_err());
    let second = store
        .open_attempt(&lease, open(&run, b"body"))
        .await
        .unwrap();
    assert!(second > first);
    let intent = store.intent(&lease, request(&run)).await.unwrap().unwrap();
    assert_eq!(intent.body, b"body");
    assert_eq!((intent.in_doubt, intent.first_sent_at), (true, 3));
    let (_, theirs) = bench.claimed("two", 2).await.unwrap();
    let seen = store.intent(&theirs, request(&run)).await.unwrap();
    assert!(seen.is_none(), "another tenant's");
}

/// After [`a_frozen_body_never_changes`], in another process: what was known is known, and the send
/// without an end comes first.
pub(crate) async fn what_was_left_open_goes_on(bench: &Bench) {
    assert_eq!(bench.ingest_one(2).await, Decision::Replay);
    assert_eq!(bench.ingest_one(9).await, Decision::Accept(1));
    let (run, lease) = bench.claimed("one", 1_000_000).await.unwrap();
    let intent = bench.store.intent(&lease, request(&run)).await.unwrap();
    let intent = intent.unwrap();
    assert_eq!(
        (run.as_str(), intent.body.as_slice()),
        ("run-1-a", &b"body"[..])
    );
    assert!(intent.in_doubt);
}

pub(crate) async fn a_request_is_frozen_anew_once_for_each_time(bench: &Bench) {
    bench.ingest("one", vec![new_run(1, "a")]).await;
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    let store = &bench.store;
    for (number, body, id) in [(0, &b"first"[..], "id"), (1, &b"second"[..], "id 1")] {
        let attempt = OpenAttempt {
            sage_idempotency_id: id,
            renewals: number,
            now: 10 * i64::from(number),
            ..open(&run, body)
        };
        let attempt_id = store.open_attempt(&lease, attempt).await.unwrap();
        let ended = end(attempt_id, Outcome::Unknown);
        store.close_attempt(&lease, ended, 3).await.unwrap();
    }
    let intent = store.intent(&lease, request(&run)).await.unwrap().unwrap();
    assert_eq!(
        (intent.body.as_slice(), intent.sage_idempotency_id.as_str()),
        (&b"second"[..], "id 1")
    );
    assert_eq!(
        (intent.renewals, intent.server_errors, intent.first_sent_at),
        (1, 1, 0),
        "errors count from the last time, age from the first"
    );
    let late = store.open_attempt(&lease, open(&run, b"first")).await;
    assert!(late.is_err(), "the former bytes are gone");
}

pub(crate) async fn doubt_blocks_others_until_it_is_resolved(bench: &Bench) {
    bench.ingest("one", vec![new_run(1, "a")]).await;
    bench.ingest("two", vec![new_run(1, "b")]).await;
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    let (_, theirs) = bench.claimed("two", 2).await.unwrap();
    let store = &bench.store;
    let contested =
        async |lease: &Lease, by: &str| store.contested(lease, "invoice:1", by).await.unwrap();
    let attempt_id = store
        .open_attempt(&lease, open(&run, b"body"))
        .await
        .unwrap();
    assert!(contested(&lease, "another run").await);
    assert!(!contested(&lease, &run).await);
    assert!(!contested(&theirs, "another run").await);
    let settled = Settlement {
        attempt: Some(end(attempt_id, Outcome::Unknown)),
        ..settlement(&run, waiting(50, "outcome_unknown"))
    };
    store.settle(&lease, settled).await.unwrap();
    assert!(contested(&lease, "another run").await);
    assert_eq!(bench.claimed("one", 49).await, None);
    let claim = bench.ask(&holder("relay"), "one", i8::MAX, 49).await;
    assert!(matches!(claim, Claim::Until(50)));
    let (again, lease) = bench.claimed("one", 50).await.unwrap();
    assert_eq!(again, run);
    let finished = settlement(&run, Verdict::Finish);
    store.settle(&lease, finished).await.unwrap();
    assert!(!contested(&lease, "another run").await);
}

pub(crate) async fn a_run_is_told_of_doubts_when_it_is_taken_up(bench: &Bench) {
    bench
        .ingest("one", vec![new_run(1, "a"), new_run(2, "a")])
        .await;
    bench.ingest("two", vec![new_run(1, "b")]).await;
    let take = async |id: &str, now: Millis| {
        let claim = bench.ask(&holder("relay"), id, i8::MAX, now).await;
        let Claim::Run(run, lease, _) = claim else {
            unreachable!("a run that may be taken");
        };
        let doubts = (run.run_id.clone(), run.has_sent, run.lane_in_doubt);
        (doubts, lease)
    };
    let (first, lease) = take("one", 2).await;
    assert_eq!(first, ("run-1-a".to_owned(), false, false));
    let store = &bench.store;
    let sent = store.open_attempt(&lease, open("run-1-a", b"body"));
    let settled = Settlement {
        attempt: Some(end(sent.await.unwrap(), Outcome::Unknown)),
        ..settlement("run-1-a", waiting(50, "outcome_unknown"))
    };
    store.settle(&lease, settled).await.unwrap();
    let (second, lease) = take("one", 3).await;
    assert_eq!(second, ("run-2-a".to_owned(), false, true));
    assert_eq!(take("two", 3).await.0, ("run-1-b".to_owned(), false, false));
    assert_eq!(take("one", 50).await.0, ("run-1-a".to_owned(), true, true));
    let finished = settlement("run-1-a", Verdict::Finish);
    let next = store.settle_and_claim(&lease, finished, 0).await.unwrap();
    let next = next.unwrap();
    assert_eq!(
        (next.run_id.as_str(), next.lane_in_doubt),
        ("run-2-a", false)
    );
}

pub(crate) async fn a_key_that_is_named_twice_is_kept_once(bench: &Bench) {
    bench.ingest_one(1).await;
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    let settled = Settlement {
        xref: Some(xref("invoice:1", "first")),
        records: vec![xref("invoice:1", "second"), xref("contact:1", "third")],
        ..settlement(&run, Verdict::Finish)
    };
    bench.store.settle(&lease, settled).await.unwrap();
    let keys = ["invoice:1", "contact:1"];
    let known = bench.store.known(&tenant("one"), &keys).await.unwrap();
    let ids: Vec<&str> = known.values().map(|xref| xref.sage_id.as_str()).collect();
    assert_eq!(ids, ["third", "first"]);
}

pub(crate) async fn an_object_that_is_gone_is_known_no_more(bench: &Bench) {
    bench
        .ingest("one", vec![new_run(1, "a"), new_run(2, "a")])
        .await;
    bench.ingest("two", vec![new_run(1, "b")]).await;
    for binding in ["one", "two"] {
        let (run, lease) = bench.claimed(binding, 2).await.unwrap();
        let settled = Settlement {
            xref: Some(xref("order:7", "estimate")),
            ..settlement(&run, Verdict::Finish)
        };
        bench.store.settle(&lease, settled).await.unwrap();
    }
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    let gone = Settlement {
        forget: Some("order:7"),
        ..settlement(&run, Verdict::Finish)
    };
    bench.store.settle(&lease, gone).await.unwrap();
    for (binding, expected) in [("one", 0), ("two", 1)] {
        let known = bench.store.known(&tenant(binding), &["order:7"]).await;
        assert_eq!(known.unwrap().len(), expected, "{binding}");
    }
}

pub(crate) async fn a_settlement_names_its_step_and_failures_are_counted_by_it(bench: &Bench) {
    bench.ingest_one(1).await;
    let take = async || {
        let claim = bench.ask(&holder("relay"), "one", i8::MAX, 10).await;
        let Claim::Run(run, lease, _) = claim else {
            unreachable!("a run that may be taken");
        };
        (run, lease)
    };
    for (step, verdict, then) in [
        (0, waiting(10, "search_failed"), (0, 1)),
        (1, waiting(10, "search_failed"), (1, 1)),
        (1, waiting(10, "search_failed"), (1, 2)),
        (1, Verdict::StepDone, (2, 0)),
    ] {
        let (run, lease) = take().await;
        assert!(!run.has_sent);
        let settled = Settlement::of(&run.run_id, step, verdict, 5);
        bench.store.settle(&lease, settled).await.unwrap();
        let (run, _) = take().await;
        assert_eq!((run.step, run.tries), then);
    }
    let (run, lease) = take().await;
    let sent = bench.store.open_attempt(&lease, open(&run.run_id, b"body"));
    sent.await.unwrap();
    assert!(take().await.0.has_sent);
}

pub(crate) async fn what_the_state_forbids_is_not_written(bench: &Bench) {
    bench
        .ingest("one", vec![new_run(1, "a"), new_run(2, "a")])
        .await;
    bench.ingest("two", vec![new_run(1, "b")]).await;
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    let (_, theirs) = bench.claimed("two", 2).await.unwrap();
    let settle = async |lease: &Lease, run: &str| {
        let finished = settlement(run, Verdict::Finish);
        bench.store.settle(lease, finished).await
    };
    assert!(settle(&lease, "run-2-a").await.is_err(), "not claimed");
    assert!(settle(&theirs, &run).await.is_err(), "not theirs");
    settle(&lease, &run).await.unwrap();
    assert!(settle(&lease, &run).await.is_err(), "done is done");
    let view = bench.store.run(&tenant("one"), &run).await.unwrap();
    let view = view.unwrap();
    assert_eq!((view.state.as_str(), view.step), ("succeeded", 1));
}

pub(crate) async fn the_cursor_only_grows_and_repeats_nothing(bench: &Bench) {
    let runs = vec![new_run(1, "a"), new_run(2, "a")];
    bench.ingest("one", runs).await;
    let feed = async |since| {
        let rows = bench.store.sync_state(&tenant("one"), since, 10).await;
        rows.unwrap()
    };
    let mut cursors = Vec::new();
    let wait = || waiting(3, "sage_unreachable");
    for verdict in [wait(), wait(), Verdict::Finish] {
        let (run, lease) = bench.claimed("one", 9).await.unwrap();
        let settled = settlement(&run, verdict);
        bench.store.settle(&lease, settled).await.unwrap();
        let rows = feed(0).await;
        assert_eq!(rows.len(), 1, "one row per document");
        cursors.push((rows[0].cursor, rows[0].status.clone()));
    }
    let words: Vec<_> = cursors.iter().map(|(_, status)| status.as_str()).collect();
    assert_eq!(words, ["waiting", "waiting", "succeeded"]);
    assert_eq!(cursors[0].0, cursors[1].0, "the same news is told once");
    assert!(cursors[2].0 > cursors[1].0);
    assert!(feed(cursors[2].0).await.is_empty());
}

pub(crate) async fn a_settlement_is_whole_or_not_at_all(bench: &Bench) {
    bench
        .ingest("one", vec![new_run(1, "a"), new_run(2, "a")])
        .await;
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    let settle = async |run: &str, sage_id: &str| {
        let settled = Settlement {
            xref: Some(xref("invoice:1", sage_id)),
            ..settlement(run, Verdict::Finish)
        };
        bench.store.settle(&lease, settled).await
    };
    settle(&run, "sage-1").await.unwrap();
    let (next, _) = bench.claimed("one", 3).await.unwrap();
    assert!(
        settle(&next, "sage-2").await.is_err(),
        "one key, one object"
    );
    let one = tenant("one");
    let view = bench.store.run(&one, &next).await.unwrap().unwrap();
    assert_eq!(view.state, "running", "nothing of it was written");
    let known = bench.store.known(&one, &["invoice:1"]).await.unwrap();
    assert_eq!(known["invoice:1"].sage_id, "sage-1");
    let rows = bench.store.sync_state(&one, 0, 10).await.unwrap();
    let told = rows.iter().map(|row| row.sage_id.as_deref());
    assert_eq!(told.collect::<Vec<_>>(), [Some("sage-1")]);
}

pub(crate) async fn one_tenant_never_sees_another(bench: &Bench) {
    bench.ingest("one", vec![new_run(1, "a")]).await;
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    bench
        .store
        .open_attempt(&lease, open(&run, b"body"))
        .await
        .unwrap();
    let settled = Settlement {
        xref: Some(xref("invoice:1", "sage-1")),
        ..settlement(&run, Verdict::Finish)
    };
    bench.store.settle(&lease, settled).await.unwrap();
    let (store, two) = (&bench.store, tenant("two"));
    assert!(store.run(&two, &run).await.unwrap().is_none());
    assert!(store.attempts(&two, &run).await.unwrap().is_empty());
    assert!(store.known(&two, &["invoice:1"]).await.unwrap().is_empty());
    assert!(store.sync_state(&two, 0, 10).await.unwrap().is_empty());
    let same_key = bench.ingest("two", vec![new_run(1, "b")]).await;
    assert_eq!(same_key[0].decision, Decision::Accept(1), "a key of theirs");
}

pub(crate) async fn the_feed_names_the_contacts_of_customers(bench: &Bench) {
    let contact = |key: &str, sage_id: &str| Xref {
        resource: "contacts".to_owned(),
        displayed_as: Some(format!("Pat ({sage_id})")),
        ..xref(key, sage_id)
    };
    // An invoice in euros of customer 5; customers 5 and 50; an invoice of a guest.
    let customer = |id: u32| NewRun {
        key: format!("customer.upserted:{id}"),
        kind: Kind::Upsert,
        entity_type: "customer".to_owned(),
        principal_xref: format!("contact:M{id}:GBP"),
        makes: vec![format!("contact:M{id}:GBP")],
        ..new_run(id, "a")
    };
    let made = [
        (
            new_run(1, "a"),
            vec![
                contact("contact:M5:EUR", "e5"),
                contact("invoice:1:contact", "e5"),
            ],
        ),
        (customer(5), vec![contact("contact:M5:GBP", "g5")]),
        (customer(50), vec![contact("contact:M50:GBP", "g50")]),
        (
            new_run(2, "a"),
            vec![
                contact("contact:G0123:GBP", "g"),
                contact("invoice:2:contact", "g"),
            ],
        ),
    ];
    for (run, records) in made {
        bench.ingest("one", vec![run]).await;
        let (run_id, lease) = bench.claimed("one", 9).await.unwrap();
        let settled = Settlement {
            records,
            ..settlement(&run_id, Verdict::Finish)
        };
        bench.store.settle(&lease, settled).await.unwrap();
    }
    let named = async |since: i64, limit: u32| -> Vec<(String, Vec<String>)> {
        let rows = bench.store.sync_state(&tenant("one"), since, limit).await;
        let told =
            |row: &ContactRow| format!("{} {} {}", row.customer_id, row.currency, row.sage_id);
        let rows = rows.unwrap();
        rows.iter()
            .map(|row| (row.key.clone(), row.contacts.iter().map(told).collect()))
            .collect()
    };
    let expected = [
        ("invoice.created:1", vec!["5 EUR e5"]),
        ("customer.upserted:5", vec!["5 EUR e5", "5 GBP g5"]),
        ("customer.upserted:50", vec!["50 GBP g50"]),
        ("invoice.created:2", vec![]),
    ];
    let expected = expected.map(|(key, told)| {
        (
            key.to_owned(),
            told.into_iter().map(str::to_owned).collect::<Vec<_>>(),
        )
    });
    assert_eq!(named(0, 9).await, expected);
    let rows = bench.store.sync_state(&tenant("one"), 0, 2).await.unwrap();
    assert_eq!(
        named(rows[1].cursor, 9).await,
        expected[2..],
        "page by page"
    );
    let theirs = bench.store.sync_state(&tenant("two"), 0, 9).await.unwrap();
    assert!(theirs.is_empty());
}
