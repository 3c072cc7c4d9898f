//! One step for a family of objects: every known one is brought to the same body.

use crate::inbox::Request;
use crate::plan::Step;
use crate::sage::Business;

use super::Fault;
use super::step::{Next, Work};

impl Work<'_> {
    /// Changes every known object whose key begins so, but for those that another step of the plan
    /// names itself. One that was changed before an interruption is not changed again.
    pub(super) async fn family(&self, business: &Business, beginning: &str) -> Result<Next, Fault> {
        let store = &self.engine.store;
        for member in store.family(self.binding, beginning).await? {
            let named = |step: &Step| step.xref == member.xref_key;
            if member.resource != self.step.resource.path() || self.plan.steps.iter().any(named) {
                continue;
            }
            let request = Request {
                run_id: &self.run.run_id,
                step: self.index,
                xref_key: &member.xref_key,
                target: &member.sage_id,
            };
            let intent = store.intent(self.binding, request).await?;
            if intent.is_some_and(|intent| intent.done) {
                continue;
            }
            let step = Step {
                xref: member.xref_key.clone(),
                ..self.step.clone()
            };
            let part = Work {
                step: &step,
                is_part: true,
                ..*self
            };
            if part.single(business).await? == Next::Stop {
                return Ok(Next::Stop);
            }
        }
        self.rest().await?;
        Ok(Next::Continue)
    }
}
