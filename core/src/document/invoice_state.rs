//! Magento's states of an invoice.

/// Magento's states of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvoiceState {
    Open,
    Paid,
    Canceled,
}

impl InvoiceState {
    /// The state behind the column's number.
    pub(crate) fn from_magento(state: u64) -> Option<Self> {
        match state {
            1 => Some(Self::Open),
            2 => Some(Self::Paid),
            3 => Some(Self::Canceled),
            _ => None,
        }
    }
}
