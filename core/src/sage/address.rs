//! Addresses on documents and on contacts.

use serde::Serialize;

/// The address keys documents and contacts share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Address {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) address_line_1: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) address_line_2: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) city: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) region: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) postal_code: String,
    pub(crate) country_id: String,
}

/// An address on a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ContactAddress {
    #[serde(flatten)]
    pub(crate) address: Address,
    pub(crate) is_main_address: bool,
}
