//! Reference data: tax rates, ledger accounts, bank accounts, countries, the business itself.

use anyhow::{Context, bail};
use bigdecimal::BigDecimal;
use serde_json::{Map, Value, json};

use crate::arithmetic;
use crate::json::{list, text};

/// The committed pretended business.
const GB_BUSINESS: &str = include_str!("../../../golden/profiles/sage_gb_business.json");

/// Reference data as it was read.
#[derive(Debug)]
pub(crate) struct Reference {
    data: Value,
}

impl Reference {
    /// Reads a reference file, or the committed one.
    pub(crate) fn load(path: Option<&std::path::Path>) -> anyhow::Result<Self> {
        let content = match path {
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("reading {}", path.display()))?,
            None => GB_BUSINESS.to_owned(),
        };
        let mut data: Value =
            serde_json::from_str(&content).context("reference data is no JSON")?;
        if let Some(name) = text(&data, "based_on") {
            let place = path
                .and_then(std::path::Path::parent)
                .unwrap_or(std::path::Path::new(""));
            let Self { data: mut base } = Self::load(Some(&place.join(name)))?;
            for key in list(&data, "replaces").iter().filter_map(Value::as_str) {
                if let Some(fields) = base.as_object_mut() {
                    fields.remove(key);
                }
            }
            data = laid_over(base, data);
        }
        for key in [
            "business",
            "financial_settings",
            "tax_rates",
            "ledger_accounts",
        ] {
            if data.get(key).is_none() {
                bail!("reference data lacks {key:?}");
            }
        }
        Ok(Self { data })
    }

    /// The collections that are served read-only, by path segment.
    pub(crate) fn collection(&self, name: &str) -> Option<&[Value]> {
        const SERVED: [&str; 14] = [
            "tax_rates",
            "ledger_accounts",
            "bank_accounts",
            "countries",
            "currencies",
            "contact_types",
            "address_types",
            "contact_person_types",
            "artefact_statuses",
            "transaction_types",
            "payment_methods",
            "eu_goods_services_types",
            "product_sales_price_types",
            "service_rate_types",
        ];
        SERVED.contains(&name).then(|| list(&self.data, name))
    }

    /// One entry of a collection.
    pub(crate) fn find(&self, collection: &str, id: &str) -> Option<&Value> {
        list(&self.data, collection)
            .iter()
            .find(|entry| text(entry, "id") == Some(id))
    }

    /// `{id, displayed_as, $path}` of an entry, the way Sage nests references.
    pub(crate) fn nested(&self, collection: &str, id: &str) -> Option<Value> {
        let displayed_as = text(self.find(collection, id)?, "displayed_as")?;
        Some(
            json!({ "id": id, "displayed_as": displayed_as, "$path": format!("/{collection}/{id}") }),
        )
    }

    /// The percentage of a tax rate that is in force on a date.
    ///
    /// Documented: `percentages[]` entries with `from_date` and `to_date`.
    pub(crate) fn percentage(&self, tax_rate_id: &str, date: &str) -> Option<BigDecimal> {
        let rate = self.find("tax_rates", tax_rate_id)?;
        list(rate, "percentages")
            .iter()
            .find(|entry| {
                text(entry, "from_date").is_none_or(|from| from <= date)
                    && text(entry, "to_date").is_none_or(|to| date <= to)
            })
            .or(Some(rate))
            .and_then(|entry| arithmetic::amount(entry, "percentage"))
    }

    /// Whether a ledger account may be used in a context.
    ///
    /// Reported by Sage staff (sageone_api_php_sample#32): the account must show up in
    /// `GET /ledger_accounts?visible_in=sales`.
    pub(crate) fn ledger_account_is_visible(&self, id: &str, context: &str) -> bool {
        self.find("ledger_accounts", id).is_some_and(|account| {
            list(account, "visible_in")
                .iter()
                .any(|place| place == context)
        })
    }

    /// The business.
    pub(crate) fn business(&self) -> &Value {
        self.data.get("business").unwrap_or(&Value::Null)
    }

    /// The business's id.
    pub(crate) fn business_id(&self) -> &str {
        text(self.business(), "id").unwrap_or_default()
    }

    /// `GET /financial_settings`.
    pub(crate) fn financial_settings(&self) -> &Value {
        self.data.get("financial_settings").unwrap_or(&Value::Null)
    }

    /// ISO code of the base currency.
    pub(crate) fn base_currency(&self) -> &str {
        crate::json::id_of(self.financial_settings(), "base_currency").unwrap_or("GBP")
    }

    /// ISO code of the business's country.
    pub(crate) fn country(&self) -> &str {
        crate::json::id_of(self.business(), "country").unwrap_or("GB")
    }

    /// Which country group a country belongs to: `GBIE`, `EU`, `US`, `CA` or `ALL`.
    pub(crate) fn country_group(&self, country: &str) -> &str {
        self.find("countries", country)
            .and_then(|entry| list(entry, "country_groups").first())
            .and_then(Value::as_str)
            .unwrap_or("ALL")
    }

    /// Entries of a collection that pass the query's filters.
    pub(crate) fn filtered(
        &self,
        collection: &str,
        query: &[(String, String)],
    ) -> Option<Vec<Value>> {
        let wanted = |key: &str| {
            query
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value.as_str())
        };
        let visible_in = wanted("visible_in");
        let usage = wanted("usage");
        let kept = self.collection(collection)?.iter().filter(|entry| {
            visible_in
                .is_none_or(|place| list(entry, "visible_in").iter().any(|found| found == place))
                && usage.is_none_or(|use_| list(entry, "usage").iter().any(|found| found == use_))
        });
        Some(kept.map(|entry| with_path(collection, entry)).collect())
    }
}

