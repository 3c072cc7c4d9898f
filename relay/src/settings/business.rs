//! What Sage says of the business itself: it fills `binding` of the settings.
//!
//! Only what `binding` has a field for is kept: no tax number, no name, no address.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::macros::format_description;

/// Its name among the reference data.
pub(crate) const KIND: &str = "business";

/// Plans as `binding.sage_variant` calls them.
const PLANS: [&str; 3] = ["start", "standard", "plus"];

/// Fields of `binding` by the read that answers them, so that a read that fails leaves the other
/// as it is. `null` means that Sage says there is none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct BusinessFacts {
    pub(crate) businesses: Map<String, Value>,
    pub(crate) financial_settings: Map<String, Value>,
    /// Whether there are estimates or quotes: found out by asking for either.
    pub(crate) estimates: Map<String, Value>,
}

/// An answer that is not of the known shape: which field, and what was expected.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is no {expected}")]
pub(crate) struct UnknownShape {
    field: String,
    expected: &'static str,
}

impl BusinessFacts {
    /// As they were kept.
    pub(crate) fn parse(body: &str) -> Self {
        serde_json::from_str(body).unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.fields().count()
    }

    fn fields(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.businesses
            .iter()
            .chain(&self.financial_settings)
            .chain(&self.estimates)
    }

    /// Which of Sage's two resources for orders to ask for, by the plan; the first that answers is
    /// the business's. Estimates are written on Plus only and read on every plan; quotes are of
    /// Standard and Plus (documented).
    pub(crate) fn estimate_candidates(&self) -> &'static [&'static str] {
        match self.businesses.get("sage_variant").and_then(Value::as_str) {
            Some("start") => &[],
            Some("standard") => &["sales_quotes"],
            _ => &["sales_estimates", "sales_quotes"],
        }
    }

    /// Keeps which of them answered, if one did.
    pub(crate) fn keep_estimates(&mut self, resource: Option<&str>) {
        let word = resource.unwrap_or("none");
        self.estimates = Map::from_iter([("estimates".to_owned(), json!(word))]);
    }

    /// Puts every field that Sage answers into `binding`; the names of those that were different,
    /// sorted.
    pub(crate) fn lay_over(&self, binding: &mut Map<String, Value>) -> Vec<String> {
        let mut changed = Vec::new();
        for (field, value) in self.fields() {
            let before = if value.is_null() {
                binding.remove(field)
            } else {
                binding.insert(field.clone(), value.clone())
            };
            if before.unwrap_or_default() != *value {
                changed.push(field.clone());
            }
        }
        changed.sort_unstable();
        changed
    }
}

/// Reads `GET /businesses/{id}`.
pub(crate) fn of_business(body: &[u8]) -> Result<Map<String, Value>, UnknownShape> {
    let answer = object(body)?;
    let mut facts = Map::new();
    let country = given(&answer, "country", "country of two letters", |value| {
        let id = id(value)?;
        let is_code = id.len() == 2 && id.bytes().all(|byte| byte.is_ascii_alphabetic());
        is_code.then(|| json!(id.to_ascii_uppercase()))
    })?;
    put(&mut facts, "country", country);
    let plan = given(&answer, "subscriptions", "list of subscriptions", |value| {
        let all = value.as_array()?;
        all.iter().all(Value::is_object).then(|| json!(plan(all)))
    })?;
    put(&mut facts, "sage_variant", plan);
    Ok(facts)
}

/// Reads `GET /financial_settings`.
pub(crate) fn of_financial_settings(body: &[u8]) -> Result<Map<String, Value>, UnknownShape> {
    let answer = object(body)?;
    let mut facts = Map::new();
    let currency = given(
        &answer,
        "base_currency",
        "currency of three letters",
        |value| {
            let id = id(value)?;
            let is_code = id.len() == 3 && id.bytes().all(|byte| byte.is_ascii_uppercase());
            is_code.then(|| json!(id))
        },
    )?;
    put(&mut facts, "base_currency", currency);
    for (name, field) in [
        ("multi_currency_enabled", "multi_currency"),
        ("destination_vat", "destination_vat"),
    ] {
        put(
            &mut facts,
            field,
            given(&answer, name, "true or false", flag)?,
        );
    }
    let scheme = given(
        &answer,
        "tax_scheme",
        "object with displayed_as or id",
        |value| {
            let text = value.get("displayed_as").and_then(Value::as_str);
            text.filter(|text| !text.trim().is_empty())
                .or_else(|| id(value))
                .map(|text| json!(text))
        },
    )?;
    put(&mut facts, "vat_scheme", scheme);
    // Who has a VAT number is registered. What Sage answers for who is not is unknown.
    let number = given(&answer, "tax_number", "text", |value| {
        (value.is_string() || value.is_number()).then_some(Value::Bool(true))
    })?;
    put(&mut facts, "vat_registered", number);
    let start = given(&answer, "accounts_start_date", DATE, date)?;
    put(&mut facts, "accounts_start_date", start);
    // A lock that was taken away must not go on being one.
    let lock = given(&answer, "year_end_lockdown_date", DATE, date)?;
    if lock.is_some() || answer.contains_key("year_end_lockdown_date") {
        facts.insert("locked_until".to_owned(), lock.unwrap_or_default());
    }
    Ok(facts)
}

