//! What is found of a document that only people can decide on.

use ledger_plan::Resource;
use ledger_store::history::{ExceptionLine, HistoryLine};
use serde_json::Value;

/// Why a person is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExceptionKind {
    /// It may or may not be in Sage.
    InDoubt,
    /// A contact, perhaps a deleted one, holds the customer's reference.
    ReferenceReserved,
    /// The customer's reference belongs to a contact with another e-mail address.
    OtherContact,
    /// It is in Sage with another total or currency.
    TotalDiffers,
}

/// A document that a person must decide on.
#[derive(Debug)]
pub struct Exception {
    /// Why.
    pub kind: ExceptionKind,
    /// Code of the reason.
    pub code: String,
    /// The document.
    pub line: HistoryLine,
    /// The contact that it goes on.
    pub contact_key: Option<String>,
}

/// An object of Sage's that may be the one.
#[derive(Debug)]
pub struct Candidate {
    /// Sage's id.
    pub sage_id: String,
    /// Its name or number, as Sage shows it.
    pub name: String,
    /// Its reference.
    pub reference: String,
    /// Its total, of a document.
    pub total: Option<String>,
    /// Its date, of a document.
    pub date: Option<String>,
    /// Whether it has the customer's e-mail address, of a contact.
    pub has_email: Option<bool>,
    /// Whether Sage has deleted it: it cannot be used.
    pub is_deleted: bool,
}

/// An exception with what may be done.
#[derive(Debug)]
pub struct ExceptionDetail {
    /// The exception.
    pub exception: Exception,
    /// What was looked for: the relay's key, and the kind of object.
    pub key: String,
    /// The kind of object.
    pub resource: Resource,
    /// Objects in Sage that it may be.
    pub candidates: Vec<Candidate>,
    /// Why Sage could not be searched for them.
    pub problem: Option<String>,
    /// Other documents that wait for the same contact.
    pub others: Vec<String>,
}

impl Exception {
    pub(super) fn of(found: ExceptionLine) -> Option<Self> {
        let outline: Value = found
            .outline
            .as_deref()
            .and_then(|outline| serde_json::from_str(outline).ok())
            .unwrap_or_default();
        let code = outline.get("code").and_then(Value::as_str);
        let code = code.unwrap_or_default().to_owned();
        let kind = match (found.line.state.as_str(), code.as_str()) {
            ("ambiguous", _) => ExceptionKind::InDoubt,
            ("rejected", "contact_reference_collision") => ExceptionKind::OtherContact,
            ("rejected", _) => ExceptionKind::ReferenceReserved,
            ("succeeded", "total_differs" | "total_not_stated" | "currency_differs") => {
                ExceptionKind::TotalDiffers
            }
            _ => return None,
        };
        Some(Self {
            kind,
            code,
            line: found.line,
            contact_key: found.contact_key,
        })
    }

    pub(super) fn is_of_a_contact(&self) -> bool {
        matches!(
            self.kind,
            ExceptionKind::ReferenceReserved | ExceptionKind::OtherContact
        )
    }
}
