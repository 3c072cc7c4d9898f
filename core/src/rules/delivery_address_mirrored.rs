//! SQ-017: Sage copies the billing address into the delivery address when an invoice has none.

use super::{Evidence, Grade, RuleId, RuleInfo};
use crate::context::Context;
use crate::outcome::Step;
use crate::sage::{Address, SalesArtefact};

pub(super) const INFO: RuleInfo = RuleInfo {
    id: "SQ-017",
    name: "delivery-address-mirrored",
    behaviour: "Sage copies the billing address into the delivery address when an invoice has none.",
    we: "Both addresses are always sent; without a shipping address the billing address is sent twice, on purpose.",
    otherwise: "Goods sent to another address look as if they went to the payer.",
    evidence: Evidence {
        grade: Grade::Reported,
        source: "vendor troubleshooting page, paragraph 17; a third party saw that invoices without any address are refused",
    },
    retire_when: "Sage leaves the delivery address empty when none is sent.",
};

/// Fills in the delivery address, which is built only when the rule applies.
pub(crate) fn apply(
    context: &mut Context<'_>,
    artefact: &mut SalesArtefact,
    address: impl FnOnce(&mut Context<'_>) -> Step<Address>,
) -> Step<()> {
    if context.fire(RuleId::DeliveryAddressMirrored) {
        artefact.delivery_address = Some(address(context)?);
    }
    Ok(())
}
