//! The registry of every code a settings problem can carry, and of the tiers' features.
//!
//! Append-only, as `core/src/codes.rs`. `not_in_reference`, `OUT_OF_RANGE`, `invalid_format` and
//! `tier_limit_exceeded` keep the spelling of the documented product; the codes of malformed
//! documents are those with which a translation refuses the same settings.

use crate::codes::{Reject, codes};
use serde::{Serialize, Serializer};

codes! {
    /// What is wrong with a setting.
    ProblemCode {
        NotInReference = "not_in_reference", "A setting names something the Sage business does not have, or not for this purpose.";
        OutOfRange = "OUT_OF_RANGE", "A number or a length is outside what is allowed.";
        InvalidFormat = "invalid_format", "A setting has a malformed value.";
        TierLimitExceeded = "tier_limit_exceeded", "A setting needs a feature that the tier does not have.";
        SettingMissing = "setting_missing", "Another setting makes this one necessary, and it is not set.";
        RequiresSetting = "requires_setting", "A setting has no effect without another one, which is off.";
        SageVariantLacksFeature = "sage_variant_lacks_feature", "A setting needs a feature that the Sage product does not have.";
        InvalidJson = "invalid_json", "The text is not JSON.";
        MissingField = "missing_field", "A required field is absent or null.";
        UnknownField = "unknown_field", "A field is not part of the contract.";
        WrongType = "wrong_type", "A field has another JSON type than the contract says, or is none of the words it allows.";
        MoneyNotAString = "money_not_a_string", "Money or a percentage came as a JSON number.";
        InvalidDecimal = "invalid_decimal", "A decimal string is malformed or beyond the supported range.";
        UnsupportedSchema = "unsupported_schema", "The settings have another schema version than this core reads.";
        NotSupportedYet = "not_supported_yet", "The Sage business is in a country whose VAT rules this release does not know.";
    }
}

codes! {
    /// What a tier can allow.
    Feature {
        CreditNotes = "credit_notes", "Credit memos become credit notes.";
        Payments = "payments", "Paid invoices and refunds become payments.";
        Products = "products", "The catalogue is kept in Sage.";
        Stock = "stock", "Quantities are kept in Sage.";
        Estimates = "estimates", "Quotes become estimates.";
        MultiCurrency = "multi_currency", "Documents in other currencies and across borders.";
        MultiStore = "multi_store", "More than one website or store view.";
    }
}

impl From<Reject> for ProblemCode {
    /// The code of a rejection of settings; what only events can cause does not come up.
    fn from(code: Reject) -> Self {
        Self::ALL
            .iter()
            .copied()
            .find(|problem| problem.as_str() == code.as_str())
            .unwrap_or(Self::InvalidFormat)
    }
}
