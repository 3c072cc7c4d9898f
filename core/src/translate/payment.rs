//! `invoice.paid` → a receipt per tender, allocated to the invoice in the same call.

use super::tender::{self, Route, Settlement};
use super::{invoice, steps};
use crate::canonical::SalesEvent;
use crate::codes::{self, Warning};
use crate::context::Context;
use crate::filter;
use crate::outcome::Step;
use crate::outcome::{Outcome, Skip};
use crate::sage::PaymentType;
use crate::sage::plan::{Plan, Ref};

/// The pipeline, top to bottom.
pub(super) fn paid(context: &mut Context<'_>, event: &SalesEvent<'_>) -> Step<Outcome> {
    let valued = super::value(context, event)?;
    if let Some(skip) = filter::invoice_paid(context.settings, valued.facts(event))? {
        return Ok(Outcome::Skip(skip));
    }
    let subject = super::subject(context, event, valued)?;
    let invoice_key = steps::invoice_key(event.document.entity_id);
    // Without unpaid invoices in Sage, this is the moment the invoice gets there.
    let creates_invoice = !context.settings.policy.sync_unpaid_invoices;
    let (needs, mut plan_steps) = if creates_invoice {
        (Vec::new(), invoice::steps(context, subject, valued.value)?)
    } else {
        (vec![invoice_key], Vec::new())
    };
    let receipts = match tender::route(context, subject)? {
        Route::Bank(bank_account_id) => {
            let invoice_id = event.document.entity_id;
            let receipt = Settlement {
                kind: PaymentType::Receipt,
                artefact: Ref::to(steps::invoice_key(invoice_id)),
                contact_id: Ref::to(steps::invoice_contact_key(invoice_id)),
                bank_account_id,
                total: valued.value,
            };
            tender::settle(context, subject, receipt)?
        }
        Route::LeaveUnpaid(reason) if creates_invoice => {
            context.warn(
                Warning::PaymentLeftOut,
                "/payment/method",
                left_unpaid(event, reason),
            );
            Vec::new()
        }
        Route::LeaveUnpaid(reason) => {
            return Ok(Outcome::Skip(Skip {
                reason,
                message: left_unpaid(event, reason),
            }));
        }
    };
    plan_steps.extend(receipts);
    if plan_steps.is_empty() {
        return Ok(Outcome::Skip(Skip {
            reason: codes::Skip::NothingToPay,
            message: "the invoice is worth nothing, so there is no payment".to_owned(),
        }));
    }
    Ok(Outcome::Post(Box::new(Plan::new(
        "invoice.paid",
        event.sequence,
        steps::origin(event),
        needs,
        plan_steps,
    ))))
}

fn left_unpaid(event: &SalesEvent<'_>, reason: codes::Skip) -> String {
    let method = match event.payment.method() {
        "" => "the order names no payment method".to_owned(),
        method => format!("payment method {method:?}"),
    };
    format!(
        "{method}: {} The invoice stays unpaid in Sage.",
        reason.meaning()
    )
}
