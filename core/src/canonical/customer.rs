//! `customer.upserted`: a customer with its address book.

use super::Address;
use serde::Deserialize;

/// A customer was saved, or one of its addresses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct CustomerEvent {
    #[serde(rename = "schema")]
    _schema: String,
    #[serde(rename = "event")]
    _event: String,
    #[serde(rename = "magento_entity_id")]
    _magento_entity_id: u64,
    pub sequence: u64,
    pub website_id: u64,
    pub store_id: u64,
    #[serde(rename = "occurred_at")]
    _occurred_at: String,
    #[serde(rename = "local_date")]
    _local_date: String,
    pub customer: Customer,
    #[serde(default)]
    pub customer_addresses: Vec<CustomerAddress>,
}

/// `customer_entity`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Customer {
    pub entity_id: u64,
    pub website_id: Option<u64>,
    pub store_id: Option<u64>,
    pub group_id: Option<u64>,
    pub default_billing: Option<u64>,
    pub default_shipping: Option<u64>,
    pub email: String,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    pub prefix: Option<String>,
    pub firstname: Option<String>,
    pub middlename: Option<String>,
    pub lastname: Option<String>,
    pub suffix: Option<String>,
    pub taxvat: Option<String>,
}

/// `customer_address_entity`: an address and its id.
#[derive(Debug)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct CustomerAddress {
    pub entity_id: u64,
    pub address: Address,
}

/// The address as it is written; `flatten` would switch strict reading off.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    entity_id: u64,
    prefix: Option<String>,
    firstname: Option<String>,
    middlename: Option<String>,
    lastname: Option<String>,
    suffix: Option<String>,
    company: Option<String>,
    street: Option<String>,
    city: Option<String>,
    region: Option<String>,
    postcode: Option<String>,
    country_id: Option<String>,
    telephone: Option<String>,
    vat_id: Option<String>,
}

impl<'de> Deserialize<'de> for CustomerAddress {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        Ok(Self {
            entity_id: wire.entity_id,
            address: Address {
                prefix: wire.prefix,
                firstname: wire.firstname,
                middlename: wire.middlename,
                lastname: wire.lastname,
                suffix: wire.suffix,
                company: wire.company,
                street: wire.street,
                city: wire.city,
                region: wire.region,
                postcode: wire.postcode,
                country_id: wire.country_id,
                telephone: wire.telephone,
                email: None,
                vat_id: wire.vat_id,
            },
        })
    }
}

impl CustomerEvent {
    /// The address book's entry with this id, and its JSON pointer.
    pub(crate) fn address(&self, id: Option<u64>) -> Option<(&Address, String)> {
        let id = id?;
        self.customer_addresses
            .iter()
            .enumerate()
            .find(|(_, entry)| entry.entity_id == id)
            .map(|(index, entry)| (&entry.address, format!("/customer_addresses/{index}")))
    }
}
