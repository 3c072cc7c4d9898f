//! Before anything is sent: is it there already, may it be sent, and what exactly.

use std::collections::BTreeMap;

use ledger_plan::json::Node;
use ledger_plan::{Kind, Op, refs};
use ledger_sage::entity::Entity;
use ledger_store::retry::later;
use ledger_store::{Intent, Reason, Request, Verdict, Xref};

use super::Fault;
use super::duplicate_guard;
use super::search::{Found, search};
use super::work::Work;

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
    /// How often it was frozen anew.
    pub(super) renewals: u32,
}

impl Frozen {
    pub(super) fn again(intent: Intent, target: &str) -> Self {
        Self {
            sage_idempotency_id: intent.sage_idempotency_id,
            body: intent.body,
            target: target.to_owned(),
            doubted: intent.in_doubt,
            renewals: intent.renewals,
        }
    }
}

/// Server errors after which an id is taken to be used up: where Sage keeps errors under an id as
/// it keeps results, no repetition can ever succeed.
const SAME_ERROR: u32 = 3;

fn is_burnt(intent: &Intent) -> bool {
    intent.in_doubt && intent.server_errors >= SAME_ERROR
}

impl Work<'_> {
    pub(super) async fn prepare(&self) -> Result<Prepared, Fault> {
        let (store, lease) = (&self.session.engine.store, self.session.lease);
        let own = self.step.xref.as_str();
        let mut known = store.xrefs(lease, &self.names()).await?;
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
        let intent = self.intent(self.request("")).await?;
        if let Some(made) = intent.as_ref().and_then(|intent| intent.made.as_deref()) {
            return self.made(made).await;
        }
        let doubted = intent.as_ref().is_some_and(|intent| intent.in_doubt);
        let searches = match self.step.op {
            Op::Ensure | Op::Update => true,
            Op::Void | Op::Remove | Op::Link => {
                return Err(Fault::Contradiction("an operation that makes nothing"));
            }
            Op::Create | Op::Allocate => doubted || self.run.may_be_sent || self.run.generation > 1,
            // A movement that is not in doubt is looked for by nothing but its day: another state's
            // would be taken for it. What Sage has in stock says what is missing.
            Op::Adjust => doubted,
        };
        if searches && duplicate_guard::are_on() {
            let sent = intent.as_ref().map(|intent| intent.body.as_slice());
            let criteria = match self.criteria(&ids, sent) {
                Ok(criteria) => criteria,
                Err(verdict) => return Ok(Prepared::Halt(*verdict)),
            };
            match search(self.session, &criteria).await? {
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
                Found::SearchFailure(failure) => {
                    return Ok(Prepared::Halt(self.after_search(failure, doubted)));
                }
            }
        }
        match intent {
            // Surely not sent: stock may have moved since the difference was frozen.
            Some(intent) if self.step.op == Op::Adjust && !doubted => {
                self.movement(&ids, intent.renewals.saturating_add(1)).await
            }
            Some(intent) if is_burnt(&intent) => self.anew(&intent),
            Some(intent) => Ok(Prepared::Send(Frozen::again(intent, ""))),
            None if self.step.op == Op::Adjust => self.movement(&ids, 0).await,
            None => self.freeze(&ids, "", None, 0),
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

    /// The frozen request, if there is one: not of a run that sends for the first time.
    pub(super) async fn intent(&self, request: Request<'_>) -> Result<Option<Intent>, Fault> {
        if !self.run.has_sent {
            return Ok(None);
        }
        let store = &self.session.engine.store;
        Ok(store.intent(self.session.lease, request).await?)
    }

    async fn contested(&self) -> Result<Option<Verdict>, Fault> {
        if !self.run.lane_in_doubt {
            return Ok(None);
        }
        let store = &self.session.engine.store;
        let contested = store
            .contested(self.session.lease, &self.step.xref, &self.run.run_id)
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
        if !matches!(self.step.op, Op::Update | Op::Link) {
            return Ok(Prepared::Known(xref));
        }
        if xref.resource != self.step.resource.path() {
            return Ok(Prepared::Halt(self.resource_changed(&xref)));
        }
        if let Some(verdict) = self.contested().await? {
            return Ok(Prepared::Halt(verdict));
        }
        self.change(&xref.sage_id, ids).await
    }

    pub(super) fn resource_changed(&self, xref: &Xref) -> Verdict {
        let detail = format!(
            "The key stands for an object among Sage's {}, not {}.",
            xref.resource,
            self.step.resource.path()
        );
        Verdict::Refuse(Reason::new("resource_changed", detail).at(self.pointer("/resource")))
    }

    /// A change of an object that exists: repeated as frozen, since it makes nothing new.
    async fn change(
        &self,
        target: &str,
        ids: &BTreeMap<String, String>,
    ) -> Result<Prepared, Fault> {
        match self.intent(self.request(target)).await? {
            Some(intent) => Ok(Prepared::Send(Frozen::again(intent, target))),
            None => self.freeze(ids, target, None, 0),
        }
    }

    /// The request body: ids for names, a quantity for a target, the idempotency id inside the
    /// entity, nothing else changed.
    pub(super) fn freeze(
        &self,
        ids: &BTreeMap<String, String>,
        target: &str,
        quantity: Option<&str>,
        renewals: u32,
    ) -> Result<Prepared, Fault> {
        let mut body = match refs::resolve(&self.step.body, ids) {
            Ok(body) => body,
            Err(missing) => return Ok(Prepared::Halt(self.unresolved(&missing))),
        };
        let id = self.idempotency_id(target, renewals)?;
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
            renewals,
        }))
    }

    /// The id of a request: each object that a step changes has its own, and each time a request
    /// is frozen anew.
    pub(super) fn idempotency_id(&self, target: &str, renewals: u32) -> Result<String, Fault> {
        let mut key = self.run.key.clone();
        // Generations are counted anew by a store that was restored; a sequence belongs to one state
        // for ever. Under the id of another state Sage would answer that state's result.
        if self.plan.kind == Kind::Upsert {
            key = format!("{key} state {}", self.plan.sequence);
        }
        if !target.is_empty() {
            key = format!("{key} {} {target}", self.step.xref);
        }
        if renewals > 0 {
            key = format!("{key} renewed {renewals}");
        }
        let vault = &self.session.engine.vault;
        vault
            .idempotency_id(self.binding(), &key, self.index, self.run.generation)
            .map_err(Fault::Vault)
    }

    /// The same request under a new id, for one whose id Sage answers with the same error again
    /// and again. Reached only when a search has just found nothing.
    fn anew(&self, intent: &Intent) -> Result<Prepared, Fault> {
        let renewals = intent.renewals.saturating_add(1);
        let id = self.idempotency_id("", renewals)?;
        let depth = self.session.engine.max_json_depth.saturating_add(1);
        let mut body = Node::parse(&intent.body, depth)
            .map_err(|_| Fault::Contradiction("a frozen body that cannot be read"))?;
        if let Node::Object(outer) = &mut body
            && let Some((_, Node::Object(entity))) = outer.first_mut()
            && let Some((_, place)) = entity.iter_mut().find(|(key, _)| key == "idempotency_id")
        {
            *place = Node::Text(id.clone());
        }
        let body = serde_json::to_vec(&body)
            .map_err(|_| Fault::Contradiction("a body that cannot be written"))?;
        tracing::warn!(binding = %self.binding(), run_id = %self.run.run_id, step = self.index, renewals, "sent under a new id");
        Ok(Prepared::Send(Frozen {
            sage_idempotency_id: id,
            body,
            target: String::new(),
            doubted: true,
            renewals,
        }))
    }

    /// A send is known to have made this object, by a witness who could not settle it.
    async fn made(&self, sage_id: &str) -> Result<Prepared, Fault> {
        let path = format!("{}/{sage_id}", self.step.resource.path());
        let query = [("nested_attributes", "all")];
        match self.session.read(&path, &query, Entity::parse).await {
            Ok(entity) => Ok(Prepared::Adopt(Box::new(entity))),
            Err(error) => Ok(Prepared::Halt(self.after_search(error.into(), true))),
        }
    }

    /// After a send of unknown end and an empty search: a slow Sage may still be at it, and
    /// after Sage's window an empty search is all there is, which is not enough for money.
    fn too_early_or_late(&self, intent: &Intent) -> Option<Verdict> {
        let timing = &self.session.engine.timing;
        let now = self.session.now();
        // Both clocks must agree: the machine's may have jumped, the running one knows this process.
        let by_running_clock = later(now, self.session.quiet_left(timing.quiet));
        let quiet_until = later(intent.last_activity, timing.quiet)
            .min(later(now, timing.quiet))
            .max(by_running_clock);
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
        if now > later(intent.first_sent_at, timing.horizon) {
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
        let vault = &self.session.engine.vault;
        vault
            .email_tag(self.binding(), email)
            .map(Some)
            .map_err(Fault::Vault)
    }
}
