//! `invoice.paid` → a receipt per tender, allocated to the invoice in the same call.

use super::tender::{self, Route, Tender};
use super::{Subject, currency, invoice, steps};
use crate::canonical::SalesEvent;
use crate::codes::{self, Warning};
use crate::filter;
use crate::outcome::{Outcome, Skip};
use crate::reference;
use crate::sage::plan::{Plan, PlanStep, Ref};
use crate::sage::{Allocated, ContactPayment, PaymentType};
use crate::{Context, Step};

/// The pipeline, top to bottom.
pub(super) fn paid(context: &mut Context<'_>, event: &SalesEvent) -> Step<Outcome> {
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
            let tenders = tender::split(context, subject, bank_account_id, valued.value)?;
            receipts(context, subject, tenders)?
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

fn receipts(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    tenders: Vec<Tender>,
) -> Step<Vec<PlanStep>> {
    let event = subject.event;
    let invoice_id = event.document.entity_id;
    let foreign = currency::foreign(context, subject)?;
    let reference = reference::document(
        &context.settings.policy.invoice_number_prefix,
        &event.document.increment_id,
        &event.pointer("increment_id"),
    )?;
    Ok(tenders
        .into_iter()
        .map(|tender| {
            let payment = ContactPayment {
                transaction_type_id: PaymentType::Receipt,
                contact_id: Ref::to(steps::invoice_contact_key(invoice_id)),
                bank_account_id: tender.bank_account_id,
                date: event.local_date.clone(),
                total_amount: tender.amount,
                reference: reference.clone(),
                foreign: foreign.clone(),
                allocated_artefacts: vec![Allocated {
                    artefact_id: Ref::to(steps::invoice_key(invoice_id)),
                    amount: tender.amount,
                }],
            };
            steps::payment(
                subject,
                tender::key("payment", invoice_id, tender.suffix),
                payment,
            )
        })
        .collect())
}

fn left_unpaid(event: &SalesEvent, reason: codes::Skip) -> String {
    format!(
        "payment method {:?}: {} The invoice stays unpaid in Sage.",
        event.payment.method,
        reason.meaning()
    )
}
