//! `customer.upserted`: a customer with its address book.

use super::{Address, Text};
use serde::Deserialize;

/// A customer was saved, or one of its addresses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct CustomerEvent<'a> {
    #[serde(borrow, rename = "schema")]
    _schema: Text<'a>,
    #[serde(rename = "event")]
    _event: Text<'a>,
    #[serde(rename = "magento_entity_id")]
    _magento_entity_id: u64,
    pub sequence: u64,
    pub website_id: u64,
    pub store_id: u64,
    #[serde(rename = "occurred_at")]
    _occurred_at: Text<'a>,
    #[serde(rename = "local_date")]
    _local_date: Text<'a>,
    pub customer: Customer<'a>,
    #[serde(default)]
    pub customer_addresses: Vec<CustomerAddress<'a>>,
}

/// `customer_entity`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Magento's columns under Magento's names"
)]
pub struct Customer<'a> {
    pub entity_id: u64,
    pub website_id: Option<u64>,
    pub store_id: Option<u64>,
    pub group_id: Option<u64>,
    pub default_billing: Option<u64>,
    pub default_shipping: Option<u64>,
    #[serde(borrow)]
    pub email: Text<'a>,
    pub created_at: Option<Text<'a>>,
    pub updated_at: Option<Text<'a>>,
    pub prefix: Option<Text<'a>>,
    pub firstname: Option<Text<'a>>,
    pub middlename: Option<Text<'a>>,
    pub lastname: Option<Text<'a>>,
    pub suffix: Option<Text<'a>>,
    pub taxvat: Option<Text<'a>>,
}

/// `customer_address_entity`: an address and its id.
#[derive(Debug)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct CustomerAddress<'a> {
    pub entity_id: u64,
    pub address: Address<'a>,
}

/// The address as it is written; `flatten` would switch strict reading off.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    entity_id: u64,
    #[serde(borrow)]
    prefix: Option<Text<'a>>,
    firstname: Option<Text<'a>>,
    middlename: Option<Text<'a>>,
    lastname: Option<Text<'a>>,
    suffix: Option<Text<'a>>,
    company: Option<Text<'a>>,
    street: Option<Text<'a>>,
    city: Option<Text<'a>>,
    region: Option<Text<'a>>,
    postcode: Option<Text<'a>>,
    country_id: Option<Text<'a>>,
    telephone: Option<Text<'a>>,
    vat_id: Option<Text<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for CustomerAddress<'a> {
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

impl CustomerEvent<'_> {
    /// The address book's entry with this id, and its JSON pointer.
    pub(crate) fn address(&self, id: Option<u64>) -> Option<(&Address<'_>, String)> {
        let id = id?;
        self.customer_addresses
            .iter()
            .enumerate()
            .find(|(_, entry)| entry.entity_id == id)
            .map(|(index, entry)| (&entry.address, format!("/customer_addresses/{index}")))
    }
}
