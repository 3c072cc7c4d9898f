//! What only people can decide, and what they decide.

use serde_json::Value;

use ledger_plan::Resource;
use ledger_sage::entity::{Entity, decimal};
use ledger_store::vault::normal_email;

use super::exception::{Candidate, Exception, ExceptionDetail, ExceptionKind};
use super::session::SageSession;
use super::{OperationError, Operations, RunCommand};

/// Exceptions of a list.
const MOST: u32 = 500;
/// Before any deletion.
const EVER: &str = "2000-01-01T00:00:00Z";

/// Where a run stands: what the step looks for.
struct Sought {
    key: String,
    resource: Resource,
    reference: String,
    email: Option<String>,
}

impl Operations {
    /// What people must decide on, the newest first.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn exceptions(&self, id: &str) -> Result<Vec<Exception>, OperationError> {
        let (binding, _) = self.known(id).await?;
        let found = self.store.exceptions(&binding, MOST).await?;
        Ok(found.into_iter().filter_map(Exception::of).collect())
    }

    /// One of them, after a look into Sage for what it may be there.
    ///
    /// # Errors
    /// When the document is no exception, or its plan is not kept.
    pub async fn exception(
        &self,
        id: &str,
        run_id: &str,
    ) -> Result<ExceptionDetail, OperationError> {
        let all = self.exceptions(id).await?;
        let (mut this, rest): (Vec<Exception>, Vec<Exception>) =
            all.into_iter().partition(|one| one.line.run_id == run_id);
        let exception = this
            .pop()
            .ok_or_else(|| OperationError::NoRun(run_id.to_owned()))?;
        let sought = self.sought(id, &exception).await?;
        let found = match exception.kind {
            ExceptionKind::TotalDiffers => Ok(Vec::new()),
            ExceptionKind::InDoubt
            | ExceptionKind::ReferenceReserved
            | ExceptionKind::OtherContact => self.candidates(id, &sought).await,
        };
        // The other ways out are there without Sage as well.
        let (candidates, problem) = match found {
            Ok(candidates) => (candidates, None),
            Err(error @ (OperationError::Argument(_) | OperationError::Sage(_))) => {
                (Vec::new(), Some(error.to_string()))
            }
            Err(OperationError::Refused(refusal)) => (
                Vec::new(),
                Some(format!("Sage: {}", refusal.without_message())),
            ),
            Err(error) => return Err(error),
        };
        let same = |other: &&Exception| {
            other.is_of_a_contact()
                && exception.is_of_a_contact()
                && exception.contact_key.is_some()
                && other.contact_key == exception.contact_key
        };
        let others = rest.iter().filter(same);
        Ok(ExceptionDetail {
            key: sought.key,
            resource: sought.resource,
            candidates,
            problem,
            others: others.map(|other| other.line.run_id.clone()).collect(),
            exception,
        })
    }

    /// What the step looks for at which a document stands.
    async fn sought(&self, id: &str, exception: &Exception) -> Result<Sought, OperationError> {
        let document = self.document(id, &exception.line.run_id).await?;
        let none = || {
            OperationError::Argument(
                "The plan of this document is not kept any more. Send it once more from Magento."
                    .to_owned(),
            )
        };
        let steps = document.run.get("steps").and_then(Value::as_array);
        let steps = steps.ok_or_else(none)?;
        let is_current =
            |step: &&Value| step.get("state").and_then(Value::as_str) == Some("current");
        let at = match exception.kind {
            ExceptionKind::TotalDiffers => steps.len().checked_sub(1),
            ExceptionKind::InDoubt
            | ExceptionKind::ReferenceReserved
            | ExceptionKind::OtherContact => steps.iter().position(|step| is_current(&step)),
        };
        let at = at.ok_or_else(none)?;
        let plan = document.plan.as_ref().ok_or_else(none)?;
        let step = plan.pointer(&format!("/steps/{at}")).ok_or_else(none)?;
        let text = |pointer: &str| {
            let text = step.pointer(pointer).and_then(Value::as_str);
            text.map(ToOwned::to_owned)
        };
        Ok(Sought {
            key: text("/xref").ok_or_else(none)?,
            resource: text("/resource")
                .and_then(|path| Resource::from_path(&path))
                .ok_or_else(none)?,
            reference: text("/find/reference").unwrap_or_default(),
            email: text("/find/email"),
        })
    }

    /// Objects in Sage that may be the one looked for, within the calls of the day.
    async fn candidates(
        &self,
        id: &str,
        sought: &Sought,
    ) -> Result<Vec<Candidate>, OperationError> {
        if sought.reference.is_empty() {
            return Ok(Vec::new());
        }
        let (binding, row) = self.known(id).await?;
        let session = SageSession::new(self, &binding, &row);
        let is_contact = sought.resource == Resource::Contacts;
        let mut searches = vec![vec![("search", sought.reference.as_str())]];
        if is_contact {
            searches.push(vec![
                ("search", sought.reference.as_str()),
                ("deleted_since", EVER),
            ]);
        }
        if let Some(email) = sought.email.as_deref().filter(|_| is_contact) {
            searches.push(vec![("email", email)]);
        }
        let calls = u32::try_from(searches.len()).unwrap_or(u32::MAX);
        if !self.take_calls(&binding, calls).await? {
            return Err(OperationError::Argument(
                "Sage is not searched at present: the calls of the day are needed for documents, or Sage asked for a pause.".to_owned(),
            ));
        }
        let mut found: Vec<Candidate> = Vec::new();
        for search in searches {
            let mut query = vec![("attributes", "all"), ("nested_attributes", "all")];
            query.extend(search);
            let path = sought.resource.path();
            let page = session.page(path, &query, 1).await?;
            let page = page.map_err(OperationError::Refused)?;
            let fitting = page.items.iter().filter_map(|entity| fits(sought, entity));
            for candidate in fitting {
                if found.iter().all(|other| other.sage_id != candidate.sage_id) {
                    found.push(candidate);
                }
            }
        }
        let ids: Vec<&str> = found.iter().map(|one| one.sage_id.as_str()).collect();
        let path = sought.resource.path();
        let owners = self.store.owners_of(&binding, path, &ids).await?;
        // Several shop customers may share a contact; a document stands for one.
        found.retain(|one| {
            let owner = owners.get(&one.sage_id);
            is_contact || owner.is_none_or(|owner| *owner == sought.key)
        });
        Ok(found)
    }

    /// Says which object in Sage it is; the document, and others that wait for the same contact,
    /// then go on. How many those are.
    ///
    /// # Errors
    /// When the document is no exception, or the object is none of those it may be.
    pub async fn use_object(
        &self,
        id: &str,
        run_id: &str,
        sage_id: &str,
    ) -> Result<usize, OperationError> {
        let detail = self.exception(id, run_id).await?;
        let is_one = |one: &&Candidate| one.sage_id == sage_id && !one.is_deleted;
        if !detail.candidates.iter().any(|one| is_one(&one)) {
            return Err(OperationError::Argument(
                "Sage does not have this one any more, or it belongs to another document. Look once more.".to_owned(),
            ));
        }
        self.set_xref(id, &detail.key, detail.resource.path(), sage_id)
            .await?;
        self.direct_of(id, run_id, RunCommand::Retry).await?;
        Ok(1 + self.retry_those(id, &detail.others).await?)
    }

    /// The reference was freed in Sage: the document, and others that wait for the same contact,
    /// are tried again. How many those are.
    ///
    /// # Errors
    /// When the document is no exception, or cannot be tried again.
    pub async fn try_freed(&self, id: &str, run_id: &str) -> Result<usize, OperationError> {
        let all = self.exceptions(id).await?;
        let this = all.iter().find(|one| one.line.run_id == run_id);
        let this = this.ok_or_else(|| OperationError::NoRun(run_id.to_owned()))?;
        let same = |other: &&Exception| {
            this.is_of_a_contact()
                && this.contact_key.is_some()
                && other.contact_key == this.contact_key
                && other.line.run_id != run_id
                && other.is_of_a_contact()
        };
        let others = all.iter().filter(same);
        let others: Vec<String> = others.map(|other| other.line.run_id.clone()).collect();
        self.direct_of(id, run_id, RunCommand::Retry).await?;
        Ok(1 + self.retry_those(id, &others).await?)
    }

    async fn retry_those(&self, id: &str, runs: &[String]) -> Result<usize, OperationError> {
        let mut done = 0;
        for run in runs {
            match self.direct_of(id, run, RunCommand::Retry).await {
                Ok(_) => done += 1,
                // Somebody else was faster.
                Err(OperationError::NotNow { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// The document is right in Sage as it is.
    ///
    /// # Errors
    /// When there is nothing to accept.
    pub async fn accept_finding(&self, id: &str, run_id: &str) -> Result<(), OperationError> {
        let (binding, _) = self.known(id).await?;
        let audit_entry = self.audit_entry("exceptions:accept", run_id);
        if self
            .store
            .accept_finding(&binding, run_id, audit_entry)
            .await?
        {
            return Ok(());
        }
        Err(OperationError::Argument(
            "There is nothing to decide about this document any more.".to_owned(),
        ))
    }

    /// The document was corrected in Sage: its total is read again, and when it is Magento's there
    /// is nothing to decide any more.
    ///
    /// # Errors
    /// When Sage still has another total, or does not answer.
    pub async fn look_again(&self, id: &str, run_id: &str) -> Result<(), OperationError> {
        let (binding, row) = self.known(id).await?;
        let document = self.document(id, run_id).await?;
        let text = |pointer: &str| {
            let text = document.run.pointer(pointer).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let sage_id = text("/sage/id");
        let resource = if text("/key").starts_with("creditmemo.") {
            Resource::SalesCreditNotes
        } else {
            Resource::SalesInvoices
        };
        let session = SageSession::new(self, &binding, &row);
        let path = format!("{}/{sage_id}", resource.path());
        let object = session.object(&path).await?;
        let living = object.filter(|object| !object.is_gone());
        let total = living.and_then(|object| object.total());
        let expected = text("/expected/total_amount");
        match total {
            Some(total) if decimal(&total) == decimal(&expected) => {
                self.accept_finding(id, run_id).await
            }
            Some(total) => Err(OperationError::Argument(format!(
                "Sage still has {total}; Magento has {expected}."
            ))),
            None => Err(OperationError::Argument(
                "Sage does not have the document any more, or states no total.".to_owned(),
            )),
        }
    }
}

/// The object, when it may be the one looked for.
fn fits(sought: &Sought, entity: &Entity) -> Option<Candidate> {
    let reference = entity.text("reference").unwrap_or_default();
    let is_contact = sought.resource == Resource::Contacts;
    let is_same = |email: &String| {
        let own = entity.email();
        own.is_some_and(|own| normal_email(&own) == normal_email(email))
    };
    let has_email = sought.email.as_ref().map(is_same).filter(|_| is_contact);
    if reference != sought.reference && has_email != Some(true) {
        return None;
    }
    let is_deleted = entity.is_deleted();
    if entity.is_gone() && !is_deleted {
        return None;
    }
    Some(Candidate {
        sage_id: entity.id()?,
        name: entity.text("displayed_as").unwrap_or_default(),
        reference,
        total: entity.total(),
        date: entity.text("date"),
        has_email,
        is_deleted,
    })
}
