//! SQ-031: Sage refuses goods and services on one document that crosses the border.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::codes::Warning;
use crate::context::Context;
use crate::document::Subject;
use crate::vat::{Treatment, in_vat_area};

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-031",
    name: "goods-services-type-mixed",
    behaviour: "Sage refuses goods and services on one document that crosses the border.",
    we: "Every line carries the same type: the one its product types agree on, else default_eu_goods_services_type with a warning.",
    otherwise: "Error 422: the goods or services type must be the same on every line.",
    evidence: Evidence {
        grade: Grade::Reported,
        source: "vendor documentation of paragraphs 27 to 31; the official rule is narrower",
    },
    retire_when: "Sage accepts mixed documents.",
};

/// The type of the whole document; none for sales at home and for unregistered businesses.
pub(crate) fn of_document(context: &mut Context<'_>, subject: Subject<'_>) -> Option<String> {
    let settings = context.settings;
    // Sage calls a contact foreign by its main address, which is where somebody is billed.
    let at_home = subject.treatment == Treatment::Domestic
        && settings.home_country().is_ok_and(|home| {
            in_vat_area(home, subject.event.billing_address.country_id.as_deref())
        });
    if at_home || !settings.binding.vat_registered || !context.fire(RuleId::GoodsServicesTypeMixed)
    {
        return None;
    }
    let default = settings.policy.default_eu_goods_services_type.as_str();
    let items = &subject.event.document.items;
    let mut types = items.iter().map(|item| {
        settings
            .policy
            .goods_services_type(&item.order_item.product_type)
    });
    let first = types.next().unwrap_or(default);
    if types.all(|other| other == first) {
        return Some(first.to_owned());
    }
    context.warn(
        Warning::MixedEuGoodsServicesCoercedToDefault,
        subject.event.pointer("items"),
        format!("the document has goods and services; every line is sent as {default}"),
    );
    Some(default.to_owned())
}
