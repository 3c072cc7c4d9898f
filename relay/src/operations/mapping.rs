//! What a shop told of itself, and the settings that are proposed from it.

use ledger_core::policy::propose::{Proposal, propose};
use ledger_store::clock;
use ledger_store::operations::ShopReport;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{OperationError, Operations};
use crate::settings::document::lay_over;
use crate::settings::dry_run::DryRunSummary;

/// What a shop told, and when.
#[derive(Debug, Serialize)]
pub struct Told<T> {
    /// RFC 3339.
    pub received_at: Option<String>,
    /// What it told.
    pub report: T,
}

/// Everything that settings are mapped from, and the settings that stand.
#[derive(Debug)]
pub struct Mapping {
    /// The version of the settings that stands; 0 when there is none yet.
    pub version: i64,
    /// Its digest.
    pub digest: Option<String>,
    /// The policy that stands.
    pub policy: Value,
    /// Lists of the business, as last read.
    pub reference: Value,
    /// What Sage says of the business.
    pub business: Value,
    /// The shop's own lists; none before it has told them.
    pub profile: Option<Value>,
    /// Proposals for settings that are not set; none before the shop has told its lists.
    pub proposals: Vec<Proposal>,
}

/// How fast a backfill may call Sage for one binding.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Calls in a minute; 0 is no limit.
    pub per_minute: u32,
    /// Calls in a day, without those kept for what happens today; 0 is no limit.
    pub per_day: u32,
}

impl Operations {
    /// How fast a backfill may call Sage for one binding.
    #[must_use]
    pub fn pace(&self) -> Pace {
        let limits = self.config.call_limits();
        Pace {
            per_minute: limits.per_minute,
            per_day: match limits.per_day {
                0 => 0,
                _ => limits.of_the_last(),
            },
        }
    }

    /// Everything that settings are mapped from.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn mapping(&self, id: &str) -> Result<Mapping, OperationError> {
        let (binding, _) = self.known(id).await?;
        let newest = self.store.settings(&binding, None).await?;
        let draft = self.draft(&binding).await?;
        let profile = self
            .store
            .shop_report(&binding, ShopReport::Profile)
            .await?;
        let whole: Value = serde_json::from_str(&draft).unwrap_or_default();
        let part = |name: &str| whole.get(name).cloned().unwrap_or_else(|| json!({}));
        // What cannot be proposed from, such as settings of a later release, proposes nothing.
        let proposals = profile
            .as_ref()
            .and_then(|profile| propose(&draft, &profile.body).ok());
        Ok(Mapping {
            version: newest.as_ref().map_or(0, |row| row.version),
            digest: newest.map(|row| row.digest),
            policy: part("policy"),
            reference: part("reference"),
            business: part("binding"),
            profile: profile.and_then(|row| serde_json::from_str(&row.body).ok()),
            proposals: proposals.unwrap_or_default(),
        })
    }

    /// The shop's own lists; `None` before it has told them.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn shop_profile(&self, id: &str) -> Result<Option<Told<Value>>, OperationError> {
        let (binding, _) = self.known(id).await?;
        let row = self
            .store
            .shop_report(&binding, ShopReport::Profile)
            .await?;
        Ok(row.map(|row| Told {
            received_at: clock::rfc3339(row.received_at),
            report: serde_json::from_str(&row.body).unwrap_or_default(),
        }))
    }

    /// The shop's last dry run; `None` before it has made one.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn dry_run(&self, id: &str) -> Result<Option<Told<DryRunSummary>>, OperationError> {
        let (binding, _) = self.known(id).await?;
        let row = self.store.shop_report(&binding, ShopReport::DryRun).await?;
        row.map(|row| {
            let report =
                DryRunSummary::parse(row.body.as_bytes()).map_err(OperationError::Argument)?;
            Ok(Told {
                received_at: clock::rfc3339(row.received_at),
                report,
            })
        })
        .transpose()
    }

    /// Proposals for every setting that is not set yet.
    ///
    /// # Errors
    /// When there is no such binding, the shop has not told its lists, or Sage was not read yet.
    pub async fn propose_settings(&self, id: &str) -> Result<Vec<Proposal>, OperationError> {
        let (binding, _) = self.known(id).await?;
        let profile = self
            .store
            .shop_report(&binding, ShopReport::Profile)
            .await?;
        let profile = profile.ok_or_else(|| {
            OperationError::Argument(
                "the shop has not told its payment methods and tax rates yet: in its admin, choose \"Send to the relay\", or wait for its daily report".to_owned(),
            )
        })?;
        let draft = self.draft(&binding).await?;
        propose(&draft, &profile.body)
            .map_err(|rejection| OperationError::Argument(rejection.message))
    }

    /// The settings that stand, or empty ones, over what Sage says of the business.
    async fn draft(&self, binding: &ledger_store::BindingId) -> Result<String, OperationError> {
        let newest = self.store.settings(binding, None).await?;
        let mut whole: Map<String, Value> = match newest {
            Some(row) => serde_json::from_str(&row.document).unwrap_or_default(),
            None => Map::from_iter([
                ("schema".to_owned(), json!("1")),
                ("binding".to_owned(), json!({})),
            ]),
        };
        let (reference, business) = self.reference(binding).await?;
        lay_over(&mut whole, reference.as_ref(), business.as_ref());
        Ok(Value::Object(whole).to_string())
    }
}
