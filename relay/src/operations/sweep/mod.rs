//! `audit:sweep`: what stands in Sage beside what the relay knows. It reports and changes nothing.

mod compare;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use ledger_plan::Resource;
use ledger_sage::entity::Entity;
use ledger_store::{BindingId, Xref};

use super::session::{SageRefusal, SageSession};
use super::{OperationError, Operations};

use compare::Books;

/// What is compared. Movements are not: nothing would tell a second one from a repetition.
const SWEPT: [Resource; 8] = [
    Resource::Contacts,
    Resource::SalesInvoices,
    Resource::SalesCreditNotes,
    Resource::ContactPayments,
    Resource::ContactAllocations,
    Resource::Products,
    Resource::Services,
    Resource::StockItems,
];
/// What is told by its code, and has no total.
const ITEMS: [Resource; 3] = [Resource::Products, Resource::Services, Resource::StockItems];
const MAX_PAGES: u32 = 5_000;
/// Known keys read in one go.
const AT_ONCE: u32 = 1_000;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// `duplicate`, `orphan`, `gone`, `total_differs` or `not_known_here`.
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
#[derive(Debug, Default)]
struct Seen {
    id: String,
    reference: String,
    contact: Option<String>,
    total: Option<String>,
    /// Of a payment, what kind it is and where the money went.
    way: Option<(String, String)>,
    /// Of an allocation, what it settles: it has no reference.
    settles: Option<Vec<(String, Decimal)>>,
}

impl Operations {
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
    ) -> Result<SweepReport, OperationError> {
        let (binding, row) = self.known(id).await?;
        let session = SageSession::new(self, &binding, &row);
        let known = self.all_known(&binding).await?;
        let mut report = SweepReport {
            in_sage: BTreeMap::new(),
            known: BTreeMap::new(),
            differences: Vec::new(),
        };
        for resource in SWEPT {
            let path = resource.path();
            let ours: Vec<&Xref> = known.iter().filter(|xref| xref.resource == path).collect();
            let objects = match all_of(&session, resource, since).await? {
                Ok(objects) => objects,
                // Not every plan has every list.
                Err(_) if ours.is_empty() => continue,
                Err(refusal) => return Err(OperationError::Refused(refusal)),
            };
            report.in_sage.insert(path, objects.len());
            report.known.insert(path, ours.len());
            let books = Books::new(path, &objects, &ours);
            report.differences.extend(books.duplicates());
            report.differences.extend(books.orphans());
            report.differences.extend(books.totals());
            if since.is_none() {
                for xref in books.unlisted() {
                    report.differences.extend(gone(&session, path, xref).await?);
                }
            }
            if strangers {
                report.differences.extend(books.strangers());
            }
        }
        self.store
            .note(Some(&binding), self.audit_entry("audit:sweep", id))
            .await?;
        Ok(report)
    }

    async fn all_known(&self, binding: &BindingId) -> Result<Vec<Xref>, OperationError> {
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

/// Every object there is; `None` when Sage refuses the list, as it does where a subscription
/// does not have the thing.
async fn all_of(
    session: &SageSession<'_>,
    resource: Resource,
    since: Option<&str>,
) -> Result<Result<Vec<Seen>, SageRefusal>, OperationError> {
    let mut query = vec![("attributes", "all"), ("nested_attributes", "all")];
    query.extend(since.map(|since| ("updated_or_created_since", since)));
    let mut all = Vec::new();
    for number in 1..=MAX_PAGES {
        let page = match session.page(resource.path(), &query, number).await? {
            Ok(page) => page,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let living = page.items.iter().filter(|object| !object.is_gone());
        all.extend(living.filter_map(|object| seen(resource, object)));
        if !page.more {
            break;
        }
    }
    Ok(Ok(all))
}

fn seen(resource: Resource, object: &Entity) -> Option<Seen> {
    let mut seen = Seen {
        id: object.id()?,
        reference: object.text("reference").unwrap_or_default(),
        contact: object.value("contact_id"),
        total: object.total(),
        ..Seen::default()
    };
    if ITEMS.contains(&resource) {
        seen.reference = object.text("item_code").unwrap_or_default();
    }
    if resource == Resource::ContactPayments {
        let kind = object.value("transaction_type_id").unwrap_or_default();
        seen.way = Some((kind, object.value("bank_account_id").unwrap_or_default()));
    }
    if resource == Resource::ContactAllocations {
        seen.settles = object.artefacts();
    }
    Some(seen)
}

/// A known object that Sage does not list is asked for before it is called gone.
async fn gone(
    session: &SageSession<'_>,
    resource: &'static str,
    xref: &Xref,
) -> Result<Option<Difference>, OperationError> {
    let object = session
        .object(&format!("{resource}/{}", xref.sage_id))
        .await?;
    let gone = object.is_none_or(|object| object.is_gone());
    Ok(gone.then(|| Difference {
        kind: "gone",
        resource,
        key: Some(xref.xref_key.clone()),
        sage_ids: vec![xref.sage_id.clone()],
        detail: "deleted or voided in Sage".to_owned(),
    }))
}