const DATE: &str = "date such as 2026-03-31";

fn object(body: &[u8]) -> Result<Map<String, Value>, UnknownShape> {
    serde_json::from_slice(body).map_err(|_| UnknownShape {
        field: "the answer".to_owned(),
        expected: "object",
    })
}

/// A field that is there and says something.
fn given(
    answer: &Map<String, Value>,
    field: &str,
    expected: &'static str,
    read: impl Fn(&Value) -> Option<Value>,
) -> Result<Option<Value>, UnknownShape> {
    let says_nothing = |value: &&Value| {
        value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
    };
    let Some(value) = answer.get(field).filter(|value| !says_nothing(value)) else {
        return Ok(None);
    };
    read(value).map(Some).ok_or_else(|| UnknownShape {
        field: field.to_owned(),
        expected,
    })
}

fn put(facts: &mut Map<String, Value>, field: &str, value: Option<Value>) {
    if let Some(value) = value.filter(|value| !value.is_null()) {
        facts.insert(field.to_owned(), value);
    }
}

/// The id of a nested object.
fn id(value: &Value) -> Option<&str> {
    value.get("id").and_then(Value::as_str)
}

/// Sage writes booleans and, elsewhere, numbers as text too.
fn flag(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) => Some(value.clone()),
        Value::String(text) => text.parse().ok().map(Value::Bool),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn date(value: &Value) -> Option<Value> {
    let day = value.as_str()?.split('T').next()?;
    time::Date::parse(day, format_description!("[year]-[month]-[day]")).ok()?;
    Some(json!(day))
}

