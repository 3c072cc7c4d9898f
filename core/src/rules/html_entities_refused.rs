//! SQ-022: Sage refuses texts that contain HTML entities.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::codes::Warning;
use crate::context::Context;
use crate::text::{cut, decode_entities, single_line};
use std::fmt::Display;

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-022",
    name: "html-entities-refused",
    behaviour: "Sage refuses texts that contain HTML entities.",
    we: "Entities are decoded, also those encoded twice, before a text is cut to its field.",
    otherwise: "A product called Lumaflex&trade; fails the whole invoice with an error about a missing description.",
    evidence: Evidence {
        grade: Grade::Reported,
        source: "vendor troubleshooting page, paragraph 22",
    },
    retire_when: "Sage accepts entities, or Magento stores decoded names only.",
};

/// A text for a field of Sage: decoded, on one line, at most `limit` characters.
///
/// `pointer` is where the text stands; a cut leaves a warning there. It is written only then:
/// a document has dozens of texts and hardly ever a long one.
pub(crate) fn shortened(
    context: &mut Context<'_>,
    text: &str,
    limit: usize,
    pointer: &dyn Display,
) -> String {
    let decoded = decode_entities(text);
    let changed = decoded != text;
    let text = if changed && context.fire(RuleId::HtmlEntitiesRefused) {
        &*decoded
    } else {
        text
    };
    let line = single_line(text);
    let (kept, was_cut) = cut(&line, limit);
    if was_cut {
        context.warn(
            Warning::FieldShortened,
            pointer.to_string(),
            format!("cut to the {limit} characters Sage keeps"),
        );
    }
    kept.trim_end().to_owned()
}

/// A line description, which Sage requires: a nameless row is described by a dash.
pub(crate) fn description(
    context: &mut Context<'_>,
    text: &str,
    limit: usize,
    pointer: &dyn Display,
) -> String {
    let description = shortened(context, text, limit, pointer);
    if description.is_empty() {
        "-".to_owned()
    } else {
        description
    }
}
