//! SQ-104: Sage takes another member state's VAT only on a document marked as a consignment to its destination.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::context::Context;
use crate::document::Subject;
use crate::policy::HomeCountry;
use crate::reference;
use crate::vat::{Treatment, is_in_european_union};

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-104",
    name: "destination-consignment",
    behaviour: "Sage takes another member state's VAT only on a document marked as a consignment to its destination.",
    we: "Where the business has destination VAT, documents with another member state's VAT for buyers without a VAT number carry destination_consignment = true.",
    otherwise: "Sage refuses the destination's tax rate, or declares its VAT at home.",
    evidence: Evidence {
        grade: Grade::Documented,
        source: "note on destination_consignment in the official API description and the guide on the EU's VAT reform",
    },
    retire_when: "Sage derives it from the tax rate.",
};

/// `Some(true)` for a consignment to its destination; nothing for any other document.
pub(crate) fn of_document(context: &mut Context<'_>, subject: Subject<'_>) -> Option<bool> {
    let binding = &context.settings.binding;
    let Treatment::AbroadTaxed { country } = subject.treatment else {
        return None;
    };
    let applies = binding.destination_vat == Some(true)
        && binding.vat_registered
        && HomeCountry::from_code(&binding.country) == Some(HomeCountry::UnitedKingdom)
        && is_in_european_union(country)
        && reference::stated_vat_number(subject.event).is_none()
        && context.fire(RuleId::DestinationConsignment);
    applies.then_some(true)
}
