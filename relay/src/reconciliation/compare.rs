//! The comparison itself.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::difference::{absent, in_sage, run_id, sign, steps, whole};
use super::facts::{DocumentId, Facts, Known, SageDocument, SageState};
use super::outcome::{
    BankTotals, Cause, CurrencyTotals, Difference, OpenDocument, RateTotals, Reconciliation, Sum,
};
use super::shop_totals::{DocumentKind, DocumentRow};

/// Compares.
#[must_use]
pub fn compare(facts: &Facts) -> Reconciliation {
    let mut comparison = Comparison::new(facts);
    comparison.add_up();
    for row in documents(facts) {
        let differences = comparison.of_document(row);
        comparison.differ(&row.currency, differences);
    }
    comparison.unmatched();
    comparison.shop_sums();
    Reconciliation {
        currencies: comparison.currencies(),
        banks: banks(facts),
        open: comparison.open,
        documents: documents(facts).count(),
    }
}

fn documents(facts: &Facts) -> impl Iterator<Item = &DocumentRow> {
    facts.shop.iter().flat_map(|day| &day.documents)
}

#[derive(Default)]
struct Side {
    totals: CurrencyTotals,
    /// By rate; without one at the end.
    rates: BTreeMap<Option<Decimal>, RateTotals>,
}

