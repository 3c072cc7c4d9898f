//! The business: its plan, its settings, and what the plan does not have.

use serde_json::{Value, json};

use crate::config::Plan;
use crate::dispatch::World;
use crate::envelope::Refusal;
use crate::json::{flag, list, set, text};

/// Collections that a plan lacks. Documented: stock is of Plus only, allocations are not on Start.
const LACKS: [(&str, &[Plan]); 4] = [
    ("sales_quotes", &[Plan::Start]),
    ("stock_items", &[Plan::Start, Plan::Standard]),
    ("stock_movements", &[Plan::Start, Plan::Standard]),
    ("contact_allocations", &[Plan::Start]),
];

impl Plan {
    /// The name of the subscription, as in the reference file.
    fn displayed_as(self) -> &'static str {
        match self {
            Self::Start => "Accounting Start",
            Self::Standard => "Accounting Standard",
            Self::Plus => "Accounting Plus",
        }
    }
}

impl World {
    /// The plan: the switch, else the active subscription; one of no known name has everything.
    pub(crate) fn plan(&self) -> Plan {
        let name = list(self.reference.business(), "subscriptions")
            .iter()
            .find(|subscription| flag(subscription, "active"))
            .and_then(|subscription| text(subscription, "displayed_as"));
        let named = [Plan::Start, Plan::Standard]
            .into_iter()
            .find(|plan| name == Some(plan.displayed_as()));
        self.switches.plan.or(named).unwrap_or(Plan::Plus)
    }

    /// `GET /businesses/{id}`: documented are country and subscriptions with plan and `active`.
    pub(crate) fn business(&self) -> Value {
        let mut business = self.reference.business().clone();
        if let Some(plan) = self.switches.plan {
            let first = list(&business, "subscriptions").first();
            let id = first.and_then(|subscription| subscription.get("id"));
            let subscription =
                json!({ "id": id, "displayed_as": plan.displayed_as(), "active": true });
            set(&mut business, "subscriptions", json!([subscription]));
        }
        business
    }

    /// `GET /financial_settings` with the switches applied.
    pub(crate) fn financial_settings(&self) -> Value {
        let mut settings = self.reference.financial_settings().clone();
        set(
            &mut settings,
            "multi_currency_enabled",
            self.multi_currency(),
        );
        if let Some(destination_vat) = self.switches.destination_vat {
            set(&mut settings, "destination_vat", destination_vat);
        }
        let lock = self.locked_until().map(str::to_owned);
        set(
            &mut settings,
            "year_end_lockdown_date",
            lock.map_or(Value::Null, Value::String),
        );
        settings
    }

    /// Whether foreign currencies are allowed. Documented: only Plus has them.
    pub(crate) fn multi_currency(&self) -> bool {
        let configured = || {
            flag(
                self.reference.financial_settings(),
                "multi_currency_enabled",
            )
        };
        self.plan() == Plan::Plus && self.switches.multi_currency.unwrap_or_else(configured)
    }

    fn locked_until(&self) -> Option<&str> {
        let configured = || {
            text(
                self.reference.financial_settings(),
                "year_end_lockdown_date",
            )
        };
        self.switches.locked_until.as_deref().or_else(configured)
    }

    /// What a document of a locked day gets is unknown, its wording assumed.
    pub(crate) fn check_lock(&self, date: &str) -> Result<(), Refusal> {
        match self.locked_until() {
            Some(lock) if date <= lock && self.switches.locked_period_refused => Err(Refusal::one(
                "date",
                format!("must be after the year end lockdown date {lock}"),
            )),
            Some(_) | None => Ok(()),
        }
    }

    /// Documented: which plan has which endpoint. Status, code and wording are assumed.
    ///
    /// Estimates are written on Plus and read on every plan, quotes are of Standard and Plus; that a
    /// business of Plus has one of the two is documented, which one is a switch.
    pub(crate) fn check_plan(&self, collection: &str, writes: bool) -> Result<(), Refusal> {
        let plan = self.plan();
        let has_quotes = plan == Plan::Standard || self.switches.quotes_on_plus;
        let other_offer = match collection {
            "sales_estimates" => {
                (plan == Plan::Plus && has_quotes) || (plan != Plan::Plus && writes)
            }
            "sales_quotes" => !has_quotes,
            _ => false,
        };
        let lacks = |(name, plans): &(&str, &[Plan])| *name == collection && plans.contains(&plan);
        if other_offer || LACKS.iter().any(lacks) {
            return Err(Refusal::coded(
                403,
                "AuthorizationFailure",
                format!("{} does not include {collection}.", plan.displayed_as()),
            ));
        }
        Ok(())
    }
}
