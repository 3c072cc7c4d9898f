//! Reconciliation: the shop's documents beside what stands in Sage, every penny explained.
//!
//! Nothing here reads or writes anything: `operations` brings the figures, the dashboard shows them.

mod amount;
mod compare;
mod difference;
mod facts;
mod outcome;
mod shop_totals;
#[cfg(test)]
mod tests;

pub use amount::{Amount, Day};
pub use compare::compare;
pub use facts::{
    Banks, DocumentId, Facts, GONE, Known, KnownObject, KnownRun, SageDocument, SagePayment,
    SageRate, SageState,
};
pub use outcome::{
    BankSum, BankTotals, Cause, CurrencyTotals, Difference, OpenDocument, RateTotals,
    Reconciliation, Sum,
};
pub use shop_totals::{
    DayReport, DocumentKind, DocumentRow, MOST_DAYS, PaymentRow, RateRow, ShopTotals,
};