/// What a file adds to the one it is based on, which has lost what the file `replaces`: objects are merged, lists grow, the rest is replaced.
fn laid_over(below: Value, above: Value) -> Value {
    match (below, above) {
        (Value::Object(mut below), Value::Object(above)) => {
            for (key, value) in above {
                let merged = match below.remove(&key) {
                    Some(earlier) => laid_over(earlier, value),
                    None => value,
                };
                below.insert(key, merged);
            }
            Value::Object(below)
        }
        (Value::Array(mut below), Value::Array(above)) => {
            below.extend(above);
            Value::Array(below)
        }
        (_, above) => above,
    }
}

fn with_path(collection: &str, entry: &Value) -> Value {
    let mut whole: Map<String, Value> = entry.as_object().cloned().unwrap_or_default();
    if let Some(id) = text(entry, "id") {
        whole.insert(
            "$path".to_owned(),
            Value::String(format!("/{collection}/{id}")),
        );
    }
    Value::Object(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percentage_depends_on_the_date() {
        let reference = Reference::load(None).unwrap();
        for (rate, date, percentage) in [
            ("GB_STANDARD", "2026-11-21", "20"),
            ("GB_STANDARD", "2009-06-01", "15"),
            ("GB_STANDARD", "2010-06-01", "17.5"),
            ("GB_LOWER", "2026-11-21", "5"),
            ("GB_ZERO", "2026-11-21", "0"),
        ] {
            assert_eq!(
                reference.percentage(rate, date),
                percentage.parse().ok(),
                "{rate} on {date}"
            );
        }
        assert_eq!(reference.percentage("GB_INVENTED", "2026-11-21"), None);
    }

    #[test]
    fn a_file_may_add_to_another() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../golden/profiles/sage_gb_everything.json");
        let whole = Reference::load(Some(&path)).unwrap();
        assert!(whole.find("tax_rates", "GB_STANDARD").is_some());
        assert!(whole.find("tax_rates", "DESTINATION_DE_19").is_some());
        assert_eq!(whole.base_currency(), "GBP");
        assert_eq!(
            whole.financial_settings().get("multi_currency_enabled"),
            Some(&Value::Bool(true))
        );
    }

    #[test]
    fn a_file_may_replace_what_another_has() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../golden/profiles/sage_ie_business.json");
        let irish = Reference::load(Some(&path)).unwrap();
        assert_eq!(irish.base_currency(), "EUR");
        assert_eq!(irish.country(), "IE");
        assert!(irish.find("tax_rates", "GB_STANDARD").is_none());
        assert!(irish.find("countries", "DE").is_some());
        for (date, percentage) in [
            ("2011-12-31", "21"),
            ("2020-08-31", "23"),
            ("2020-09-01", "21"),
            ("2021-02-28", "21"),
            ("2021-03-01", "23"),
        ] {
            assert_eq!(
                irish.percentage("IE_STANDARD", date),
                percentage.parse().ok(),
                "{date}"
            );
        }
    }

    #[test]
    fn ids_have_their_documented_shape_and_are_unique() {
        let reference = Reference::load(None).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for collection in ["ledger_accounts", "bank_accounts"] {
            for entry in reference.collection(collection).unwrap() {
                let id = text(entry, "id").unwrap();
                assert!(
                    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
                    "{id}"
                );
                assert!(seen.insert(id.to_owned()), "{id} twice");
            }
        }
    }
}
