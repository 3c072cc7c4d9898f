//! Each cause by an example, and the law that differences add up for any facts.

mod properties;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::*;

fn amount(text: &str) -> Amount {
    Amount(text.parse().unwrap())
}

fn row(kind: DocumentKind, id: i64, total: &str, tax: &str) -> DocumentRow {
    DocumentRow {
        kind,
        entity_id: id,
        increment_id: format!("{id:09}"),
        day: Day(3),
        currency: "GBP".to_owned(),
        total: amount(total),
        tax: amount(tax),
        skipped: None,
        rejected: None,
        paid: None,
    }
}

fn object(kind: DocumentKind, id: &str, total: &str, tax: &str) -> SageDocument {
    SageDocument {
        kind,
        sage_id: id.to_owned(),
        number: None,
        reference: None,
        day: Day(3),
        currency: "GBP".to_owned(),
        total: total.parse().unwrap(),
        tax: tax.parse().unwrap(),
        outstanding: None,
        state: SageState::Posted,
        rates: Vec::new(),
        is_ours: true,
    }
}

fn posted(id: &str, total: &str) -> Known {
    Known {
        run: Some(KnownRun {
            run_id: format!("run-{id}"),
            state: "succeeded".to_owned(),
            reason: None,
            expected: Some(total.parse().unwrap()),
        }),
        object: Some(KnownObject {
            sage_id: id.to_owned(),
            posted: Some(total.parse().unwrap()),
        }),
        ..Known::default()
    }
}

fn in_state(state: &str, reason: &str) -> Known {
    Known {
        run: Some(KnownRun {
            run_id: "run".to_owned(),
            state: state.to_owned(),
            reason: Some(reason.to_owned()),
            expected: None,
        }),
        ..Known::default()
    }
}

/// The shop's totals as they follow from its documents, all at one rate.
fn summed(documents: Vec<DocumentRow>) -> DayReport {
    let totals = documents.iter().map(|row| RateRow {
        day: row.day,
        kind: row.kind,
        currency: row.currency.clone(),
        rate: amount("20.0000"),
        net: Amount(row.total.0 - row.tax.0),
        tax: row.tax,
        count: 1,
    });
    DayReport {
        time_zone: "UTC".to_owned(),
        totals: totals.collect(),
        payments: Vec::new(),
        refunds: Vec::new(),
        documents,
    }
}

fn facts(
    documents: Vec<DocumentRow>,
    known: Vec<(DocumentId, Known)>,
    sage: Vec<SageDocument>,
) -> Facts {
    Facts {
        from: Day(1),
        to: Day(9),
        shop: vec![summed(documents)],
        known: known.into_iter().collect(),
        sage,
        ..Facts::default()
    }
}

fn closes(outcome: &Reconciliation) {
    for totals in &outcome.currencies {
        assert_eq!(totals.explained(), totals.difference(), "{totals:#?}");
        let tax: Decimal = totals.differences.iter().map(|one| one.tax).sum();
        assert_eq!(tax, totals.shop.tax - totals.sage.tax, "{totals:#?}");
        let of_rates = |side: fn(&RateTotals) -> Sum| {
            let sums = totals.rates.iter().map(side);
            sums.fold((Decimal::ZERO, Decimal::ZERO), |(net, tax), sum| {
                (net + sum.net, tax + sum.tax)
            })
        };
        let both = |sum: Sum| (sum.net, sum.tax);
        assert_eq!(of_rates(|rate| rate.shop), both(totals.shop));
        assert_eq!(of_rates(|rate| rate.sage), both(totals.sage));
    }
}

use DocumentKind::{Creditmemo, Invoice};

