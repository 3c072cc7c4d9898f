//! Voiding what was posted: an invoice that was canceled in Magento.
//!
//! The status in Sage decides, and is read before every send: a repetition changes nothing, so a
//! send of unknown end needs no more than another look.

use ledger_plan::json::Node;
use ledger_sage::entity::Entity;
use ledger_sage::envelope::Refusal;
use ledger_store::{AttemptEnd, Reason, ShopCause, Verdict, Xref};

use crate::Fault;
use crate::classify::{Class, is_gone};
use crate::prepare::Frozen;
use crate::session::ReadError;
use crate::work::{Next, Work};

/// What Sage says of a document that is to be voided.
enum InvoiceInSage {
    /// It counts, and nothing is set against it.
    Open,
    Void,
    /// It cannot be voided, or nobody knows.
    Halt(Verdict),
}

impl Work<'_> {
    pub(super) async fn void_known(&self, xref: &Xref) -> Result<Next, Fault> {
        if xref.resource != self.step.resource.path() {
            return self.halt(None, self.resource_changed(xref)).await;
        }
        match self.read_invoice(&xref.sage_id).await? {
            InvoiceInSage::Void => self.voided(None).await,
            InvoiceInSage::Halt(verdict) => self.halt(None, verdict).await,
            InvoiceInSage::Open => {
                let frozen = self.frozen_end(&xref.sage_id).await?;
                self.send(frozen).await
            }
        }
    }

    /// The step's body as it is: nothing is made, so nothing is told apart by an idempotency id.
    pub(super) async fn frozen_end(&self, target: &str) -> Result<Frozen, Fault> {
        if let Some(intent) = self.intent(self.request(target)).await? {
            return Ok(Frozen::again(intent, target));
        }
        let body = serde_json::to_vec(&self.step.body)
            .map_err(|_| Fault::Contradiction("a body that cannot be written"))?;
        Ok(Frozen {
            sage_idempotency_id: self.idempotency_id(target, 0)?,
            body,
            target: target.to_owned(),
            doubted: false,
            renewals: 0,
        })
    }

    /// Where a send of a void leads.
    pub(crate) async fn conclude_void(
        &self,
        frozen: &Frozen,
        attempt: AttemptEnd,
        class: Class,
    ) -> Result<Next, Fault> {
        let refusal = match class {
            Class::Voided => return self.voided(Some(attempt)).await,
            Class::Refused(refusal) => refusal,
            other @ (Class::Done(_)
            | Class::NotSent
            | Class::Throttled(_)
            | Class::Unauthorised
            | Class::Barred(..)
            | Class::Unknown) => {
                let verdict = self.verdict(other);
                return self.halt(Some(attempt), verdict).await;
            }
        };
        if attempt.http_status.is_some_and(is_gone) {
            let verdict = self.gone(Some(refusal));
            return self.halt(Some(attempt), verdict).await;
        }
        // Money may have come meanwhile, or a send before this one may have landed.
        self.close_attempt(attempt).await?;
        match self.read_invoice(&frozen.target).await? {
            InvoiceInSage::Void => self.voided(None).await,
            InvoiceInSage::Halt(verdict) => self.halt(None, verdict).await,
            InvoiceInSage::Open => {
                let verdict = self.verdict(Class::Refused(refusal));
                self.halt(None, verdict).await
            }
        }
    }

    async fn voided(&self, attempt: Option<AttemptEnd>) -> Result<Next, Fault> {
        if attempt.is_none() {
            self.rest().await?;
        } else {
            self.settle(attempt, None, Vec::new(), None, self.progress())
                .await?;
        }
        Ok(Next::Continue)
    }

    async fn read_invoice(&self, sage_id: &str) -> Result<InvoiceInSage, Fault> {
        let path = format!("{}/{sage_id}", self.step.resource.path());
        let query = [("nested_attributes", "all")];
        let entity = match self.session.read(&path, &query, Entity::parse).await {
            Ok(entity) => entity,
            Err(ReadError::NotFound(refusal)) => {
                return Ok(InvoiceInSage::Halt(self.gone(Some(refusal))));
            }
            Err(error) => return Ok(InvoiceInSage::Halt(self.after_search(error.into(), false))),
        };
        Ok(if entity.is_void() {
            InvoiceInSage::Void
        } else if entity.is_deleted() {
            InvoiceInSage::Halt(self.gone(None))
        } else if entity.has_payments() {
            InvoiceInSage::Halt(self.has_payments())
        } else {
            InvoiceInSage::Open
        })
    }

    fn has_payments(&self) -> Verdict {
        self.refuse_void(
            HAS_PAYMENTS,
            "stands in Sage with money set against it",
            "Sage voids an invoice only when no payment and no credit note is allocated to it.",
            "In Sage, remove the allocation from the invoice, or refund the customer by a credit note. Then retry: the invoice is voided if nothing is allocated to it any more.",
            None,
        )
    }

    fn gone(&self, refusal: Option<Refusal>) -> Verdict {
        self.refuse_void(
            GONE,
            "is not in Sage any more",
            "It was posted and then deleted in Sage, so there is nothing to void.",
            "Look in Sage whether the sale is still in the accounts in another form. If it is not, nothing is left to do.",
            refusal,
        )
    }

    fn refuse_void(
        &self,
        code: &str,
        what: &str,
        why: &str,
        suggestion: &str,
        refusal: Option<Refusal>,
    ) -> Verdict {
        let cause = ShopCause {
            code: code.to_owned(),
            pointer: String::new(),
            what: format!("{} was canceled in Magento and {what}.", self.number()),
            why: why.to_owned(),
            suggestion: suggestion.to_owned(),
        };
        let detail = format!("{} {} {}", cause.what, cause.why, cause.suggestion);
        let mut reason = Reason::new(code, detail).at(self.pointer(""));
        reason.items = refusal.map(|refusal| refusal.items).unwrap_or_default();
        reason.causes.push(cause);
        Verdict::Refuse(reason)
    }

    /// The invoice as a merchant knows it: what voids it names its number.
    fn number(&self) -> String {
        let increment = Node::parse(&self.run.plan, self.session.engine.max_json_depth)
            .ok()
            .and_then(|plan| match plan.at("/magento/increment_id") {
                Some(Node::Text(number)) => Some(number.clone()),
                _ => None,
            });
        match increment {
            Some(number) => format!("Invoice {number}"),
            None => format!("The invoice {}", self.plan.entity_id),
        }
    }
}

const HAS_PAYMENTS: &str = "invoice_has_payments";
const GONE: &str = "invoice_gone";
