//! Settings under which every generated document can be posted: every mapping is there.

use super::currency::Currencies;
use super::spec::{Sale, Shop};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;

/// The profiles of both countries with every mapping filled in.
#[derive(Debug, Clone)]
pub struct Settings {
    britain: Value,
    ireland: Value,
}

/// Rates abroad, with the percentage Sage has for them; `ZERO` is the business's own zero rate.
const ABROAD: [(&str, &str, &str, &str); 11] = [
    ("DE", "19.00", "DE_STANDARD", "19.00"),
    ("DE", "7.00", "DE_LOWER", "7.00"),
    ("DE", "0.00", ZERO, "0.00"),
    ("US", "8.88", "US_NY", "8.875"),
    ("US", "0.00", ZERO, "0.00"),
    // For an Irish business: goods to Northern Ireland, and services to all of the kingdom.
    ("XI", "20.00", "XI_STANDARD", "20.00"),
    ("XI", "5.00", "XI_LOWER", "5.00"),
    ("XI", "0.00", ZERO, "0.00"),
    ("GB", "20.00", "UK_STANDARD", "20.00"),
    ("GB", "5.00", "UK_LOWER", "5.00"),
    ("GB", "0.00", ZERO, "0.00"),
];

const ZERO: &str = "ZERO";

impl Settings {
    /// Extends `golden/profiles/gb_base.json` and `ie_base.json`.
    ///
    /// # Errors
    /// When a file is unreadable or not the object it was.
    pub fn load() -> Result<Self> {
        Ok(Self {
            britain: Self::extended("gb_base.json", "GB_ZERO")?,
            ireland: Self::extended("ie_base.json", "IE_ZERO")?,
        })
    }

    fn extended(profile: &str, zero: &str) -> Result<Value> {
        let path = crate::root().join("golden/profiles").join(profile);
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
        policy.insert(
            "product_type_eu_goods_map".to_owned(),
            json!({ "virtual": "SERVICES" }),
        );
        policy.insert("sync_estimates".to_owned(), json!(true));
        policy.insert("sync_products".to_owned(), json!(true));
        policy.insert("sync_stock".to_owned(), json!(true));
        let binding = settings
            .pointer_mut("/binding")
            .and_then(Value::as_object_mut)
            .context("the profile has a binding")?;
        binding.insert("estimates".to_owned(), json!("sales_estimates"));
        let mut destinations = json!({ "DE": {}, "US": {}, "AU": {}, "XI": {}, "GB": {} });
        let rates = settings
            .pointer_mut("/reference/tax_rates")
            .and_then(Value::as_array_mut)
            .context("the profile has tax rates")?;
        for (country, key, id, percentage) in ABROAD {
            let mapped = if id == ZERO { zero } else { id };
            if let Some(map) = destinations.get_mut(country).and_then(Value::as_object_mut) {
                map.insert(key.to_owned(), json!(mapped));
            }
            if id != ZERO {
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
        Ok(settings)
    }

    /// For one document: its business's currency, and whether open invoices are sent.
    pub fn for_sale(&self, sale: &Sale) -> Value {
        let [_, _, unpaid] = sale.switches;
        let mut settings = self.of(sale.shop).clone();
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
    pub fn of(&self, shop: Shop) -> &Value {
        match shop {
            Shop::Britain => &self.britain,
            Shop::Ireland => &self.ireland,
        }
    }
}
