//! The settings: what the merchant wants, which Sage business it is, and what that business has.
//!
//! Names and defaults of the knobs are those of the documented product.
//! Knobs of documents that this release does not translate are read, so that a settings
//! document is the same for every release, but not interpreted.

mod choices;
mod country;
mod reference;
pub mod shop;
pub mod propose;
pub mod validate;

pub use choices::{
    AdjustmentVat, DocumentReference, EstimateResource, EstimateWhenInvoiced, LockedPeriod,
    NamePriority, OverInvoiced, WithoutInvoice,
};
pub(crate) use country::HomeCountry;
pub use reference::{BankAccount, LedgerAccount, Percentage, PriceType, Reference, TaxRate};

use crate::canonical::{Date, Figure, Text, parse_document, parse_instant};
use crate::codes::Reject;
use crate::money::{Currency, Money, parse_decimal, percentage_key};
use crate::outcome::Rejection;
use crate::outcome::Step;
use crate::schema::SCHEMA_VERSION;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// One settings document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings<'a> {
    #[serde(borrow)]
    schema: Text<'a>,
    /// What the merchant wants.
    #[serde(default)]
    pub policy: Policy<'a>,
    /// Which Sage business it is.
    pub binding: Binding<'a>,
    /// What that business has.
    #[serde(default)]
    pub reference: Reference<'a>,
}

/// The merchant's knobs.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the knobs are the documented product's, see docs/contracts.md §2"
)]
pub struct Policy<'a> {
    pub sync_unpaid_invoices: bool,
    pub sync_zero_value_invoices: bool,
    #[serde(borrow)]
    pub sync_since: Option<Text<'a>>,
    pub website_filter: Vec<u64>,
    pub store_filter: Vec<u64>,
    pub sync_products: bool,
    pub sync_stock: bool,
    pub sync_estimates: bool,
    pub estimate_valid_days: u64,
    pub estimate_when_invoiced: EstimateWhenInvoiced,
    pub default_tax_rate_id: Option<Text<'a>>,
    pub default_ledger_account_id: Option<Text<'a>>,
    pub default_bank_account_id: Option<Text<'a>>,
    pub default_purchase_ledger_account_id: Option<Text<'a>>,
    pub payment_method_map: BTreeMap<Text<'a>, Option<Text<'a>>>,
    pub tax_rate_map: BTreeMap<Text<'a>, Text<'a>>,
    pub destination_tax_rate_map: BTreeMap<Text<'a>, BTreeMap<Text<'a>, Text<'a>>>,
    pub gift_card_bank_account_id: Option<Text<'a>>,
    pub store_credit_bank_account_id: Option<Text<'a>>,
    pub reward_points_bank_account_id: Option<Text<'a>>,
    pub adjustment_tax_rate_id: Option<Text<'a>>,
    pub adjustment_ledger_account_id: Option<Text<'a>>,
    pub invoice_number_prefix: Text<'a>,
    pub customer_name_priority: NamePriority,
    pub default_eu_goods_services_type: Text<'a>,
    pub product_type_eu_goods_map: BTreeMap<Text<'a>, Text<'a>>,
    pub b2c_consolidation: Consolidation<'a>,
    pub credit_notes_without_invoice: WithoutInvoice,
    pub adjustment_vat: AdjustmentVat,
    pub over_invoiced: OverInvoiced,
    pub document_reference: DocumentReference,
    pub locked_period: LockedPeriod,
    pub shipping_ledger_account_id: Option<Text<'a>>,
    pub fpt_ledger_account_id: Option<Text<'a>>,
    pub rounding_ledger_account_id: Option<Text<'a>>,
    pub rounding_cap: Figure,
}

/// Routing of private customers to one shared contact.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the knobs are the documented product's, see docs/contracts.md §2"
)]
pub struct Consolidation<'a> {
    pub enabled: bool,
    #[serde(borrow)]
    pub fallback_contact_name: Text<'a>,
    pub fallback_contact_email: Option<Text<'a>>,
    pub fallback_contact_reference: Text<'a>,
    pub min_total_for_individual: Figure,
    pub always_individual_for_b2b: bool,
}

