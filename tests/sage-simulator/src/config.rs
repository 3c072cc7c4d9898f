//! Command line and switches.
//!
//! A switch exists wherever nobody knows what Sage does: a test must be able to demand either answer.
//! The same names work as `--kebab-case` options and as keys of `POST /_simulator/switches`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What happens to `idempotency_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Idempotency {
    /// Documented: a repetition within seven days answers with the first result.
    Honoured,
    /// The field is accepted and does nothing, as on an API that does not know it.
    Ignored,
}

/// What a known `idempotency_id` with another body gets. Nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangedBody {
    /// The first result again.
    FirstResult,
    /// A refusal.
    Error,
    /// A new object, as if the id were new.
    NewObject,
}

/// How `exchange_rate` reads. Not documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExchangeRateDirection {
    /// Base units per foreign unit (reported by a vendor).
    BasePerForeign,
    /// Foreign units per base unit.
    ForeignPerBase,
}

/// The plan that the business has subscribed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// Accounting Start.
    Start,
    /// Accounting Standard.
    Standard,
    /// Accounting Plus.
    Plus,
}

/// What the consent page answers, whichever button is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentAnswer {
    /// As the button says.
    Asked,
    /// A refusal.
    Refused,
    /// A code under a state that was not sent.
    OtherState,
}

/// Where `DELETE` of a document reads `void_reason`. Unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidReason {
    /// Wherever it stands.
    Either,
    /// In the query only, as in the specification.
    Query,
    /// In the body only, as in the guide.
    Body,
}

/// Behaviours that can be changed while the simulator runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// Honoured or ignored. Documented: honoured.
    pub idempotency: Idempotency,
    /// Whether a refusal or a server error is remembered under its id. Unknown.
    pub idempotency_caches_errors: bool,
    /// A known id with another body. Unknown.
    pub idempotency_changed_body: ChangedBody,
    /// Status of `RecordNotFound` for ids inside a body: 404 or 422. Unknown.
    pub unknown_record_status: u16,
    /// Reading of `exchange_rate`. Unknown; a vendor reports base per foreign.
    pub exchange_rate_direction: ExchangeRateDirection,
    /// Where the reason of a void is read. The specification says query, the guide says body.
    pub void_reason: VoidReason,
    /// Largest difference allowed between a line's tax and net × rate; none by default. Unknown.
    pub tax_tolerance: Option<String>,
    /// Most lines of a document; none by default. Unknown.
    pub max_lines: Option<usize>,
    /// Foreign contacts need `eu_goods_services_type_id` on each line. Documented for versions 1 and 2.
    pub goods_services_type_required: bool,
    /// Customers outside the EU must be zero rated. Reported.
    pub foreign_zero_rated: bool,
    /// False answers every call with "No active subscription. (MSE)". Documented.
    pub subscription_active: bool,
    /// Overrides the business's `multi_currency_enabled`.
    pub multi_currency: Option<bool>,
    /// Overrides the business's `destination_vat`.
    pub destination_vat: Option<bool>,
    /// Overrides the business's plan.
    pub plan: Option<Plan>,
    /// Whether a business of Plus has quotes instead of estimates. Documented: one of the two.
    pub quotes_on_plus: bool,
    /// Overrides the business's `year_end_lockdown_date`.
    pub locked_until: Option<String>,
    /// Whether documents up to that day are refused. Unknown.
    pub locked_period_refused: bool,
    /// What the consent page answers.
    pub consent: ConsentAnswer,
    /// Life of a code of the consent page. Documented: 60 seconds.
    pub code_ttl: i64,
    /// How many businesses the user has; those beyond the first are names only.
    pub businesses: usize,
    /// Life of an access token. Documented: 300 seconds.
    pub token_ttl: i64,
    /// Calls in flight above this answer 429. Documented: 150 per application.
    pub max_concurrent: usize,
    /// `Retry-After` in seconds on those 429s; none by default, since none is documented.
    pub retry_after: Option<u32>,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            idempotency: Idempotency::Honoured,
            idempotency_caches_errors: false,
            idempotency_changed_body: ChangedBody::FirstResult,
            unknown_record_status: 404,
            exchange_rate_direction: ExchangeRateDirection::BasePerForeign,
            void_reason: VoidReason::Either,
            tax_tolerance: None,
            max_lines: None,
            goods_services_type_required: true,
            foreign_zero_rated: true,
            subscription_active: true,
            multi_currency: None,
            destination_vat: None,
            plan: None,
            quotes_on_plus: false,
            locked_until: None,
            locked_period_refused: true,
            consent: ConsentAnswer::Asked,
            code_ttl: crate::consent::CODE_LIFE,
            businesses: 1,
            token_ttl: 300,
            max_concurrent: 150,
            retry_after: None,
        }
    }
}

