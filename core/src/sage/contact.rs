//! `POST /contacts`.

use super::ContactAddress;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub(crate) struct ContactBody {
    pub(crate) contact: Contact,
}

#[derive(Debug, Serialize)]
pub(crate) struct Contact {
    pub(crate) name: String,
    /// Exactly one type per contact.
    pub(crate) contact_type_ids: [&'static str; 1],
    pub(crate) reference: String,
    pub(crate) main_address: ContactAddress,
    pub(crate) delivery_address: ContactAddress,
    pub(crate) main_contact_person: ContactPerson,
}

#[derive(Debug, Serialize)]
pub(crate) struct ContactPerson {
    pub(crate) contact_person_type_ids: [&'static str; 1],
    pub(crate) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) telephone: String,
    pub(crate) email: String,
    pub(crate) is_main_contact: bool,
}
