//! SQ-023: Sage keeps at most 10 characters of a contact reference, and each only once.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::context::Context;
use crate::reference::Buyer;
use crate::sage::limits;
use crate::text::{cut, hex};
use sha2::{Digest, Sha256};

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-023",
    name: "contact-reference-ten-characters",
    behaviour: "Sage keeps at most 10 characters of a contact reference, and each only once.",
    we: "Registered customers get M and their id, guests G and the first nine hex digits of the SHA-256 of their e-mail address; an id too long for that is hashed too.",
    otherwise: "Sage refuses the contact, and with it every document of that customer.",
    evidence: Evidence {
        grade: Grade::Documented,
        source: "maxLength 10 of contact.reference in the official API description; reported as undocumented by the vendor, paragraph 23",
    },
    retire_when: "Sage accepts longer references.",
};

/// Digits of the hash a reference can hold after its letter.
const HASH_DIGITS: usize = limits::CONTACT_REFERENCE - 1;

/// The contact's reference in Sage: `M{id}`, or `G` and the start of the e-mail's SHA-256.
pub(crate) fn of_buyer(context: &mut Context<'_>, buyer: Buyer<'_>) -> String {
    match buyer {
        Buyer::Registered(customer_id) => or_hashed(context, format!("M{customer_id}")),
        Buyer::Guest(email) => guest(context, email),
        Buyer::Shared(reference) => or_hashed(context, reference.to_owned()),
    }
}

/// `reference` itself while it fits, else its hash under the letter H.
pub(crate) fn or_hashed(context: &mut Context<'_>, reference: String) -> String {
    if reference.chars().count() <= limits::CONTACT_REFERENCE {
        return reference;
    }
    hashed(context, 'H', &reference)
}

/// `G` and the hash of the e-mail address, which must be normalised already.
pub(crate) fn guest(context: &mut Context<'_>, email: &str) -> String {
    hashed(context, 'G', email)
}

fn hashed(context: &mut Context<'_>, letter: char, identity: &str) -> String {
    let digits = hex(&Sha256::digest(identity.as_bytes()));
    if context.fire(RuleId::ContactReferenceTenCharacters) {
        format!("{letter}{}", cut(&digits, HASH_DIGITS).0)
    } else {
        format!("{letter}{digits}")
    }
}
