//! For any facts, the differences add up to the difference of the totals.

use proptest::prelude::*;

use super::*;

fn cents() -> impl Strategy<Value = Decimal> {
    (-99_999_i64..1_000_000).prop_map(|cents| Decimal::new(cents, 2))
}

fn kinds() -> impl Strategy<Value = DocumentKind> {
    prop_oneof![Just(Invoice), Just(Creditmemo)]
}

fn currencies() -> impl Strategy<Value = String> {
    prop_oneof![Just("GBP".to_owned()), Just("EUR".to_owned())]
}

prop_compose! {
    fn any_row()(kind in kinds(), id in 0_i64..12, currency in currencies(), total in cents(), tax in cents(),
                 skipped in proptest::option::of(Just("left_out".to_owned())), paid in any::<Option<bool>>()) -> DocumentRow {
        DocumentRow { skipped, paid, currency, total: Amount(total), tax: Amount(tax), ..row(kind, id, "0", "0") }
    }
}

prop_compose! {
    fn any_known()(id in 0_i64..12, kind in kinds(), sage in proptest::option::of(0_i64..12), expected in proptest::option::of(cents()),
                   posted in proptest::option::of(cents()), has_run in any::<bool>(), is_canceled in any::<bool>(),
                   state in prop_oneof![Just("queued"), Just("parked"), Just("succeeded"), Just("rejected"), Just("ambiguous"), Just("superseded")])
                   -> (DocumentId, Known) {
        let run = KnownRun { run_id: "r".to_owned(), state: state.to_owned(), reason: None, expected };
        let object = sage.map(|sage| KnownObject { sage_id: format!("s{sage}"), posted });
        ((kind, id), Known { run: has_run.then_some(run), object, is_canceled, is_paid: is_canceled })
    }
}

prop_compose! {
    fn any_object()(kind in kinds(), id in 0_i64..12, currency in currencies(), total in cents(), tax in cents(), day in 0_i64..12,
                    number in 0_i64..12, is_ours in any::<bool>(), part in proptest::option::of((cents(), cents(), proptest::option::of(0_i64..3))),
                    state in prop_oneof![4 => Just(SageState::Posted), 1 => Just(SageState::Void), 1 => Just(SageState::Draft), 1 => Just(SageState::Gone)])
                    -> SageDocument {
        let rates = part.map(|(net, tax, rate)| SageRate { rate: rate.map(Decimal::from), net, tax });
        SageDocument { currency, total, tax, day: Day(day), is_ours, state, reference: Some(format!("{number:09}")),
            rates: rates.into_iter().collect(), ..object(kind, &format!("s{id}"), "0", "0") }
    }
}

proptest! {
    /// Whatever stands on either side: the differences are the difference.
    #[test]
    fn the_differences_add_up_to_the_difference(
        rows in proptest::collection::vec(any_row(), 0..12),
        others in proptest::collection::vec(any_row(), 0..3),
        known in proptest::collection::vec(any_known(), 0..12),
        sage in proptest::collection::vec(any_object(), 0..12),
    ) {
        let mut facts = facts(rows, known, sage);
        // Totals of the shop's that its documents do not bear out.
        let mut more = summed(others);
        more.documents.clear();
        facts.shop.push(more);
        closes(&compare(&facts));
    }
}