impl Switches {
    /// These switches with some of them changed; an unknown name or an impossible value is an error.
    pub fn changed(&self, changes: &Map<String, Value>) -> anyhow::Result<Self> {
        let mut all = serde_json::to_value(self).context("switches as JSON")?;
        if let Some(object) = all.as_object_mut() {
            object.extend(changes.clone());
        }
        serde_json::from_value(all).context("unknown switch or impossible value")
    }
}

/// Everything the simulator needs to start.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on; port 0 lets the system choose.
    pub listen: String,
    /// Reference data; none takes the committed `golden/profiles/sage_gb_business.json`.
    pub reference: Option<PathBuf>,
    /// Required client id; none accepts any.
    pub client_id: Option<String>,
    /// Required client secret; none accepts any.
    pub client_secret: Option<String>,
    /// The refresh token that is live at the start.
    pub refresh_token: String,
    /// Makes generated ids differ between simulators.
    pub seed: u64,
    /// Behaviour.
    pub switches: Switches,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            reference: None,
            client_id: None,
            client_secret: None,
            refresh_token: "simulator-refresh-token".to_owned(),
            seed: 1,
            switches: Switches::default(),
        }
    }
}

impl Config {
    /// What `--help` prints.
    pub const USAGE: &'static str = "\
sage-simulator [--listen 127.0.0.1:0] [--reference FILE] [--seed N]
               [--client-id ID] [--client-secret SECRET] [--refresh-token TOKEN]
               [--token-ttl SECONDS] [--max-concurrent N] [--retry-after SECONDS]
               [--idempotency honoured|ignored] [--idempotency-caches-errors true|false]
               [--idempotency-changed-body first_result|error|new_object]
               [--unknown-record-status 404|422] [--tax-tolerance AMOUNT]
               [--max-lines N]
               [--exchange-rate-direction base_per_foreign|foreign_per_base]
               [--goods-services-type-required true|false] [--foreign-zero-rated true|false]
               [--subscription-active true|false] [--multi-currency true|false]
               [--plan start|standard|plus] [--destination-vat true|false]
               [--consent asked|refused|other_state] [--code-ttl SECONDS] [--businesses N]
               [--locked-until YYYY-MM-DD] [--locked-period-refused true|false]

Prints {\"listening\":\"ADDRESS\"} when ready. Without --refresh-token the first refresh token is
\"simulator-refresh-token\"; POST /_simulator/grant gives more. GET / shows the ledger.";

    /// Reads command-line arguments, without the program's name.
    pub fn from_args(args: impl IntoIterator<Item = String>) -> anyhow::Result<Self> {
        let mut config = Self::default();
        let mut changes = Map::new();
        let mut args = args.into_iter();
        while let Some(option) = args.next() {
            let Some(name) = option.strip_prefix("--") else {
                bail!("unexpected argument {option:?}; see --help");
            };
            let value = args
                .next()
                .with_context(|| format!("{option} needs a value"))?;
            match name {
                "listen" => config.listen = value,
                "reference" => config.reference = Some(PathBuf::from(value)),
                "client-id" => config.client_id = Some(value),
                "client-secret" => config.client_secret = Some(value),
                "refresh-token" => config.refresh_token = value,
                "seed" => config.seed = value.parse().context("--seed needs a number")?,
                "tax-tolerance" => {
                    changes.insert("tax_tolerance".to_owned(), Value::String(value));
                }
                switch => {
                    let parsed = serde_json::from_str(&value).unwrap_or(Value::String(value));
                    changes.insert(switch.replace('-', "_"), parsed);
                }
            }
        }
        config.switches = config.switches.changed(&changes)?;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> anyhow::Result<Config> {
        Config::from_args(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_and_switches_are_read() {
        let config =
            read("--listen 127.0.0.1:9 --token-ttl 5 --idempotency ignored --tax-tolerance 0.05")
                .unwrap();
        assert_eq!(config.listen, "127.0.0.1:9");
        assert_eq!(config.switches.token_ttl, 5);
        assert_eq!(config.switches.idempotency, Idempotency::Ignored);
        assert_eq!(config.switches.tax_tolerance.as_deref(), Some("0.05"));
    }

    #[test]
    fn nonsense_is_refused() {
        for line in [
            "--no-such-switch 1",
            "--token-ttl soon",
            "--listen",
            "stray",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
