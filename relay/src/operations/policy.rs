//! Settings for a form: the policy that stands, what can be chosen, and saving a changed one.

use serde_json::{Map, Value, json};

use serde::Serialize;

use crate::settings::document::lay_over;
use crate::settings::tiers::Allowed;

use super::settings::Saved;
use super::{OperationError, Operations};

/// The policy that stands and what its settings can be set to.
#[derive(Debug)]
pub struct PolicyView {
    /// The version that stands; 0 when there is none yet.
    pub version: i64,
    /// The policy.
    pub policy: Value,
    /// Lists of the business, as last read: `tax_rates`, `ledger_accounts`, `bank_accounts`.
    pub reference: Value,
    /// What Sage says of the business.
    pub binding: Value,
}

/// What a core elsewhere judges settings with.
#[derive(Debug, Serialize)]
pub struct SettingsToJudge {
    /// The document that stands, with what Sage says of the business.
    pub settings: Value,
    /// The features of the tier, a JSON list; empty is all.
    pub tier: String,
    /// What this relay's core says of itself: another one may judge otherwise.
    pub describes: String,
}

impl Operations {
    /// The policy of a version, or of the one that stands.
    ///
    /// # Errors
    /// When there is no such binding or version.
    pub async fn policy(
        &self,
        id: &str,
        version: Option<i64>,
    ) -> Result<PolicyView, OperationError> {
        let (binding, _) = self.known(id).await?;
        let row = self.store.settings(&binding, version).await?;
        if row.is_none() && version.is_some() {
            return Err(OperationError::Argument(
                "There is no such version.".to_owned(),
            ));
        }
        let (reference, _) = self.reference(&binding).await?;
        let number = row.as_ref().map_or(0, |row| row.version);
        let document = row.map(|row| row.document).unwrap_or_default();
        let whole: Value = serde_json::from_str(&document).unwrap_or_default();
        let part = |name: &str| whole.get(name).cloned().unwrap_or_else(|| json!({}));
        Ok(PolicyView {
            version: number,
            policy: part("policy"),
            binding: part("binding"),
            reference: reference.unwrap_or_else(|| part("reference")),
        })
    }

    /// Saves a policy as the next version, if nobody saved another one since `based_on`.
    ///
    /// # Errors
    /// When somebody did, or the core finds problems; then the old version stands.
    pub async fn set_policy(
        &self,
        id: &str,
        based_on: i64,
        policy: Value,
    ) -> Result<Saved, OperationError> {
        let (binding, _) = self.known(id).await?;
        let row = self.store.settings(&binding, None).await?;
        let newest = row.as_ref().map_or(0, |row| row.version);
        if newest != based_on {
            return Err(OperationError::Argument(format!(
                "Somebody saved version {newest} while you had version {based_on} open. Nothing was changed: look at what they changed, and make your changes again."
            )));
        }
        let document = row.map(|row| row.document).unwrap_or_default();
        let text = with_policy(&document, policy);
        self.save(&binding, &text, "settings:set").await
    }

    /// Everything that settings of a binding are judged with, for a core elsewhere.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn settings_to_judge(&self, id: &str) -> Result<SettingsToJudge, OperationError> {
        let (binding, _) = self.known(id).await?;
        let row = self.store.settings(&binding, None).await?;
        let document = row.map(|row| row.document).unwrap_or_default();
        let policy = self.policy(id, None).await?.policy;
        let mut settings: Map<String, Value> =
            serde_json::from_str(&with_policy(&document, policy)).unwrap_or_default();
        let (reference, business) = self.reference(&binding).await?;
        lay_over(&mut settings, reference.as_ref(), business.as_ref());
        let tier = self.store.tier_of(&binding).await?;
        let tier = self.tiers.of(tier.as_deref());
        Ok(SettingsToJudge {
            settings: Value::Object(settings),
            tier: tier.map(Allowed::list).unwrap_or_default(),
            describes: ledger_core::describe().to_json(),
        })
    }

    /// Judges a policy as if it were to be saved.
    ///
    /// # Errors
    /// Every problem the core finds.
    pub async fn validate_policy(&self, id: &str, policy: Value) -> Result<(), OperationError> {
        let (binding, _) = self.known(id).await?;
        let row = self.store.settings(&binding, None).await?;
        let document = row.map(|row| row.document).unwrap_or_default();
        self.validate_settings(id, &with_policy(&document, policy))
            .await
    }

    /// Makes an older version the newest one again.
    ///
    /// # Errors
    /// When there is no such version, or it is not good with the business as it is now.
    pub async fn restore_settings(&self, id: &str, version: i64) -> Result<Saved, OperationError> {
        let (binding, _) = self.known(id).await?;
        let text = self.settings(id, Some(version)).await?;
        let action = format!("settings:restore {version}");
        self.save(&binding, &text, &action).await
    }
}

/// A document with another policy.
fn with_policy(document: &str, policy: Value) -> String {
    let mut whole: Map<String, Value> = serde_json::from_str(document).unwrap_or_default();
    whole.entry("schema").or_insert_with(|| json!("1"));
    whole.insert("policy".to_owned(), policy);
    Value::Object(whole).to_string()
}
