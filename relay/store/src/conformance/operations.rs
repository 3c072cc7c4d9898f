//! Operators, settings, pushes, maintenance.

use super::super::operations::{Erased, HELD, NewAuditEntry, RunAction, RunFilter, ShopReport};
use super::*;

pub(super) const DEED: NewAuditEntry<'static> = NewAuditEntry {
    actor: "ann",
    action: "test",
    subject: "thing",
    now: 50,
};

/// How the bindings of a bench came to be.
pub(super) const SETUP: NewAuditEntry<'static> = NewAuditEntry {
    action: "binding:add",
    ..DEED
};

/// The run of a plan, taken by its lane and brought to an end.
async fn ended(bench: &Bench, id: u32, verdict: Verdict) -> String {
    bench.ingest("one", vec![new_run(id, "a")]).await;
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    let attempt = OpenAttempt {
        sage_idempotency_id: &format!("id-{id}"),
        ..open(&run, b"Pat Example")
    };
    let attempt = bench.store.open_attempt(&lease, attempt).await.unwrap();
    let mut settlement = settlement(&run, verdict);
    settlement.attempt = Some(end(attempt, Outcome::Created));
    settlement.xref = Some(xref(&format!("invoice:{id}"), &format!("s{id}")));
    bench.store.settle(&lease, settlement).await.unwrap();
    run
}

fn held() -> RunAction {
    RunAction::Hold(Reason::new(HELD, "Held."))
}

pub(crate) async fn orders_are_carried_out_where_the_state_allows_it(bench: &Bench) {
    let store = &bench.store;
    let (one, two) = (binding("one"), binding("two"));
    let order = async |id: &BindingId, run: &str, order: RunAction| {
        store.order(id, run, &order, DEED).await.unwrap()
    };
    bench.ingest("one", vec![new_run(1, "a")]).await;
    let run = "run-1-a";
    assert_eq!(store.run_owner(run).await.unwrap(), Some(one.clone()));
    assert!(!order(&two, run, held()).await, "another tenant's");
    assert!(!order(&one, run, RunAction::Release).await, "not held");
    assert!(order(&one, run, held()).await);
    assert!(bench.claimed("one", 2).await.is_none());
    assert!(!order(&one, run, RunAction::Retry { absent: false }).await);
    assert!(order(&one, run, RunAction::Release).await);
    let (claimed, lease) = bench.claimed("one", 2).await.unwrap();
    assert_eq!(claimed, run);
    assert!(!order(&one, run, held()).await, "its lane has it");
    let doubt = Verdict::Doubt(Reason::new("ambiguous_outcome", ""));
    let attempt = store.open_attempt(&lease, open(run, b"b")).await.unwrap();
    let mut unsure = settlement(run, doubt);
    unsure.attempt = Some(end(attempt, Outcome::Unknown));
    store.settle(&lease, unsure).await.unwrap();
    assert!(store.step_in_doubt(&lease, run, 0).await.unwrap());
    assert!(order(&one, run, RunAction::Retry { absent: true }).await);
    assert!(!store.step_in_doubt(&lease, run, 0).await.unwrap());
    let filter = RunFilter {
        binding: Some(one.clone()),
        state: Some("queued".to_owned()),
        key: Some("invoice.created:".to_owned()),
        limit: 9,
    };
    assert_eq!(store.run_lines(&filter).await.unwrap()[0].run_id, run);
    let mut audit = store.audit_lines(9).await.unwrap();
    audit.retain(|line| line.action != SETUP.action);
    assert_eq!(audit.len(), 3, "one row for each order carried out");
    assert_eq!((audit[0].actor.as_str(), audit[0].at), ("ann", 50));
    let lines = store.binding_lines(None).await.unwrap();
    assert_eq!((lines[0].id.as_str(), lines[0].open_runs), ("one", 1));
}

pub(crate) async fn what_is_held_stays_held_when_the_binding_is_connected_again(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    bench
        .ingest("one", vec![new_run(1, "a"), new_run(2, "a")])
        .await;
    assert!(store.order(&one, "run-1-a", &held(), DEED).await.unwrap());
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    let park = Verdict::Park(BindingState::TokenRevoked, Reason::new("token_revoked", ""));
    store.settle(&lease, settlement(&run, park)).await.unwrap();
    assert!(store.reconnect(&one, &[3], DEED).await.unwrap());
    assert_eq!(bench.claimed("one", 9).await.unwrap().0, "run-2-a");
    let view = store.run(&tenant("one"), "run-1-a").await.unwrap().unwrap();
    assert_eq!(view.state, "parked");
}

