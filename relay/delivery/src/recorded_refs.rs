//! Ids to remember beside the object itself.

use std::collections::BTreeMap;

use ledger_plan::json::Node;
use ledger_plan::refs;
use ledger_store::Xref;

use super::Fault;
use super::work::Work;

impl Work<'_> {
    /// The ids that the step's records name: as in the body that was sent just now or earlier, or
    /// as they stand now when none was.
    pub(super) async fn records(&self, body: Option<&[u8]>) -> Result<Vec<Xref>, Fault> {
        if self.step.records.is_empty() {
            return Ok(Vec::new());
        }
        let depth = self.session.engine.max_json_depth.saturating_add(1);
        let read = |body: &[u8]| Node::parse(body, depth).ok();
        let sent = match body {
            Some(body) => read(body),
            None => {
                let intent = self.intent(self.request("")).await?;
                intent.and_then(|intent| read(&intent.body))
            }
        };
        let ids = match sent {
            // What was sent names ids already.
            Some(_) => BTreeMap::new(),
            None => {
                let mut names = Vec::new();
                refs::mentioned(&self.step.body, &mut names);
                self.ids(&names).await?
            }
        };
        let records = self.step.records.iter().filter_map(|record| {
            let place = sent
                .as_ref()
                .unwrap_or(&self.step.body)
                .at(&record.pointer)?;
            let Ok(Node::Text(sage_id)) = refs::resolve(place, &ids) else {
                return None;
            };
            Some(Xref {
                xref_key: record.xref.clone(),
                resource: record.resource.path().to_owned(),
                sage_id,
                displayed_as: None,
                total: None,
                currency: None,
                match_tag: None,
                adopted: false,
            })
        });
        Ok(records.collect())
    }
}
