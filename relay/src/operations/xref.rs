//! Which Sage object a key stands for.

use serde::Serialize;

use ledger_plan::Resource;
use ledger_store::Xref;

use super::session::SageSession;
use super::{OperationError, Operations};

/// A key and its object.
#[derive(Debug, Serialize)]
pub struct XrefSummary {
    /// The key, such as `contact:M5:GBP`.
    pub key: String,
    /// The kind of object.
    pub resource: String,
    /// Sage's id.
    pub sage_id: String,
    /// Sage's own reference.
    pub reference: Option<String>,
    /// The total as Sage answered it.
    pub total: Option<String>,
    /// Whether it stood in Sage before, or an operator said so.
    pub adopted: bool,
}

impl From<Xref> for XrefSummary {
    fn from(xref: Xref) -> Self {
        Self {
            key: xref.xref_key,
            resource: xref.resource,
            sage_id: xref.sage_id,
            reference: xref.displayed_as,
            total: xref.total,
            adopted: xref.adopted,
        }
    }
}

impl Operations {
    /// Known objects whose key begins so.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn xrefs(
        &self,
        id: &str,
        beginning: &str,
        limit: u32,
    ) -> Result<Vec<XrefSummary>, OperationError> {
        let (binding, _) = self.known(id).await?;
        let lines = self
            .store
            .xref_lines(&binding, beginning, "", limit)
            .await?;
        Ok(lines.into_iter().map(XrefSummary::from).collect())
    }

    /// Says which Sage object a key stands for, after a look whether it is there.
    ///
    /// # Errors
    /// When the key or resource is malformed, or Sage has no such object.
    pub async fn set_xref(
        &self,
        id: &str,
        key: &str,
        resource: &str,
        sage_id: &str,
    ) -> Result<XrefSummary, OperationError> {
        let (binding, row) = self.known(id).await?;
        let usable = |text: &str, more: &str| {
            !text.is_empty()
                && text.len() <= 120
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
        };
        if !usable(key, "._:-") || !usable(sage_id, "_-") {
            return Err(OperationError::Argument(
                "key and Sage id are letters, digits and a few signs".to_owned(),
            ));
        }
        let Some(resource) = Resource::from_path(resource) else {
            return Err(OperationError::Argument(format!(
                "{resource} is no resource of Sage's that the relay knows"
            )));
        };
        let session = SageSession::new(self, &binding, &row);
        let found = session
            .object(&format!("{}/{sage_id}", resource.path()))
            .await?;
        let Some(object) = found.filter(|object| !object.is_gone()) else {
            return Err(OperationError::Argument(format!(
                "Sage has no {}/{sage_id}",
                resource.path()
            )));
        };
        let is_contact = resource == Resource::Contacts;
        let xref = Xref {
            xref_key: key.to_owned(),
            resource: resource.path().to_owned(),
            sage_id: sage_id.to_owned(),
            // The name of a contact is a person's.
            displayed_as: object.text("displayed_as").filter(|_| !is_contact),
            total: object.total(),
            currency: object.nested("currency", "id"),
            match_tag: None,
            adopted: true,
        };
        let subject = format!("{key} = {}/{sage_id}", resource.path());
        self.store
            .set_xref(&binding, &xref, self.audit_entry("xref:set", &subject))
            .await?;
        Ok(xref.into())
    }
}
