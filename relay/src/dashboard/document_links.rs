//! What a document leads to: others about the same, its page in Magento, its page in Sage.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use ledger_store::history::HistoryLine;

use super::Dashboard;
use super::error::PageError;
use super::labels::{Status, name_of, of_state, total_of};
use super::times::moment;
use super::visit::Visit;

/// Another document about the same.
pub(super) struct Relative {
    pub(super) run_id: String,
    pub(super) name: String,
    pub(super) status: Status,
    pub(super) total: String,
    pub(super) at: String,
}

impl From<HistoryLine> for Relative {
    fn from(line: HistoryLine) -> Self {
        Self {
            name: name_of(&line),
            status: of_state(&line.state),
            total: total_of(&line),
            at: moment(line.created_at),
            run_id: line.run_id,
        }
    }
}

/// The page of the module's that shows what a key is about.
pub(super) fn page_in_magento(key: &str) -> Option<String> {
    let mut parts = key.split(':');
    let (event, id) = (parts.next()?, parts.next()?.parse::<i64>().ok()?);
    let (entity_type, _) = event.split_once('.')?;
    let entity_type = if entity_type == "stock" {
        "product"
    } else {
        entity_type
    };
    Some(format!(
        "byte8_sage/document/open/entity_type/{entity_type}/entity_id/{id}"
    ))
}

/// Leads to the page of the object in Sage, which Sage is asked for.
pub(super) async fn in_sage(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
    Path((binding, run)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let operations = visit.operations(&dashboard);
    let page = operations.page_in_sage(&binding, &run).await?;
    Ok(Redirect::to(&page).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_to_the_page_of_what_it_is_about() {
        let path =
            |entity: &str| format!("byte8_sage/document/open/entity_type/{entity}/entity_id/7");
        for (key, entity) in [
            ("invoice.paid:7", "invoice"),
            ("creditmemo.created:7", "creditmemo"),
            ("order.placed:7", "order"),
            ("customer.upserted:7", "customer"),
            ("stock.changed:7", "product"),
        ] {
            assert_eq!(page_in_magento(key), Some(path(entity)), "{key}");
        }
        assert_eq!(page_in_magento("invoice.created:../x"), None);
    }
}
