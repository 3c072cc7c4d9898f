//! `audit:sweep`: what stands in Sage beside what the relay knows. It reports and changes nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::inbox::{BindingId, Xref};
use crate::plan::Resource;
use crate::sage::entity::{Entity, decimal};

use super::line::Line;
use super::{Desk, DeskError};

/// What is compared. Payments, allocations and movements have no reference of their own that
/// could be held in common.
const SWEPT: [Resource; 3] = [
    Resource::Contacts,
    Resource::SalesInvoices,
    Resource::SalesCreditNotes,
];
const MAX_PAGES: u32 = 5_000;
/// Known keys read in one go.
const AT_ONCE: u32 = 1_000;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// `duplicate`, `gone`, `total_differs` or `not_known_here`.
    pub kind: &'static str,
    /// The kind of object.
    pub resource: &'static str,
    /// The relay's key, where it has one.
    pub key: Option<String>,
    /// The objects in Sage.
    pub sage_ids: Vec<String>,
    /// What it is about: a reference, or both totals.
    pub detail: String,
}

/// What a sweep found.
#[derive(Debug, Serialize)]
pub struct SweepReport {
    /// Objects looked at in Sage, by resource.
    pub in_sage: BTreeMap<&'static str, usize>,
    /// Objects the relay knows, by resource.
    pub known: BTreeMap<&'static str, usize>,
    /// Everything that is not as it should be.
    pub differences: Vec<Difference>,
}

/// One object of Sage's as far as it is compared.
struct Seen {
    id: String,
    reference: String,
    contact: Option<String>,
    total: Option<String>,
}

impl Desk {
    /// Compares the whole business, or what has changed since an instant (RFC 3339). Objects that
    /// the relay does not know are ordinary bookkeeping; they are listed only when asked for.
    ///
    /// # Errors
    /// When there is no such binding, or Sage does not answer.
    pub async fn sweep(
        &self,
        id: &str,
        since: Option<&str>,
        strangers: bool,
    ) -> Result<SweepReport, DeskError> {
        let (binding, row) = self.known(id).await?;
        let line = Line::new(self, &binding, &row);
        let known = self.all_known(&binding).await?;
        let mut report = SweepReport {
            in_sage: BTreeMap::new(),
            known: BTreeMap::new(),
            differences: Vec::new(),
        };
        for resource in SWEPT {
            let path = resource.path();
            let objects = all_of(&line, path, since).await?;
            let ours: Vec<&Xref> = known.iter().filter(|xref| xref.resource == path).collect();
            report.in_sage.insert(path, objects.len());
            report.known.insert(path, ours.len());
            duplicates(path, &objects, &mut report.differences);
            totals(path, &objects, &ours, &mut report.differences);
            if since.is_none() {
                gone(&line, path, &objects, &ours, &mut report.differences).await?;
            }
            if strangers {
                unknown(path, &objects, &ours, &mut report.differences);
            }
        }
        self.store
            .note(Some(&binding), self.deed("audit:sweep", id))
            .await?;
        Ok(report)
    }

    async fn all_known(&self, binding: &BindingId) -> Result<Vec<Xref>, DeskError> {
        let mut all: Vec<Xref> = Vec::new();
        loop {
            let after = all
                .last()
                .map(|xref| xref.xref_key.clone())
                .unwrap_or_default();
            let some = self.store.xref_lines(binding, "", &after, AT_ONCE).await?;
            if some.is_empty() {
                return Ok(all);
            }
            all.extend(some);
        }
    }
}

async fn all_of(line: &Line<'_>, path: &str, since: Option<&str>) -> Result<Vec<Seen>, DeskError> {
    let mut query = vec![("attributes", "all")];
    query.extend(since.map(|since| ("updated_or_created_since", since)));
    let mut all = Vec::new();
    for number in 1..=MAX_PAGES {
        let page = line.page(path, &query, number).await?;
        let page = page.ok_or_else(|| DeskError::Sage(format!("the list of {path} is refused")))?;
        all.extend(
            page.items
                .iter()
                .filter(|object| !object.is_gone())
                .filter_map(seen),
        );
        if !page.more {
            break;
        }
    }
    Ok(all)
}

fn seen(object: &Entity) -> Option<Seen> {
    Some(Seen {
        id: object.id()?,
        reference: object.text("reference").unwrap_or_default(),
        contact: object.value("contact_id"),
        total: object.text("total_amount"),
    })
}

/// What makes two objects the same: reference, contact, total.
type Likeness<'a> = (&'a str, Option<&'a str>, Option<rust_decimal::Decimal>);

/// Several objects that say the same: one reference, one contact, one total.
fn duplicates(resource: &'static str, objects: &[Seen], found: &mut Vec<Difference>) {
    let mut alike: BTreeMap<Likeness<'_>, Vec<&Seen>> = BTreeMap::new();
    for object in objects.iter().filter(|object| !object.reference.is_empty()) {
        let total = object.total.as_deref().and_then(decimal);
        alike
            .entry((&object.reference, object.contact.as_deref(), total))
            .or_default()
            .push(object);
    }
    for ((reference, _, _), twins) in alike.into_iter().filter(|(_, twins)| twins.len() > 1) {
        found.push(Difference {
            kind: "duplicate",
            resource,
            key: None,
            sage_ids: twins.into_iter().map(|twin| twin.id.clone()).collect(),
            detail: format!("reference {reference}"),
        });
    }
}

fn totals(resource: &'static str, objects: &[Seen], ours: &[&Xref], found: &mut Vec<Difference>) {
    let by_id: BTreeMap<&str, &Seen> = objects
        .iter()
        .map(|object| (object.id.as_str(), object))
        .collect();
    for xref in ours {
        let Some(object) = by_id.get(xref.sage_id.as_str()) else {
            continue;
        };
        let (Some(then), Some(now)) = (&xref.total, &object.total) else {
            continue;
        };
        if decimal(then) != decimal(now) {
            found.push(Difference {
                kind: "total_differs",
                resource,
                key: Some(xref.xref_key.clone()),
                sage_ids: vec![xref.sage_id.clone()],
                detail: format!("posted with {then}, now {now}"),
            });
        }
    }
}

/// Known objects that Sage does not list: each is asked for before it is called gone.
async fn gone(
    line: &Line<'_>,
    resource: &'static str,
    objects: &[Seen],
    ours: &[&Xref],
    found: &mut Vec<Difference>,
) -> Result<(), DeskError> {
    for xref in ours {
        if objects.iter().any(|object| object.id == xref.sage_id) {
            continue;
        }
        let object = line.object(&format!("{resource}/{}", xref.sage_id)).await?;
        if object.is_none_or(|object| object.is_gone()) {
            found.push(Difference {
                kind: "gone",
                resource,
                key: Some(xref.xref_key.clone()),
                sage_ids: vec![xref.sage_id.clone()],
                detail: "deleted or voided in Sage".to_owned(),
            });
        }
    }
    Ok(())
}

fn unknown(resource: &'static str, objects: &[Seen], ours: &[&Xref], found: &mut Vec<Difference>) {
    for object in objects {
        if ours.iter().any(|xref| xref.sage_id == object.id) {
            continue;
        }
        found.push(Difference {
            kind: "not_known_here",
            resource,
            key: None,
            sage_ids: vec![object.id.clone()],
            detail: format!("reference {}", object.reference),
        });
    }
}
