//! Sage is read for some days, within the calls of the day.
//!
//! The first look takes everything that is dated on these days. A later one takes what changed
//! since, and what was deleted. Documents of the shop whose object was not among it are then asked
//! for one by one: they were deleted, or have another date.

use std::collections::BTreeMap;

use ledger_plan::Resource;
use ledger_sage::entity::Entity;
use ledger_store::clock;
use ledger_store::reconciliation::{Days, SageObject, SageReading};
use ledger_store::retry::Millis;
use ledger_store::{BindingId, BindingRow};

use crate::reconciliation::{Day, DocumentKind, GONE};

use super::super::session::SageSession;
use super::super::{OperationError, Operations};
use super::gather::xref_of;
use super::sage_object::{READ, kept};
use super::{checked, is_done};

const MAX_PAGES: u32 = 5_000;
/// Single objects asked for in one look.
const MOST_SINGLE: usize = 100;
/// Changes are asked for from a little before the last look: clocks differ.
const OVERLAP: Millis = 10 * 60 * 1000;
/// After so long everything is read anew.
const TOO_LONG_AGO: Millis = 45 * 86_400_000;

struct Reading<'a> {
    operations: &'a Operations,
    session: SageSession<'a>,
    binding: &'a BindingId,
    days: Days,
    began_at: Millis,
    calls: i64,
}

impl Operations {
    /// Reads Sage for some days: what changed since the last look, or everything.
    ///
    /// # Errors
    /// When there is no such binding, the days are none or more than a year, Sage does not answer,
    /// or the calls of the day are used up; what was read until then is kept.
    pub async fn read_sage(
        &self,
        id: &str,
        from: Day,
        to: Day,
        everything: bool,
    ) -> Result<(), OperationError> {
        let (binding, row) = self.known(id).await?;
        let days = checked(from, to)?;
        let began_at = clock::now();
        let readings = self.store.sage_readings(&binding, days).await?;
        let before = readings.iter().find(|reading| is_done(reading));
        let since = before
            .map(|reading| reading.began_at)
            .filter(|at| !everything && began_at.saturating_sub(*at) < TOO_LONG_AGO);
        let subject = format!("{from} to {to}");
        let mut audit_entry = self.audit_entry("reconciliation:read", &subject);
        audit_entry.now = began_at;
        self.store
            .begin_sage_reading(&binding, days, audit_entry)
            .await?;
        let mut reading = self.reading(&binding, &row, days, began_at);
        let outcome = reading.look(since).await;
        let ended = SageReading {
            from_day: days.from_day,
            to_day: days.to_day,
            began_at,
            ended_at: Some(clock::now()),
            calls: reading.calls,
            problem: outcome.as_ref().err().map(without_words),
        };
        self.store.end_sage_reading(&binding, &ended).await?;
        outcome
    }

    fn reading<'a>(
        &'a self,
        binding: &'a BindingId,
        row: &BindingRow,
        days: Days,
        began_at: Millis,
    ) -> Reading<'a> {
        Reading {
            operations: self,
            session: SageSession::new(self, binding, row),
            binding,
            days,
            began_at,
            calls: 0,
        }
    }
}

/// Why a look ended, without Sage's own words.
fn without_words(error: &OperationError) -> String {
    if let OperationError::Refused(refusal) = error {
        return format!("Sage: {}", refusal.without_message());
    }
    error.to_string()
}

