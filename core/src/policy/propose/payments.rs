//! Payment methods by the bank account that carries their name.

use super::{Proposal, bank_accounts, of_ids};
use crate::policy::Settings;
use crate::policy::shop::{PaymentMethod, ShopProfile};

/// Magento's method for orders without a payment.
const FREE: &str = "free";

/// Words in names that say nothing about who pays out.
const ORDINARY: [&str; 8] = [
    "payment", "payments", "card", "cards", "current", "clearing", "bank", "account",
];

/// Shortest word that tells one provider from another.
const LEAST_LETTERS: usize = 4;

pub(super) fn propose(settings: &Settings<'_>, shop: &ShopProfile<'_>) -> Vec<Proposal> {
    let map = &settings.policy.payment_method_map;
    shop.payment_methods
        .iter()
        .filter(|method| !map.contains_key(method.code.as_str()))
        .filter_map(|method| of_method(settings, method))
        .collect()
}

fn of_method(settings: &Settings<'_>, method: &PaymentMethod<'_>) -> Option<Proposal> {
    let code = method.code.as_str();
    let pointer = format!(
        "/settings/policy/payment_method_map/{}",
        code.replace('~', "~0").replace('/', "~1")
    );
    if code == FREE {
        return Some(Proposal {
            pointer,
            value: None,
            displayed_as: String::new(),
            reason: "orders worth nothing have no payment".to_owned(),
            alternatives: Vec::new(),
        });
    }
    let said = words(&format!("{code} {}", method.title));
    let named: Vec<(&str, String)> = bank_accounts(&settings.reference)
        .into_iter()
        .filter(|(_, name)| words(name).iter().any(|word| has(&said, word)))
        .collect();
    of_ids(&named, pointer, |name| {
        format!(
            "{:?} and the bank account {name} carry the same name",
            method.title.as_str()
        )
    })
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| word.chars().count() >= LEAST_LETTERS && !ORDINARY.contains(word))
        .map(str::to_owned)
        .collect()
}

/// `paypal_express` and `PayPal`, `stripepayments` and `Stripe`.
fn has(said: &[String], name: &str) -> bool {
    said.iter().any(|word| word.starts_with(name))
}
