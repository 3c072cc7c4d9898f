//! What a document is connected with: other documents, its page in Magento, its page in Sage.

use ledger_store::history::HistoryLine;
use serde_json::Value;

use super::session::SageSession;
use super::{OperationError, Operations};

/// Other documents that are shown beside one.
const MOST: u32 = 50;

impl Operations {
    /// Other versions of a document, and those that speak of the same invoice, credit note or
    /// order; the oldest first.
    ///
    /// # Errors
    /// When the binding has no such document.
    pub async fn relatives(
        &self,
        id: &str,
        run_id: &str,
    ) -> Result<Vec<HistoryLine>, OperationError> {
        let (binding, _) = self.known(id).await?;
        self.is_of(id, run_id).await?;
        Ok(self.store.relatives(&binding, run_id, MOST).await?)
    }

    /// A page of the module in the shop's admin; none when the shop has not told where its admin is.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn admin_page(&self, id: &str, path: &str) -> Result<Option<String>, OperationError> {
        let profile = self.shop_profile(id).await?;
        Ok(profile.and_then(|told| admin_page(&told.report, path)))
    }

    /// Where the object of a document stands in Sage's web interface, as Sage says itself: one call
    /// of the day.
    ///
    /// # Errors
    /// When the document is not in Sage, Sage cannot be asked, or says of no page.
    pub async fn page_in_sage(&self, id: &str, run_id: &str) -> Result<String, OperationError> {
        let (binding, row) = self.known(id).await?;
        self.is_of(id, run_id).await?;
        let refused = |what: &str| OperationError::Argument(what.to_owned());
        let kept = self.store.run(&self.tenant(&binding), run_id).await?;
        let kept = kept.ok_or_else(|| OperationError::NoRun(run_id.to_owned()))?;
        let key = kept.principal_xref.as_str();
        let mut xrefs = self.store.xrefs_of(&binding, &[key]).await?;
        let xref = xrefs
            .remove(key)
            .ok_or_else(|| refused("This document is not in Sage."))?;
        if !self.take_calls(&binding, 1).await? {
            return Err(refused(
                "Sage is not asked at present: the calls of the day are needed for documents, or Sage asked for a pause. Look for the number in Sage.",
            ));
        }
        let path = format!("{}/{}", xref.resource, xref.sage_id);
        let entity = SageSession::new(self, &binding, &row).object(&path).await?;
        let is_safe = |page: &String| {
            page.starts_with("https://")
                || (row.api_url.starts_with("http://") && page.starts_with("http://"))
        };
        let page = entity.and_then(|entity| entity.page());
        page.filter(is_safe).ok_or_else(|| {
            refused("Sage names no page for this object. Look for its number in Sage.")
        })
    }
}

/// A page below the address of the admin that the shop told.
fn admin_page(profile: &Value, path: &str) -> Option<String> {
    let admin = profile.get("admin_url")?.as_str()?;
    let is_web = ["https://", "http://"]
        .iter()
        .any(|scheme| admin.starts_with(scheme));
    is_web.then(|| format!("{}/{path}", admin.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_addresses_of_the_web_become_links() {
        let told = |admin: &str| admin_page(&json!({ "admin_url": admin }), "byte8_sage/backfill/");
        let page = "https://shop.example/admin/byte8_sage/backfill/";
        assert_eq!(told("https://shop.example/admin/").as_deref(), Some(page));
        assert_eq!(told("javascript:alert(1)"), None);
        assert_eq!(admin_page(&json!({}), ""), None);
    }
}