impl Reading<'_> {
    async fn look(&mut self, since: Option<Millis>) -> Result<(), OperationError> {
        for source in READ {
            match since {
                Some(at) => self.changes(source, at).await?,
                None => self.everything(source).await?,
            }
        }
        self.missing().await
    }

    /// A call to be made, if the day has room for it.
    async fn spend(&mut self) -> Result<(), OperationError> {
        if !self.operations.take_calls(self.binding, 1).await? {
            return Err(OperationError::Argument(
                "Sage is not read further at present: the calls of the day are needed for documents, or Sage asked for a pause. Read it again later.".to_owned(),
            ));
        }
        self.calls += 1;
        Ok(())
    }

    async fn list(
        &mut self,
        resource: Resource,
        filter: &[(&str, &str)],
    ) -> Result<Vec<Entity>, OperationError> {
        let mut query = vec![("attributes", "all"), ("nested_attributes", "all")];
        query.extend_from_slice(filter);
        let mut all = Vec::new();
        for number in 1..=MAX_PAGES {
            self.spend().await?;
            let page = self.session.page(resource.path(), &query, number).await?;
            let page = page.map_err(OperationError::Refused)?;
            all.extend(page.items);
            if !page.more {
                return Ok(all);
            }
        }
        Err(OperationError::Argument(
            "Sage lists too much for these days. Choose fewer.".to_owned(),
        ))
    }

    /// Each object once, as it is kept: a list can shift while it is paged through.
    fn kept(
        &self,
        source: (Resource, &str),
        entities: &[Entity],
    ) -> Result<Vec<SageObject>, OperationError> {
        let mut by_id = BTreeMap::new();
        for entity in entities {
            if let Some(object) = kept(source, entity, self.began_at)? {
                by_id.insert(object.sage_id.clone(), object);
            }
        }
        Ok(by_id.into_values().collect())
    }

    async fn everything(&mut self, source: (Resource, &str)) -> Result<(), OperationError> {
        let from = Day(self.days.from_day).to_string();
        let to = Day(self.days.to_day).to_string();
        let dated = [("from_date", from.as_str()), ("to_date", to.as_str())];
        let entities = self.list(source.0, &dated).await?;
        let objects = self.kept(source, &entities)?;
        let store = &self.operations.store;
        store
            .replace_sage_objects(self.binding, source.0.path(), self.days, &objects)
            .await?;
        Ok(())
    }

    async fn changes(
        &mut self,
        source: (Resource, &str),
        last: Millis,
    ) -> Result<(), OperationError> {
        let since = clock::rfc3339(last.saturating_sub(OVERLAP)).unwrap_or_default();
        let changed = [("updated_or_created_since", since.as_str())];
        let mut entities = self.list(source.0, &changed).await?;
        let deleted = [("deleted_since", since.as_str())];
        let gone = self.list(source.0, &deleted).await?;
        entities.extend(gone.into_iter().filter(Entity::is_deleted));
        let objects = self.kept(source, &entities)?;
        let store = &self.operations.store;
        store.keep_sage_objects(self.binding, &objects).await?;
        Ok(())
    }

    /// Objects of the shop's documents that were in no list.
    async fn missing(&mut self) -> Result<(), OperationError> {
        let documents = self.operations.told(self.binding, self.days).await?.0;
        let keys: BTreeMap<String, (DocumentKind, i64, &str)> = documents
            .iter()
            .flat_map(|(_, report)| &report.documents)
            .map(|row| {
                let key = xref_of(row.kind, row.entity_id);
                (key, (row.kind, row.day.0, row.currency.as_str()))
            })
            .collect();
        let names: Vec<&str> = keys.keys().map(String::as_str).collect();
        let store = &self.operations.store;
        let xrefs = store.xrefs_of(self.binding, &names).await?;
        for (source, kind) in [
            (READ[0], DocumentKind::Invoice),
            (READ[1], DocumentKind::Creditmemo),
        ] {
            let ours = xrefs.values().filter_map(|xref| {
                let (of, day, currency) = keys.get(&xref.xref_key)?;
                (*of == kind).then_some((xref.sage_id.as_str(), *day, *currency))
            });
            let ours: Vec<(&str, i64, &str)> = ours.collect();
            let ids: Vec<&str> = ours.iter().map(|(id, ..)| *id).collect();
            let path = source.0.path();
            let read = store.sage_objects_by_id(self.binding, path, &ids).await?;
            let read: std::collections::BTreeSet<&str> =
                read.iter().map(|object| object.sage_id.as_str()).collect();
            let missing = ours.into_iter().filter(|(id, ..)| !read.contains(id));
            let missing: Vec<(&str, i64, &str)> = missing.collect();
            let mut found = Vec::new();
            for (id, day, currency) in missing.iter().take(MOST_SINGLE) {
                self.spend().await?;
                let entity = self.session.object(&format!("{path}/{id}")).await?;
                let object = match entity {
                    Some(entity) => kept(source, &entity, self.began_at)?,
                    None => None,
                };
                let gone = || gone(path, id, (*day, currency), self.began_at);
                found.push(object.unwrap_or_else(gone));
            }
            store.keep_sage_objects(self.binding, &found).await?;
            let left = missing.len() - found.len();
            if left > 0 {
                return Err(OperationError::Argument(format!(
                    "{left} documents that Sage did not list were not asked for yet. Read it again."
                )));
            }
        }
        Ok(())
    }
}

/// An object that Sage has no more.
fn gone(path: &str, id: &str, (day, currency): (i64, &str), read_at: Millis) -> SageObject {
    SageObject {
        resource: path.to_owned(),
        sage_id: id.to_owned(),
        number: None,
        reference: None,
        day,
        currency: currency.to_owned(),
        total: "0".to_owned(),
        tax: "0".to_owned(),
        outstanding: None,
        status: GONE.to_owned(),
        detail: String::new(),
        updated_at: None,
        read_at,
    }
}
