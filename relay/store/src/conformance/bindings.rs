//! Token pairs and parked bindings.

use super::operations::DEED;
use super::*;
use crate::operations::NewAuditEntry;

fn pair(byte: u8) -> SealedTokens {
    SealedTokens {
        refresh: vec![byte],
        access: vec![byte],
        access_usable_until: 9,
    }
}

pub(crate) async fn a_pair_replaces_only_the_pair_it_came_from(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    assert!(store.rotate(&one, 0, pair(7)).await.unwrap());
    let late = store.rotate(&one, 0, pair(8)).await.unwrap();
    assert!(!late, "somebody else was first");
    let row = store.binding(&one).await.unwrap().unwrap();
    assert_eq!((row.refresh_token_sealed, row.token_version), (vec![7], 1));
    let other = store.binding(&binding("two")).await.unwrap().unwrap();
    assert_eq!(other.token_version, 0);
}

pub(crate) async fn one_refresh_at_a_time(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    let begins = async |version, now| bench.refresh_begins(version, now).await;
    assert!(begins(0, 100).await);
    assert!(!begins(0, 149).await, "somebody is at it");
    assert!(begins(0, 150).await, "somebody died at it");
    store.refresh_ends(&one, 0).await.unwrap();
    assert!(begins(0, 151).await);
    assert!(store.rotate(&one, 0, pair(7)).await.unwrap());
    assert!(!begins(0, 500).await, "that pair is history");
    assert!(begins(1, 152).await, "a new pair, a new refresh");
}

pub(crate) async fn a_parked_binding_rests_and_resumes(bench: &Bench) {
    let runs = vec![new_run(1, "a"), new_run(2, "a")];
    bench.ingest("one", runs).await;
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    let park = Verdict::Park(BindingState::TokenRevoked, Reason::new("token_revoked", ""));
    let settled = settlement(&run, park);
    bench.store.settle(&lease, settled).await.unwrap();
    let claim = bench.ask(&holder("relay"), "one", i8::MAX, 9).await;
    assert!(matches!(claim, Claim::Stopped));
    let (store, one) = (&bench.store, binding("one"));
    assert!(store.reconnect(&one, &[3], DEED).await.unwrap());
    let unknown = store
        .reconnect(&binding("three"), &[3], DEED)
        .await
        .unwrap();
    assert!(!unknown);
    let (resumed, _) = bench.claimed("one", 9).await.unwrap();
    assert_eq!(resumed, run, "in its old place");
}

pub(crate) async fn a_disconnected_binding_keeps_its_documents(bench: &Bench) {
    bench.ingest("one", vec![new_run(1, "a")]).await;
    let (store, one) = (&bench.store, binding("one"));
    assert!(store.rotate(&one, 0, pair(7)).await.unwrap());
    assert!(store.disconnect(&one, DEED).await.unwrap());
    assert!(!store.disconnect(&binding("three"), DEED).await.unwrap());
    let row = store.binding(&one).await.unwrap().unwrap();
    assert_eq!(row.access_token_sealed, None);
    assert_eq!(row.refresh_token_sealed, [7], "to tell Sage with");
    let claim = bench.ask(&holder("relay"), "one", i8::MAX, 9).await;
    assert!(matches!(claim, Claim::Stopped));
    assert!(store.reconnect(&one, &[3], DEED).await.unwrap());
    assert!(bench.claimed("one", 9).await.is_some());
}

pub(crate) async fn a_binding_is_live_from_when_somebody_says_so(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    let since = async |id| {
        let row = store.binding(&binding(id)).await.unwrap().unwrap();
        let lines = store.binding_lines(None).await.unwrap();
        let line = lines.into_iter().find(|line| line.id == id).unwrap();
        assert_eq!(line.live_since, row.live_since);
        row.live_since
    };
    let at = |now| NewAuditEntry { now, ..DEED };
    assert_eq!(since("one").await, None);
    assert!(!store.set_live(&one, false, at(60)).await.unwrap());
    assert!(store.set_live(&one, true, at(61)).await.unwrap());
    assert!(
        !store.set_live(&one, true, at(62)).await.unwrap(),
        "it is live"
    );
    assert_eq!((since("one").await, since("two").await), (Some(61), None));
    assert!(store.set_live(&one, false, at(63)).await.unwrap());
    assert_eq!(since("one").await, None);
    let unknown = store.set_live(&binding("three"), true, at(64)).await;
    assert!(!unknown.unwrap());
}

pub(crate) async fn a_binding_that_rests_lapses_unless_it_was_connected_again(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    let idle = async |before| {
        let idle = store.idle_bindings(before, 9).await.unwrap();
        idle.into_iter()
            .map(|line| (line.id, line.token_version))
            .collect::<Vec<_>>()
    };
    let both = [("one".to_owned(), 0), ("two".to_owned(), 0)];
    assert_eq!(idle(50).await, [], "both are as old as that");
    assert_eq!(idle(51).await, both);
    let late = SealedTokens {
        access_usable_until: 70,
        ..pair(7)
    };
    assert!(store.rotate(&one, 0, late).await.unwrap());
    assert_eq!(idle(51).await, both[1..]);
    assert_eq!(idle(71).await[1], ("one".to_owned(), 1));
    assert!(!store.lapse(&one, 0, DEED).await.unwrap(), "an older pair");
    assert!(store.lapse(&one, 1, DEED).await.unwrap());
    assert!(!store.lapse(&one, 1, DEED).await.unwrap(), "it has");
    assert_eq!(idle(71).await, both[1..]);
    assert!(store.reconnect(&one, &[3], DEED).await.unwrap());
    assert_eq!(idle(51).await.len(), 2, "a new consent is tried at once");
}

pub(crate) async fn a_former_key_is_good_until_its_end(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    let row = async || store.binding(&one).await.unwrap().unwrap();
    let before = row().await;
    let (old, new) = (before.keys(), before.keys_with(vec![9], 100, 50));
    assert!(store.change_keys(&one, &old, &new, DEED).await.unwrap());
    let again = store.change_keys(&one, &old, &new, DEED).await.unwrap();
    assert!(!again, "another key is there by now");
    let good =
        async |now| -> Vec<Vec<u8>> { row().await.api_keys(now).map(<[u8]>::to_vec).collect() };
    assert_eq!(good(99).await, [vec![9], vec![1]]);
    assert_eq!(good(100).await, [vec![9]]);
    store.forget_keys(99).await.unwrap();
    assert_eq!(row().await.keys(), new);
    store.forget_keys(100).await.unwrap();
    assert_eq!(row().await.keys().former, None);
    let leaked = row().await.keys_with(vec![8], 50, 50);
    assert_eq!(leaked.former, None, "no grace");
    let other = store.binding(&binding("two")).await.unwrap().unwrap();
    assert_eq!(other.keys().present, [1]);
}
