//! Ingest: what a request brings, and its token, which can be used once.

use super::*;

pub(crate) async fn a_ticket_is_good_for_one_request_of_its_binding(bench: &Bench) {
    let store = &bench.store;
    let token_use = TokenUse {
        jti: "once".to_owned(),
        void_at: 100,
    };
    let admit = async |id: &str, run: u32| {
        let runs = vec![new_run(run, id)];
        let admitted = store.admit(&tenant(id), &token_use, runs, 1).await.unwrap();
        admitted.map(|admission| admission.admitted.len())
    };
    assert_eq!(admit("one", 1).await, Some(1));
    assert_eq!(admit("one", 2).await, None);
    assert_eq!(admit("two", 1).await, Some(1), "another binding's name");
    let unknown = store.run(&tenant("one"), "run-2-one").await.unwrap();
    assert!(unknown.is_none(), "what a used ticket brings is not taken");

    // Of requests that come at once with one ticket, one passes.
    let twin = TokenUse {
        jti: "twin".to_owned(),
        void_at: 100,
    };
    let all = (10..20).map(|run| {
        let (store, twin) = (Arc::clone(store), twin.clone());
        tokio::spawn(async move {
            let runs = vec![new_run(run, "a")];
            store.admit(&tenant("one"), &twin, runs, 1).await.unwrap()
        })
    });
    let mut passed = 0;
    for one in all.collect::<Vec<_>>() {
        passed += usize::from(one.await.unwrap().is_some());
    }
    assert_eq!(passed, 1);

    store.forget_tickets(100).await.unwrap();
    assert_eq!(admit("one", 3).await, None, "not void yet");
    store.forget_tickets(101).await.unwrap();
    assert_eq!(admit("one", 3).await, Some(1));
}

pub(crate) async fn plans_of_one_request_see_each_other(bench: &Bench) {
    let runs = vec![
        new_run(1, "a"),
        NewRun {
            run_id: "again".to_owned(),
            ..new_run(1, "a")
        },
        new_run(1, "b"),
        new_run(2, "a"),
    ];
    let admitted = bench.ingest("one", runs).await;
    let found: Vec<_> = admitted
        .iter()
        .map(|admitted| (admitted.decision, admitted.run_id.as_str()))
        .collect();
    let wanted = [
        (Decision::Accept(1), "run-1-a"),
        (Decision::Replay, "run-1-a"),
        (Decision::Conflict, "run-1-a"),
        (Decision::Accept(1), "run-2-a"),
    ];
    assert_eq!(found, wanted);
}

pub(crate) async fn a_request_may_be_longer_than_a_statement(bench: &Bench) {
    let runs = || (1..=700).map(|id| new_run(id, "a")).collect();
    let first = bench.ingest("one", runs()).await;
    let is = |decision| move |admitted: &Admitted| admitted.decision == decision;
    assert!(first.len() == 700 && first.iter().all(is(Decision::Accept(1))));
    let second = bench.ingest("one", runs()).await;
    assert!(second.len() == 700 && second.iter().all(is(Decision::Replay)));
}

/// Two runs of one id break a rule of every database, whatever their keys say.
pub(crate) async fn what_the_database_refuses_fails_its_own_request_only(bench: &Bench) {
    bench.ingest_one(1).await;
    let store = &bench.store;
    let all = (2..40_u32).map(|id| {
        let store = Arc::clone(store);
        let mut run = new_run(id, "a");
        if id % 9 == 0 {
            run.run_id = "run-1-a".to_owned();
        }
        tokio::spawn(async move { (id, store.ingest(&tenant("one"), vec![run], 1).await) })
    });
    for one in all.collect::<Vec<_>>() {
        let (id, outcome) = one.await.unwrap();
        match outcome {
            Ok(admitted) => assert!(id % 9 != 0 && admitted[0].decision == Decision::Accept(1)),
            Err(error) => assert!(id % 9 == 0 && error.is_refusal(), "{id}: {error}"),
        }
    }
}
