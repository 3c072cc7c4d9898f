//! Before anything is sent: is it there already, may it be sent, and what exactly.

use std::collections::BTreeMap;

use crate::clock;
use crate::inbox::{Intent, Reason, Verdict, Xref};
use crate::json::Node;
use crate::plan::{Op, refs};
use crate::retry::later;
use crate::sage::Business;
use crate::sage::entity::Entity;

use super::Fault;
use super::search::{Criteria, Found, search};
use super::step::Work;

/// What there is to do.
pub(super) enum Prepared {
    /// The object is known already.
    Known(Xref),
    /// The object stands in Sage and is ours.
    Adopt(Box<Entity>),
    /// Nothing can be sent now.
    Halt(Verdict),
    /// This is to be sent.
    Send(Frozen),
}

/// A request that will never change again.
pub(super) struct Frozen {
    pub(super) sage_idempotency_id: String,
    pub(super) body: Vec<u8>,
    /// Whether an earlier send of it has no known end.
    pub(super) doubted: bool,
}

impl Work<'_> {
    pub(super) async fn prepare(&self, business: &Business) -> Result<Prepared, Fault> {
        let (store, binding, run_id) = (&self.engine.store, self.binding, self.run.run_id.as_str());
        let mut names = vec![self.step.xref.as_str()];
        self.step
            .find
            .iter()
            .for_each(|(_, node)| refs::mentioned(node, &mut names));
        refs::mentioned(&self.step.body, &mut names);
        let mut known = store.xrefs(binding, &names).await?;

        if let Some(xref) = known.remove(&self.step.xref) {
            let tag = self.email_tag()?;
            let stranger =
                matches!((&xref.match_tag, &tag), (Some(kept), Some(asked)) if kept != asked);
            return Ok(if stranger {
                Prepared::Halt(self.collision())
            } else {
                Prepared::Known(xref)
            });
        }
        if store.contested(binding, &self.step.xref, run_id).await? {
            let reason = Reason::new(
                "waiting_for_other_run",
                "Another document's send of the same object has no known end yet.",
            );
            return Ok(Prepared::Halt(self.wait(reason, None)));
        }
        let ids: BTreeMap<String, String> = known
            .into_iter()
            .map(|(key, xref)| (key, xref.sage_id))
            .collect();
        let criteria = match self.criteria(&ids) {
            Ok(criteria) => criteria,
            Err(verdict) => return Ok(Prepared::Halt(verdict)),
        };
        let intent = store.intent(binding, run_id, self.index).await?;
        let doubted = intent.as_ref().is_some_and(|intent| intent.in_doubt);
        if self.step.op == Op::Ensure || doubted || self.run.generation > 1 {
            match search(self.engine, binding, business, &criteria).await? {
                Found::Nothing => {
                    if let Some(verdict) = intent
                        .as_ref()
                        .filter(|_| doubted)
                        .and_then(|intent| self.too_early_or_late(intent))
                    {
                        return Ok(Prepared::Halt(verdict));
                    }
                }
                Found::One(entity) => return Ok(Prepared::Adopt(entity)),
                Found::Trouble(trouble) => {
                    return Ok(Prepared::Halt(self.after_search(trouble, doubted)));
                }
            }
        }
        match intent {
            Some(intent) => Ok(Prepared::Send(Frozen {
                sage_idempotency_id: intent.sage_idempotency_id,
                body: intent.body,
                doubted,
            })),
            None => self.freeze(&ids),
        }
    }

    /// `find` with ids in place of names.
    pub(super) fn criteria(&self, ids: &BTreeMap<String, String>) -> Result<Criteria<'_>, Verdict> {
        let mut find = Vec::with_capacity(self.step.find.len());
        for (key, node) in &self.step.find {
            let resolved = refs::resolve(node, ids).map_err(|missing| self.unresolved(&missing))?;
            if let Node::Text(text) = resolved {
                find.push((key.clone(), text));
            }
        }
        Ok(Criteria {
            step: self.step,
            find,
        })
    }

    /// The request body: ids for names, the idempotency id inside the entity, nothing else changed.
    fn freeze(&self, ids: &BTreeMap<String, String>) -> Result<Prepared, Fault> {
        let mut body = match refs::resolve(&self.step.body, ids) {
            Ok(body) => body,
            Err(missing) => return Ok(Prepared::Halt(self.unresolved(&missing))),
        };
        let id = self
            .engine
            .vault
            .idempotency_id(self.binding, &self.run.key, self.index, self.run.generation)
            .map_err(Fault::Vault)?;
        let Node::Object(outer) = &mut body else {
            return Err(Fault::Contradiction("a body that is no object"));
        };
        let Some((_, Node::Object(entity))) = outer.first_mut() else {
            return Err(Fault::Contradiction("an entity that is no object"));
        };
        entity.insert(0, ("idempotency_id".to_owned(), Node::Text(id.clone())));
        let body = serde_json::to_vec(&body)
            .map_err(|_| Fault::Contradiction("a body that cannot be written"))?;
        Ok(Prepared::Send(Frozen {
            sage_idempotency_id: id,
            body,
            doubted: false,
        }))
    }

    /// After a send of unknown end and an empty search: a slow Sage may still be at it, and
    /// after Sage's window an empty search is all there is, which is not enough for money.
    fn too_early_or_late(&self, intent: &Intent) -> Option<Verdict> {
        let patience = &self.engine.patience;
        let now = clock::now();
        let quiet_until = later(intent.last_activity, patience.quiet);
        if now < quiet_until {
            let reason = Reason::new(
                "outcome_unknown",
                "A send had no answer and nothing is found yet; looking again before resending.",
            );
            return Some(Verdict::Wait {
                until: quiet_until,
                counted: false,
                reason,
            });
        }
        if now > later(intent.first_sent_at, patience.horizon) {
            let detail = "A send had no answer, nothing is found, and Sage's window for a safe repetition is over. Look in Sage.";
            return Some(Verdict::Doubt(Reason::new("ambiguous_outcome", detail)));
        }
        None
    }

    fn unresolved(&self, missing: &[String]) -> Verdict {
        let detail = format!("No Sage object is known for {}.", missing.join(" or "));
        Verdict::Refuse(Reason::new("ref_not_found", detail).at(self.pointer("")))
    }

    /// The keyed hash of the e-mail the step names, if it names one.
    pub(super) fn email_tag(&self) -> Result<Option<String>, Fault> {
        let Some((_, Node::Text(email))) = self.step.find.iter().find(|(key, _)| key == "email")
        else {
            return Ok(None);
        };
        self.engine
            .vault
            .email_tag(self.binding, email)
            .map(Some)
            .map_err(Fault::Vault)
    }
}
