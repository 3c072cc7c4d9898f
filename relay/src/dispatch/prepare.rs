//! Before anything is sent: is it there already, may it be sent, and what exactly.

use std::collections::BTreeMap;

use crate::clock;
use crate::inbox::{Intent, Reason, Request, Verdict, Xref};
use crate::json::Node;
use crate::plan::{Op, refs};
use crate::retry::later;
use crate::sage::Business;
use crate::sage::entity::Entity;

use super::Fault;
use super::search::{Found, search};
use super::step::Work;

/// What there is to do.
pub(super) enum Prepared {
    /// The object is known already.
    Known(Xref),
    /// The object stands in Sage and is ours.
    Adopt(Box<Entity>),
    /// There is nothing to do, and nothing to remember.
    Nothing,
    /// Nothing can be sent now.
    Halt(Verdict),
    /// This is to be sent.
    Send(Frozen),
}

/// A request that will never change again.
pub(super) struct Frozen {
    pub(super) sage_idempotency_id: String,
    pub(super) body: Vec<u8>,
    /// The Sage id of the object to change; empty for one to make.
    pub(super) target: String,
    /// Whether an earlier send of it has no known end.
    pub(super) doubted: bool,
}

impl Frozen {
    fn again(intent: Intent, target: &str) -> Self {
        Self {
            sage_idempotency_id: intent.sage_idempotency_id,
            body: intent.body,
            target: target.to_owned(),
            doubted: intent.in_doubt,
        }
    }
}

