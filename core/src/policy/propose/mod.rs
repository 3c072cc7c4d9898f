//! Settings proposed from what the shop and the Sage business have, for a person to confirm.
//!
//! A proposal is made only where the names or the percentages say the same on both sides; where
//! two things fit, the more usual one is proposed and the others are named.

mod accounts;
mod payments;
mod rates;

use crate::outcome::Step;
use crate::policy::shop::ShopProfile;
use crate::policy::{Reference, Settings};
use serde::Serialize;

/// A value for a setting, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// JSON pointer of the setting.
    pub pointer: String,
    /// The value; `null` means "no bank account" in `payment_method_map`.
    pub value: Option<String>,
    /// What the value is called in Sage.
    pub displayed_as: String,
    /// Why it fits, in words.
    pub reason: String,
    /// Other ids that fit as well.
    pub alternatives: Vec<String>,
}

/// Proposals for every setting that is not set yet, in the order of the settings document.
///
/// # Errors
/// A rejection of the settings or of the shop's profile, when either cannot be read.
pub fn propose(settings: &str, shop: &str) -> Step<Vec<Proposal>> {
    let settings = Settings::parse(settings)?;
    let shop = ShopProfile::parse(shop)?;
    let mut proposals = rates::propose(&settings, &shop);
    proposals.extend(accounts::propose(&settings));
    proposals.extend(payments::propose(&settings, &shop));
    Ok(proposals)
}

/// The proposal of an id among several that fit; the first is proposed.
fn of_ids(
    reference: &[(&str, String)],
    pointer: String,
    reason: impl FnOnce(&str) -> String,
) -> Option<Proposal> {
    let ((id, name), others) = reference.split_first()?;
    Some(Proposal {
        pointer,
        value: Some((*id).to_owned()),
        displayed_as: name.clone(),
        reason: reason(name),
        alternatives: others.iter().map(|(id, _)| (*id).to_owned()).collect(),
    })
}

/// Bank accounts with the names that Sage shows.
fn bank_accounts<'r>(reference: &'r Reference<'_>) -> Vec<(&'r str, String)> {
    let name = |text: &Option<crate::canonical::Text<'_>>, id: &str| {
        text.as_deref().unwrap_or(id).to_owned()
    };
    reference
        .bank_accounts
        .iter()
        .map(|account| {
            (
                account.id.as_str(),
                name(&account.displayed_as, account.id.as_str()),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests;
