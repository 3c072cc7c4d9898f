//! What people look for, decide and write down.

use super::super::history::{Comment, HistoryFilter, ReasonCount, WantedPage};
use super::operations::DEED;
use super::*;

/// The run of a new plan, brought to an end.
async fn ended(bench: &Bench, run: NewRun, verdict: Verdict, finding: Option<Reason>) -> String {
    bench.ingest("one", vec![run]).await;
    let (run_id, lease) = bench.claimed("one", 2).await.unwrap();
    let mut settlement = settlement(&run_id, verdict);
    settlement.finding = finding;
    bench.store.settle(&lease, settlement).await.unwrap();
    run_id
}

fn on_contact(id: u32, contact: &str) -> NewRun {
    let mut run = new_run(id, "a");
    run.makes.push(contact.to_owned());
    run
}

pub(crate) async fn what_needs_a_person_is_listed_and_accepted(bench: &Bench) {
    let store = &bench.store;
    let (one, two) = (binding("one"), binding("two"));
    let mut reserved = Reason::new("sage_rejected", "taken");
    reserved.causes.push(crate::ShopCause {
        code: "contact_reference_reserved".to_owned(),
        pointer: String::new(),
        what: String::new(),
        why: String::new(),
        suggestion: String::new(),
    });
    let refused = Verdict::Refuse(reserved);
    ended(bench, on_contact(1, "contact:M5:GBP"), refused, None).await;
    let plain = Verdict::Refuse(Reason::new("sage_rejected", "no"));
    ended(bench, new_run(2, "a"), plain, None).await;
    let doubt = Verdict::Doubt(Reason::new("duplicate_detected", "two"));
    ended(bench, new_run(3, "a"), doubt, None).await;
    let differs = Some(Reason::new("total_differs", "0.01"));
    let run = ended(bench, new_run(4, "a"), Verdict::Finish, differs).await;
    let listed = async || {
        let found = store.exceptions(&one, 9).await.unwrap();
        let shown = found
            .into_iter()
            .map(|one| (one.line.entity_id, one.contact_key));
        shown.collect::<Vec<_>>()
    };
    let contact = Some("contact:M5:GBP".to_owned());
    assert_eq!(listed().await, [(4, None), (3, None), (1, contact.clone())]);
    let reason = |code: &str, documents| ReasonCount {
        code: code.to_owned(),
        documents,
    };
    assert_eq!(
        store.reasons(&one).await.unwrap(),
        [reason("sage_rejected", 2), reason("duplicate_detected", 1)]
    );
    assert!(!store.accept_finding(&two, &run, DEED).await.unwrap());
    assert!(store.accept_finding(&one, &run, DEED).await.unwrap());
    assert!(!store.accept_finding(&one, &run, DEED).await.unwrap());
    assert_eq!(listed().await, [(3, None), (1, contact)]);
    assert!(store.exceptions(&two, 9).await.unwrap().is_empty());
    assert!(store.reasons(&two).await.unwrap().is_empty());
}

pub(crate) async fn rejected_documents_are_asked_for_until_they_come(bench: &Bench) {
    let store = &bench.store;
    let one = binding("one");
    let refused = Verdict::Refuse(Reason::new("sage_rejected", "no"));
    let run = ended(bench, new_run(1, "a"), refused.clone(), None).await;
    let good = ended(bench, new_run(2, "a"), Verdict::Finish, None).await;
    let asked = async |since| {
        let page = WantedPage { size: 9, round: 3 };
        let wanted = store.wanted_documents(&one, since, page).await.unwrap();
        wanted
            .into_iter()
            .map(|wanted| wanted.entity_id)
            .collect::<Vec<_>>()
    };
    assert!(!store.want_document(&one, &good, DEED).await.unwrap());
    assert!(
        !store
            .want_document(&binding("two"), &run, DEED)
            .await
            .unwrap()
    );
    assert!(store.want_document(&one, &run, DEED).await.unwrap());
    assert!(store.want_document(&one, &run, DEED).await.unwrap());
    assert_eq!(asked(0).await, [1]);
    assert_eq!(
        asked(DEED.now + 1).await,
        [0_i64; 0],
        "asked for too long ago"
    );
    for id in 3..6 {
        let run = ended(bench, new_run(id, "a"), refused.clone(), None).await;
        assert!(store.want_document(&one, &run, DEED).await.unwrap());
    }
    let mut rounds = Vec::new();
    for round in 7..11 {
        let page = WantedPage { size: 3, round };
        let wanted = store.wanted_documents(&one, 0, page).await.unwrap();
        rounds.push(wanted.iter().map(|w| w.entity_id).collect::<Vec<_>>());
    }
    let (first, second) = (vec![1, 3, 4], vec![5]);
    assert_eq!(rounds, [second.clone(), first.clone(), second, first]);
}

