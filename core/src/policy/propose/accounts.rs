//! Ledger accounts by their usual names and nominal codes.

use super::{Proposal, bank_accounts, of_ids};
use crate::policy::{LedgerAccount, Policy, Settings};

/// A setting, where Sage must offer the account, and what it is called, the best name first.
struct Usual {
    knob: &'static str,
    is_set: fn(&Policy<'_>) -> bool,
    visible_in: &'static str,
    names: &'static [&'static str],
}

/// Names and nominal codes to look for. "Sales - Products (4000)" is Sage's own example of how an
/// account is shown (documented); the other names are assumed. They decide nothing: a person
/// confirms what is proposed.
const USUAL: [Usual; 4] = [
    Usual {
        knob: "default_ledger_account_id",
        is_set: |policy| policy.default_ledger_account_id.is_some(),
        visible_in: "sales",
        names: &["sales - products", "(4000)", "sales"],
    },
    Usual {
        knob: "default_purchase_ledger_account_id",
        is_set: |policy| policy.default_purchase_ledger_account_id.is_some(),
        visible_in: "expenses",
        names: &[
            "cost of sales - goods",
            "(5000)",
            "purchases",
            "cost of sales",
        ],
    },
    Usual {
        knob: "shipping_ledger_account_id",
        is_set: |policy| policy.shipping_ledger_account_id.is_some(),
        visible_in: "sales",
        names: &["carriage", "shipping", "postage", "delivery"],
    },
    Usual {
        knob: "rounding_ledger_account_id",
        is_set: |policy| policy.rounding_ledger_account_id.is_some(),
        visible_in: "sales",
        names: &["rounding"],
    },
];

pub(super) fn propose(settings: &Settings<'_>) -> Vec<Proposal> {
    let policy = &settings.policy;
    let mut proposals: Vec<Proposal> = USUAL
        .iter()
        .filter(|usual| !(usual.is_set)(policy))
        .filter_map(|usual| ledger_account(settings, usual))
        .collect();
    if policy.default_bank_account_id.is_none() {
        proposals.extend(bank_account(settings));
    }
    proposals
}

fn ledger_account(settings: &Settings<'_>, usual: &Usual) -> Option<Proposal> {
    let offered = |account: &&LedgerAccount<'_>| {
        let places = &account.visible_in;
        places.is_empty() || places.iter().any(|place| place == usual.visible_in)
    };
    let named = |name: &str| -> Vec<(&str, String)> {
        settings
            .reference
            .ledger_accounts
            .iter()
            .filter(offered)
            .filter_map(|account| {
                let shown = account.displayed_as.as_deref()?;
                let fits = shown.to_lowercase().contains(name);
                fits.then(|| (account.id.as_str(), shown.to_owned()))
            })
            .collect()
    };
    let found = usual
        .names
        .iter()
        .map(|name| named(name))
        .find(|found| !found.is_empty())?;
    of_ids(&found, format!("/settings/policy/{}", usual.knob), |name| {
        format!("{name} is the usual account for it")
    })
}

/// The current account, or the only one.
fn bank_account(settings: &Settings<'_>) -> Option<Proposal> {
    const NAMES: [&str; 2] = ["current", "(1200)"];
    let all = bank_accounts(&settings.reference);
    let pointer = "/settings/policy/default_bank_account_id".to_owned();
    if let [(_, _)] = all.as_slice() {
        return of_ids(&all, pointer, |name| {
            format!("{name} is the only bank account in Sage")
        });
    }
    let found = NAMES.iter().find_map(|wanted| {
        let named: Vec<(&str, String)> = all
            .iter()
            .filter(|(_, name)| name.to_lowercase().starts_with(wanted) || name.contains(wanted))
            .cloned()
            .collect();
        (!named.is_empty()).then_some(named)
    })?;
    of_ids(&found, pointer, |name| {
        format!("{name} is the usual account for payments that are mapped to no other")
    })
}
