//! Settings under which every generated document can be posted: every mapping is there.

use super::currency::Currencies;
use super::spec::Sale;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;

/// The profile with every mapping filled in.
#[derive(Debug, Clone)]
pub struct Settings(Value);

/// Rates abroad, with the percentage Sage has for them.
const ABROAD: [(&str, &str, &str, &str); 4] = [
    ("DE", "19.00", "DE_STANDARD", "19.00"),
    ("DE", "7.00", "DE_LOWER", "7.00"),
    ("US", "8.88", "US_NY", "8.875"),
    ("US", "0.00", "GB_ZERO", "0.00"),
];

impl Settings {
    /// Extends `golden/profiles/gb_base.json`.
    ///
    /// # Errors
    /// When the file is unreadable or not the object it was.
    pub fn load() -> Result<Self> {
        let path = crate::root().join("golden/profiles/gb_base.json");
        let mut settings: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
        let bank = settings
            .pointer("/policy/default_bank_account_id")
            .cloned()
            .context("the profile has a bank account")?;
        let ledger = settings
            .pointer("/policy/default_ledger_account_id")
            .cloned()
            .context("the profile has a ledger account")?;
        let policy = settings
            .pointer_mut("/policy")
            .and_then(Value::as_object_mut)
            .context("the profile has a policy")?;
        for knob in [
            "gift_card_bank_account_id",
            "store_credit_bank_account_id",
            "reward_points_bank_account_id",
        ] {
            policy.insert(knob.to_owned(), bank.clone());
        }
        policy.insert("adjustment_ledger_account_id".to_owned(), ledger);
        policy.insert("sync_products".to_owned(), json!(true));
        policy.insert("sync_stock".to_owned(), json!(true));
        let mut destinations = json!({ "DE": { "0.00": "GB_ZERO" }, "US": {}, "AU": {} });
        let rates = settings
            .pointer_mut("/reference/tax_rates")
            .and_then(Value::as_array_mut)
            .context("the profile has tax rates")?;
        for (country, key, id, percentage) in ABROAD {
            if let Some(map) = destinations.get_mut(country).and_then(Value::as_object_mut) {
                map.insert(key.to_owned(), json!(id));
            }
            if id != "GB_ZERO" {
                rates.push(json!({ "id": id, "percentages": [
                    { "percentage": percentage, "from_date": null, "to_date": null }
                ] }));
            }
        }
        let policy = settings
            .pointer_mut("/policy")
            .and_then(Value::as_object_mut)
            .context("the profile has a policy")?;
        policy.insert("destination_tax_rate_map".to_owned(), destinations);
        Ok(Self(settings))
    }

    /// For one document: its business's currency, and whether open invoices are sent.
    pub fn for_sale(&self, sale: &Sale) -> Value {
        let [_, _, unpaid] = sale.switches;
        let mut settings = self.0.clone();
        if let Some(own) = settings.pointer_mut("/binding/base_currency") {
            *own = json!(Currencies::of(sale).own.code);
        }
        // Without open invoices, the payment brings the invoice with it.
        if sale.kind == super::spec::Kind::InvoicePaid
            && let Some(knob) = settings.pointer_mut("/policy/sync_unpaid_invoices")
        {
            *knob = json!(unpaid);
        }
        settings
    }

    /// As they are.
    pub fn value(&self) -> &Value {
        &self.0
    }
}
