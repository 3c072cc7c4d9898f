//! One step of a run, from preparation to settlement.

use std::collections::BTreeMap;

use secrecy::SecretString;

use ledger_plan::{Op, Resource};
use ledger_sage::entity::Entity;
use ledger_sage::{Answer, NoResponse};
use ledger_store::crash_point;
use ledger_store::{
    AttemptEnd, BindingId, OpenAttempt, Outcome, Reason, Settlement, StoreError, Verdict, Xref,
};

use super::Fault;
use super::classify::{Class, classify, classify_void};
use super::match_total;
use super::prepare::{Frozen, Prepared};
use super::search::{Found, search};
use super::verdict::rest_of_lane;
use super::work::{Next, Work};

/// A send that made or changed the object.
struct Sent<'s> {
    attempt: AttemptEnd,
    body: &'s [u8],
}

impl Work<'_> {
    pub(super) fn binding(&self) -> &BindingId {
        self.session.binding()
    }

    /// Does the step as far as it can be done now.
    pub(super) async fn execute(&self) -> Result<Next, Fault> {
        match self.step.family() {
            Some(beginning) => self.family(beginning).await,
            None if self.step.op.ends() => self.end().await,
            None => self.single().await,
        }
    }

    /// Does the step for one object.
    pub(super) async fn single(&self) -> Result<Next, Fault> {
        match self.prepare().await? {
            Prepared::Known(xref) => self.done(None, None, &xref).await,
            Prepared::Adopt(entity) => self.adopt(&entity).await,
            Prepared::Nothing => {
                self.rest().await?;
                Ok(Next::Continue)
            }
            Prepared::Halt(verdict) => self.halt(None, verdict).await,
            Prepared::Send(frozen) => self.send(frozen).await,
        }
    }

    /// Where a step that is done leads.
    pub(super) fn progress(&self) -> Verdict {
        if self.last {
            Verdict::Finish
        } else {
            Verdict::StepDone
        }
    }

    pub(super) async fn send(&self, frozen: Frozen) -> Result<Next, Fault> {
        let store = &self.session.engine.store;
        let mut stale = None;
        loop {
            let access = match self.session.access(stale.as_ref()).await {
                Ok(access) => access,
                Err(error) => return self.halt(None, self.without_token(error)).await,
            };
            // The pause comes before the record: recorded is what is about to leave.
            self.session.turn().await;
            let attempt = OpenAttempt {
                request: self.request(&frozen.target),
                resource: self.step.resource.path(),
                sage_idempotency_id: &frozen.sage_idempotency_id,
                body: &frozen.body,
                renewals: frozen.renewals,
                now: self.session.now(),
            };
            let attempt_id = store.open_attempt(self.session.lease, attempt).await?;
            crash_point!("after-intent-commit");
            let end = self.leave(&access, &frozen).await;
            crash_point!("after-answer");
            let class = match self.step.op {
                Op::Void | Op::Remove => classify_void(&end),
                Op::Ensure | Op::Create | Op::Update | Op::Adjust | Op::Allocate | Op::Link => {
                    classify(&end)
                }
            };
            let attempt = self.attempt_end(attempt_id, &class, &end);
            if matches!(class, Class::Unauthorised) && stale.is_none() {
                self.close_attempt(attempt).await?;
                stale = Some(access);
                continue;
            }
            return match self.step.op {
                Op::Void => self.conclude_void(&frozen, attempt, class).await,
                Op::Remove => self.conclude_remove(attempt, class).await,
                Op::Link => self.conclude_link(&frozen, attempt, class).await,
                Op::Ensure | Op::Create | Op::Update | Op::Adjust | Op::Allocate => {
                    self.conclude(&frozen, attempt, class).await
                }
            };
        }
    }

    async fn leave(&self, access: &SecretString, frozen: &Frozen) -> Result<Answer, NoResponse> {
        let (path, body) = (self.step.resource.path(), frozen.body.clone());
        let object = || format!("{path}/{}", frozen.target);
        match (self.step.op, self.step.void_reason()) {
            (_, Some(reason)) => self.session.void(access, &object(), reason, body).await,
            (Op::Remove, None) => self.session.remove(access, &object()).await,
            (_, None) => self.session.write(access, path, &frozen.target, body).await,
        }
    }

    fn attempt_end(
        &self,
        attempt_id: i64,
        class: &Class,
        end: &Result<Answer, NoResponse>,
    ) -> AttemptEnd {
        let answer = end.as_ref().ok();
        let end = AttemptEnd {
            attempt_id,
            outcome: class.outcome(),
            http_status: answer.map(|answer| answer.status),
            request_id: answer.and_then(|answer| answer.request_id.clone()),
            sage_id: class.made(),
        };
        tracing::info!(
            binding = %self.binding(), run_id = %self.run.run_id, key = %self.run.key, step = self.index,
            outcome = end.outcome.word(), http_status = end.http_status, sage_request_id = end.request_id, "sent"
        );
        end
    }

    pub(super) async fn conclude(
        &self,
        frozen: &Frozen,
        attempt: AttemptEnd,
        class: Class,
    ) -> Result<Next, Fault> {
        if let Class::Done(entity) = &class {
            let xref = self.xref(entity, !frozen.target.is_empty())?;
            let sent = Sent {
                attempt,
                body: &frozen.body,
            };
            return self.done(Some(sent), Some(xref.clone()), &xref).await;
        }
        let makes = frozen.target.is_empty();
        if let (Class::Refused(_), true) = (&class, frozen.doubted && makes) {
            // An earlier send may have landed between the search and this answer.
            self.close_attempt(attempt.clone()).await?;
            match self.look_again(&frozen.body).await? {
                Found::Nothing => {}
                Found::One(entity) => return self.adopt(&entity).await,
                Found::SearchFailure(failure) => {
                    return self.halt(None, self.after_search(failure, true)).await;
                }
            }
        }
        let verdict = self.verdict(class);
        self.halt(Some(attempt), verdict).await
    }

    async fn look_again(&self, sent: &[u8]) -> Result<Found, Fault> {
        let ids = self.ids(&self.names()).await?;
        match self.criteria(&ids, Some(sent)) {
            Ok(criteria) => search(self.session, &criteria).await,
            Err(_) => Ok(Found::Nothing),
        }
    }

    /// The Sage ids of those of the keys that are known.
    pub(super) async fn ids(&self, names: &[&str]) -> Result<BTreeMap<String, String>, Fault> {
        let store = &self.session.engine.store;
        let known = store.xrefs(self.session.lease, names).await?;
        let ids = known.into_iter().map(|(key, xref)| (key, xref.sage_id));
        Ok(ids.collect())
    }

    fn xref(&self, entity: &Entity, adopted: bool) -> Result<Xref, Fault> {
        let sage_id = entity
            .id()
            .ok_or(Fault::Contradiction("an object without id"))?;
        // A contact is displayed by its name, which is nobody's reference number.
        let displayed_as = if self.step.resource == Resource::Contacts {
            None
        } else {
            entity.text("displayed_as")
        };
        Ok(Xref {
            xref_key: self.step.xref.clone(),
            resource: self.step.resource.path().to_owned(),
            sage_id,
            displayed_as,
            total: entity.total(),
            currency: entity.value("currency_id"),
            match_tag: self.email_tag()?,
            adopted,
        })
    }

    async fn adopt(&self, entity: &Entity) -> Result<Next, Fault> {
        let xref = self.xref(entity, true)?;
        tracing::info!(binding = %self.binding(), run_id = %self.run.run_id, step = self.index, sage_id = %xref.sage_id, "adopted");
        self.done(None, Some(xref.clone()), &xref).await
    }

    async fn done(
        &self,
        sent: Option<Sent<'_>>,
        new: Option<Xref>,
        xref: &Xref,
    ) -> Result<Next, Fault> {
        let finding = match_total::finding(self.step.expect.as_ref(), xref);
        if let Some(finding) = &finding {
            tracing::error!(binding = %self.binding(), run_id = %self.run.run_id, step = self.index, code = %finding.code, "finding");
        }
        if self.is_part {
            if let Some(sent) = sent {
                self.close_attempt(sent.attempt).await?;
            }
            return Ok(Next::Continue);
        }
        let records = self.records(sent.as_ref().map(|sent| sent.body)).await?;
        let attempt = sent.map(|sent| sent.attempt);
        let is_news = new.is_some() || attempt.is_some() || finding.is_some();
        if !is_news && records.is_empty() {
            self.rest().await?;
        } else {
            self.settle(attempt, new, records, finding, self.progress())
                .await?;
        }
        Ok(Next::Continue)
    }

    pub(super) async fn halt(
        &self,
        attempt: Option<AttemptEnd>,
        verdict: Verdict,
    ) -> Result<Next, Fault> {
        if let Some(reason) = verdict.reason() {
            tracing::warn!(binding = %self.binding(), run_id = %self.run.run_id, step = self.index, code = %reason.code, "halted");
        }
        if let (true, Verdict::Refuse(reason)) = (self.is_part, &verdict) {
            if let Some(end) = attempt {
                self.close_attempt(end).await?;
            }
            return Ok(Next::Refused(Box::new(reason.clone())));
        }
        self.settle(attempt, None, Vec::new(), None, verdict)
            .await?;
        Ok(Next::Stop)
    }

    /// The step is done without anything new to remember: the next one's settlement says so. Of a
    /// run that has sent before, a send of this very step may be in doubt, which ends here.
    pub(super) async fn rest(&self) -> Result<(), Fault> {
        if !self.last && !self.run.has_sent && self.step.family().is_none() {
            return Ok(());
        }
        self.settle(None, None, Vec::new(), None, self.progress())
            .await
    }

    pub(super) async fn close_attempt(&self, end: AttemptEnd) -> Result<(), Fault> {
        let store = &self.session.engine.store;
        let told = end.clone();
        match store
            .close_attempt(self.session.lease, end, self.session.now())
            .await
        {
            Err(StoreError::LeaseLost) => Err(self.overtaken(told).await),
            closed => Ok(closed?),
        }
    }

    pub(super) async fn settle(
        &self,
        attempt: Option<AttemptEnd>,
        xref: Option<Xref>,
        records: Vec<Xref>,
        finding: Option<Reason>,
        verdict: Verdict,
    ) -> Result<(), Fault> {
        self.commit(Settlement {
            attempt,
            xref,
            records,
            finding,
            ..self.settlement(verdict)
        })
        .await
    }

    /// A verdict on this step and nothing else.
    pub(super) fn settlement(&self, verdict: Verdict) -> Settlement<'_> {
        let now = self.session.now();
        Settlement {
            may_doubt: self.run.has_sent,
            pause_lane_until: rest_of_lane(&verdict, now),
            tally: Some(self.session.tally()),
            ..Settlement::of(&self.run.run_id, self.index, verdict, now)
        }
    }

    pub(super) async fn commit(&self, settlement: Settlement<'_>) -> Result<(), Fault> {
        let told = settlement.attempt.clone();
        crash_point!("before-settle-commit");
        let settled = if matches!(settlement.verdict, Verdict::Finish) {
            self.session.finish(settlement).await
        } else {
            let store = &self.session.engine.store;
            store.settle(self.session.lease, settlement).await
        };
        match (settled, told) {
            (Err(StoreError::LeaseLost), Some(told)) => return Err(self.overtaken(told).await),
            (settled, _) => settled?,
        }
        crash_point!("after-settle-commit");
        Ok(())
    }

    /// Another process has the lane. It decides; but an object that this send made it must know of.
    async fn overtaken(&self, end: AttemptEnd) -> Fault {
        if end.outcome == Outcome::Created {
            let store = &self.session.engine.store;
            if let Err(error) = store
                .testify(self.session.lease, end, self.session.now())
                .await
            {
                tracing::error!(binding = %self.binding(), run_id = %self.run.run_id, error = %error, "a send's result was not kept");
            }
        }
        Fault::Store(StoreError::LeaseLost)
    }
}