impl Default for Consolidation<'_> {
    fn default() -> Self {
        Self {
            enabled: false,
            fallback_contact_name: "Magento Web Sales".into(),
            fallback_contact_email: None,
            fallback_contact_reference: "WEBSALES".into(),
            min_total_for_individual: Figure::default(),
            always_individual_for_b2b: true,
        }
    }
}

impl Default for Policy<'_> {
    fn default() -> Self {
        Self {
            sync_unpaid_invoices: true,
            sync_zero_value_invoices: true,
            sync_since: None,
            website_filter: Vec::new(),
            store_filter: Vec::new(),
            sync_products: false,
            sync_stock: false,
            sync_estimates: false,
            estimate_valid_days: 30,
            estimate_when_invoiced: EstimateWhenInvoiced::default(),
            default_tax_rate_id: None,
            default_ledger_account_id: None,
            default_bank_account_id: None,
            default_purchase_ledger_account_id: None,
            payment_method_map: BTreeMap::new(),
            tax_rate_map: BTreeMap::new(),
            destination_tax_rate_map: BTreeMap::new(),
            gift_card_bank_account_id: None,
            store_credit_bank_account_id: None,
            reward_points_bank_account_id: None,
            adjustment_tax_rate_id: None,
            adjustment_ledger_account_id: None,
            invoice_number_prefix: Text::default(),
            customer_name_priority: NamePriority::default(),
            default_eu_goods_services_type: "GOODS".into(),
            product_type_eu_goods_map: BTreeMap::new(),
            b2c_consolidation: Consolidation::default(),
            credit_notes_without_invoice: WithoutInvoice::default(),
            adjustment_vat: AdjustmentVat::default(),
            over_invoiced: OverInvoiced::default(),
            document_reference: DocumentReference::default(),
            locked_period: LockedPeriod::default(),
            shipping_ledger_account_id: None,
            fpt_ledger_account_id: None,
            rounding_ledger_account_id: None,
            rounding_cap: Figure::from(Decimal::new(5, 2)),
        }
    }
}

/// The Sage business behind the binding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the names are the documented product's, see docs/contracts.md §2"
)]
pub struct Binding<'a> {
    #[serde(borrow)]
    pub country: Text<'a>,
    pub base_currency: Text<'a>,
    #[serde(default = "yes")]
    pub vat_registered: bool,
    #[serde(default)]
    pub northern_ireland: bool,
    pub sage_variant: Option<Text<'a>>,
    #[serde(default)]
    pub features: Vec<Text<'a>>,
    pub accounts_start_date: Option<Text<'a>>,
    #[serde(default)]
    pub multi_currency: Option<bool>,
    #[serde(default)]
    pub destination_vat: Option<bool>,
    #[serde(default)]
    pub estimates: Option<EstimateResource>,
    #[serde(default)]
    pub vat_scheme: Option<Text<'a>>,
    #[serde(default)]
    pub locked_until: Option<Text<'a>>,
}

fn yes() -> bool {
    true
}

/// The cutover: documents before it stay out of Sage.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SyncSince {
    /// From this instant on.
    Instant(OffsetDateTime),
    /// From this day on, in the store's time zone.
    Day(Date),
}

impl<'a> Settings<'a> {
    /// Reads a settings document strictly.
    ///
    /// # Errors
    /// A rejection whose pointer starts with `/settings`.
    pub fn parse(text: &'a str) -> Step<Self> {
        let settings: Self = parse_document(text, "/settings")?;
        if settings.schema != SCHEMA_VERSION {
            return Err(Rejection::new(
                Reject::UnsupportedSchema,
                "/settings/schema",
                format!("the settings have schema {:?}", settings.schema),
                format!(
                    "send schema {SCHEMA_VERSION:?}: relay and core must be of the same release"
                ),
            ));
        }
        let policy = &settings.policy;
        require_percentage_keys("tax_rate_map", &policy.tax_rate_map)?;
        for (country, rates) in &policy.destination_tax_rate_map {
            require_percentage_keys(&format!("destination_tax_rate_map/{country}"), rates)?;
        }
        Ok(settings)
    }

    /// The cutover, when one is set.
    pub(crate) fn sync_since(&self) -> Step<Option<SyncSince>> {
        const POINTER: &str = "/settings/policy/sync_since";
        let Some(text) = &self.policy.sync_since else {
            return Ok(None);
        };
        if text.contains('T') {
            parse_instant(text, POINTER).map(|instant| Some(SyncSince::Instant(instant)))
        } else {
            Date::parse(text, POINTER).map(|day| Some(SyncSince::Day(day)))
        }
    }

