//! Shops and stores that were restored, copied or paired anew.

use std::time::Duration;

use super::super::operations::NewAuditEntry;
use super::super::recovery::{Agreement, Places, Position};
use super::*;

async fn position(bench: &Bench) -> Position {
    let places = bench.store.places().await.unwrap();
    Position {
        epoch: bench.store.epoch().await.unwrap(),
        seq: places.seq,
        cursor: places.cursor,
    }
}

fn audit_entry(action: &'static str) -> NewAuditEntry<'static> {
    NewAuditEntry {
        actor: "test",
        action,
        subject: "one",
        now: 9,
    }
}

pub(crate) async fn a_clock_that_was_set_back_strands_nothing(bench: &Bench) {
    bench.ingest_one(1).await;
    let (run, lease) = bench.claimed("one", 1_000_000).await.unwrap();
    let mut settlement = settlement(&run, waiting(9_000_000, "sage_throttled"));
    settlement.pause_lane_until = Some(9_000_000);
    bench.store.settle(&lease, settlement).await.unwrap();
    assert!(bench.claimed("one", 2_000).await.is_none());
    let clamp = async |now| {
        let longest = Duration::from_secs(60);
        bench.store.clamp_waits(now, longest).await.unwrap();
    };
    clamp(8_990_000).await;
    assert!(
        bench.claimed("one", 8_990_000).await.is_none(),
        "not far ahead"
    );
    clamp(2_000).await;
    assert!(bench.claimed("one", 2_000).await.is_some());
}

pub(crate) async fn a_position_of_a_store_that_is_gone_begins_one_recovery(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    store.begin_epoch(1).await.unwrap();
    for id in 1..=3 {
        bench.ingest_one(id).await;
    }
    let here = position(bench).await;
    assert!(matches!(
        store.agree(&one, &here).await.unwrap(),
        Agreement::Agrees(_)
    ));
    store.begin_epoch(2).await.unwrap();
    assert!(matches!(
        store.agree(&one, &here).await.unwrap(),
        Agreement::Agrees(_)
    ));
    let beyond = Position {
        epoch: "f".repeat(16),
        seq: here.seq + 20,
        cursor: here.cursor + 20,
    };
    let Agreement::TakenBack(agreed) = store.agree(&one, &beyond).await.unwrap() else {
        panic!("nobody has given that out");
    };
    assert_eq!(
        agreed,
        Places {
            seq: here.seq,
            cursor: here.cursor
        }
    );

    let begun = store.begin_recovery(&one, agreed, 50).await.unwrap();
    let again = store.begin_recovery(&one, agreed, 51).await.unwrap();
    assert_eq!(begun.recovery_id, again.recovery_id, "one at a time");
    assert_eq!((begun.known_until, begun.feed_cursor), (1, here.cursor));
    assert!(
        store.end_recoveries(60).await.unwrap().is_empty(),
        "not offered yet"
    );
    let highest = [("invoice".to_owned(), 9)];
    assert!(!store.offered(&one, "another", &highest, 61).await.unwrap());
    assert!(
        store
            .offered(&one, &begun.recovery_id, &highest, 61)
            .await
            .unwrap()
    );
    assert!(
        !store
            .offered(&one, &begun.recovery_id, &highest, 62)
            .await
            .unwrap()
    );
    assert!(
        store.end_recoveries(70).await.unwrap().is_empty(),
        "three are open"
    );
    bench.ingest_one(4).await;
    for _ in 1..=3 {
        let (run, lease) = bench.claimed("one", 80).await.unwrap();
        store
            .settle(&lease, settlement(&run, Verdict::Finish))
            .await
            .unwrap();
        store.release(&lease).await.unwrap();
    }
    // The fourth came after the offer.
    assert_eq!(
        store.end_recoveries(90).await.unwrap(),
        std::slice::from_ref(&one)
    );
    let all = store.recoveries(&one).await.unwrap();
    assert_eq!((all.len(), all[0].ended_at, all[0].open), (1, Some(90), 0));
    assert!(store.recoveries(&binding("two")).await.unwrap().is_empty());
}

pub(crate) async fn what_a_store_that_is_gone_may_have_sent_is_marked(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    let claimed = async || {
        let Claim::Run(run, lease, _) = bench.ask(&holder("relay"), "one", i8::MAX, 1).await else {
            panic!("nothing to take");
        };
        store
            .settle(&lease, settlement(&run.run_id, Verdict::Finish))
            .await
            .unwrap();
        store.release(&lease).await.unwrap();
        run.may_be_sent
    };
    store.begin_epoch(1).await.unwrap();
    bench.ingest_one(1).await;
    assert!(!claimed().await, "a shop that says nothing of itself");
    let here = position(bench).await;
    store.agree(&one, &here).await.unwrap();
    bench.ingest_one(2).await;
    assert!(!claimed().await);

    bench.ingest_one(3).await;
    bench.ingest_one(4).await;
    store.begin_epoch(2).await.unwrap();
    assert!(
        claimed().await,
        "left over from before the start; the shop has not spoken yet"
    );
    let here = position(bench).await;
    store.agree(&one, &here).await.unwrap();
    assert!(!claimed().await, "the shop knows no more than the store");

    bench.ingest_one(5).await;
    let agreed = store.places().await.unwrap();
    let recovery = store.begin_recovery(&one, agreed, 50).await.unwrap();
    assert!(claimed().await);
    let highest = [("invoice".to_owned(), 7)];
    store
        .offered(&one, &recovery.recovery_id, &highest, 60)
        .await
        .unwrap();
    assert_eq!(
        store.end_recoveries(70).await.unwrap(),
        std::slice::from_ref(&one)
    );
    bench.ingest_one(8).await;
    assert!(!claimed().await, "younger than the recovery");
    bench.ingest_one(7).await;
    assert!(claimed().await, "of that time, though it comes late");
}

pub(crate) async fn one_installation_is_served(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    let serve = async |installation: &str, replaces: Option<&str>| {
        let audit_entry = audit_entry("installation");
        let served = store.serve_installation(&one, installation, replaces, audit_entry);
        served.await.unwrap()
    };
    assert!(serve("a", None).await);
    assert!(serve("a", None).await);
    assert!(!serve("b", None).await);
    assert!(!serve("b", Some("c")).await);
    assert!(serve("b", Some("a")).await);
    assert!(!serve("a", None).await);
    let row = store.binding(&one).await.unwrap().unwrap();
    assert_eq!(row.installation.as_deref(), Some("b"));

    for (sequence, highest, restored) in [(5, 5, None), (9, 9, None), (4, 9, Some(30))] {
        store.hear_sequence(&one, sequence, 30).await.unwrap();
        let status = store.binding_status(&one, 30).await.unwrap().unwrap();
        assert_eq!(status.shop_sequence, highest);
        let row = store.binding(&one).await.unwrap().unwrap();
        assert_eq!(row.shop_restored_at, restored);
    }
}

pub(crate) async fn a_key_on_offer_counts_when_it_is_proved(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    let grace = Duration::from_millis(500);
    let offer = async |key: u8| {
        store
            .offer_key(&one, &[key], grace, audit_entry("offer"))
            .await
            .unwrap()
    };
    let keys = async |now| {
        let row = store.binding(&one).await.unwrap().unwrap();
        let keys: Vec<u8> = row.api_keys(now).map(|key| key[0]).collect();
        (keys, row.has_offers)
    };
    let first = offer(10).await;
    let second = offer(11).await;
    let third = offer(12).await;
    assert_eq!(keys(1).await, (vec![1], true), "an offer changes nothing");
    store.withdraw_key(&one, first).await.unwrap();
    assert!(!store.prove_key(&one, first, 100).await.unwrap());
    assert!(store.prove_key(&one, second, 100).await.unwrap());
    assert_eq!(keys(200).await, (vec![11, 1], true));
    assert_eq!(keys(600).await.0, [11], "the grace is over");
    assert_eq!(store.offered_keys(&one).await.unwrap(), [(third, vec![12])]);
    for key in 0..30 {
        offer(key).await;
    }
    assert_eq!(store.offered_keys(&one).await.unwrap().len(), 20);
}

pub(crate) async fn a_document_that_was_set_aside_makes_room(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    bench.ingest_one(1).await;
    let set_aside = async || {
        store
            .set_aside(&one, "run-1-a", audit_entry("aside"))
            .await
            .unwrap()
    };
    assert!(!set_aside().await, "not at an end");
    let (run, lease) = bench.claimed("one", 1).await.unwrap();
    let mut settlement = settlement(&run, Verdict::Finish);
    let xref = |key: &str, resource: &str| Xref {
        xref_key: key.to_owned(),
        resource: resource.to_owned(),
        sage_id: "s".to_owned(),
        displayed_as: None,
        total: None,
        currency: None,
        match_tag: None,
        adopted: false,
    };
    settlement.xref = Some(xref("invoice:1", "sales_invoices"));
    settlement.records = vec![xref("contact:M5:GBP", "contacts")];
    store.settle(&lease, settlement).await.unwrap();
    let conflict = bench.ingest("one", vec![new_run(1, "b")]).await;
    assert_eq!(conflict[0].decision, Decision::Conflict);
    assert!(set_aside().await);
    assert!(!set_aside().await, "once");
    let known = store
        .known(&tenant("one"), &["invoice:1", "contact:M5:GBP"])
        .await
        .unwrap();
    assert_eq!(known.into_keys().collect::<Vec<_>>(), ["contact:M5:GBP"]);
    let next = bench.ingest("one", vec![new_run(1, "b")]).await;
    assert_eq!(next[0].decision, Decision::Accept(2));
}
