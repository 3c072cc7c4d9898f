//! SQ-103: The reference of a Sage document has at most 25 characters.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::canonical::SalesEvent;
use crate::codes::{Reject, Warning};
use crate::context::Context;
use crate::outcome::{Rejection, Step};
use crate::policy::DocumentReference;
use crate::reference;
use crate::sage::limits;
use crate::text::single_line;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-103",
    name: "document-reference-twenty-five-characters",
    behaviour: "The reference of a Sage document has at most 25 characters.",
    we: "A longer number becomes prefix, Magento's entity id, a hyphen and as much of the number's end as fits; the entity id keeps it unique, the notes have the whole number.",
    otherwise: "Sage refuses the document, or two cut numbers look alike.",
    evidence: Evidence {
        grade: Grade::Documented,
        source: "maxLength of sales_invoice.reference in the official API description",
    },
    retire_when: "Sage takes longer references.",
};

/// Fewest characters of the number's end that still help a person to find it.
const SHORTEST_END: usize = 4;

/// The reference of a document, shortened where it must be.
pub(crate) fn reference(context: &mut Context<'_>, event: &SalesEvent<'_>) -> Step<String> {
    let policy = &context.settings.policy;
    let prefix = policy.invoice_number_prefix.as_str();
    let whole = reference::document(prefix, &event.document.increment_id);
    if whole.chars().count() <= limits::DOCUMENT_REFERENCE {
        return Ok(whole);
    }
    let pointer = event.pointer("increment_id");
    let shortened = shortened(prefix, event.document.entity_id, &whole);
    let wanted = policy.document_reference == DocumentReference::Shorten;
    let Some(shortened) =
        shortened.filter(|_| wanted && context.fire(RuleId::DocumentReferenceTwentyFiveCharacters))
    else {
        return Err(too_long(&whole, pointer));
    };
    context.warn(
        Warning::ReferenceShortened,
        pointer,
        format!("{whole} is longer than Sage's {} characters; the reference is {shortened}, the notes of the document have the whole number", limits::DOCUMENT_REFERENCE),
    );
    Ok(shortened)
}

/// The note on a document whose reference is not its whole number.
pub(crate) fn note(event: &SalesEvent<'_>, reference: &str) -> Option<String> {
    let number = single_line(&event.document.increment_id);
    (!reference.ends_with(number.as_ref())).then(|| format!("Magento number {number}"))
}

/// Prefix, entity id, a hyphen and the end of the number.
fn shortened(prefix: &str, entity_id: u64, whole: &str) -> Option<String> {
    let head = format!("{prefix}{entity_id}-");
    let room = limits::DOCUMENT_REFERENCE.checked_sub(head.chars().count())?;
    if room < SHORTEST_END {
        return None;
    }
    let skipped = whole.chars().count().saturating_sub(room);
    let end: String = whole.chars().skip(skipped).collect();
    Some(head + end.trim_start())
}

fn too_long(whole: &str, pointer: String) -> Rejection {
    Rejection::new(
        Reject::ReferenceTooLong,
        pointer,
        format!(
            "the number {whole:?} has more than the {} characters of Sage's reference",
            limits::DOCUMENT_REFERENCE
        ),
        "set document_reference to shorten, or shorten invoice_number_prefix or the prefix of Magento's sequence",
    )
}
