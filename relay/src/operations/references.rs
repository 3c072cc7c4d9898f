//! Reference data of a business: read from Sage, and the settings rebuilt on it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::settings::business::{BusinessFacts, KIND};
use crate::settings::reference::{Collected, MAX_PAGES, SOURCES};
use ledger_store::BindingId;
use ledger_store::clock;

use super::business_facts;
use super::session::SageSession;
use super::settings::Saved;
use super::{OperationError, Operations};

/// One list, or what is known of the business, and its age.
#[derive(Debug, Serialize)]
pub struct ReferenceSummary {
    /// Which list.
    pub kind: String,
    /// How many entries it has; of the business, how many fields.
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
    /// What of the business could not be read, in Sage's words; the settings keep what they say of it.
    pub warnings: Vec<String>,
    /// The same without Sage's words: paths, statuses and codes.
    pub unread: Vec<String>,
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
            entries: entries(&row.kind, &row.body),
            kind: row.kind,
            fetched_at: clock::rfc3339(row.fetched_at),
            age_seconds: now.saturating_sub(row.fetched_at) / 1000,
        });
        Ok(shown.collect())
    }

    /// All reference data as one object, and what Sage says of the business; `None` for what was
    /// not read yet.
    pub(super) async fn reference(
        &self,
        binding: &BindingId,
    ) -> Result<(Option<Value>, Option<BusinessFacts>), OperationError> {
        let rows = self.store.reference(binding).await?;
        let mut business = None;
        let mut lists = Map::new();
        for row in rows {
            if row.kind == KIND {
                business = Some(BusinessFacts::parse(&row.body));
            } else {
                let list = serde_json::from_str(&row.body).unwrap_or_default();
                lists.insert(row.kind, list);
            }
        }
        let reference = (!lists.is_empty()).then_some(Value::Object(lists));
        Ok((reference, business))
    }

    /// Reads everything anew. When there are settings they become a new version, if the data or
    /// the business has changed and they are still good; what is no longer good is told and the
    /// old version stands.
    ///
    /// # Errors
    /// When there is no such binding, or Sage does not answer, refuses a list or answers in an
    /// unknown shape; then nothing is changed.
    pub async fn refresh(&self, id: &str) -> Result<Refreshed, OperationError> {
        let (binding, row) = self.known(id).await?;
        let session = SageSession::new(self, &binding, &row);
        let collected = collect(&session).await?;
        let now = clock::now();
        let known = self.store.reference(&binding).await?;
        let business = business_facts::read(&session, &row.business_id, &known, now).await?;
        let subject = match business.unread.as_slice() {
            [] => id.to_owned(),
            unread => format!("{id}; not read: {}", unread.join(", ")),
        };
        self.store
            .note(Some(&binding), self.audit_entry("refs:refresh", &subject))
            .await?;
        for (kind, list) in collected.lists() {
            self.store
                .keep_reference(&binding, kind, &list.to_string(), now)
                .await?;
        }
        if business.is_known {
            let body = serde_json::to_string(&business.facts).unwrap_or_default();
            self.store
                .keep_reference(&binding, KIND, &body, business.fetched_at)
                .await?;
        }
        let newest = self.store.settings(&binding, None).await?;
        let settings = match newest {
            Some(newest) => Some(
                self.save(&binding, &newest.document, "settings: new reference data")
                    .await?,
            ),
            None => None,
        };
        Ok(Refreshed {
            lists: self.references(id).await?,
            settings,
            warnings: business.warnings,
            unread: business.unread,
        })
    }
}

async fn collect(session: &SageSession<'_>) -> Result<Collected, OperationError> {
    let mut collected = Collected::default();
    for source in &SOURCES {
        let mut more = true;
        let mut number = 1;
        while more && number <= MAX_PAGES {
            let page = match session.page(source.path, source.query, number).await? {
                Ok(page) => page,
                Err(_) if source.optional => break,
                Err(refusal) => return Err(OperationError::Refused(refusal)),
            };
            collected.add(source, &page).map_err(|what| {
                OperationError::Sage(format!("an unknown answer to GET {}: {what}", source.path))
            })?;
            more = page.more;
            number += 1;
        }
    }
    Ok(collected)
}

fn entries(kind: &str, body: &str) -> usize {
    if kind == KIND {
        BusinessFacts::parse(body).len()
    } else {
        serde_json::from_str::<Vec<Value>>(body).map_or(0, |list| list.len())
    }
}
