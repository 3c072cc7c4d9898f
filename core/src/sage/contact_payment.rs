//! `POST /contact_payments` and `POST /contact_allocations`.

use super::ForeignCurrency;
use super::plan::Ref;
use crate::money::Money;
use serde::Serialize;

/// Money that came in or went out, settled against documents in the same call.
#[derive(Debug, Serialize)]
pub(crate) struct ContactPayment {
    pub(crate) transaction_type_id: PaymentType,
    pub(crate) contact_id: Ref,
    pub(crate) bank_account_id: String,
    pub(crate) date: String,
    pub(crate) total_amount: Money,
    pub(crate) reference: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) foreign: Option<ForeignCurrency>,
    pub(crate) allocated_artefacts: Vec<Allocated>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum PaymentType {
    #[serde(rename = "CUSTOMER_RECEIPT")]
    Receipt,
    #[serde(rename = "CUSTOMER_REFUND")]
    Refund,
}

/// Documents of one contact set off against each other; the amounts sum to zero.
#[derive(Debug, Serialize)]
pub(crate) struct ContactAllocation {
    pub(crate) transaction_type_id: &'static str,
    pub(crate) contact_id: Ref,
    pub(crate) date: String,
    pub(crate) allocated_artefacts: Vec<Allocated>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Allocated {
    pub(crate) artefact_id: Ref,
    pub(crate) amount: Money,
}