pub(crate) async fn a_rejected_run_is_replaced_by_newer_content(bench: &Bench) {
    let refused = Verdict::Refuse(Reason::new("sage_rejected", "no"));
    let doubt = Verdict::Doubt(Reason::new("duplicate_detected", "two"));
    ended(bench, new_run(1, "a"), refused.clone(), None).await;
    ended(bench, new_run(2, "a"), refused.clone(), None).await;
    ended(bench, new_run(3, "a"), doubt, None).await;
    bench.ingest("one", vec![new_run(1, "b")]).await;
    let runs = ["run-1-a", "run-1-b", "run-2-a", "run-3-a"];
    assert_eq!(
        lanes::states(bench, &runs).await,
        ["superseded", "queued", "rejected", "ambiguous"]
    );
}

pub(crate) async fn comments_and_filters_are_kept_and_forgotten(bench: &Bench) {
    let store = &bench.store;
    let (one, two) = (binding("one"), binding("two"));
    let run = ended(bench, new_run(1, "a"), Verdict::Finish, None).await;
    let comment = |text: &str, created_at| Comment {
        author: "ann".to_owned(),
        text: text.to_owned(),
        created_at,
    };
    let both = [comment("Pat Example called", 7), comment("Done", 8)];
    for comment in &both {
        store.add_comment(&one, &run, comment, DEED).await.unwrap();
    }
    assert_eq!(store.comments(&one, &run).await.unwrap(), both);
    assert!(store.comments(&two, &run).await.unwrap().is_empty());
    let runs = [run.clone()];
    store.erase(&one, &[], &runs, DEED).await.unwrap();
    assert!(store.comments(&one, &run).await.unwrap().is_empty());
}

pub(crate) async fn documents_are_found_by_number_customer_total_and_event(bench: &Bench) {
    let store = &bench.store;
    let one = binding("one");
    let mut paid = new_run(3, "a");
    paid.key = "invoice.paid:3".to_owned();
    paid.expected_total = Some("7.50".to_owned());
    paid.needs = vec!["invoice:1".to_owned(), "contact:M55:GBP".to_owned()];
    let runs = vec![
        on_contact(1, "contact:M5:GBP"),
        on_contact(2, "contact:M55:GBP"),
        paid,
    ];
    bench.ingest("one", runs).await;
    let found = async |filter: HistoryFilter| {
        let filter = HistoryFilter { limit: 9, ..filter };
        let lines = store.history(&one, &filter).await.unwrap();
        let count = store.count(&one, &filter).await.unwrap();
        assert_eq!(count, i64::try_from(lines.len()).unwrap());
        lines
            .into_iter()
            .map(|line| line.entity_id)
            .collect::<Vec<_>>()
    };
    let beside = async |binding: &BindingId, run: &str| {
        let lines = store.relatives(binding, run, 9).await.unwrap();
        lines
            .into_iter()
            .map(|line| line.entity_id)
            .collect::<Vec<_>>()
    };
    assert_eq!(beside(&one, "run-1-a").await, [3]);
    assert_eq!(beside(&one, "run-3-a").await, [1]);
    assert_eq!(
        beside(&one, "run-2-a").await,
        [0_i64; 0],
        "only a customer in common"
    );
    assert_eq!(beside(&binding("two"), "run-1-a").await, [0_i64; 0]);
    let filter = HistoryFilter::default;
    let text = |text: &str| Some(text.to_owned());
    let number = |number: &str| HistoryFilter {
        number: text(number),
        ..filter()
    };
    assert_eq!(found(number("000000002")).await, [2]);
    assert_eq!(found(number("2")).await, [2], "the id");
    assert_eq!(found(number("9")).await, [0_i64; 0]);
    let customer = HistoryFilter {
        customer: text("M5"),
        ..filter()
    };
    assert_eq!(found(customer).await, [1], "and not M55");
    let totals = HistoryFilter {
        totals: vec!["7.5".to_owned(), "7.50".to_owned()],
        ..filter()
    };
    assert_eq!(found(totals).await, [3]);
    let event = HistoryFilter {
        events: &["invoice.created"],
        ..filter()
    };
    assert_eq!(found(event).await, [2, 1]);
    let oldest = HistoryFilter {
        oldest_first: true,
        ..filter()
    };
    assert_eq!(found(oldest.clone()).await, [1, 2, 3]);
    let first = store
        .history(
            &one,
            &HistoryFilter {
                limit: 1,
                ..oldest.clone()
            },
        )
        .await
        .unwrap();
    let next = HistoryFilter {
        beyond: Some(first[0].place()),
        ..oldest
    };
    assert_eq!(found(next).await, [2, 3]);
}
