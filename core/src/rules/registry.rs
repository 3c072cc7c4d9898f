//! What is known about every rule.

use super::*;

/// How well a fact is known. Only `Observed` may be called a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// Recorded from the real system.
    Observed,
    /// Stated by the official API description or guide.
    Documented,
    /// Somebody's account.
    Reported,
    /// Our own inference.
    Assumed,
}

impl Grade {
    /// The grade as printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Documented => "documented",
            Self::Reported => "reported",
            Self::Assumed => "assumed",
        }
    }
}

/// Where the knowledge behind a rule comes from.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// How well it is known.
    pub grade: Grade,
    /// Where it is stated or was seen.
    pub source: &'static str,
}

/// Everything `golden/RULES.md` prints about a rule.
#[derive(Debug, Clone, Copy)]
pub struct RuleInfo {
    /// Permanent id.
    pub id: &'static str,
    /// The oddity in a few words, as a slug.
    pub name: &'static str,
    /// What the other side does.
    pub behaviour: &'static str,
    /// What we do about it.
    pub we: &'static str,
    /// What happens without the rule.
    pub otherwise: &'static str,
    /// How we know.
    pub evidence: Evidence,
    /// When the rule can go.
    pub retire_when: &'static str,
}

impl RuleId {
    /// What is known about the rule.
    pub const fn info(self) -> &'static RuleInfo {
        match self {
            Self::ContactReferenceTenCharacters => &contact_reference_ten_characters::INFO,
            Self::HtmlEntitiesRefused => &html_entities_refused::INFO,
            Self::ContactLockedToCurrency => &contact_locked_to_currency::INFO,
            Self::CrossBorderMustBeZeroRated => &cross_border_must_be_zero_rated::INFO,
            Self::ExchangeRateOfOrder => &exchange_rate_of_order::INFO,
            Self::DocumentReferenceTwentyFiveCharacters => {
                &document_reference_twenty_five_characters::INFO
            }
            Self::DestinationConsignment => &destination_consignment::INFO,
            Self::PercentageRederived => &percentage_rederived::INFO,
            Self::DiscountContainsTax => &discount_contains_tax::INFO,
            Self::LineNetRecomputed => &line_net_recomputed::INFO,
            Self::FixedProductTaxOutsideLines => &fixed_product_tax_outside_lines::INFO,
            Self::GiftWrapOutsideLines => &gift_wrap_outside_lines::INFO,
            Self::ThirdPartyTotal => &third_party_total::INFO,
            Self::AdjustmentOutsideLines => &adjustment_outside_lines::INFO,
            Self::CompensationCountsShipping => &compensation_counts_shipping::INFO,
            Self::ShippingVatRecomputed => &shipping_vat_recomputed::INFO,
            Self::ShippingPanelCannotCarryTax => &shipping_panel_cannot_carry_tax::INFO,
            Self::TenderSubtractedFromTotal => &tender_subtracted_from_total::INFO,
            Self::HeaderTaxResidue => &header_tax_residue::INFO,
            Self::TotalNotAWholeMinorUnit => &total_not_a_whole_minor_unit::INFO,
            Self::CurrencyByCurrencyId => &currency_by_currency_id::INFO,
            Self::ExchangeRateOnHeaderOnly => &exchange_rate_on_header_only::INFO,
            Self::GoodsServicesTypeMixed => &goods_services_type_mixed::INFO,
            Self::LineTaxAmountRequired => &line_tax_amount_required::INFO,
            Self::DeliveryAddressMirrored => &delivery_address_mirrored::INFO,
        }
    }

    /// The rule with this permanent id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.info().id == id)
    }
}
