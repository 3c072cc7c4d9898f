//! The ordered table of rules.
//!
//! The order is the order in which `fired` lists them, and it follows the pipeline:
//! contact, lines, shipping, header, total.

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

macro_rules! table {
    ($($variant:ident = $module:ident;)+) => {
        /// A rule of the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum RuleId {
            $(
                #[doc = concat!("See `rules/", stringify!($module), ".rs`.")]
                $variant,
            )+
        }

        impl RuleId {
            /// Every rule, in table order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// What is known about the rule.
            pub const fn info(self) -> &'static RuleInfo {
                match self { $(Self::$variant => &$module::INFO,)+ }
            }

            const fn bit(self) -> u32 {
                match self { $(Self::$variant => 1 << positions::$module,)+ }
            }
        }

        table!(@positions 0u32; $($module)+);
    };
    (@positions $start:expr; $($module:ident)+) => {
        #[allow(non_upper_case_globals, reason = "one constant per module, named after it")]
        mod positions {
            table!(@next $start; $($module)+);
        }
    };
    (@next $position:expr; $module:ident $($rest:ident)*) => {
        pub(super) const $module: u32 = $position;
        table!(@next $position + 1; $($rest)*);
    };
    (@next $position:expr;) => {};
}

table! {
    ContactReferenceTenCharacters = contact_reference_ten_characters;
    // Texts are decoded before they are cut, or a cut could split an entity.
    HtmlEntitiesRefused = html_entities_refused;
    ContactLockedToCurrency = contact_locked_to_currency;
    CrossBorderMustBeZeroRated = cross_border_must_be_zero_rated;
    DiscountContainsTax = discount_contains_tax;
    LineNetRecomputed = line_net_recomputed;
    FixedProductTaxOutsideLines = fixed_product_tax_outside_lines;
    GiftWrapOutsideLines = gift_wrap_outside_lines;
    ThirdPartyTotal = third_party_total;
    AdjustmentOutsideLines = adjustment_outside_lines;
    CompensationCountsShipping = compensation_counts_shipping;
    // An untaxed shipping fits the panel at the zero rate, so this comes before the panel is judged.
    ShippingVatRecomputed = shipping_vat_recomputed;
    ShippingPanelCannotCarryTax = shipping_panel_cannot_carry_tax;
    TenderSubtractedFromTotal = tender_subtracted_from_total;
    // Tax first, then whatever is left: a rounding line must not hide a cent of VAT.
    HeaderTaxResidue = header_tax_residue;
    TotalNotAWholeMinorUnit = total_not_a_whole_minor_unit;
    CurrencyByCurrencyId = currency_by_currency_id;
    ExchangeRateOnHeaderOnly = exchange_rate_on_header_only;
    GoodsServicesTypeMixed = goods_services_type_mixed;
    // The last pass over the lines, when their tax is final.
    LineTaxAmountRequired = line_tax_amount_required;
    DeliveryAddressMirrored = delivery_address_mirrored;
}

impl RuleId {
    /// The rule with this permanent id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.info().id == id)
    }
}

/// A set of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleSet(u32);

impl RuleSet {
    /// No rule.
    pub const fn none() -> Self {
        Self(0)
    }

    /// Every rule.
    pub const fn all() -> Self {
        Self(u32::MAX)
    }

    /// This set without `rule`.
    #[must_use]
    pub const fn without(self, rule: RuleId) -> Self {
        Self(self.0 & !rule.bit())
    }

    /// Whether `rule` is in the set.
    pub const fn contains(self, rule: RuleId) -> bool {
        self.0 & rule.bit() != 0
    }

    /// Adds `rule`.
    pub const fn insert(&mut self, rule: RuleId) {
        self.0 |= rule.bit();
    }

    /// The rules of the set, in table order.
    pub fn iter(self) -> impl Iterator<Item = RuleId> {
        RuleId::ALL
            .iter()
            .copied()
            .filter(move |rule| self.contains(*rule))
    }
}
