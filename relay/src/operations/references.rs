//! Reference data of a business: read from Sage, and the settings rebuilt on it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::settings::reference::{Collected, MAX_PAGES, SOURCES};
use ledger_store::BindingId;
use ledger_store::clock;

use super::session::SageSession;
use super::settings::Saved;
use super::{OperationError, Operations};

/// One list and its age.
#[derive(Debug, Serialize)]
pub struct ReferenceSummary {
    /// Which list.
    pub kind: String,
    /// How many entries it has.
    pub entries: usize,
    /// When it was read.
    pub fetched_at: Option<String>,
    /// How old it is, in seconds.
    pub age_seconds: i64,
}

/// What a refresh brought.
#[derive(Debug, Serialize)]
pub struct Refreshed {
    /// The lists.
    pub lists: Vec<ReferenceSummary>,
    /// What became of the settings; nothing when there are none yet.
    pub settings: Option<Saved>,
    /// Where what the settings say of the business is not what Sage says.
    pub warnings: Vec<String>,
}

impl Operations {
    /// The lists as last read.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn references(&self, id: &str) -> Result<Vec<ReferenceSummary>, OperationError> {
        let (binding, _) = self.known(id).await?;
        let now = clock::now();
        let rows = self.store.reference(&binding).await?;
        let shown = rows.into_iter().map(|row| ReferenceSummary {
            entries: serde_json::from_str::<Vec<Value>>(&row.body).map_or(0, |list| list.len()),
            kind: row.kind,
            fetched_at: clock::rfc3339(row.fetched_at),
            age_seconds: now.saturating_sub(row.fetched_at) / 1000,
        });
        Ok(shown.collect())
    }

    /// All reference data as one object; `None` when none was read yet.
    pub(super) async fn reference(
        &self,
        binding: &BindingId,
    ) -> Result<Option<Value>, OperationError> {
        let rows = self.store.reference(binding).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let lists = rows.into_iter().map(|row| {
            let list = serde_json::from_str(&row.body).unwrap_or_default();
            (row.kind, list)
        });
        Ok(Some(Value::Object(lists.collect::<Map<_, _>>())))
    }

    /// Reads everything anew. When there are settings they become a new version, if the data
    /// has changed and they are still good; what is no longer good is told and the old version
    /// stands.
    ///
    /// # Errors
    /// When there is no such binding, or Sage does not answer; then nothing is changed.
    pub async fn refresh(&self, id: &str) -> Result<Refreshed, OperationError> {
        let (binding, row) = self.known(id).await?;
        let session = SageSession::new(self, &binding, &row);
        let mut collected = Collected::default();
        for source in &SOURCES {
            let mut more = true;
            let mut number = 1;
            while more && number <= MAX_PAGES {
                let Some(page) = session.page(source.path, source.query, number).await? else {
                    if source.optional {
                        break;
                    }
                    return Err(OperationError::Sage(format!(
                        "the list of {} is refused",
                        source.path
                    )));
                };
                collected.add(source, &page);
                more = page.more;
                number += 1;
            }
        }
        self.store
            .note(Some(&binding), self.audit_entry("refs:refresh", id))
            .await?;
        let now = clock::now();
        for (kind, list) in collected.lists() {
            self.store
                .keep_reference(&binding, kind, &list.to_string(), now)
                .await?;
        }
        let newest = self.store.settings(&binding, None).await?;
        let mut warnings = Vec::new();
        let settings = match newest {
            Some(newest) => {
                warnings = self.against_sage(&session, &newest.document).await?;
                Some(
                    self.save(&binding, &newest.document, "settings: new reference data")
                        .await?,
                )
            }
            None => None,
        };
        Ok(Refreshed {
            lists: self.references(id).await?,
            settings,
            warnings,
        })
    }

    /// Compares what the settings say of the business with what Sage says.
    async fn against_sage(
        &self,
        session: &SageSession<'_>,
        document: &str,
    ) -> Result<Vec<String>, OperationError> {
        let said: Value = serde_json::from_str(document).unwrap_or_default();
        let Some(sage) = session.object("financial_settings").await? else {
            return Ok(Vec::new());
        };
        let pairs = [
            ("base_currency", sage.nested("base_currency", "id")),
            ("accounts_start_date", sage.text("accounts_start_date")),
        ];
        let differs = |(name, theirs): (&str, Option<String>)| {
            let ours = said.pointer(&format!("/binding/{name}"))?.as_str()?;
            let theirs = theirs?;
            (ours != theirs)
                .then(|| format!("/settings/binding/{name} says {ours}, Sage says {theirs}"))
        };
        Ok(pairs.into_iter().filter_map(differs).collect())
    }
}
