//! Tiers: which features a merchant's plan includes. Data, not code: tiers come in as a list.

use super::{Feature, Problem, ProblemCode};
use crate::canonical::parse_document;
use crate::policy::{Policy, WithoutInvoice};
use crate::text::cut;

/// The features a tier includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier(Vec<Feature>);

impl Tier {
    /// A tier with these features.
    pub fn of(features: &[Feature]) -> Self {
        Self(features.to_vec())
    }

    /// A tier from a JSON list of features; an empty text is `None`, the tier without limits.
    ///
    /// # Errors
    /// Problems whose pointer starts with `/tier`. A name that is no feature is one of them,
    /// because a misspelt feature would silently be withheld.
    pub fn parse(text: &str) -> Result<Option<Self>, Vec<Problem>> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let names: Vec<String> = parse_document(text, "/tier").map_err(|rejection| {
            vec![Problem {
                code: rejection.code.into(),
                pointer: rejection.pointer,
                message: rejection.message,
                suggestion: "send a JSON list of features".to_owned(),
            }]
        })?;
        let mut features = Vec::new();
        let mut problems = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let known = Feature::ALL
                .iter()
                .find(|feature| feature.as_str() == name.as_str());
            match known {
                Some(feature) => features.push(*feature),
                None => problems.push(Problem {
                    code: ProblemCode::InvalidFormat,
                    pointer: format!("/tier/{index}"),
                    message: format!("{:?} is no feature", cut(name, 40).0),
                    suggestion: format!("a feature is one of {}", all_features()),
                }),
            }
        }
        if problems.is_empty() {
            Ok(Some(Self(features)))
        } else {
            Err(problems)
        }
    }

    pub(super) fn allows(&self, feature: Feature) -> bool {
        self.0.contains(&feature)
    }
}

fn all_features() -> String {
    let names: Vec<&str> = Feature::ALL
        .iter()
        .map(|feature| feature.as_str())
        .collect();
    names.join(", ")
}

/// The knobs a policy uses that a tier may lack, each with the feature it needs.
///
/// Multi-currency holds the goods and services types because the documented product shows them
/// on that card. A filter of one website or store view stays inside a single-store tier.
pub(super) fn needs(policy: &Policy<'_>) -> Vec<(&'static str, Feature)> {
    let has_bank = policy.payment_method_map.values().any(Option::is_some);
    let coerces =
        policy.default_eu_goods_services_type != Policy::default().default_eu_goods_services_type;
    let candidates = [
        (
            "website_filter",
            Feature::MultiStore,
            policy.website_filter.len() > 1,
        ),
        (
            "store_filter",
            Feature::MultiStore,
            policy.store_filter.len() > 1,
        ),
        ("sync_products", Feature::Products, policy.sync_products),
        ("sync_stock", Feature::Stock, policy.sync_stock),
        ("sync_estimates", Feature::Estimates, policy.sync_estimates),
        (
            "default_bank_account_id",
            Feature::Payments,
            policy.default_bank_account_id.is_some(),
        ),
        ("payment_method_map", Feature::Payments, has_bank),
        (
            "gift_card_bank_account_id",
            Feature::Payments,
            policy.gift_card_bank_account_id.is_some(),
        ),
        (
            "store_credit_bank_account_id",
            Feature::Payments,
            policy.store_credit_bank_account_id.is_some(),
        ),
        (
            "reward_points_bank_account_id",
            Feature::Payments,
            policy.reward_points_bank_account_id.is_some(),
        ),
        (
            "adjustment_tax_rate_id",
            Feature::CreditNotes,
            policy.adjustment_tax_rate_id.is_some(),
        ),
        (
            "adjustment_ledger_account_id",
            Feature::CreditNotes,
            policy.adjustment_ledger_account_id.is_some(),
        ),
        (
            "credit_notes_without_invoice",
            Feature::CreditNotes,
            policy.credit_notes_without_invoice != WithoutInvoice::default(),
        ),
        (
            "default_eu_goods_services_type",
            Feature::MultiCurrency,
            coerces,
        ),
        (
            "product_type_eu_goods_map",
            Feature::MultiCurrency,
            !policy.product_type_eu_goods_map.is_empty(),
        ),
    ];
    candidates
        .into_iter()
        .filter_map(|(knob, feature, used)| used.then_some((knob, feature)))
        .collect()
}
