//! SQ-028: Sage locks a contact to one currency.

use super::{Evidence, Grade, RuleId, RuleInfo, contact_reference_ten_characters};
use crate::context::Context;
use crate::money::Currency;
use crate::reference::Buyer;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-028",
    name: "contact-locked-to-currency",
    behaviour: "Sage locks a contact to one currency.",
    we: "Each currency has a contact of its own: M5EUR while it fits, else a hash; for guests the currency goes into the hash.",
    otherwise: "Sage refuses a document in another currency than its contact's.",
    evidence: Evidence {
        grade: Grade::Reported,
        source: "vendor documentation; an official guide hints that a contact's currency can be changed, so this is unresolved and treated as true",
    },
    retire_when: "a contact is shown to trade in several currencies.",
};

/// The reference of the buyer's contact in a currency.
///
/// A one-letter suffix could not tell CAD from CHF.
pub(crate) fn reference(context: &mut Context<'_>, buyer: Buyer<'_>, currency: Currency) -> String {
    if !is_variant(context, currency) {
        return contact_reference_ten_characters::of_buyer(context, buyer);
    }
    let code = currency.code();
    match buyer {
        Buyer::Registered(id) => {
            contact_reference_ten_characters::or_hashed(context, format!("M{id}{code}"))
        }
        Buyer::Shared(shared) => {
            contact_reference_ten_characters::or_hashed(context, format!("{shared}{code}"))
        }
        Buyer::Guest(email) => {
            contact_reference_ten_characters::guest(context, &format!("{email}|{code}"))
        }
    }
}

/// `currency_id` of a variant.
pub(crate) fn currency_id(context: &mut Context<'_>, currency: Currency) -> Option<&'static str> {
    is_variant(context, currency).then(|| currency.code())
}

fn is_variant(context: &mut Context<'_>, currency: Currency) -> bool {
    context.settings.binding.base_currency != currency.code()
        && context.fire(RuleId::ContactLockedToCurrency)
}
