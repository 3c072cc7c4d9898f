//! People: roles, sessions, links, attempts, consents.

use secrecy::ExposeSecret;

use super::*;
use crate::accounts::{
    AccountRole, AttemptLimit, LinkPurpose, NewAccount, NewConsent, NewSession, RoleGrant,
};
use crate::history::{HistoryFilter, Place};
use crate::operations::NewAuditEntry;

fn by(action: &'static str, now: Millis) -> NewAuditEntry<'static> {
    NewAuditEntry {
        actor: "test",
        action,
        subject: "",
        now,
    }
}

fn person(id: &str, grants: Vec<RoleGrant>) -> NewAccount {
    NewAccount {
        id: id.to_owned(),
        email: format!("{id}@Example.com"),
        name: format!("Person {id}"),
        password_hash: "hash".to_owned(),
        grants,
    }
}

fn grant(on: Option<&str>, role: AccountRole) -> RoleGrant {
    RoleGrant {
        binding: on.map(binding),
        role,
    }
}

async fn add(bench: &Bench, id: &str, grants: Vec<RoleGrant>) {
    let new = person(id, grants);
    let added = bench.store.add_account(&new, by("user:add", 1));
    assert!(added.await.unwrap());
}

async fn begin(bench: &Bench, token_hash: &str, account_id: &str) {
    let session = NewSession {
        token_hash,
        account_id,
        idle_until: 100,
        ends_at: 1_000,
    };
    let begun = bench.store.begin_session(session, "forgiven", by("in", 10));
    begun.await.unwrap();
}

pub(crate) async fn an_account_is_found_by_its_address_and_has_roles(bench: &Bench) {
    let store = &bench.store;
    let roles = vec![
        grant(Some("one"), AccountRole::Operator),
        grant(None, AccountRole::Accountant),
    ];
    add(bench, "ada", roles).await;
    let second = person("ada", Vec::new());
    let again = store.add_account(&second, by("user:add", 1));
    assert!(!again.await.unwrap(), "an address is one account's");
    let found = store.account_of_email(" ADA@example.com").await.unwrap();
    let found = found.unwrap();
    assert_eq!(
        (found.id.as_str(), found.name.as_str()),
        ("ada", "Person ada")
    );
    assert_eq!(found.role_on("one"), Some(AccountRole::Operator));
    assert_eq!(found.role_on("two"), Some(AccountRole::Accountant));
    assert_eq!(found.role_everywhere(), Some(AccountRole::Accountant));
    let only_two = [grant(Some("two"), AccountRole::Administrator)];
    assert!(
        store
            .set_grants("ada", &only_two, by("r", 2))
            .await
            .unwrap()
    );
    assert!(
        !store
            .set_grants("eve", &only_two, by("r", 2))
            .await
            .unwrap()
    );
    let found = store.account("ada").await.unwrap().unwrap();
    assert_eq!(found.role_on("one"), None);
    assert_eq!(found.role_on("two"), Some(AccountRole::Administrator));
    assert_eq!(store.accounts().await.unwrap().len(), 1);
}

pub(crate) async fn the_first_account_needs_its_link_and_an_empty_house(bench: &Bench) {
    let store = &bench.store;
    let first = LinkPurpose::FirstAccount;
    let add_link = async |hash: &str, ends_at| {
        let added = store.add_link(hash, &first, ends_at, by("link", 1));
        added.await.unwrap();
    };
    let try_with = async |hash: &str, id: &str, now| {
        let new = person(id, Vec::new());
        let tried = store.add_first_account(hash, &new, by("first", now));
        tried.await.unwrap()
    };
    add_link("old", 50).await;
    add_link("new", 50).await;
    assert!(!try_with("old", "a", 2).await, "a newer link replaces it");
    assert!(!try_with("new", "a", 50).await, "it has ended");
    assert_eq!(store.link("new", 49).await.unwrap(), Some(first.clone()));
    assert_eq!(store.link("new", 50).await.unwrap(), None);
    assert!(try_with("new", "a", 49).await);
    assert!(!try_with("new", "b", 49).await, "it is used up");
    add_link("late", 90).await;
    assert!(!try_with("late", "b", 60).await, "somebody lives here");
    assert!(store.account("b").await.unwrap().is_none());
}

pub(crate) async fn a_password_is_chosen_once_with_a_link_and_ends_sessions(bench: &Bench) {
    let store = &bench.store;
    add(bench, "ada", Vec::new()).await;
    begin(bench, "s", "ada").await;
    let purpose = LinkPurpose::Password("ada".to_owned());
    let link = store.add_link("l", &purpose, 100, by("user:reset", 11));
    link.await.unwrap();
    assert_eq!(store.link("l", 12).await.unwrap(), Some(purpose));
    let choose = async |now| {
        let chosen = store.set_password("l", "new hash", by("password", now));
        chosen.await.unwrap()
    };
    assert_eq!(choose(100).await, None, "too late");
    assert_eq!(choose(20).await.as_deref(), Some("ada"));
    assert_eq!(choose(20).await, None, "used up");
    let found = store.account("ada").await.unwrap().unwrap();
    assert_eq!(found.password_hash, "new hash");
    assert!(store.session("s", 21).await.unwrap().is_none());
}

pub(crate) async fn a_session_ends_by_rest_by_age_by_hand_and_with_its_account(bench: &Bench) {
    let store = &bench.store;
    add(bench, "ada", Vec::new()).await;
    begin(bench, "s", "ada").await;
    let is_good = async |hash: &str, now| store.session(hash, now).await.unwrap().is_some();
    assert!(is_good("s", 99).await && !is_good("s", 100).await);
    assert!(!is_good("another", 99).await);
    store.touch_session("s", 5_000).await.unwrap();
    assert!(is_good("s", 999).await && !is_good("s", 1_000).await);
    assert!(store.end_session("s", by("out", 20)).await.unwrap());
    assert!(!store.end_session("s", by("out", 20)).await.unwrap());
    assert!(!is_good("s", 20).await);
    begin(bench, "t", "ada").await;
    assert!(store.set_disabled("ada", true, by("d", 30)).await.unwrap());
    assert!(!is_good("t", 31).await);
    begin(bench, "u", "ada").await;
    assert!(!is_good("u", 31).await, "a disabled account stays out");
    assert!(store.set_disabled("ada", false, by("e", 32)).await.unwrap());
    assert!(is_good("u", 33).await);
    store.forget_ended(100).await.unwrap();
    assert!(!is_good("u", 33).await, "what has ended is thrown away");
    let log = store.audit_lines(50).await.unwrap();
    for action in ["in", "out", "d", "e"] {
        assert!(log.iter().any(|line| line.action == action), "{action}");
    }
}

pub(crate) async fn attempts_are_counted_before_they_are_looked_at(bench: &Bench) {
    let store = &bench.store;
    let limit = |subject, most| AttemptLimit {
        subject,
        most,
        window: 100,
    };
    let both = [limit("account", 2), limit("address", 3)];
    let attempt = async |now| store.count_attempt(&both, now).await.unwrap();
    assert_eq!(attempt(0).await, None);
    assert_eq!(attempt(10).await, None);
    assert_eq!(attempt(20).await, Some(100));
    assert_eq!(attempt(99).await, Some(100));
    // The refused ones did not count against the address.
    let address = [limit("address", 3)];
    assert_eq!(store.count_attempt(&address, 99).await.unwrap(), None);
    assert_eq!(store.count_attempt(&address, 99).await.unwrap(), Some(100));
    assert_eq!(attempt(100).await, None, "the window is over");
    // A good one ends the count of its account.
    add(bench, "ada", Vec::new()).await;
    assert_eq!(attempt(101).await, None);
    let session = NewSession {
        token_hash: "s",
        account_id: "ada",
        idle_until: 1_000,
        ends_at: 1_000,
    };
    let begun = store.begin_session(session, "account", by("in", 102));
    begun.await.unwrap();
    assert_eq!(attempt(103).await, None);
}

pub(crate) async fn a_second_factor_is_sealed_and_each_step_counts_once(bench: &Bench) {
    let store = &bench.store;
    add(bench, "ada", Vec::new()).await;
    assert!(store.second_factor("ada").await.unwrap().is_none());
    let secret = SecretString::from("JBSWY3DPEHPK3PXP");
    let set = store.set_second_factor("ada", Some(&secret), by("totp", 1));
    assert!(set.await.unwrap());
    let kept = store.second_factor("ada").await.unwrap().unwrap();
    assert_eq!(kept.expose_secret(), secret.expose_secret());
    assert!(
        store
            .account("ada")
            .await
            .unwrap()
            .unwrap()
            .has_second_factor
    );
    assert!(store.use_second_factor("ada", 7).await.unwrap());
    assert!(!store.use_second_factor("ada", 7).await.unwrap());
    assert!(!store.use_second_factor("ada", 6).await.unwrap());
    let taken = store.set_second_factor("ada", None, by("totp", 2));
    assert!(taken.await.unwrap());
    assert!(store.second_factor("ada").await.unwrap().is_none());
}

pub(crate) async fn a_consent_is_answered_once_by_who_began_it(bench: &Bench) {
    let store = &bench.store;
    add(bench, "ada", Vec::new()).await;
    let one = binding("one");
    let consent = NewConsent {
        state_hash: "h",
        account_id: "ada",
        binding: Some(&one),
        verifier: &SecretString::from("verifier"),
        ends_at: 100,
    };
    store
        .begin_consent(consent, by("consent", 1))
        .await
        .unwrap();
    let answer =
        async |state: &str, who: &str, now| store.answer_consent(state, who, now).await.unwrap();
    assert!(answer("other", "ada", 2).await.is_none());
    assert!(answer("h", "eve", 2).await.is_none());
    assert!(answer("h", "ada", 100).await.is_none(), "too late");
    assert!(
        store
            .granted_consent("h", "ada", 2)
            .await
            .unwrap()
            .is_none()
    );
    let answered = answer("h", "ada", 99).await.unwrap();
    assert_eq!(answered.verifier.expose_secret(), "verifier");
    assert_eq!(answered.binding, Some(binding("one")));
    assert!(answer("h", "ada", 99).await.is_none(), "once");
    let refresh = SecretString::from("refresh");
    store.keep_consent("h", &refresh, "[]").await.unwrap();
    assert!(
        store
            .granted_consent("h", "eve", 99)
            .await
            .unwrap()
            .is_none()
    );
    let granted = store.granted_consent("h", "ada", 99).await.unwrap();
    assert_eq!(granted.unwrap().refresh.expose_secret(), "refresh");
    store.end_consent("h").await.unwrap();
    assert!(
        store
            .granted_consent("h", "ada", 99)
            .await
            .unwrap()
            .is_none()
    );
    let app = SecretString::from("app");
    assert!(store.relay_secret("sage_app").await.unwrap().is_none());
    let set = store.set_relay_secret("sage_app", &app, by("app", 3));
    set.await.unwrap();
    let kept = store.relay_secret("sage_app").await.unwrap().unwrap();
    assert_eq!(kept.expose_secret(), "app");
}

pub(crate) async fn the_history_is_paged_filtered_and_of_one_binding(bench: &Bench) {
    let store = &bench.store;
    for id in 1..=4 {
        bench.ingest_one(id).await;
    }
    bench.ingest("two", vec![new_run(9, "a")]).await;
    let (_, lease) = bench.claimed("one", 2).await.unwrap();
    let refused = Verdict::Refuse(Reason::new("sage_rejected", "no"));
    let settled = store.settle(&lease, settlement("run-1-a", refused));
    settled.await.unwrap();
    let one = binding("one");
    let page = async |filter: HistoryFilter| {
        let lines = store.history(&one, &filter).await.unwrap();
        lines
            .into_iter()
            .map(|line| (line.entity_id, line.place()))
            .collect::<Vec<_>>()
    };
    let ids = |lines: &[(i64, Place)]| lines.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    let two = HistoryFilter {
        limit: 2,
        ..HistoryFilter::default()
    };
    let newest = page(two.clone()).await;
    assert_eq!(ids(&newest), [4, 3]);
    let older = HistoryFilter {
        beyond: newest.last().map(|(_, place)| *place),
        ..two.clone()
    };
    assert_eq!(ids(&page(older).await), [2, 1]);
    let rejected = HistoryFilter {
        states: &["rejected", "ambiguous"],
        reason: Some("sage_rejected".to_owned()),
        ..two.clone()
    };
    assert_eq!(ids(&page(rejected).await), [1]);
    let third = HistoryFilter {
        events: &["invoice.created", "invoice.paid"],
        number: Some("3".to_owned()),
        from: Some(1),
        before: Some(2),
        ..two.clone()
    };
    assert_eq!(ids(&page(third).await), [3]);
    let referred = HistoryFilter {
        sage_reference: Some("SI-1".to_owned()),
        ..two
    };
    assert!(page(referred).await.is_empty());
    let days = store.day_counts(&one, 0).await.unwrap();
    let days: Vec<(i64, &str, i64)> = days
        .iter()
        .map(|day| (day.day, day.state.as_str(), day.documents))
        .collect();
    assert_eq!(days, [(0, "queued", 3), (0, "rejected", 1)]);
    let pulse = store.pulse(&one, 0).await.unwrap();
    assert_eq!((pulse.open, pulse.attention, pulse.parked), (3, 1, 0));
    assert_eq!((pulse.last_arrival, pulse.oldest_open), (Some(1), Some(1)));
    store.note(Some(&one), by("mine", 5)).await.unwrap();
    store.note(None, by("the relay's", 5)).await.unwrap();
    let mine = ["one".to_owned()];
    let log = store.audit_page(Some(&mine), None, 10).await.unwrap();
    assert_eq!(log[0].1.action, "mine");
    assert!(log.iter().all(|(_, line)| line.binding_id.is_some()));
    let none = store.audit_page(Some(&[]), None, 10).await.unwrap();
    assert!(none.is_empty());
    let all = store.audit_page(None, None, 2).await.unwrap();
    assert_eq!(all[0].1.action, "the relay's");
    let below = store.audit_page(None, Some(all[1].0), 1).await.unwrap();
    assert!(below[0].0 < all[1].0);
}
