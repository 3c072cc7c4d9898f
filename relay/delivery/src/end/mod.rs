//! Operations that end what another plan makes: a void, a removal, a link.
//!
//! They make nothing. An object that is not known is not in Sage, and what would make it is
//! superseded, so that nobody sends it later.

mod void;

use ledger_plan::Op;
use ledger_store::retry::later;
use ledger_store::state::State;
use ledger_store::{AttemptEnd, Reason, Settlement, Verdict, Xref};

use crate::Fault;
use crate::classify::{Class, is_gone};
use crate::prepare::Frozen;
use crate::work::{Next, Work};

impl Work<'_> {
    /// Ends the object of the step, or sees that it is not made any more.
    pub(crate) async fn end(&self) -> Result<Next, Fault> {
        let store = &self.session.engine.store;
        let own = self.step.xref.as_str();
        let known = store.xrefs(self.session.lease, &[own]).await?.remove(own);
        match (known, self.step.op) {
            (None, _) => self.never_posted().await,
            (Some(xref), Op::Void) => self.void_known(&xref).await,
            (Some(xref), Op::Remove) => self.remove_known(&xref).await,
            // A link is a change of what is known.
            (Some(_), _) => self.single().await,
        }
    }

    async fn remove_known(&self, xref: &Xref) -> Result<Next, Fault> {
        if xref.resource != self.step.resource.path() {
            return self.halt(None, self.resource_changed(xref)).await;
        }
        let frozen = self.frozen_end(&xref.sage_id).await?;
        self.send(frozen).await
    }

    /// Where a send of a removal leads. An object that is gone is what was wanted, so that a
    /// repetition changes nothing.
    pub(crate) async fn conclude_remove(
        &self,
        attempt: AttemptEnd,
        class: Class,
    ) -> Result<Next, Fault> {
        if matches!(class, Class::Voided) || attempt.http_status.is_some_and(is_gone) {
            return self.ended(attempt).await;
        }
        let verdict = self.verdict(class);
        self.halt(Some(attempt), verdict).await
    }

    /// Where a send of a link leads. Somebody may have deleted the object in Sage, and nothing is
    /// left to link then.
    pub(crate) async fn conclude_link(
        &self,
        frozen: &Frozen,
        attempt: AttemptEnd,
        class: Class,
    ) -> Result<Next, Fault> {
        if attempt.http_status.is_some_and(is_gone) {
            return self.ended(attempt).await;
        }
        self.conclude(frozen, attempt, class).await
    }

    async fn ended(&self, attempt: AttemptEnd) -> Result<Next, Fault> {
        self.commit(Settlement {
            attempt: Some(attempt),
            forget: Some(&self.step.xref),
            ..self.settlement(self.progress())
        })
        .await?;
        Ok(Next::Continue)
    }

    fn no_longer_wanted(&self) -> Reason {
        match self.step.op {
            Op::Link => Reason::new(
                "invoiced_in_magento",
                "The order was invoiced in full before its estimate was posted.",
            ),
            Op::Remove => Reason::new(
                "no_estimate_needed",
                "The order was canceled or invoiced in full before its estimate was posted.",
            ),
            Op::Void | Op::Ensure | Op::Create | Op::Update | Op::Adjust | Op::Allocate => {
                Reason::new(
                    "canceled_in_magento",
                    "The invoice was canceled in Magento before it was posted.",
                )
            }
        }
    }

    /// No object is known. What would make it is superseded, so that nobody sends it later; while
    /// a send of it may have landed, this waits as a document waits for what it needs.
    async fn never_posted(&self) -> Result<Next, Fault> {
        let own = self.step.xref.as_str();
        let (store, lease) = (&self.session.engine.store, self.session.lease);
        if self.run.may_be_sent {
            // A store that is gone may have posted it. Then its document finds it, and says so.
            let makers = store.makers(lease, own).await?;
            let open = |state: &str| {
                State::from_word(state).is_some_and(|state| {
                    !matches!(
                        state,
                        State::Rejected | State::Superseded | State::Succeeded
                    )
                })
            };
            let is_open = makers.iter().any(|maker| open(&maker.state));
            let is_late =
                self.session.now() >= later(self.run.created_at, self.session.engine.timing.needs);
            if is_open || (makers.is_empty() && !is_late) {
                return self.await_sends(&format!("{own} may be in Sage since before a backup was restored; its document decides.")).await;
            }
        }
        let reason = self.no_longer_wanted();
        let open = store
            .supersede_makers(lease, own, &reason, self.session.now())
            .await?;
        if open.is_empty() {
            tracing::info!(binding = %self.binding(), run_id = %self.run.run_id, key = %self.run.key, "nothing to end");
            self.rest().await?;
            return Ok(Next::Continue);
        }
        self.await_sends(&format!(
            "{own} may be in Sage: the sending of {} has no known end yet.",
            open.join(" and ")
        ))
        .await
    }

    async fn await_sends(&self, detail: &str) -> Result<Next, Fault> {
        let longest = self.session.engine.timing.needs;
        let verdict = if self.session.now() >= later(self.run.created_at, longest) {
            let days = longest.as_secs() / 86_400;
            let detail = format!(
                "{detail} It had none within {days} days. Look in Sage; once its document is settled, this one goes on."
            );
            Verdict::Refuse(Reason::new("needs_timeout", detail).at(self.pointer("/xref")))
        } else {
            self.wait(Reason::new("waiting_for_needs", detail), None)
        };
        self.halt(None, verdict).await
    }
}
