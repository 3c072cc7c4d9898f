//! Tiers: which features the plan of a merchant includes. A data file, read when the relay starts.

use std::collections::BTreeMap;

use ledger_core::policy::validate::{Feature, Tier};
use serde::Deserialize;

use ledger_plan::{Invalid, Plan, Resource};

/// The tiers of a relay that is run by its own merchant.
pub(crate) const SELF_HOSTED: &str = include_str!("../../tiers.toml");

/// Why the tiers cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TiersError {
    /// The file is not of the known shape.
    #[error("the tiers are not TOML of the known shape")]
    Shape(#[source] Box<toml::de::Error>),
    /// A tier names a feature that is not one.
    #[error("tier {tier}: {what}")]
    Feature {
        /// The name of the tier.
        tier: String,
        /// What is wrong with it.
        what: String,
    },
    /// The default is no tier of the file.
    #[error("the tier {0} is the default and not defined")]
    Default(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default: String,
    tier: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    features: Vec<String>,
}

/// What a tier allows.
#[derive(Debug, Clone)]
pub(crate) struct Allowed {
    pub(crate) tier: Tier,
    features: Vec<String>,
}

/// All tiers.
#[derive(Debug, Clone)]
pub(crate) struct Tiers {
    default: String,
    by_name: BTreeMap<String, Allowed>,
}

impl Tiers {
    pub(crate) fn parse(text: &str) -> Result<Self, TiersError> {
        let file: File =
            toml::from_str(text).map_err(|error| TiersError::Shape(Box::new(error)))?;
        let mut by_name = BTreeMap::new();
        for (name, Entry { features }) in file.tier {
            let list = serde_json::to_string(&features).unwrap_or_default();
            let tier = match Tier::parse(&list) {
                Ok(tier) => tier.unwrap_or_else(|| Tier::of(&[])),
                Err(problems) => {
                    let what = problems
                        .into_iter()
                        .map(|problem| problem.message)
                        .collect::<Vec<_>>();
                    return Err(TiersError::Feature {
                        tier: name,
                        what: what.join("; "),
                    });
                }
            };
            by_name.insert(name, Allowed { tier, features });
        }
        if !by_name.contains_key(&file.default) {
            return Err(TiersError::Default(file.default));
        }
        Ok(Self {
            default: file.default,
            by_name,
        })
    }

    /// The tier of a binding; one that names none, or none that is known, has the default.
    pub(crate) fn of(&self, name: Option<&str>) -> Option<&Allowed> {
        name.and_then(|name| self.by_name.get(name))
            .or_else(|| self.by_name.get(&self.default))
    }

    /// Whether no tier withholds anything, so that nothing needs to be asked.
    pub(crate) fn are_without_limits(&self) -> bool {
        let whole = |allowed: &Allowed| Feature::ALL.iter().all(|feature| allowed.has(*feature));
        self.by_name.values().all(whole)
    }

    pub(crate) fn knows(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }
}

impl Allowed {
    fn has(&self, feature: Feature) -> bool {
        self.features.iter().any(|name| name == feature.as_str())
    }

    /// Its features as the core takes them: a JSON list.
    pub(crate) fn list(&self) -> String {
        serde_json::to_string(&self.features).unwrap_or_default()
    }

    /// Why a plan is not for this tier; the settings forbid it too, but a shop may hold old ones.
    pub(crate) fn refuses(&self, plan: &Plan, base_currency: Option<&str>) -> Option<Invalid> {
        let (feature, pointer) = needed(plan, base_currency)
            .into_iter()
            .find(|(feature, _)| !self.has(*feature))?;
        Some(Invalid {
            code: "tier_limit_exceeded",
            pointer,
            detail: format!("The tier does not include {}.", feature.as_str()),
            key: Some(plan.key.clone()),
        })
    }
}

/// The features a plan makes use of, each with the place that shows it.
fn needed(plan: &Plan, base_currency: Option<&str>) -> Vec<(Feature, String)> {
    let mut needed = Vec::new();
    let event = |feature| (feature, "/event".to_owned());
    match plan.key.split(':').next() {
        Some("creditmemo.created") => needed.push(event(Feature::CreditNotes)),
        Some("invoice.paid") => needed.push(event(Feature::Payments)),
        Some("product.upserted") => needed.push(event(Feature::Products)),
        Some("order.placed" | "order.invoiced" | "order.canceled") => {
            needed.push(event(Feature::Estimates));
        }
        _ => {}
    }
    for (index, step) in plan.steps.iter().enumerate() {
        if matches!(
            step.resource,
            Resource::StockItems | Resource::StockMovements
        ) {
            needed.push((Feature::Stock, format!("/steps/{index}/resource")));
        }
        let currency = step
            .expect
            .as_ref()
            .and_then(|expect| expect.currency.as_deref());
        if let (Some(currency), Some(base)) = (currency, base_currency)
            && currency != base
        {
            needed.push((
                Feature::MultiCurrency,
                format!("/steps/{index}/expect/currency"),
            ));
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(event: &str, resource: &str, entity: &str, currency: &str) -> Plan {
        let op = if resource == "stock_items" {
            "update"
        } else {
            "create"
        };
        let about = event.split('.').next().unwrap();
        let text = format!(
            r#"{{"schema":"1","key":"{event}:1","event":"{event}","sequence":1,
            "magento":{{"entity_type":"{about}","entity_id":1,"website_id":1,"store_id":1}},"needs":[],
            "steps":[{{"op":"{op}","resource":"{resource}","xref":"x:1",
            "find":{{"reference":"R","item_code":"I","contact_id":"c","total_amount":"1","transaction_type_id":"t","bank_account_id":"b"}},
            "body":{{"{entity}":{{}}}},"expect":{{"total_amount":"1","currency":"{currency}"}}}}]}}"#
        );
        Plan::parse(text.as_bytes(), 64).unwrap()
    }

    #[test]
    fn a_self_hosted_relay_allows_everything() {
        let tiers = Tiers::parse(SELF_HOSTED).unwrap();
        let allowed = tiers.of(None).unwrap();
        for feature in Feature::ALL {
            assert!(allowed.has(*feature), "{}", feature.as_str());
        }
        assert!(tiers.knows("self_hosted") && !tiers.knows("gold"));
    }

    #[test]
    fn what_a_plan_uses_is_asked_of_the_tier() {
        let text = "default = \"small\"\n[tier.small]\nfeatures = [\"payments\"]\n";
        let tiers = Tiers::parse(text).unwrap();
        let small = tiers.of(Some("small")).unwrap();
        let refused = |event, resource, entity, currency| {
            let plan = plan(event, resource, entity, currency);
            small
                .refuses(&plan, Some("GBP"))
                .map(|invalid| invalid.pointer)
        };
        assert_eq!(
            refused("invoice.created", "sales_invoices", "sales_invoice", "GBP"),
            None
        );
        assert_eq!(
            refused("invoice.paid", "contact_payments", "contact_payment", "GBP"),
            None
        );
        assert_eq!(
            refused(
                "creditmemo.created",
                "sales_credit_notes",
                "sales_credit_note",
                "GBP"
            )
            .as_deref(),
            Some("/event")
        );
        assert_eq!(
            refused("customer.upserted", "stock_items", "stock_item", "GBP").as_deref(),
            Some("/steps/0/resource")
        );
        assert_eq!(
            refused("invoice.created", "sales_invoices", "sales_invoice", "EUR").as_deref(),
            Some("/steps/0/expect/currency")
        );
        let plan = plan("invoice.created", "sales_invoices", "sales_invoice", "EUR");
        assert!(
            small.refuses(&plan, None).is_none(),
            "an unknown base is no reason"
        );
    }

    #[test]
    fn a_file_with_a_mistake_is_refused() {
        for (text, message) in [
            ("default = \"a\"\n[tier.b]\nfeatures = []\n", "not defined"),
            (
                "default = \"a\"\n[tier.a]\nfeatures = [\"paymints\"]\n",
                "paymints",
            ),
            ("default = \"a\"\n[tier.a]\nfeature = []\n", "known shape"),
        ] {
            let error = Tiers::parse(text).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
