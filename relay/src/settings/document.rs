//! One settings document: what the merchant wants and which business it is, laid over what the
//! business has.
//!
//! The bytes are made once, when a version is saved, and served as they are: the shop keeps them
//! untouched and gives them to the core, so their digest means the same everywhere.

use ledger_core::policy::validate::{Problem, Tier, validate};
use serde_json::{Map, Value};

use ledger_store::vault::sha256_hex;

/// A document that may be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) digest: String,
}

/// Joins what was given with the reference data and has the core judge the whole.
///
/// # Errors
/// Every problem the core finds, each with its field.
pub(crate) fn compose(
    given: &str,
    reference: Option<&Value>,
    tier: Option<&Tier>,
) -> Result<Document, Vec<Problem>> {
    let text = match (serde_json::from_str::<Map<String, Value>>(given), reference) {
        (Ok(mut whole), Some(reference)) => {
            whole.insert("reference".to_owned(), reference.clone());
            Value::Object(whole).to_string()
        }
        // Without reference data, or when it cannot be read, the core says what it thinks of it.
        (_, _) => given.to_owned(),
    };
    let problems = validate(&text, tier);
    if problems.is_empty() {
        let digest = sha256_hex(text.as_bytes());
        Ok(Document { text, digest })
    } else {
        Err(problems)
    }
}

/// The currency of the business's books, as a document that was saved says it.
pub(crate) fn base_currency(document: &str) -> Option<String> {
    let whole: Value = serde_json::from_str(document).ok()?;
    let currency = whole.pointer("/binding/base_currency")?;
    currency.as_str().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = include_str!("../../../golden/profiles/gb_base.json");

    #[test]
    fn what_the_core_accepts_is_kept_with_its_digest() {
        let document = compose(BASE, None, None).unwrap();
        assert_eq!(document.text, BASE);
        assert_eq!(document.digest, sha256_hex(BASE.as_bytes()));
    }

    #[test]
    fn reference_data_takes_the_place_of_what_was_given() {
        let whole: Value = serde_json::from_str(BASE).unwrap();
        let mut reference = whole["reference"].clone();
        let document = compose(BASE, Some(&reference), None).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&document.text).unwrap(),
            whole
        );
        reference["bank_accounts"] =
            serde_json::json!([{"id": "another", "displayed_as": "Other"}]);
        let problems = compose(BASE, Some(&reference), None).unwrap_err();
        assert_eq!(
            problems[0].pointer,
            "/settings/policy/default_bank_account_id"
        );
    }

    #[test]
    fn every_problem_comes_back_and_the_tier_counts() {
        let given = r#"{"schema":"1","policy":{"sync_products":true,"default_purchase_ledger_account_id":"p","rounding_cap":"x"},
            "binding":{"country":"GB","base_currency":"GBP"}}"#;
        let tier = Tier::parse("[]").unwrap();
        let problems = compose(given, None, tier.as_ref()).unwrap_err();
        let pointers: Vec<&str> = problems.iter().map(|p| p.pointer.as_str()).collect();
        assert!(
            pointers.contains(&"/settings/policy/rounding_cap"),
            "{pointers:?}"
        );
        assert!(
            pointers.contains(&"/settings/policy/sync_products"),
            "{pointers:?}"
        );
        assert!(compose("{", None, None).is_err());
    }
}
