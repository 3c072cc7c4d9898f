//! The countries of Sage businesses that this release translates for.

use super::{Policy, Settings};
use crate::codes::Reject;
use crate::outcome::{Rejection, Step};
use crate::text::cut;

/// A country whose businesses are translated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HomeCountry {
    UnitedKingdom,
    Ireland,
}

impl HomeCountry {
    /// The country of `binding.country`; none for those of a later release.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        match code {
            "GB" => Some(Self::UnitedKingdom),
            "IE" => Some(Self::Ireland),
            _ => None,
        }
    }

    /// Sage's id of the zero rate.
    ///
    /// `IE_ZERO` is reported: an Irish business sent it for customers abroad (API 3.1, 2021,
    /// `Services/SAGE.php` of inex/IXP-Manager), and names `IE_STANDARD`, `IE_REDUCED_HIGH`,
    /// `IE_REDUCED_LOW`, `IE_EXEMPT` and `IE_NO_TAX` beside it. Only the zero rate is used
    /// without being configured.
    pub(crate) const fn zero_rate(self) -> &'static str {
        match self {
            Self::UnitedKingdom => "GB_ZERO",
            Self::Ireland => "IE_ZERO",
        }
    }
}

/// What is said of a business elsewhere, at set-up and of every document.
pub(in crate::policy) fn not_supported(code: &str) -> String {
    format!(
        "the Sage business is in {:?}; this release translates for businesses in the United Kingdom (GB) and Ireland (IE) only",
        cut(code, 40).0
    )
}

impl Settings<'_> {
    /// The business's country; refuses businesses whose VAT rules this release does not know.
    pub(crate) fn home_country(&self) -> Step<HomeCountry> {
        let code = self.binding.country.as_str();
        HomeCountry::from_code(code).ok_or_else(|| {
            Rejection::new(
                Reject::NotSupportedYet,
                "/settings/binding/country",
                not_supported(code),
                "nothing is lost: the document is kept and can be translated again after an update",
            )
        })
    }
}

impl Policy<'_> {
    /// Goods or services, as Sage calls a product of this type.
    pub(crate) fn goods_services_type(&self, product_type: &str) -> &str {
        self.product_type_eu_goods_map
            .get(product_type)
            .unwrap_or(&self.default_eu_goods_services_type)
            .as_str()
    }
}
