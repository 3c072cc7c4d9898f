//! One settings document: what the merchant wants and which business it is, laid over what the
//! business has.
//!
//! The bytes are made once, when a version is saved, and served as they are: the shop keeps them
//! untouched and gives them to the core, so their digest means the same everywhere.

use ledger_core::policy::validate::{Problem, Tier, validate};
use serde_json::{Map, Value};

use ledger_store::vault::sha256_hex;

use super::business::BusinessFacts;

/// A document that may be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) digest: String,
    /// Fields of `binding` in which Sage said something else than what was given.
    pub(crate) from_sage: Vec<String>,
}

/// Joins what was given with what Sage says of the business and with its reference data, and has
/// the core judge the whole.
///
/// # Errors
/// Every problem the core finds, each with its field.
pub(crate) fn compose(
    given: &str,
    reference: Option<&Value>,
    business: Option<&BusinessFacts>,
    tier: Option<&Tier>,
) -> Result<Document, Vec<Problem>> {
    let mut from_sage = Vec::new();
    let text = match serde_json::from_str::<Map<String, Value>>(given) {
        Ok(mut whole) if reference.is_some() || business.is_some() => {
            from_sage = lay_over(&mut whole, reference, business);
            Value::Object(whole).to_string()
        }
        // Without an answer of Sage's, or when it cannot be read, the core says what it thinks of it.
        _ => given.to_owned(),
    };
    let problems = validate(&text, tier);
    if problems.is_empty() {
        let digest = sha256_hex(text.as_bytes());
        Ok(Document {
            text,
            digest,
            from_sage,
        })
    } else {
        Err(problems)
    }
}

/// Puts the reference data and what Sage says of the business into a document; the fields of
/// `binding` that were different.
pub(crate) fn lay_over(
    whole: &mut Map<String, Value>,
    reference: Option<&Value>,
    business: Option<&BusinessFacts>,
) -> Vec<String> {
    if let Some(reference) = reference {
        whole.insert("reference".to_owned(), reference.clone());
    }
    let Some(business) = business else {
        return Vec::new();
    };
    let binding = whole.entry("binding").or_insert_with(|| Map::new().into());
    match binding {
        Value::Object(binding) => business.lay_over(binding),
        // The core says what is wrong with it.
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Vec::new()
        }
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
        let document = compose(BASE, None, None, None).unwrap();
        assert_eq!(document.text, BASE);
        assert_eq!(document.digest, sha256_hex(BASE.as_bytes()));
    }

    #[test]
    fn reference_data_takes_the_place_of_what_was_given() {
        let whole: Value = serde_json::from_str(BASE).unwrap();
        let mut reference = whole["reference"].clone();
        let document = compose(BASE, Some(&reference), None, None).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&document.text).unwrap(),
            whole
        );
        reference["bank_accounts"] =
            serde_json::json!([{"id": "another", "displayed_as": "Other"}]);
        let problems = compose(BASE, Some(&reference), None, None).unwrap_err();
        assert_eq!(
            problems[0].pointer,
            "/settings/policy/default_bank_account_id"
        );
    }

    #[test]
    fn nothing_of_the_business_needs_to_be_typed() {
        let mut typed: Value = serde_json::from_str(BASE).unwrap();
        typed.as_object_mut().unwrap().remove("binding");
        let business = BusinessFacts::parse(
            r#"{"businesses":{"country":"GB"},"financial_settings":{"base_currency":"GBP","locked_until":null}}"#,
        );
        let document = compose(&typed.to_string(), None, Some(&business), None).unwrap();
        let whole: Value = serde_json::from_str(&document.text).unwrap();
        assert_eq!(
            whole["binding"],
            serde_json::json!({"country": "GB", "base_currency": "GBP"})
        );
        assert_eq!(document.from_sage, ["base_currency", "country"]);
        // What Sage says is judged like what is typed.
        let elsewhere = BusinessFacts::parse(r#"{"businesses":{"country":"FR"}}"#);
        let problems = compose(BASE, None, Some(&elsewhere), None).unwrap_err();
        assert_eq!(problems[0].pointer, "/settings/binding/country");
    }

    #[test]
    fn every_problem_comes_back_and_the_tier_counts() {
        let given = r#"{"schema":"1","policy":{"sync_products":true,"default_purchase_ledger_account_id":"p","rounding_cap":"x"},
            "binding":{"country":"GB","base_currency":"GBP"}}"#;
        let tier = Tier::parse("[]").unwrap();
        let problems = compose(given, None, None, tier.as_ref()).unwrap_err();
        let pointers: Vec<&str> = problems.iter().map(|p| p.pointer.as_str()).collect();
        assert!(
            pointers.contains(&"/settings/policy/rounding_cap"),
            "{pointers:?}"
        );
        assert!(
            pointers.contains(&"/settings/policy/sync_products"),
            "{pointers:?}"
        );
        assert!(compose("{", None, None, None).is_err());
    }
}
