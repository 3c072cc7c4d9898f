//! The names of the rules, and sets of them.
//!
//! The order is the order in which `fired` lists them, and it follows the pipeline:
//! contact, lines, shipping, header, total. What each rule does is in `rules/`.

macro_rules! rule_ids {
    ($($rule:ident,)+) => {
        /// A rule of the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum RuleId {
            $(
                #[doc = concat!("See `rules/`: ", stringify!($rule), ".")]
                $rule,
            )+
        }

        impl RuleId {
            /// Every rule, in table order.
            pub const ALL: &[Self] = &[$(Self::$rule),+];

            const fn bit(self) -> u32 {
                match self { $(Self::$rule => 1 << positions::$rule,)+ }
            }
        }

        rule_ids!(@positions 0u32; $($rule)+);
    };
    (@positions $start:expr; $($rule:ident)+) => {
        #[allow(non_upper_case_globals, reason = "one constant per rule, named after it")]
        mod positions {
            rule_ids!(@next $start; $($rule)+);
        }
    };
    (@next $position:expr; $rule:ident $($rest:ident)*) => {
        pub(super) const $rule: u32 = $position;
        rule_ids!(@next $position + 1; $($rest)*);
    };
    (@next $position:expr;) => {};
}

rule_ids! {
    ContactReferenceTenCharacters,
    // Texts are decoded before they are cut, or a cut could split an entity.
    HtmlEntitiesRefused,
    ContactLockedToCurrency,
    CrossBorderMustBeZeroRated,
    PercentageRederived,
    DiscountContainsTax,
    LineNetRecomputed,
    FixedProductTaxOutsideLines,
    GiftWrapOutsideLines,
    ThirdPartyTotal,
    AdjustmentOutsideLines,
    CompensationCountsShipping,
    // An untaxed shipping fits the panel at the zero rate, so this comes before the panel is judged.
    ShippingVatRecomputed,
    ShippingPanelCannotCarryTax,
    TenderSubtractedFromTotal,
    // Tax first, then whatever is left: a rounding line must not hide a cent of VAT.
    HeaderTaxResidue,
    TotalNotAWholeMinorUnit,
    CurrencyByCurrencyId,
    ExchangeRateOfOrder,
    ExchangeRateOnHeaderOnly,
    DocumentReferenceTwentyFiveCharacters,
    GoodsServicesTypeMixed,
    DestinationConsignment,
    // The last pass over the lines, when their tax is final.
    LineTaxAmountRequired,
    DeliveryAddressMirrored,
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
