//! What a comparison comes to.

use rust_decimal::Decimal;

use super::amount::Day;
use super::shop_totals::DocumentKind;

/// Shop and Sage beside each other.
#[derive(Debug, Clone, Default)]
pub struct Reconciliation {
    /// One for each currency.
    pub currencies: Vec<CurrencyTotals>,
    /// Payments and refunds by bank account and currency.
    pub banks: Vec<BankTotals>,
    /// Documents that only one side has as paid.
    pub open: Vec<OpenDocument>,
    /// Bank accounts and methods aside, how many documents the shop told.
    pub documents: usize,
}

/// Net and VAT, credit notes taken off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Without VAT.
    pub net: Decimal,
    /// VAT.
    pub tax: Decimal,
}

impl Sum {
    /// With VAT.
    #[must_use]
    pub fn total(self) -> Decimal {
        self.net + self.tax
    }

    pub(super) fn add(&mut self, net: Decimal, tax: Decimal) {
        self.net += net;
        self.tax += tax;
    }
}

/// Both sides in one currency.
#[derive(Debug, Clone, Default)]
pub struct CurrencyTotals {
    /// Which.
    pub currency: String,
    /// What the shop has.
    pub shop: Sum,
    /// What Sage has.
    pub sage: Sum,
    /// Both by VAT rate, the highest first; without a rate what Sage does not state.
    pub rates: Vec<RateTotals>,
    /// Why they differ. The amounts add up to the difference of the totals.
    pub differences: Vec<Difference>,
}

impl CurrencyTotals {
    /// How much more the shop has, with VAT.
    #[must_use]
    pub fn difference(&self) -> Decimal {
        self.shop.total() - self.sage.total()
    }

    /// What the differences add up to.
    #[must_use]
    pub fn explained(&self) -> Decimal {
        self.differences.iter().map(|one| one.amount).sum()
    }
}

/// Both sides at one rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateTotals {
    /// Percentage.
    pub rate: Option<Decimal>,
    /// What the shop has.
    pub shop: Sum,
    /// What Sage has.
    pub sage: Sum,
}

/// Why shop and Sage differ in one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The relay could not post it.
    Failed,
    /// The module refused it: it was never sent.
    Rejected,
    /// A person must say whether it is in Sage.
    NeedsDecision,
    /// The shop has it, and it never came to the relay.
    NotCaptured,
    /// It was posted and Sage has it no more.
    MissingInSage,
    /// Somebody voided it in Sage.
    VoidedInSage,
    /// Somebody changed it in Sage after it was posted.
    EditedInSage,
    /// Sage came to another total when it was posted.
    TotalDiffers,
    /// The shop's total is not the one that was sent.
    ChangedInShop,
    /// Equal totals, other VAT.
    VatDiffers,
    /// It is in Sage in another currency.
    CurrencyDiffers,
    /// It is a draft in Sage, which posts nothing.
    DraftInSage,
    /// Sage has it on a day outside of these.
    OtherDay,
    /// The relay made it, for a document that the shop does not tell of these days.
    NotTold,
    /// The relay made it, and the shop has not told of that day yet.
    ShopNotRead,
    /// Nobody but Sage knows it, and one with the same number is there.
    DuplicateInSage,
    /// Nobody but Sage knows it: typed in by hand, or posted by something else.
    UnknownInSage,
    /// The settings leave it out.
    Skipped,
    /// It is on its way.
    Waiting,
    /// Somebody set it aside, or the connection rests.
    OnHold,
    /// Canceled in Magento, and so not in Sage's books.
    Canceled,
    /// Sage was not read for these days.
    NotRead,
    /// The shop's totals are not the sum of its documents.
    ShopSums,
}

impl Cause {
    /// Every cause, in the order in which they are listed.
    pub const ALL: [Self; 23] = [
        Self::Failed,
        Self::Rejected,
        Self::NeedsDecision,
        Self::NotCaptured,
        Self::MissingInSage,
        Self::VoidedInSage,
        Self::EditedInSage,
        Self::TotalDiffers,
        Self::ChangedInShop,
        Self::VatDiffers,
        Self::CurrencyDiffers,
        Self::DraftInSage,
        Self::OtherDay,
        Self::NotTold,
        Self::ShopNotRead,
        Self::DuplicateInSage,
        Self::UnknownInSage,
        Self::Skipped,
        Self::Waiting,
        Self::OnHold,
        Self::Canceled,
        Self::NotRead,
        Self::ShopSums,
    ];
}

/// One difference.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Why.
    pub cause: Cause,
    /// Code of the reason, where there is one.
    pub reason: Option<String>,
    /// Invoice or credit note; none where it is of no document.
    pub kind: Option<DocumentKind>,
    /// The shop's number.
    pub increment_id: Option<String>,
    /// Its day.
    pub day: Option<Day>,
    /// Its run, where there is one.
    pub run_id: Option<String>,
    /// Sage's id.
    pub sage_id: Option<String>,
    /// Sage's number or reference.
    pub sage_number: Option<String>,
    /// How much more the shop has, with VAT.
    pub amount: Decimal,
    /// How much more VAT the shop has.
    pub tax: Decimal,
}

/// Money of a bank account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BankSum {
    /// What came in.
    pub received: Decimal,
    /// What went out.
    pub refunded: Decimal,
}

impl BankSum {
    /// What stayed.
    #[must_use]
    pub fn net(self) -> Decimal {
        self.received - self.refunded
    }

    pub(super) fn add(&mut self, is_refund: bool, amount: Decimal) {
        if is_refund {
            self.refunded += amount;
        } else {
            self.received += amount;
        }
    }
}

/// Payments and refunds of a bank account.
#[derive(Debug, Clone, Default)]
pub struct BankTotals {
    /// Sage's id; none where the settings name no account.
    pub bank: Option<String>,
    /// Their currency.
    pub currency: String,
    /// Magento's methods that go there.
    pub methods: Vec<String>,
    /// What the shop has.
    pub shop: BankSum,
    /// What Sage has.
    pub sage: BankSum,
}

/// An invoice that only one side has as paid.
#[derive(Debug, Clone)]
pub struct OpenDocument {
    /// Paid in Magento; else paid in Sage.
    pub is_paid_in_shop: bool,
    /// The shop's number.
    pub increment_id: String,
    /// Its day.
    pub day: Day,
    /// Its run, where there is one.
    pub run_id: Option<String>,
    /// Sage's id.
    pub sage_id: String,
    /// Its currency.
    pub currency: String,
    /// What is open in Sage.
    pub outstanding: Decimal,
}
