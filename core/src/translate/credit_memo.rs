//! `creditmemo.created` → a credit note on the invoice's own contact, and its settlement.

use super::artefact::Header;
use super::tender::{self, Route, Settlement};
use super::{artefact, contact, order_total, set_off, steps};
use crate::canonical::{OrderInvoice, SalesEvent};
use crate::codes::{self, Warning};
use crate::context::Context;
use crate::document::{InvoiceState, Subject};
use crate::filter;
use crate::money::{Currency, Money};
use crate::outcome::Step;
use crate::outcome::{Outcome, Skip};
use crate::policy::WithoutInvoice;
use crate::sage::Lines;
use crate::sage::plan::{Plan, PlanStep, Ref};
use crate::sage::{PaymentType, limits};
use crate::text::{cut, single_line};

/// The pipeline, top to bottom.
pub(super) fn created(context: &mut Context<'_>, event: &SalesEvent<'_>) -> Step<Outcome> {
    let valued = super::value(context, event)?;
    if let Some(skip) = filter::creditmemo_created(context.settings, valued.facts(event))? {
        return Ok(Outcome::Skip(skip));
    }
    let originals = originals(context, event, valued.currency)?;
    let subject = super::subject(context, event, valued)?;
    let (contact_id, needs, mut plan_steps) = match originals.first() {
        Some(original) => {
            let contact_id = Ref::to(steps::invoice_contact_key(original.entity_id));
            let needs = originals
                .iter()
                .map(|original| steps::invoice_key(original.entity_id))
                .collect();
            (contact_id, needs, Vec::new())
        }
        None => {
            if context.settings.policy.credit_notes_without_invoice == WithoutInvoice::Skip {
                return Ok(Outcome::Skip(without_invoice()));
            }
            context.warn(
                Warning::CreditNoteWithoutInvoice,
                event.pointer("invoice_id"),
                "no invoice of the order is in Sage; the credit note stays unallocated".to_owned(),
            );
            let contact = contact::ensure(context, subject, valued.value)?;
            (contact.contact_id, Vec::new(), contact.steps)
        }
    };
    let header = Header {
        expiry_date: None,
        lines: Lines::CreditNote,
        contact_id: contact_id.clone(),
        original_invoice_date: originals
            .first()
            .map(|original| original.local_date.to_string()),
        notes: Some(notes(event, &originals)),
    };
    let (credit_note, total) = artefact::build(context, subject, valued.value, header)?;
    plan_steps.push(steps::credit_note(subject, credit_note, total));
    if !originals.is_empty() && !total.is_zero() {
        plan_steps.extend(settlement(
            context,
            subject,
            &originals,
            &contact_id,
            total,
        )?);
    }
    Ok(Outcome::Post(Box::new(Plan::new(
        "creditmemo.created",
        event.sequence,
        steps::origin(event),
        needs,
        plan_steps,
    ))))
}

/// The invoices the memo gives back, as far as they are in Sage, oldest first.
///
/// A memo made from an invoice names it. One made from the order or offline does not; its
/// invoices are those that share a row with it, or all of the order when it has no rows.
fn originals<'a>(
    context: &Context<'_>,
    event: &'a SalesEvent<'a>,
    currency: Currency,
) -> Step<Vec<&'a OrderInvoice<'a>>> {
    let document = &event.document;
    let named = |invoice: &&OrderInvoice<'_>| document.invoice_id == Some(invoice.entity_id);
    let shares_a_row = |invoice: &&OrderInvoice<'_>| {
        document
            .items
            .iter()
            .any(|item| invoice.order_item_ids.contains(&item.order_item_id))
    };
    let all = || event.order_invoices.iter();
    let mut candidates: Vec<_> = all().filter(named).collect();
    if candidates.is_empty() {
        candidates = all().filter(shares_a_row).collect();
    }
    if candidates.is_empty() {
        candidates = all().collect();
    }
    let mut originals = Vec::new();
    for candidate in candidates {
        let total = currency.round(candidate.grand_total.exact());
        let surplus = order_total::is_surplus(
            context.settings,
            event,
            currency,
            candidate.entity_id,
            total,
        );
        if !surplus && filter::is_in_sage(context.settings, candidate)? {
            originals.push(candidate);
        }
    }
    Ok(originals)
}

fn without_invoice() -> Skip {
    Skip {
        reason: codes::Skip::InvoiceNotInSage,
        message: "no invoice of the order is in Sage and credit_notes_without_invoice is skip"
            .to_owned(),
    }
}

/// `Credit for invoice 000000033 — reason`.
fn notes(event: &SalesEvent<'_>, originals: &[&OrderInvoice<'_>]) -> String {
    let numbers: Vec<&str> = originals
        .iter()
        .map(|original| original.increment_id.as_str())
        .collect();
    let mut text = if numbers.is_empty() {
        format!("Credit for order {}", event.order.increment_id)
    } else {
        format!("Credit for invoice {}", numbers.join(", "))
    };
    let reason = single_line(event.document.customer_note.as_deref().unwrap_or_default());
    if !reason.is_empty() {
        text.push_str(" — ");
        text.push_str(&reason);
    }
    cut(&text, limits::NOTES).0.to_owned()
}

/// Money back from the bank, or the credit set off against what is still owed.
///
/// A paid invoice whose payment is not in Sage (its method is not mapped) is still owed there.
fn settlement(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    originals: &[&OrderInvoice<'_>],
    contact_id: &Ref,
    total: Money,
) -> Step<Vec<PlanStep>> {
    let paid = originals
        .iter()
        .any(|invoice| InvoiceState::from_magento(invoice.state) == Some(InvoiceState::Paid));
    match tender::route(context, subject)? {
        Route::Bank(bank_account_id) if paid => {
            let refund = Settlement {
                kind: PaymentType::Refund,
                artefact: Ref::to(steps::credit_note_key(subject.event.document.entity_id)),
                contact_id: contact_id.clone(),
                bank_account_id,
                total,
            };
            tender::settle(context, subject, refund)
        }
        Route::Bank(_) | Route::LeaveUnpaid(_) => {
            let allocation = set_off::allocation(context, subject, originals, contact_id, total);
            Ok(allocation.into_iter().collect())
        }
    }
}