#[test]
fn every_cause_is_named_and_the_sums_close() {
    let mut skipped = row(Invoice, 5, "0.00", "0.00");
    skipped.skipped = Some("zero_value_invoice".to_owned());
    let mut refused = row(Invoice, 12, "7.00", "0.00");
    refused.rejected = Some("tax_rate_not_mapped".to_owned());
    let mut by_hand = object(Invoice, "hand", "50.00", "8.33");
    by_hand.is_ours = false;
    let mut twin = object(Invoice, "twin", "12.00", "2.00");
    twin.is_ours = false;
    twin.reference = Some("000000001".to_owned());
    let mut void = object(Invoice, "i2", "24.00", "4.00");
    void.state = SageState::Void;
    let mut moved = object(Invoice, "i11", "6.00", "1.00");
    moved.day = Day(10);
    let mut gone = object(Invoice, "i8", "0", "0");
    gone.state = SageState::Gone;
    let facts = facts(
        vec![
            row(Invoice, 1, "12.00", "2.00"),
            row(Invoice, 2, "24.00", "4.00"),
            row(Invoice, 3, "36.00", "6.00"),
            row(Invoice, 4, "48.00", "8.00"),
            skipped,
            row(Invoice, 6, "60.00", "10.00"),
            row(Invoice, 7, "72.00", "12.00"),
            row(Invoice, 8, "84.00", "14.00"),
            row(Creditmemo, 1, "12.00", "2.00"),
            row(Invoice, 9, "96.00", "16.00"),
            row(Invoice, 11, "6.00", "1.00"),
            refused,
            row(Invoice, 13, "10.00", "1.67"),
        ],
        vec![
            ((Invoice, 1), posted("i1", "12.00")),
            ((Invoice, 2), posted("i2", "24.00")),
            ((Invoice, 3), posted("i3", "36.00")),
            ((Invoice, 4), in_state("rejected", "sage_rejected")),
            ((Invoice, 6), in_state("waiting", "sage_throttled")),
            ((Invoice, 7), in_state("ambiguous", "ambiguous_outcome")),
            ((Invoice, 8), posted("i8", "84.00")),
            ((Invoice, 9), posted("i9", "96.01")),
            ((Invoice, 11), posted("i11", "6.00")),
            ((Invoice, 13), posted("i13", "10.00")),
        ],
        vec![
            object(Invoice, "i1", "12.00", "2.00"),
            void,
            gone,
            object(Invoice, "i3", "40.00", "6.67"),
            by_hand,
            twin,
            object(Invoice, "i9", "96.01", "16.01"),
            object(Creditmemo, "other", "1.00", "0.00"),
            moved,
        ],
    );
    let outcome = compare(&facts);
    closes(&outcome);
    let totals = &outcome.currencies[0];
    let found: Vec<(Cause, String)> = totals
        .differences
        .iter()
        .map(|one| (one.cause, one.amount.to_string()))
        .collect();
    let expected = [
        (Cause::Failed, "48.00"),
        (Cause::Rejected, "7.00"),
        (Cause::NeedsDecision, "72.00"),
        (Cause::NotCaptured, "-12.00"),
        (Cause::MissingInSage, "84.00"),
        (Cause::VoidedInSage, "24.00"),
        (Cause::EditedInSage, "-4.00"),
        (Cause::ChangedInShop, "-0.01"),
        (Cause::OtherDay, "6.00"),
        (Cause::NotTold, "1.00"),
        (Cause::DuplicateInSage, "-12.00"),
        (Cause::UnknownInSage, "-50.00"),
        (Cause::Skipped, "0"),
        (Cause::Waiting, "60.00"),
        (Cause::NotRead, "10.00"),
    ];
    let expected: Vec<(Cause, String)> = expected
        .iter()
        .map(|(cause, amount)| (*cause, (*amount).to_owned()))
        .collect();
    assert_eq!(found, expected);
    let skipped = totals
        .differences
        .iter()
        .find(|one| one.cause == Cause::Skipped);
    assert_eq!(
        skipped.unwrap().reason.as_deref(),
        Some("zero_value_invoice")
    );
}

#[test]
fn a_total_that_was_wrong_and_was_edited_then_is_told_in_two_steps() {
    let mut known = posted("i1", "12.00");
    known.run.as_mut().unwrap().expected = Some("11.99".parse().unwrap());
    let facts = facts(
        vec![row(Invoice, 1, "11.99", "2.00")],
        vec![((Invoice, 1), known)],
        vec![object(Invoice, "i1", "13.00", "2.17")],
    );
    let outcome = compare(&facts);
    closes(&outcome);
    let found: Vec<_> = outcome.currencies[0]
        .differences
        .iter()
        .map(|one| (one.cause, one.amount.to_string(), one.tax.to_string()))
        .collect();
    let expected = [
        (Cause::EditedInSage, "-1.00".to_owned(), "-0.17".to_owned()),
        (Cause::TotalDiffers, "-0.01".to_owned(), "0".to_owned()),
    ];
    assert_eq!(found, expected);
}

#[test]
fn another_currency_counts_on_both_sides() {
    let mut foreign = object(Invoice, "i1", "12.00", "2.00");
    foreign.currency = "EUR".to_owned();
    let facts = facts(
        vec![row(Invoice, 1, "12.00", "2.00")],
        vec![((Invoice, 1), posted("i1", "12.00"))],
        vec![foreign],
    );
    let outcome = compare(&facts);
    closes(&outcome);
    let found = outcome.currencies.iter().map(|one| {
        let difference = &one.differences[0];
        (
            one.currency.as_str(),
            difference.cause,
            difference.amount.to_string(),
        )
    });
    let found: Vec<_> = found.collect();
    assert_eq!(
        found,
        [
            ("EUR", Cause::CurrencyDiffers, "-12.00".to_owned()),
            ("GBP", Cause::CurrencyDiffers, "12.00".to_owned())
        ]
    );
}

