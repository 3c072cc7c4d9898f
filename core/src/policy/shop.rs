//! What a shop tells of itself so that settings can be proposed: contracts, section 10.
//!
//! Names and percentages only; nothing of it is personal.

use crate::canonical::{Figure, Text, parse_document};
use crate::codes::Reject;
use crate::outcome::{Rejection, Step};
use crate::schema::SCHEMA_VERSION;
use serde::Deserialize;

/// Most entries of a list.
const MOST_ENTRIES: usize = 2_000;

/// The shop's own lists, under Magento's names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShopProfile<'a> {
    #[serde(borrow)]
    schema: Text<'a>,
    /// Versions of what runs in the shop.
    pub versions: Versions<'a>,
    /// `currency/options/base` of the default scope.
    pub base_currency_code: Text<'a>,
    /// `store_website`.
    pub websites: Vec<Website<'a>>,
    /// `store`, the admin's left out.
    pub stores: Vec<Store<'a>>,
    /// Currencies that shoppers can choose.
    pub currencies: Vec<Text<'a>>,
    /// Payment methods that are active, or that an order of the last year was paid with.
    pub payment_methods: Vec<PaymentMethod<'a>>,
    /// `tax_calculation_rate`, those that a tax rule uses.
    pub tax_rates: Vec<ShopTaxRate<'a>>,
    /// Types of the products in the catalogue.
    pub product_types: Vec<Text<'a>>,
    /// Address of the admin, for links to its pages.
    pub admin_url: Option<Text<'a>>,
}

/// Versions of what runs in the shop.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct Versions<'a> {
    #[serde(borrow)]
    pub magento: Text<'a>,
    pub module: Text<'a>,
    pub php: Text<'a>,
}

/// `store_website`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "Magento's columns under Magento's names")]
pub struct Website<'a> {
    pub website_id: u64,
    #[serde(borrow)]
    pub code: Text<'a>,
    pub name: Text<'a>,
}

/// `store`: a store view.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "Magento's columns under Magento's names")]
pub struct Store<'a> {
    pub store_id: u64,
    pub website_id: u64,
    #[serde(borrow)]
    pub code: Text<'a>,
    pub name: Text<'a>,
    /// Time zone of the store view, such as `Europe/London`.
    pub timezone: Text<'a>,
}

/// A payment method and what shoppers read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct PaymentMethod<'a> {
    #[serde(borrow)]
    pub code: Text<'a>,
    pub title: Text<'a>,
    pub is_active: bool,
}

/// `tax_calculation_rate`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "Magento's columns under Magento's names")]
pub struct ShopTaxRate<'a> {
    #[serde(borrow)]
    pub code: Text<'a>,
    pub tax_country_id: Text<'a>,
    pub rate: Figure,
}

impl<'a> ShopProfile<'a> {
    /// Reads a profile strictly.
    ///
    /// # Errors
    /// A rejection whose pointer starts with `/shop`.
    pub fn parse(text: &'a str) -> Step<Self> {
        let profile: Self = parse_document(text, "/shop")?;
        if profile.schema != SCHEMA_VERSION {
            return Err(Rejection::new(
                Reject::UnsupportedSchema,
                "/shop/schema",
                format!("the shop's profile has schema {:?}", profile.schema),
                format!(
                    "send schema {SCHEMA_VERSION:?}: module and relay must be of the same release"
                ),
            ));
        }
        for (list, length) in [
            ("websites", profile.websites.len()),
            ("stores", profile.stores.len()),
            ("currencies", profile.currencies.len()),
            ("payment_methods", profile.payment_methods.len()),
            ("tax_rates", profile.tax_rates.len()),
            ("product_types", profile.product_types.len()),
        ] {
            if length > MOST_ENTRIES {
                return Err(Rejection::new(
                    Reject::InvalidFormat,
                    format!("/shop/{list}"),
                    format!("the shop's profile has {length} {list}, allowed are {MOST_ENTRIES}"),
                    "report this to the makers of the module",
                ));
            }
        }
        Ok(profile)
    }
}
