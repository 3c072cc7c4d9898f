//! Ids to remember beside the object itself.

use std::collections::BTreeMap;

use crate::inbox::Xref;
use crate::json::Node;
use crate::plan::refs;

use super::Fault;
use super::step::Work;

impl Work<'_> {
    /// The ids that the step's records name: as sent, or as they stand now when nothing was sent.
    pub(super) async fn records(&self) -> Result<Vec<Xref>, Fault> {
        if self.step.records.is_empty() {
            return Ok(Vec::new());
        }
        let (store, lease) = (&self.line.engine.store, self.line.lease);
        let intent = store.intent(lease, self.request("")).await?;
        let sent = intent.and_then(|intent| {
            Node::parse(
                &intent.body,
                self.line.engine.max_json_depth.saturating_add(1),
            )
            .ok()
        });
        let mut names = Vec::new();
        refs::mentioned(&self.step.body, &mut names);
        let known = store.xrefs(lease, &names).await?;
        let ids: BTreeMap<String, String> = known
            .into_iter()
            .map(|(key, xref)| (key, xref.sage_id))
            .collect();
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