#[test]
fn payments_are_compared_by_bank_account_and_open_invoices_are_listed() {
    let paid = |id: &str| {
        let mut known = posted(id, "12.00");
        known.is_paid = true;
        known
    };
    let with_open = |id: &str, open: &str| {
        let mut object = object(Invoice, id, "12.00", "2.00");
        object.outstanding = Some(open.parse().unwrap());
        object
    };
    let mut facts = facts(
        (1..=4)
            .map(|id| row(Invoice, id, "12.00", "2.00"))
            .collect(),
        vec![
            ((Invoice, 1), paid("i1")),
            ((Invoice, 2), paid("i2")),
            ((Invoice, 3), posted("i3", "12.00")),
            ((Invoice, 4), posted("i4", "12.00")),
        ],
        vec![
            with_open("i1", "0.00"),
            with_open("i2", "7.00"),
            with_open("i3", "0.00"),
            with_open("i4", "12.00"),
        ],
    );
    let payment = |method: &str, text: &str| PaymentRow {
        day: Day(3),
        currency: "GBP".to_owned(),
        method: method.to_owned(),
        amount: amount(text),
        count: 1,
    };
    facts.shop[0].payments = vec![
        payment("card", "24.00"),
        payment("paypal", "12.00"),
        payment("card", "-2.00"),
        payment("purchaseorder", "5.00"),
    ];
    facts.shop[0].refunds = vec![payment("card", "3.00")];
    facts.banks = Banks {
        of_method: BTreeMap::from([
            ("paypal".to_owned(), Some("paypal-bank".to_owned())),
            ("purchaseorder".to_owned(), None),
        ]),
        otherwise: Some("bank".to_owned()),
    };
    let moved = |is_refund: bool, bank: &str, text: &str| SagePayment {
        is_refund,
        bank: bank.to_owned(),
        currency: "GBP".to_owned(),
        amount: text.parse().unwrap(),
    };
    facts.payments = vec![
        moved(false, "bank", "22.00"),
        moved(false, "cash", "1.00"),
        moved(true, "bank", "2.50"),
    ];
    let outcome = compare(&facts);
    closes(&outcome);
    let banks: Vec<_> = outcome
        .banks
        .iter()
        .map(|one| {
            (
                one.bank.as_deref(),
                one.shop.received.to_string(),
                one.sage.received.to_string(),
            )
        })
        .collect();
    let both = |shop: &str, sage: &str| (shop.to_owned(), sage.to_owned());
    let expected = [
        (None, both("5.00", "0")),
        (Some("bank"), both("22.00", "22.00")),
        (Some("cash"), both("0", "1.00")),
        (Some("paypal-bank"), both("12.00", "0")),
    ];
    assert_eq!(
        banks,
        expected.map(|(bank, (shop, sage))| (bank, shop, sage))
    );
    let refunded = &outcome.banks[1];
    assert_eq!(refunded.shop.refunded.to_string(), "3.00");
    assert_eq!(refunded.sage.refunded.to_string(), "2.50");
    assert_eq!(refunded.shop.net().to_string(), "19.00");
    let open: Vec<_> = outcome
        .open
        .iter()
        .map(|one| (one.increment_id.as_str(), one.is_paid_in_shop))
        .collect();
    assert_eq!(open, [("000000002", true), ("000000003", false)]);
}

#[test]
fn a_day_that_the_shop_has_not_told_of_is_named_so() {
    let ours = object(Invoice, "i1", "12.00", "2.00");
    let cause_of = |untold: &[i64]| {
        let mut facts = facts(Vec::new(), Vec::new(), vec![ours.clone()]);
        facts.untold = untold.iter().copied().map(Day).collect();
        let outcome = compare(&facts);
        closes(&outcome);
        outcome.currencies[0].differences[0].cause
    };
    assert_eq!(cause_of(&[2, 3]), Cause::ShopNotRead);
    assert_eq!(cause_of(&[2]), Cause::NotTold);
}

#[test]
#[expect(clippy::as_conversions, reason = "the place of a variant")]
fn the_list_of_causes_is_complete() {
    assert_eq!(Cause::ALL.len(), Cause::ShopSums as usize + 1);
    assert!(Cause::ALL.is_sorted());
}
