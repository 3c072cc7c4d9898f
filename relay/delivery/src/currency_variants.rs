//! One step for a family of objects: every known one is brought to the same body.

use ledger_plan::Step;
use ledger_store::{Reason, Request, Verdict};

use super::Fault;
use super::work::{Next, Work};

impl Work<'_> {
    /// Changes every known object whose key begins so, but for those that another step of the plan
    /// names itself. One that was changed before an interruption is not changed again, and one that
    /// Sage refuses does not keep the others from theirs: the step is refused at its end.
    pub(super) async fn family(&self, beginning: &str) -> Result<Next, Fault> {
        let store = &self.session.engine.store;
        let mut refused: Option<Reason> = None;
        for member in store.family(self.session.lease, beginning).await? {
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
            let intent = self.intent(request).await?;
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
            match part.single().await? {
                Next::Continue => {}
                Next::Stop => return Ok(Next::Stop),
                Next::Refused(reason) => match &mut refused {
                    None => {
                        let detail = format!("{}: {}", member.xref_key, reason.detail);
                        refused = Some(Reason { detail, ..*reason });
                    }
                    Some(first) => {
                        first.detail =
                            format!("{}; {}: {}", first.detail, member.xref_key, reason.detail);
                        first.items.extend(reason.items);
                        first.causes.extend(reason.causes);
                    }
                },
            }
        }
        if let Some(reason) = refused {
            return self.halt(None, Verdict::Refuse(reason)).await;
        }
        self.rest().await?;
        Ok(Next::Continue)
    }
}
