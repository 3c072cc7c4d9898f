//! `POST /contacts` and `PUT /contacts/{id}`.

use super::ContactAddress;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub(crate) struct Contact {
    pub(crate) name: String,
    /// Exactly one type per contact.
    pub(crate) contact_type_ids: [&'static str; 1],
    /// Left out when existing variants are updated: each keeps its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tax_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) main_address: Option<ContactAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery_address: Option<ContactAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) main_contact_person: Option<ContactPerson>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ContactPerson {
    pub(crate) contact_person_type_ids: [&'static str; 1],
    pub(crate) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) telephone: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) email: String,
    pub(crate) is_main_contact: bool,
}
