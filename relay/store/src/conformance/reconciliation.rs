//! What is compared month by month.

use super::super::reconciliation::{CallsOfDay, Days, SageObject, SageReading};
use super::operations::DEED;
use super::*;

fn days(from_day: i64, to_day: i64) -> Days {
    Days { from_day, to_day }
}

fn object(id: &str, day: i64, total: &str) -> SageObject {
    SageObject {
        resource: "sales_invoices".to_owned(),
        sage_id: id.to_owned(),
        number: Some("SI-1".to_owned()),
        reference: None,
        day,
        currency: "GBP".to_owned(),
        total: total.to_owned(),
        tax: "0.20".to_owned(),
        outstanding: Some(total.to_owned()),
        status: "UNPAID".to_owned(),
        detail: "[]".to_owned(),
        updated_at: None,
        read_at: 60,
    }
}

pub(crate) async fn the_newest_report_of_a_day_stands_and_ends_what_was_wanted(bench: &Bench) {
    let store = &bench.store;
    let (one, two) = (binding("one"), binding("two"));
    // Wanted at 50.
    for wanted in [days(1, 3), days(9, 9)] {
        store.want_shop_days(&one, wanted, DEED).await.unwrap();
    }
    let told = |body: &str, range: std::ops::RangeInclusive<i64>| {
        range.map(|day| (day, body.to_owned())).collect::<Vec<_>>()
    };
    store
        .keep_shop_days(&one, &told("old", 1..=3), 49)
        .await
        .unwrap();
    assert_eq!(store.wanted_shop_days(&one).await.unwrap().len(), 2);
    store
        .keep_shop_days(&one, &told("new", 2..=3), 51)
        .await
        .unwrap();
    let wanted = store.wanted_shop_days(&one).await.unwrap();
    assert_eq!(wanted, [days(1, 3), days(9, 9)], "the first day is missing");
    store
        .keep_shop_days(&one, &told("new", 1..=1), 52)
        .await
        .unwrap();
    assert_eq!(store.wanted_shop_days(&one).await.unwrap(), [days(9, 9)]);
    let kept = store.shop_days(&one, days(2, 9)).await.unwrap();
    let kept: Vec<_> = kept
        .iter()
        .map(|row| (row.day, row.body.as_str(), row.received_at))
        .collect();
    assert_eq!(kept, [(2, "new", 51), (3, "new", 51)]);
    assert!(store.shop_days(&two, days(0, 99)).await.unwrap().is_empty());
    assert!(store.wanted_shop_days(&two).await.unwrap().is_empty());
}

pub(crate) async fn what_was_read_from_sage_takes_the_place_of_what_was_there(bench: &Bench) {
    let store = &bench.store;
    let (one, two) = (binding("one"), binding("two"));
    let month = days(10, 20);
    let found = async |id: &BindingId, wanted: Days| {
        let objects = store.sage_objects(id, wanted).await.unwrap();
        let shown = objects
            .into_iter()
            .map(|object| (object.sage_id, object.total));
        shown.collect::<Vec<_>>()
    };
    let text = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(id, total)| ((*id).to_owned(), (*total).to_owned()))
            .collect::<Vec<_>>()
    };
    let first = [object("a", 10, "1.00"), object("b", 20, "2.00")];
    store
        .replace_sage_objects(&one, "sales_invoices", month, &first)
        .await
        .unwrap();
    store
        .keep_sage_objects(&one, &[object("c", 21, "3.00")])
        .await
        .unwrap();
    // `b` went to the next month, `a` is not there any more.
    store
        .replace_sage_objects(&one, "sales_invoices", month, &[object("d", 11, "4.00")])
        .await
        .unwrap();
    store
        .keep_sage_objects(&one, &[object("b", 21, "2.50")])
        .await
        .unwrap();
    assert_eq!(found(&one, month).await, text(&[("d", "4.00")]));
    assert_eq!(
        found(&one, days(21, 21)).await,
        text(&[("b", "2.50"), ("c", "3.00")])
    );
    let by_id = store
        .sage_objects_by_id(&one, "sales_invoices", &["b", "x"])
        .await
        .unwrap();
    assert_eq!(by_id, [object("b", 21, "2.50")]);
    assert!(found(&two, days(0, 99)).await.is_empty());
    let none = store.sage_objects_by_id(&one, "contact_payments", &["b"]);
    assert!(none.await.unwrap().is_empty());

    store.begin_sage_reading(&one, month, DEED).await.unwrap();
    let mut reading = SageReading {
        from_day: 10,
        to_day: 20,
        began_at: 50,
        ended_at: None,
        calls: 0,
        problem: None,
    };
    assert_eq!(
        store.sage_readings(&one, days(12, 20)).await.unwrap(),
        [reading.clone()]
    );
    reading.ended_at = Some(55);
    reading.calls = 3;
    reading.problem = Some("the day is full".to_owned());
    store.end_sage_reading(&one, &reading).await.unwrap();
    assert_eq!(store.sage_readings(&one, month).await.unwrap(), [reading]);
    assert!(
        store
            .sage_readings(&one, days(10, 21))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(store.sage_readings(&two, month).await.unwrap().is_empty());
}

pub(crate) async fn calls_are_counted_before_they_are_made(bench: &Bench) {
    let store = &bench.store;
    let one = binding("one");
    let take = async |day: i64, calls: u32| {
        let calls = CallsOfDay {
            day,
            calls,
            up_to: 10,
        };
        store.take_calls(&one, calls, 100).await.unwrap()
    };
    assert!(take(7, 6).await);
    assert!(!take(7, 5).await, "one too many");
    assert!(take(7, 4).await);
    assert_eq!(store.calls_of_day(7).await.unwrap(), 10);
    assert!(take(8, 5).await, "a new day");
}

pub(crate) async fn runs_and_objects_are_found_by_their_keys(bench: &Bench) {
    let store = &bench.store;
    let (one, two) = (binding("one"), binding("two"));
    bench
        .ingest("one", vec![new_run(1, "a"), new_run(2, "a")])
        .await;
    let key = new_run(1, "a").key;
    let runs = store.newest_runs(&one, &[&key, "nothing:9"]).await.unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[&key].state, "queued");
    assert!(store.newest_runs(&two, &[&key]).await.unwrap().is_empty());
    store
        .set_xref(&one, &xref("invoice:1", "s1"), DEED)
        .await
        .unwrap();
    let known = store
        .xrefs_of(&one, &["invoice:1", "invoice:2"])
        .await
        .unwrap();
    assert_eq!(known["invoice:1"].sage_id, "s1");
    let owners = store
        .owners_of(&one, "sales_invoices", &["s1", "s2"])
        .await
        .unwrap();
    assert_eq!(
        owners.into_iter().collect::<Vec<_>>(),
        [("s1".to_owned(), "invoice:1".to_owned())]
    );
    for of_two in [
        store.xrefs_of(&two, &["invoice:1"]).await.unwrap().len(),
        store
            .owners_of(&two, "sales_invoices", &["s1"])
            .await
            .unwrap()
            .len(),
        store
            .owners_of(&one, "contacts", &["s1"])
            .await
            .unwrap()
            .len(),
    ] {
        assert_eq!(of_two, 0);
    }
}