struct Comparison<'a> {
    facts: &'a Facts,
    by_id: BTreeMap<(DocumentKind, &'a str), &'a SageDocument>,
    matched: BTreeSet<(DocumentKind, &'a str)>,
    numbers: BTreeSet<(DocumentKind, &'a str)>,
    sides: BTreeMap<String, Side>,
    open: Vec<OpenDocument>,
}

impl<'a> Comparison<'a> {
    fn new(facts: &'a Facts) -> Self {
        let by_id = facts.sage.iter();
        let by_id = by_id.map(|object| ((object.kind, object.sage_id.as_str()), object));
        let numbers = documents(facts).map(|row| (row.kind, row.increment_id.as_str()));
        let ours = facts.sage.iter().filter(|object| object.is_ours);
        let references =
            ours.filter_map(|object| Some((object.kind, object.reference.as_deref()?)));
        Self {
            facts,
            by_id: by_id.collect(),
            matched: BTreeSet::new(),
            numbers: numbers.chain(references).collect(),
            sides: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    fn side(&mut self, currency: &str) -> &mut Side {
        self.sides.entry(currency.to_owned()).or_default()
    }

    fn differ(&mut self, currency: &str, differences: Vec<Difference>) {
        let side = self.side(currency);
        side.totals.differences.extend(differences);
    }

    fn counts(&self, object: &SageDocument) -> bool {
        object.state == SageState::Posted
            && object.day >= self.facts.from
            && object.day <= self.facts.to
    }

    /// The totals of both sides.
    fn add_up(&mut self) {
        let facts = self.facts;
        for row in facts.shop.iter().flat_map(|day| &day.totals) {
            let sign = sign(row.kind);
            let (net, tax) = (sign * row.net.0, sign * row.tax.0);
            let side = self.side(&row.currency);
            side.totals.shop.add(net, tax);
            let rate = side.rates.entry(Some(row.rate.0.normalize())).or_default();
            rate.shop.add(net, tax);
        }
        for row in documents(facts) {
            self.side(&row.currency);
        }
        for object in self.by_id.clone().into_values() {
            if !self.counts(object) {
                continue;
            }
            let sign = sign(object.kind);
            let side = self.side(&object.currency);
            let mut rest = Sum {
                net: sign * (object.total - object.tax),
                tax: sign * object.tax,
            };
            side.totals.sage.add(rest.net, rest.tax);
            for part in &object.rates {
                let (net, tax) = (sign * part.net, sign * part.tax);
                let rate = part.rate.map(|rate| rate.normalize());
                side.rates.entry(rate).or_default().sage.add(net, tax);
                rest.add(-net, -tax);
            }
            if rest != Sum::default() {
                side.rates
                    .entry(None)
                    .or_default()
                    .sage
                    .add(rest.net, rest.tax);
            }
        }
    }

    /// Why a document of the shop's is another in Sage, or not there.
    fn of_document(&mut self, row: &'a DocumentRow) -> Vec<Difference> {
        let id: DocumentId = (row.kind, row.entity_id);
        let facts = self.facts;
        let known = facts.known.get(&id);
        let made = known.and_then(|known| known.object.as_ref());
        let object = made.and_then(|made| {
            let found = self.by_id.get(&(row.kind, made.sage_id.as_str()));
            found.copied()
        });
        let whole = |cause: Cause| vec![whole(row, known, object, cause)];
        let Some(object) = object else {
            return whole(absent(row, known));
        };
        match object.state {
            SageState::Void if known.is_some_and(|known| known.is_canceled) => {
                return whole(Cause::Canceled);
            }
            SageState::Void => return whole(Cause::VoidedInSage),
            SageState::Draft => return whole(Cause::DraftInSage),
            SageState::Gone => return whole(Cause::MissingInSage),
            SageState::Posted => {}
        }
        if object.currency != row.currency {
            return whole(Cause::CurrencyDiffers);
        }
        if !self.counts(object) {
            return whole(Cause::OtherDay);
        }
        if !self.matched.insert((object.kind, object.sage_id.as_str())) {
            return whole(Cause::MissingInSage);
        }
        self.settled(row, known, object);
        steps(row, known, object)
    }

    /// Whether both sides have an invoice as paid.
    fn settled(&mut self, row: &DocumentRow, known: Option<&Known>, object: &SageDocument) {
        let (DocumentKind::Invoice, Some(outstanding)) = (row.kind, object.outstanding) else {
            return;
        };
        let sent = known.is_some_and(|known| known.is_paid);
        let is_paid_in_shop = row.paid.unwrap_or(sent);
        let is_paid_in_sage = outstanding <= Decimal::ZERO;
        if is_paid_in_shop != is_paid_in_sage {
            self.open.push(OpenDocument {
                is_paid_in_shop,
                increment_id: row.increment_id.clone(),
                day: row.day,
                run_id: run_id(known),
                sage_id: object.sage_id.clone(),
                currency: object.currency.clone(),
                outstanding,
            });
        }
    }

    /// What counts in Sage and is of no document of the shop's of these days.
    fn unmatched(&mut self) {
        let facts = self.facts;
        let made: BTreeSet<(DocumentKind, &str)> = documents(facts)
            .filter_map(|row| {
                let known = facts.known.get(&(row.kind, row.entity_id))?;
                Some((row.kind, known.object.as_ref()?.sage_id.as_str()))
            })
            .collect();
        for (key, object) in self.by_id.clone() {
            if !self.counts(object) || self.matched.contains(&key) {
                continue;
            }
            let number = object.reference.as_deref();
            let cause = if made.contains(&key) {
                Cause::CurrencyDiffers
            } else if object.is_ours && facts.untold.contains(&object.day) {
                Cause::ShopNotRead
            } else if object.is_ours {
                Cause::NotTold
            } else if number.is_some_and(|number| self.numbers.contains(&(object.kind, number))) {
                Cause::DuplicateInSage
            } else {
                Cause::UnknownInSage
            };
            let sign = sign(object.kind);
            let difference = Difference {
                cause,
                reason: None,
                kind: Some(object.kind),
                increment_id: None,
                day: Some(object.day),
                run_id: None,
                sage_id: Some(object.sage_id.clone()),
                sage_number: in_sage(object),
                amount: -sign * object.total,
                tax: -sign * object.tax,
            };
            self.differ(&object.currency, vec![difference]);
        }
    }

    /// What the shop's own figures differ by.
    fn shop_sums(&mut self) {
        let mut listed: BTreeMap<&str, (Decimal, Decimal)> = BTreeMap::new();
        for row in documents(self.facts) {
            let (total, tax) = listed.entry(&row.currency).or_default();
            *total += sign(row.kind) * row.total.0;
            *tax += sign(row.kind) * row.tax.0;
        }
        for (currency, side) in &mut self.sides {
            let (total, tax) = listed.get(currency.as_str()).copied().unwrap_or_default();
            let amount = side.totals.shop.total() - total;
            let tax = side.totals.shop.tax - tax;
            if !amount.is_zero() || !tax.is_zero() {
                side.totals.differences.push(Difference {
                    cause: Cause::ShopSums,
                    reason: None,
                    kind: None,
                    increment_id: None,
                    day: None,
                    run_id: None,
                    sage_id: None,
                    sage_number: None,
                    amount,
                    tax,
                });
            }
        }
    }

    fn currencies(&mut self) -> Vec<CurrencyTotals> {
        let sides = std::mem::take(&mut self.sides);
        let finished = sides.into_iter().map(|(currency, side)| {
            let mut totals = side.totals;
            totals.currency = currency;
            let rates = side.rates.into_iter().rev();
            totals.rates = rates
                .map(|(rate, both)| RateTotals { rate, ..both })
                .collect();
            let order = |one: &Difference| (one.cause, one.day, one.increment_id.clone());
            totals.differences.sort_by_key(order);
            totals
        });
        finished.collect()
    }
}

fn banks(facts: &Facts) -> Vec<BankTotals> {
    let mut all: BTreeMap<(Option<String>, String), BankTotals> = BTreeMap::new();
    let mut of = |bank: Option<&str>, currency: &str, change: &mut dyn FnMut(&mut BankTotals)| {
        let key = (bank.map(ToOwned::to_owned), currency.to_owned());
        let totals = all.entry(key).or_insert_with_key(|key| BankTotals {
            bank: key.0.clone(),
            currency: key.1.clone(),
            ..BankTotals::default()
        });
        change(totals);
    };
    let money = facts.shop.iter().flat_map(|day| {
        let payments = day.payments.iter().map(|row| (false, row));
        payments.chain(day.refunds.iter().map(|row| (true, row)))
    });
    for (is_refund, row) in money {
        of(facts.banks.of(&row.method), &row.currency, &mut |totals| {
            totals.shop.add(is_refund, row.amount.0);
            if !totals.methods.contains(&row.method) {
                totals.methods.push(row.method.clone());
            }
        });
    }
    for payment in &facts.payments {
        of(Some(&payment.bank), &payment.currency, &mut |totals| {
            totals.sage.add(payment.is_refund, payment.amount);
        });
    }
    all.into_values().collect()
}
