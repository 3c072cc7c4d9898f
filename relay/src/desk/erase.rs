//! Erasing what the relay holds of one customer.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::inbox::BindingId;
use crate::vault::normal_email;

use super::{Desk, DeskError};

/// Plans looked through in one go.
const AT_ONCE: u32 = 500;

/// Whose traces are to go.
#[derive(Debug, Clone)]
pub enum Whom {
    /// A registered customer, by Magento's id.
    Customer(u64),
    /// Whoever has this e-mail address, guest or not.
    Email(String),
}

/// What was erased.
#[derive(Debug, Serialize)]
pub struct ErasedSummary {
    /// Plans thrown away.
    pub plans: u64,
    /// Requests thrown away.
    pub requests: u64,
    /// Documents that are still under way; ask again when they are done.
    pub left: u64,
    /// What this does not reach.
    pub note: &'static str,
}

impl Desk {
    /// Throws plans, requests and Sage's words away of every finished document of a customer.
    /// Keys, digests, Sage's ids and totals stay, and what stands in Sage itself.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn erase(&self, id: &str, whom: &Whom) -> Result<ErasedSummary, DeskError> {
        let (binding, _) = self.known(id).await?;
        let (keys, runs) = self.traces(&binding, whom).await?;
        // The audit must not keep the address that is to be forgotten.
        let subject = match whom {
            Whom::Customer(number) => format!("customer {number}"),
            Whom::Email(_) => "an e-mail address".to_owned(),
        };
        let deed = self.deed("erase", &subject);
        let (erased, left) = self.store.erase(&binding, &keys, &runs, deed).await?;
        Ok(ErasedSummary {
            plans: erased.runs,
            requests: erased.requests,
            left,
            note: "Sage keeps its records; backups of the relay's database hold sealed copies until they are replaced.",
        })
    }

    /// Keys that stand for the customer, and runs that name him.
    async fn traces(
        &self,
        binding: &BindingId,
        whom: &Whom,
    ) -> Result<(Vec<String>, Vec<String>), DeskError> {
        let mut keys = BTreeSet::new();
        let mut marks = Vec::new();
        match whom {
            Whom::Customer(number) => {
                let beginning = format!("contact:M{number}:");
                let lines = self
                    .store
                    .xref_lines(binding, &beginning, "", u32::MAX)
                    .await?;
                keys.extend(lines.into_iter().map(|xref| xref.xref_key));
                marks.push(format!("\"{beginning}"));
                marks.push(format!("\"customer.upserted:{number}\""));
            }
            Whom::Email(email) => {
                let tag = self.vault.email_tag(binding, email)?;
                keys.extend(self.store.tagged(binding, &tag).await?);
                marks.push(format!("\"{}\"", normal_email(email)));
            }
        }
        let mut runs = Vec::new();
        let mut after = 0;
        loop {
            let some = self.store.plans(binding, after, AT_ONCE).await?;
            let Some(last) = some.last() else {
                return Ok((keys.into_iter().collect(), runs));
            };
            after = last.seq;
            for plan in some {
                let text = String::from_utf8_lossy(&plan.plan).to_lowercase();
                if marks.iter().any(|mark| text.contains(&mark.to_lowercase())) {
                    runs.push(plan.run_id);
                }
            }
        }
    }
}
