//! Erasing what the relay holds of one customer.

use std::collections::BTreeSet;

use serde::Serialize;

use ledger_store::BindingId;
use ledger_store::vault::{normal_email, sha256_hex};

use super::{OperationError, Operations};

/// Plans looked through in one go.
const AT_ONCE: u32 = 500;

/// Whose traces are to go.
#[derive(Debug, Clone)]
pub enum ErasureSubject {
    /// A registered customer, by Magento's id: also where the documents stand on the contact that
    /// customers share.
    Customer(u64),
    /// A guest with this e-mail address, in the same way, and whoever else was sent with it. A
    /// registered customer's documents on the shared contact do not carry the address.
    Email(String),
}

/// Characters of a contact's reference, after which it is hashed (the core's rule SQ-023).
const REFERENCE: usize = 10;

impl ErasureSubject {
    /// What the keys of the person's own contacts begin with.
    fn own_key(&self) -> String {
        let hashed = |letter: char, text: &str| {
            let digits: String = sha256_hex(text.as_bytes())
                .chars()
                .take(REFERENCE - 1)
                .collect();
            format!("contact:{letter}{digits}:")
        };
        match self {
            Self::Customer(number) => {
                let reference = format!("M{number}");
                if reference.len() > REFERENCE {
                    hashed('H', &reference)
                } else {
                    format!("contact:{reference}:")
                }
            }
            Self::Email(email) => hashed('G', &normal_email(email)),
        }
    }
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

impl Operations {
    /// Throws plans, requests and Sage's words away of every finished document of a customer.
    /// Keys, digests, Sage's ids and totals stay, and what stands in Sage itself.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn erase(
        &self,
        id: &str,
        subject: &ErasureSubject,
    ) -> Result<ErasedSummary, OperationError> {
        let (binding, _) = self.known(id).await?;
        let (keys, runs) = self.traces(&binding, subject).await?;
        // The audit must not keep the address that is to be forgotten.
        let audited = match subject {
            ErasureSubject::Customer(number) => format!("customer {number}"),
            ErasureSubject::Email(_) => "an e-mail address".to_owned(),
        };
        let audit_entry = self.audit_entry("erase", &audited);
        let (erased, left) = self
            .store
            .erase(&binding, &keys, &runs, audit_entry)
            .await?;
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
        subject: &ErasureSubject,
    ) -> Result<(Vec<String>, Vec<String>), OperationError> {
        let beginning = subject.own_key();
        let lines = self
            .store
            .xref_lines(binding, &beginning, "", u32::MAX)
            .await?;
        let mut keys: BTreeSet<String> = lines.into_iter().map(|xref| xref.xref_key).collect();
        // A document on the shared contact names the buyer's own one all the same: it is taken
        // where it exists.
        let mut marks = vec![format!("\"{beginning}")];
        match subject {
            ErasureSubject::Customer(number) => {
                marks.push(format!("\"customer.upserted:{number}\""))
            }
            ErasureSubject::Email(email) => {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_keys_are_those_of_the_core() {
        assert_eq!(ErasureSubject::Customer(5).own_key(), "contact:M5:");
        assert_eq!(
            ErasureSubject::Customer(123_456_789).own_key(),
            "contact:M123456789:"
        );
        let long = ErasureSubject::Customer(1_234_567_890).own_key();
        assert!(long.starts_with("contact:H") && long.len() == 19, "{long}");
        let guest = ErasureSubject::Email(" Cur.Eur@example.com\n".to_owned());
        assert_eq!(guest.own_key(), "contact:Ge1cd0b8b4:");
    }
}
