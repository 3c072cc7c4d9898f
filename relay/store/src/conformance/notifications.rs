//! Who is told when somebody is needed.

use super::super::notifications::Told;
use super::operations::DEED;
use super::*;

pub(crate) async fn who_is_told_is_sealed_and_each_round_is_taken_by_one(bench: &Bench) {
    let store = &bench.store;
    let (one, two) = (binding("one"), binding("two"));
    assert!(store.notifications(&one).await.unwrap().is_none());
    // Saved at 50.
    store
        .set_notifications(&one, Some("to ann"), DEED)
        .await
        .unwrap();
    let row = store.notifications(&one).await.unwrap().unwrap();
    let told = Told {
        next_at: 50,
        told_until: 50,
        told_state: "active".to_owned(),
        ..Told::default()
    };
    assert_eq!((row.settings.as_str(), row.told), ("to ann", told.clone()));
    assert!(store.due_notifications(49, 9).await.unwrap().is_empty());
    assert_eq!(store.due_notifications(50, 9).await.unwrap(), ["one"]);
    assert!(store.take_notifications(&one, 60, 50).await.unwrap());
    assert!(!store.take_notifications(&one, 60, 50).await.unwrap());
    let told = Told {
        next_at: 70,
        told_until: 55,
        told_state: "token_revoked".to_owned(),
        digest_day: 3,
        sent_at: Some(55),
        problem: Some("no answer".to_owned()),
    };
    store.note_told(&one, &told).await.unwrap();
    assert_eq!(store.notifications(&one).await.unwrap().unwrap().told, told);
    bench.ingest_one(1).await;
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    // Refused at 5.
    let refused = Verdict::Refuse(Reason::new("sage_rejected", "no"));
    store
        .settle(&lease, settlement(&run, refused))
        .await
        .unwrap();
    assert_eq!(store.needing_since(&one, 4).await.unwrap(), (1, Some(5)));
    assert_eq!(store.needing_since(&one, 5).await.unwrap(), (0, None));
    assert_eq!(store.needing_since(&two, 0).await.unwrap(), (0, None));
    store.set_notifications(&one, None, DEED).await.unwrap();
    assert!(store.notifications(&one).await.unwrap().is_none());
}
