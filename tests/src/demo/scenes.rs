//! Which documents the demo shows, under which settings.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Documents decided under one set of settings.
#[derive(Debug, Clone)]
pub struct Scene {
    /// What is special about the settings.
    pub title: &'static str,
    /// The settings that `policy` changes, among `golden/profiles/`.
    pub profile: &'static str,
    /// Files of recorded rows, from the repository's root or absolute.
    pub files: Vec<String>,
    /// Knobs that differ from the profile.
    pub policy: Value,
    /// What Sage says of the business and the profile does not.
    pub binding: Value,
}

const BASE: &str = "gb_base.json";
const EVERYTHING: &str = "gb_everything.json";

/// The curated documents: what posts, what is skipped, what is rejected.
pub fn chosen() -> Vec<Scene> {
    let scene = |title, names: &[&str], policy| Scene {
        title,
        profile: BASE,
        files: names
            .iter()
            .map(|name| format!("golden/magento/{name}.json"))
            .collect(),
        policy,
        binding: json!({}),
    };
    vec![
        scene(
            "The default settings",
            &[
                "ship_excl_taxed",
                "ship_untaxed",
                "ship_discounted_incl",
                "alg_U_excl_3x833",
                "alg_T_mixed_coupon",
                "disc_cart_fixed",
                "disc_tax_before",
                "fpt_taxed",
                "qty_decimal",
                "tiny_1000x00123",
                "text_entities",
                "type_bundle_dynamic",
                "ws_trade_gbp",
                "buyer_company_gb",
                "lines_200",
                "cm_adj_both",
                "cur_eur",
                "customers_basic",
            ],
            json!({}),
        ),
        Scene {
            profile: EVERYTHING,
            ..scene(
                "With everything mapped",
                &["buyer_de", "products_basic", "inv_open_cancelled"],
                json!({}),
            )
        },
        Scene {
            profile: EVERYTHING,
            ..scene(
                "With sync_estimates on",
                &["order_cancelled", "pay_cod"],
                json!({}),
            )
        },
        Scene {
            binding: json!({ "locked_until": "2026-11-30" }),
            ..scene(
                "With the accounts locked until the end of November",
                &["penny_99x001_usd", "price_tier_special"],
                json!({}),
            )
        },
        scene(
            "With sync_zero_value_invoices off",
            &["disc_100_free_order", "zero_price_virtual"],
            json!({ "sync_zero_value_invoices": false }),
        ),
        scene(
            "With sync_unpaid_invoices off",
            &["inv_open_then_paid"],
            json!({ "sync_unpaid_invoices": false }),
        ),
        scene(
            "With sync_since after the invoice",
            &["high_value"],
            json!({ "sync_since": "2027-01-01" }),
        ),
        scene(
            "With no tax rate for 5 % and no default",
            &["mixed_all_rates"],
            json!({ "tax_rate_map": { "20.00": "GB_STANDARD", "0.00": "GB_ZERO" }, "default_tax_rate_id": null }),
        ),
    ]
}

/// The user's own files under the default settings.
pub fn of_files(files: &[String]) -> Vec<Scene> {
    let title = "The default settings";
    vec![Scene {
        title,
        profile: BASE,
        files: files.to_vec(),
        policy: json!({}),
        binding: json!({}),
    }]
}

/// Files under settings that send everything: abroad, in other currencies, catalogue and stock.
pub fn with_everything(files: &[String]) -> Vec<Scene> {
    vec![Scene {
        title: "Everything mapped",
        profile: EVERYTHING,
        files: files.to_vec(),
        policy: json!({}),
        binding: json!({}),
    }]
}

/// Files under the settings of a shop in Ireland.
pub fn in_ireland(files: &[String]) -> Vec<Scene> {
    vec![Scene {
        title: "A shop in Ireland",
        profile: "ie_abroad.json",
        files: files.to_vec(),
        policy: json!({}),
        binding: json!({}),
    }]
}

impl Scene {
    /// Writes the scene's settings into a folder and says where.
    pub(super) fn settings(&self, folder: &Path, number: usize) -> Result<PathBuf> {
        let base = crate::root().join("golden/profiles").join(self.profile);
        let text =
            fs::read_to_string(&base).with_context(|| format!("reading {}", base.display()))?;
        let mut settings: Value = serde_json::from_str(&text).context("the default profile")?;
        for (section, changes) in [("policy", &self.policy), ("binding", &self.binding)] {
            let section = settings
                .get_mut(section)
                .and_then(Value::as_object_mut)
                .with_context(|| format!("a profile without {section}"))?;
            for (key, value) in changes.as_object().into_iter().flatten() {
                section.insert(key.clone(), value.clone());
            }
        }
        let path = folder.join(format!("settings-{number}.json"));
        fs::write(&path, settings.to_string())
            .with_context(|| format!("writing {}", path.display()))?;
        Ok(path)
    }
}