pub(crate) async fn versions_of_settings_grow_and_never_change(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    assert!(store.settings(&one, None).await.unwrap().is_none());
    let save = async |document: &str, digest: &str| {
        let saved = store.save_settings(&one, document, digest, DEED).await;
        saved.unwrap()
    };
    assert_eq!(save("first", "a").await, (1, true));
    assert_eq!(save("first", "a").await, (1, false));
    assert_eq!(save("second", "b").await, (2, true));
    assert_eq!(save("first", "a").await, (3, true), "back again");
    let newest = store.settings(&one, None).await.unwrap().unwrap();
    assert_eq!((newest.version, newest.document.as_str()), (3, "first"));
    let second = store.settings(&one, Some(2)).await.unwrap().unwrap();
    assert_eq!(second.document, "second");
    assert_eq!(store.settings_versions(&one).await.unwrap().len(), 3);
    assert!(
        store
            .settings(&binding("two"), None)
            .await
            .unwrap()
            .is_none()
    );
    for (body, at) in [("[1]", 5), ("[2]", 6)] {
        store
            .keep_reference(&one, "tax_rates", body, at)
            .await
            .unwrap();
    }
    let kept = store.reference(&one).await.unwrap();
    assert_eq!(
        (kept.len(), kept[0].body.as_str(), kept[0].fetched_at),
        (1, "[2]", 6)
    );
    assert!(store.set_tier(&one, Some("small"), DEED).await.unwrap());
    assert_eq!(store.tier_of(&one).await.unwrap().as_deref(), Some("small"));
    assert!(store.set_tier(&one, None, DEED).await.unwrap());
    assert_eq!(store.tier_of(&one).await.unwrap(), None);
    assert!(!store.set_tier(&binding("three"), None, DEED).await.unwrap());
}

pub(crate) async fn the_newest_report_of_a_shop_is_kept(bench: &Bench) {
    let (store, one, two) = (&bench.store, binding("one"), binding("two"));
    bench.ingest_one(1).await;
    bench.ingest("two", vec![new_run(1, "b")]).await;
    for (binding, kind, body, now) in [
        (&one, ShopReport::Profile, "first", 5),
        (&one, ShopReport::Profile, "second", 6),
        (&one, ShopReport::DryRun, "run", 7),
    ] {
        let kept = store.keep_shop_report(binding, kind, body, now).await;
        kept.unwrap();
    }
    let told = async |binding, kind| {
        let row = store.shop_report(binding, kind).await.unwrap();
        row.map(|row| (row.body, row.received_at))
    };
    let second = Some(("second".to_owned(), 6));
    assert_eq!(told(&one, ShopReport::Profile).await, second);
    let run = Some(("run".to_owned(), 7));
    assert_eq!(told(&one, ShopReport::DryRun).await, run);
    assert_eq!(told(&two, ShopReport::Profile).await, None);
}

pub(crate) async fn an_operator_says_what_a_key_stands_for(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    let mut needing = new_run(7, "a");
    needing.needs = vec!["contact:M5:GBP".to_owned()];
    bench.ingest("one", vec![needing]).await;
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    let wait = waiting(1_000, "waiting_for_needs");
    store.settle(&lease, settlement(&run, wait)).await.unwrap();
    assert!(bench.claimed("one", 60).await.is_none());
    let mut said = xref("contact:M5:GBP", "uuid");
    said.resource = "contacts".to_owned();
    store.set_xref(&one, &said, DEED).await.unwrap();
    assert!(
        bench.claimed("one", 60).await.is_some(),
        "who needs it goes on"
    );
    said.sage_id = "other".to_owned();
    store.set_xref(&one, &said, DEED).await.unwrap();
    let lines = store.xref_lines(&one, "contact:", "", 9).await.unwrap();
    assert_eq!(
        (lines.len(), lines[0].sage_id.as_str(), lines[0].adopted),
        (1, "other", true)
    );
    let after = store
        .xref_lines(&one, "", "contact:M5:GBP", 9)
        .await
        .unwrap();
    assert!(after.is_empty());
    assert!(
        store
            .xref_lines(&binding("two"), "", "", 9)
            .await
            .unwrap()
            .is_empty()
    );
}

pub(crate) async fn the_feed_once_more_in_its_order(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    for id in 1..=3 {
        ended(bench, id, Verdict::Finish).await;
    }
    let feed = async || store.sync_state(&tenant("one"), 0, 9).await.unwrap();
    let before = feed().await;
    assert_eq!(
        store.backfill(&one, Some("customer"), DEED).await.unwrap(),
        0
    );
    assert_eq!(store.backfill(&one, None, DEED).await.unwrap(), 3);
    let after = feed().await;
    let keys = |rows: &[ReportRow]| rows.iter().map(|row| row.key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&before), keys(&after));
    assert!(
        after[0].cursor > before[2].cursor,
        "all of it is new to a reader"
    );
    assert_eq!(after[1].sage_id.as_deref(), Some("s2"));
    assert_eq!(
        store.backfill(&binding("two"), None, DEED).await.unwrap(),
        0
    );
}

