//! What is compared: the shop's days, what the relay knows of them, what stands in Sage.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::amount::Day;
use super::shop_totals::{DayReport, DocumentKind};

/// A document of the shop: its kind and Magento's id.
pub type DocumentId = (DocumentKind, i64);

/// Everything that is compared.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// First day, in the shop's time zone.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// What the shop told of these days.
    pub shop: Vec<DayReport>,
    /// Days of these that the shop has not told of.
    pub untold: BTreeSet<Day>,
    /// What the relay knows of the shop's documents.
    pub known: BTreeMap<DocumentId, Known>,
    /// Documents in Sage: those of these days, and those of other days that the relay made for a
    /// document of these days.
    pub sage: Vec<SageDocument>,
    /// Receipts and refunds in Sage of these days.
    pub payments: Vec<SagePayment>,
    /// Bank accounts by payment method, and the one of any other method.
    pub banks: Banks,
}

/// Where payments go.
#[derive(Debug, Clone, Default)]
pub struct Banks {
    /// Bank account by method; none where payments of a method are not posted.
    pub of_method: BTreeMap<String, Option<String>>,
    /// Of a method that is not named.
    pub otherwise: Option<String>,
}

impl Banks {
    /// The bank account of a method.
    #[must_use]
    pub fn of(&self, method: &str) -> Option<&str> {
        let named = self.of_method.get(method);
        let bank = named.unwrap_or(&self.otherwise);
        bank.as_deref()
    }
}

/// What the relay knows of a document.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Its newest run, where there is one.
    pub run: Option<KnownRun>,
    /// The object that the relay made of it, where it is known.
    pub object: Option<KnownObject>,
    /// Whether Magento has canceled it.
    pub is_canceled: bool,
    /// Whether the shop has sent its payment.
    pub is_paid: bool,
}

/// A run of a document.
#[derive(Debug, Clone, Default)]
pub struct KnownRun {
    /// Its id.
    pub run_id: String,
    /// Where it stands.
    pub state: String,
    /// Why, where there is a reason.
    pub reason: Option<String>,
    /// The total as it was sent.
    pub expected: Option<Decimal>,
}

/// An object that the relay made.
#[derive(Debug, Clone, Default)]
pub struct KnownObject {
    /// Sage's id.
    pub sage_id: String,
    /// The total that Sage answered.
    pub posted: Option<Decimal>,
}

/// Whether a document counts in Sage's books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SageState {
    /// It counts.
    Posted,
    /// A draft or pro forma: it posts nothing.
    Draft,
    /// It was voided.
    Void,
    /// It is not there any more.
    Gone,
}

impl SageState {
    /// Of the status that Sage gives; ours where it is gone.
    #[must_use]
    pub fn of(status: &str) -> Self {
        match status {
            "VOID" => Self::Void,
            "DRAFT" | "PRO_FORMA" => Self::Draft,
            GONE => Self::Gone,
            _ => Self::Posted,
        }
    }
}

/// The status under which an object is kept that Sage has no more.
pub const GONE: &str = "GONE";

/// A sales invoice or credit note in Sage.
#[derive(Debug, Clone)]
pub struct SageDocument {
    /// Invoice or credit note.
    pub kind: DocumentKind,
    /// Sage's id.
    pub sage_id: String,
    /// Sage's number.
    pub number: Option<String>,
    /// The reference, where it is a number.
    pub reference: Option<String>,
    /// Its date.
    pub day: Day,
    /// Its currency.
    pub currency: String,
    /// With VAT; above zero for a credit note too.
    pub total: Decimal,
    /// VAT.
    pub tax: Decimal,
    /// What is not paid yet.
    pub outstanding: Option<Decimal>,
    /// Whether it counts.
    pub state: SageState,
    /// Net and VAT by rate, as far as Sage states it.
    pub rates: Vec<SageRate>,
    /// Whether the relay made it for some document.
    pub is_ours: bool,
}

/// A part of a document at one rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SageRate {
    /// Percentage, where it is known.
    pub rate: Option<Decimal>,
    /// Without VAT.
    pub net: Decimal,
    /// VAT.
    pub tax: Decimal,
}

/// A receipt or refund in Sage.
#[derive(Debug, Clone)]
pub struct SagePayment {
    /// Whether it went out.
    pub is_refund: bool,
    /// Its bank account.
    pub bank: String,
    /// Its currency.
    pub currency: String,
    /// Above zero for a refund too.
    pub amount: Decimal,
}