impl Work<'_> {
    pub(super) async fn prepare(&self, business: &Business) -> Result<Prepared, Fault> {
        let (store, binding, own) = (&self.engine.store, self.binding, self.step.xref.as_str());
        let mut known = store.xrefs(binding, &self.names()).await?;
        let unless = self.step.unless.as_ref();
        if unless.is_some_and(|key| known.contains_key(key)) {
            return Ok(Prepared::Nothing);
        }
        let xref = known.remove(own);
        let ids: BTreeMap<String, String> = known
            .into_iter()
            .map(|(key, xref)| (key, xref.sage_id))
            .collect();
        if let Some(xref) = xref {
            return self.stands(xref, &ids).await;
        }
        if let Some(verdict) = self.contested().await? {
            return Ok(Prepared::Halt(verdict));
        }
        let intent = store.intent(binding, self.request("")).await?;
        let doubted = intent.as_ref().is_some_and(|intent| intent.in_doubt);
        let searches = match self.step.op {
            Op::Ensure | Op::Update => true,
            Op::Create | Op::Allocate => doubted || self.run.generation > 1,
            Op::Adjust => doubted,
        };
        if searches {
            let sent = intent.as_ref().map(|intent| intent.body.as_slice());
            let criteria = match self.criteria(&ids, sent) {
                Ok(criteria) => criteria,
                Err(verdict) => return Ok(Prepared::Halt(verdict)),
            };
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
                // What a send in doubt made has the body already.
                Found::One(entity) if self.step.op == Op::Update && !doubted => {
                    let id = entity.id().unwrap_or_default();
                    return self.change(&id, &ids).await;
                }
                Found::One(entity) => return Ok(Prepared::Adopt(entity)),
                Found::Trouble(trouble) => {
                    return Ok(Prepared::Halt(self.after_search(trouble, doubted)));
                }
            }
        }
        match intent {
            Some(intent) => Ok(Prepared::Send(Frozen::again(intent, ""))),
            None if self.step.op == Op::Adjust => self.movement(business, &ids).await,
            None => self.freeze(&ids, "", None),
        }
    }

    /// Every key the step speaks of.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names = vec![self.step.xref.as_str()];
        names.extend(self.step.unless.as_deref());
        self.step
            .find
            .iter()
            .for_each(|(_, node)| refs::mentioned(node, &mut names));
        refs::mentioned(&self.step.body, &mut names);
        names
    }

    /// Which request: the one that makes the object, or the one that changes it.
    pub(super) fn request<'r>(&'r self, target: &'r str) -> Request<'r> {
        Request {
            run_id: &self.run.run_id,
            step: self.index,
            xref_key: &self.step.xref,
            target,
        }
    }

    async fn contested(&self) -> Result<Option<Verdict>, Fault> {
        let store = &self.engine.store;
        let contested = store
            .contested(self.binding, &self.step.xref, &self.run.run_id)
            .await?;
        Ok(contested.then(|| {
            let reason = Reason::new(
                "waiting_for_other_run",
                "Another document's send of the same object has no known end yet.",
            );
            self.wait(reason, None)
        }))
    }

    /// The object is known: nothing to do, unless the step is to change it.
    async fn stands(&self, xref: Xref, ids: &BTreeMap<String, String>) -> Result<Prepared, Fault> {
        let tag = self.email_tag()?;
        if matches!((&xref.match_tag, &tag), (Some(kept), Some(asked)) if kept != asked) {
            return Ok(Prepared::Halt(self.collision()));
        }
        if self.step.op != Op::Update {
            return Ok(Prepared::Known(xref));
        }
        if xref.resource != self.step.resource.path() {
            let detail = format!(
                "The key stands for an object among Sage's {}, not {}.",
                xref.resource,
                self.step.resource.path()
            );
            let reason = Reason::new("resource_changed", detail).at(self.pointer("/resource"));
            return Ok(Prepared::Halt(Verdict::Refuse(reason)));
        }
        if let Some(verdict) = self.contested().await? {
            return Ok(Prepared::Halt(verdict));
        }
        self.change(&xref.sage_id, ids).await
    }

    /// A change of an object that exists: repeated as frozen, since it makes nothing new.
    async fn change(
        &self,
        target: &str,
        ids: &BTreeMap<String, String>,
    ) -> Result<Prepared, Fault> {
        let intent = self
            .engine
            .store
            .intent(self.binding, self.request(target))
            .await?;
        match intent {
            Some(intent) => Ok(Prepared::Send(Frozen::again(intent, target))),
            None => self.freeze(ids, target, None),
        }
    }

    /// The request body: ids for names, a quantity for a target, the idempotency id inside the
    /// entity, nothing else changed.
    pub(super) fn freeze(
        &self,
        ids: &BTreeMap<String, String>,
        target: &str,
        quantity: Option<&str>,
    ) -> Result<Prepared, Fault> {
        let mut body = match refs::resolve(&self.step.body, ids) {
            Ok(body) => body,
            Err(missing) => return Ok(Prepared::Halt(self.unresolved(&missing))),
        };
        // A step may change several objects, and each change is a request of its own.
        let key = if target.is_empty() {
            self.run.key.clone()
        } else {
            format!("{} {} {target}", self.run.key, self.step.xref)
        };
        let id = self
            .engine
            .vault
            .idempotency_id(self.binding, &key, self.index, self.run.generation)
            .map_err(Fault::Vault)?;
        let Node::Object(outer) = &mut body else {
            return Err(Fault::Contradiction("a body that is no object"));
        };
        let Some((_, Node::Object(entity))) = outer.first_mut() else {
            return Err(Fault::Contradiction("an entity that is no object"));
        };
        let place = entity.iter_mut().find(|(key, _)| key == "quantity");
        if let (Some((_, place)), Some(quantity)) = (place, quantity) {
            *place = Node::Text(quantity.to_owned());
        }
        entity.insert(0, ("idempotency_id".to_owned(), Node::Text(id.clone())));
        let body = serde_json::to_vec(&body)
            .map_err(|_| Fault::Contradiction("a body that cannot be written"))?;
        Ok(Prepared::Send(Frozen {
            sage_idempotency_id: id,
            body,
            target: target.to_owned(),
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

    pub(super) fn unresolved(&self, missing: &[String]) -> Verdict {
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