pub(crate) async fn a_push_goes_on_where_it_stopped(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    ended(bench, 1, Verdict::Finish).await;
    let due = async |now| store.push_due(now, 9).await.unwrap();
    assert!(due(100).await.is_empty(), "no address");
    assert!(
        store
            .set_push(&one, Some("https://shop/"), DEED)
            .await
            .unwrap()
    );
    assert_eq!(due(100).await[0].push_cursor, 0);
    assert!(store.push_take(&one, 200, 100).await.unwrap());
    assert!(
        !store.push_take(&one, 200, 100).await.unwrap(),
        "another has it"
    );
    store.push_failed(&one, 300).await.unwrap();
    assert!(due(299).await.is_empty());
    assert_eq!(due(300).await[0].push_tries, 1);
    let newest = store.sync_state(&tenant("one"), 0, 9).await.unwrap()[0].cursor;
    store.push_done(&one, newest).await.unwrap();
    store.push_done(&one, newest - 1).await.unwrap();
    assert!(
        due(400).await.is_empty(),
        "nothing new, and the cursor never goes back"
    );
    ended(bench, 2, Verdict::Finish).await;
    let gauges = store.gauges().await.unwrap();
    assert_eq!(gauges.oldest_unpushed, Some(5));
    assert_eq!(
        (due(400).await[0].push_cursor, due(400).await[0].push_tries),
        (newest, 0)
    );
    store.push_gone(&one, 500).await.unwrap();
    assert!(due(900).await.is_empty());
}

pub(crate) async fn what_is_erased_is_gone_and_what_is_open_is_left(bench: &Bench) {
    let (store, one) = (&bench.store, binding("one"));
    let reason = Reason::new("sage_rejected", "Pat Example is unknown");
    let run = ended(bench, 1, Verdict::Refuse(reason)).await;
    let mut needing = new_run(2, "a");
    needing.needs = vec!["invoice:1".to_owned()];
    bench.ingest("one", vec![needing, new_run(3, "a")]).await;
    let keys = ["invoice:1".to_owned()];
    let (erased, left) = store.erase(&one, &keys, &[], DEED).await.unwrap();
    assert_eq!(
        (erased, left),
        (
            Erased {
                runs: 1,
                requests: 1
            },
            1
        )
    );
    let view = store.run(&tenant("one"), &run).await.unwrap().unwrap();
    assert!(view.plan.is_empty());
    assert!(!view.error.unwrap().contains("Pat"));
    let feed = store.sync_state(&tenant("one"), 0, 9).await.unwrap();
    assert!(!feed[0].error.as_ref().unwrap().contains("Pat"));
    let other = store.run(&tenant("one"), "run-3-a").await.unwrap().unwrap();
    assert_eq!(other.plan, b"{}", "somebody else's");
    let retry = RunAction::Retry { absent: false };
    assert!(!store.order(&one, &run, &retry, DEED).await.unwrap());
    let (again, _) = store.erase(&one, &keys, &[], DEED).await.unwrap();
    assert_eq!(again, Erased::default());
}

pub(crate) async fn old_plans_are_thrown_away_and_replays_still_known(bench: &Bench) {
    let store = &bench.store;
    let good = ended(bench, 1, Verdict::Finish).await;
    let refusal = Reason::new("sage_rejected", "Pat is too long.");
    let bad = ended(bench, 2, Verdict::Refuse(refusal)).await;
    let told = async || {
        let view = store.run(&tenant("one"), &bad).await.unwrap().unwrap();
        let feed = store.sync_state(&tenant("one"), 0, 9).await.unwrap();
        let row = feed.into_iter().find(|row| row.run_id == bad).unwrap();
        [view.error.unwrap(), row.error.unwrap()]
    };
    assert!(told().await.iter().all(|error| error.contains("Pat")));
    let plan = async |run: &str| {
        let view = store.run(&tenant("one"), run).await.unwrap();
        view.unwrap().plan
    };
    assert_eq!(
        store.expire(5, 5).await.unwrap(),
        Erased::default(),
        "not old yet"
    );
    assert_eq!(store.expire(6, 5).await.unwrap().runs, 1);
    assert_eq!(
        (plan(&good).await, plan(&bad).await),
        (Vec::new(), b"{}".to_vec())
    );
    assert_eq!(
        store.expire(6, 6).await.unwrap(),
        Erased {
            runs: 1,
            requests: 1
        }
    );
    for error in told().await {
        assert!(
            error.contains("sage_rejected") && !error.contains("Pat"),
            "{error}"
        );
    }
    assert_eq!(bench.ingest_one(1).await, Decision::Replay);
    assert_eq!(store.expire(99, 99).await.unwrap(), Erased::default());
}

pub(crate) async fn throttled_runs_count_as_eligible(bench: &Bench) {
    let store = &bench.store;
    assert_eq!(store.gauges().await.unwrap().oldest_eligible, None);
    bench.ingest("one", vec![new_run(1, "a")]).await;
    let (run, lease) = bench.claimed("one", 2).await.unwrap();
    let wait = waiting(1_000, "sage_throttled");
    store.settle(&lease, settlement(&run, wait)).await.unwrap();
    let gauges = store.gauges().await.unwrap();
    assert_eq!(gauges.oldest_eligible, Some(1));
    assert_eq!((gauges.runs["waiting"], gauges.bindings["active"]), (1, 2));
    let (run, lease) = bench.claimed("one", 1_000).await.unwrap();
    let needs = waiting(9_000, "waiting_for_needs");
    store.settle(&lease, settlement(&run, needs)).await.unwrap();
    assert_eq!(store.gauges().await.unwrap().oldest_eligible, None);
}