/// The plan that the active subscriptions name; none when they name none that is known, or two.
fn plan(subscriptions: &[Value]) -> Option<&'static str> {
    let active = |one: &&Value| one.get("active") != Some(&Value::Bool(false));
    let names = subscriptions.iter().filter(active).filter_map(|one| {
        let name = one.get("displayed_as").and_then(Value::as_str)?;
        Some(name.to_lowercase())
    });
    let mut found = None;
    for name in names {
        let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
        let Some(plan) = PLANS.into_iter().find(|plan| words.contains(plan)) else {
            continue;
        };
        if found.is_some_and(|other| other != plan) {
            return None;
        }
        found = Some(plan);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn business(text: &str) -> Value {
        Value::Object(of_business(text.as_bytes()).unwrap())
    }

    fn settings(text: &str) -> Value {
        Value::Object(of_financial_settings(text.as_bytes()).unwrap())
    }

    #[test]
    fn the_business_has_a_country_and_a_plan() {
        let plus = r#"{"id":"b","name":"Example Ltd","country":{"id":"IE"},"subscriptions":[
            {"displayed_as":"Accounting Start","active":false},{"displayed_as":"Accounting Plus","active":true}]}"#;
        assert_eq!(
            business(plus),
            json!({"country": "IE", "sage_variant": "plus"})
        );
        for names in [
            r#"[{"displayed_as":"Accounting"}]"#,
            r#"[{"displayed_as":"Accounting Starter"}]"#,
            r#"[{"displayed_as":"Accounting Plus"},{"displayed_as":"Accounting Standard"}]"#,
            "[]",
        ] {
            assert_eq!(
                business(&format!(r#"{{"subscriptions":{names}}}"#)),
                json!({}),
                "{names}"
            );
        }
    }

    #[test]
    fn the_financial_settings_fill_the_rest() {
        let all = r#"{"base_currency":{"id":"EUR"},"multi_currency_enabled":"true","destination_vat":false,
            "tax_scheme":{"id":"IE_CASH","displayed_as":"Cash receipts"},"tax_number":"IE1234567FA",
            "accounts_start_date":"2020-01-01","year_end_lockdown_date":"2025-12-31T00:00:00Z","default_credit_days":30}"#;
        assert_eq!(
            settings(all),
            json!({"base_currency": "EUR", "multi_currency": true, "destination_vat": false,
                "vat_scheme": "Cash receipts", "vat_registered": true,
                "accounts_start_date": "2020-01-01", "locked_until": "2025-12-31"})
        );
        assert_eq!(
            settings(r#"{"tax_scheme":{"id":"GB_CASH"}}"#)["vat_scheme"],
            "GB_CASH"
        );
        let nothing = r#"{"base_currency":null,"tax_number":"","accounts_start_date":null,"year_end_lockdown_date":null}"#;
        assert_eq!(settings(nothing), json!({"locked_until": null}));
        assert_eq!(settings("{}"), json!({}));
    }

    #[test]
    fn an_unknown_shape_names_its_field() {
        for (text, message) in [
            (
                r#"{"multi_currency_enabled":"perhaps"}"#,
                "multi_currency_enabled is no true or false",
            ),
            (
                r#"{"year_end_lockdown_date":"31/03/2026"}"#,
                "year_end_lockdown_date is no date such as 2026-03-31",
            ),
            (
                r#"{"year_end_lockdown_date":"2026-02-30"}"#,
                "year_end_lockdown_date is no date such as 2026-03-31",
            ),
            (
                r#"{"base_currency":"Pound"}"#,
                "base_currency is no currency of three letters",
            ),
            (
                r#"{"tax_scheme":7}"#,
                "tax_scheme is no object with displayed_as or id",
            ),
            ("[]", "the answer is no object"),
        ] {
            let error = of_financial_settings(text.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
        for (text, message) in [
            (
                r#"{"country":{"id":"United Kingdom"}}"#,
                "country is no country of two letters",
            ),
            (
                r#"{"subscriptions":{"plan":"Plus"}}"#,
                "subscriptions is no list of subscriptions",
            ),
        ] {
            assert_eq!(
                of_business(text.as_bytes()).unwrap_err().to_string(),
                message
            );
        }
    }

    #[test]
    fn the_plan_says_which_resource_to_ask_for() {
        for (plan, candidates) in [
            ("Accounting Start", &[][..]),
            ("Accounting Standard", &["sales_quotes"][..]),
            ("Accounting Plus", &["sales_estimates", "sales_quotes"][..]),
            ("Accounting", &["sales_estimates", "sales_quotes"][..]),
        ] {
            let answer = format!(r#"{{"subscriptions":[{{"displayed_as":"{plan}"}}]}}"#);
            let mut facts = BusinessFacts {
                businesses: of_business(answer.as_bytes()).unwrap(),
                ..BusinessFacts::default()
            };
            assert_eq!(facts.estimate_candidates(), candidates, "{plan}");
            facts.keep_estimates(candidates.first().copied());
            let mut binding = Map::new();
            facts.lay_over(&mut binding);
            let expected = candidates.first().unwrap_or(&"none");
            assert_eq!(binding.get("estimates"), Some(&json!(expected)));
        }
    }

    #[test]
    fn what_sage_answers_wins_and_the_rest_stays() {
        let facts = BusinessFacts {
            businesses: of_business(br#"{"country":{"id":"GB"}}"#).unwrap(),
            financial_settings: of_financial_settings(
                br#"{"base_currency":{"id":"GBP"},"destination_vat":true,"year_end_lockdown_date":null}"#,
            )
            .unwrap(),
            estimates: Map::new(),
        };
        let typed = json!({"country": "IE", "base_currency": "GBP", "sage_variant": "plus", "locked_until": "2024-12-31"});
        let Value::Object(mut binding) = typed else {
            unreachable!()
        };
        assert_eq!(
            facts.lay_over(&mut binding),
            ["country", "destination_vat", "locked_until"]
        );
        assert_eq!(
            Value::Object(binding.clone()),
            json!({"country": "GB", "base_currency": "GBP", "sage_variant": "plus", "destination_vat": true})
        );
        assert!(
            facts.lay_over(&mut binding).is_empty(),
            "nothing is different any more"
        );
        assert_eq!(
            BusinessFacts::parse(&serde_json::to_string(&facts).unwrap()),
            facts
        );
        assert_eq!(facts.len(), 4);
    }
}
