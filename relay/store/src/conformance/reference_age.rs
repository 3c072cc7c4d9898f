//! Reading reference data again.

use super::super::operations::ReferenceTurn;
use super::*;

const TURN: ReferenceTurn = ReferenceTurn {
    now: 100,
    only_when_idle: true,
    next_at: 200,
    day: 7,
    calls: 8,
    up_to: 20,
};

pub(crate) async fn old_reference_data_is_read_by_one_behind_all_documents(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    let stale = async |before, now| {
        let stale = store.stale_references(before, now, 9).await.unwrap();
        stale
            .into_iter()
            .map(|line| (line.binding_id, line.oldest))
            .collect::<Vec<_>>()
    };
    assert_eq!(stale(100, 100).await, [], "none was ever read");
    for (kind, at) in [("tax_rates", 40), ("bank_accounts", 60)] {
        store.keep_reference(&one, kind, "[]", at).await.unwrap();
    }
    assert_eq!(stale(40, 100).await, [], "young enough");
    assert_eq!(stale(41, 100).await, [("one".to_owned(), 40)]);
    let gauges = store.gauges().await.unwrap();
    assert_eq!(gauges.oldest_reference, Some(40));

    let take = async |turn| store.take_reference(&one, turn).await.unwrap();
    bench.ingest("one", vec![new_run(1, "a")]).await;
    assert!(!take(TURN).await, "a document goes first");
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    let done = settlement(&run, Verdict::Refuse(Reason::new("no", "")));
    store.settle(&lease, done).await.unwrap();
    assert!(!take(TURN).await, "the lane is taken");
    store.release(&lease).await.unwrap();
    let no_room = ReferenceTurn { up_to: 7, ..TURN };
    assert!(!take(no_room).await);
    assert!(take(TURN).await);
    assert!(!take(TURN).await, "somebody is at it");
    assert_eq!(stale(41, 199).await, []);
    assert_eq!(stale(41, 200).await.len(), 1, "it failed");
    assert_eq!(store.calls_of_day(7).await.unwrap(), 8);
    let later = ReferenceTurn {
        now: 200,
        next_at: 300,
        ..TURN
    };
    assert!(take(later).await);
    let third = ReferenceTurn {
        now: 300,
        next_at: 400,
        ..TURN
    };
    assert!(!take(third).await, "24 calls of 20");
    let very_old = ReferenceTurn {
        only_when_idle: false,
        up_to: 100,
        ..third
    };
    bench.ingest("one", vec![new_run(2, "a")]).await;
    assert!(take(very_old).await, "it is very old");
}