    /// The largest difference in a currency that Magento's own rounding explains.
    pub(crate) fn rounding_cap(&self, currency: Currency) -> Money {
        currency.rounding_cap(self.policy.rounding_cap.exact())
    }

    /// First day of the Sage accounts, when known.
    pub(crate) fn accounts_start_date(&self) -> Step<Option<Date>> {
        optional_date(
            self.binding.accounts_start_date.as_deref(),
            "/settings/binding/accounts_start_date",
        )
    }

    /// Last day of the locked accounting period, when there is one.
    pub(crate) fn locked_until(&self) -> Step<Option<Date>> {
        optional_date(
            self.binding.locked_until.as_deref(),
            "/settings/binding/locked_until",
        )
    }

    /// The ledger account for `purpose`; purposes without an account of their own share the sales account.
    pub(crate) fn ledger_account(&self, purpose: LedgerPurpose) -> Step<&str> {
        let (knob, own) = match purpose {
            LedgerPurpose::Sales => ("default_ledger_account_id", None),
            LedgerPurpose::Shipping => (
                "shipping_ledger_account_id",
                self.policy.shipping_ledger_account_id.as_deref(),
            ),
            LedgerPurpose::Adjustment => (
                "adjustment_ledger_account_id",
                self.policy.adjustment_ledger_account_id.as_deref(),
            ),
            LedgerPurpose::FixedProductTax => (
                "fpt_ledger_account_id",
                self.policy.fpt_ledger_account_id.as_deref(),
            ),
        };
        let (knob, id) = match (own, self.policy.default_ledger_account_id.as_deref()) {
            (Some(own), _) => (knob, own),
            (None, Some(sales)) => ("default_ledger_account_id", sales),
            (None, None) => {
                return Err(missing(
                    "default_ledger_account_id",
                    "the account that sales are booked on",
                ));
            }
        };
        self.reference.require_ledger_account(knob, id)?;
        Ok(id)
    }

    /// The ledger account products are bought on, which Sage requires of every product.
    pub(crate) fn purchase_ledger_account(&self) -> Step<&str> {
        const KNOB: &str = "default_purchase_ledger_account_id";
        let Some(id) = self.policy.default_purchase_ledger_account_id.as_deref() else {
            return Err(missing(KNOB, "the account that purchases are booked on"));
        };
        self.reference.require_ledger_account(KNOB, id)?;
        Ok(id)
    }

    /// The ledger account that carries rounding differences.
    pub(crate) fn rounding_ledger_account(&self) -> Step<Option<&str>> {
        let Some(id) = self.policy.rounding_ledger_account_id.as_deref() else {
            return Ok(None);
        };
        self.reference
            .require_ledger_account("rounding_ledger_account_id", id)?;
        Ok(Some(id))
    }
}

fn optional_date(text: Option<&str>, pointer: &str) -> Step<Option<Date>> {
    text.map(|text| Date::parse(text, pointer)).transpose()
}

/// What a line is booked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LedgerPurpose {
    Sales,
    Shipping,
    FixedProductTax,
    Adjustment,
}

/// The map is keyed by what [`crate::money::percentage_key`] prints; any other spelling would never match.
fn require_percentage_keys(map: &str, rates: &BTreeMap<Text<'_>, Text<'_>>) -> Step<()> {
    let malformed = rates.keys().find(|key| {
        let canonical = parse_decimal(key).map(percentage_key);
        canonical.as_deref() != Some(key.as_str())
    });
    let Some(key) = malformed else {
        return Ok(());
    };
    Err(Rejection::new(
        Reject::InvalidFormat,
        format!(
            "/settings/policy/{map}/{}",
            key.replace('~', "~0").replace('/', "~1")
        ),
        format!("{key:?} is no percentage with two decimals"),
        "write the percentage as in \"20.00\"",
    ))
}

fn missing(knob: &str, purpose: &str) -> Rejection {
    Rejection::new(
        Reject::SettingMissing,
        format!("/settings/policy/{knob}"),
        format!("{knob} is not set"),
        format!("set {knob}: {purpose}"),
    )
}
