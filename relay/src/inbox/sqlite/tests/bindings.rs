//! Token pairs and parked bindings.

use super::*;

#[tokio::test]
async fn a_pair_replaces_only_the_pair_it_came_from() {
    let bench = bench().await;
    let one = binding("one");
    let pair = |byte| SealedTokens {
        refresh: vec![byte],
        access: vec![byte],
        access_usable_until: 9,
    };
    assert!(bench.store.rotate(&one, 0, pair(7)).await.unwrap());
    assert!(
        !bench.store.rotate(&one, 0, pair(8)).await.unwrap(),
        "somebody else was first"
    );
    let row = bench.store.binding(&one).await.unwrap().unwrap();
    assert_eq!((row.refresh_token_sealed, row.token_version), (vec![7], 1));
    assert_eq!(
        bench
            .store
            .binding(&binding("two"))
            .await
            .unwrap()
            .unwrap()
            .token_version,
        0
    );
}

#[tokio::test]
async fn a_parked_binding_rests_and_resumes() {
    let bench = bench().await;
    let one = binding("one");
    bench
        .store
        .ingest(&one, vec![new_run(1, "a"), new_run(2, "a")], 1)
        .await
        .unwrap();
    let run = claimed(&bench.store, "one", 2).await.unwrap();
    let park = Verdict::Park(BindingState::TokenRevoked, Reason::new("token_revoked", ""));
    bench
        .store
        .settle(&one, settlement(&run, park))
        .await
        .unwrap();
    assert!(matches!(
        bench.store.claim(&one, 9).await.unwrap(),
        Claim::Stopped
    ));
    assert!(bench.store.reconnect(&one, &[3], 9).await.unwrap());
    assert!(
        !bench
            .store
            .reconnect(&binding("three"), &[3], 9)
            .await
            .unwrap()
    );
    assert_eq!(
        claimed(&bench.store, "one", 9).await,
        Some(run),
        "in its old place"
    );
}
