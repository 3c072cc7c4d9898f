//! A credit note set off against what its invoices still owe.

use super::steps;
use crate::canonical::{OrderCreditmemo, OrderInvoice};
use crate::codes::Warning;
use crate::context::Context;
use crate::document::{InvoiceState, Subject};
use crate::money::Money;
use crate::sage::plan::{Body, Find, Operation, PlanStep, Ref};
use crate::sage::{Allocated, ContactAllocation};

/// An invoice and what no earlier memo has taken of it.
struct Owed {
    invoice_id: u64,
    left: Money,
}

/// The credit against the invoices in turn, each up to what it still owes; the amounts sum to zero.
///
/// No step when they owe nothing any more. What is left of the credit stays on the contact's
/// account, with a warning: it is money the shop owes, and somebody has to decide about it.
pub(super) fn allocation(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    originals: &[&OrderInvoice<'_>],
    contact_id: &Ref,
    total: Money,
) -> Option<PlanStep> {
    let event = subject.event;
    let memo_id = event.document.entity_id;
    let mut owed = still_owed(subject, originals);
    let taken = take(&mut owed, total, None);
    let mut allocated: Vec<Allocated> = taken
        .into_iter()
        .map(|(invoice_id, amount)| Allocated {
            artefact_id: Ref::to(steps::invoice_key(invoice_id)),
            amount,
        })
        .collect();
    let parts: Money = allocated.iter().map(|part| part.amount).sum();
    // Nothing at all prints with the digits of the currency, too.
    let used = subject.currency.round(parts.exact());
    if used != total {
        context.warn(
            Warning::CreditLeftOnAccount,
            event.pointer("grand_total"),
            format!(
                "the invoices still owe {used} of the {total}; {} stays on the contact's account",
                total - used
            ),
        );
    }
    if allocated.is_empty() {
        return None;
    }
    allocated.push(Allocated {
        artefact_id: Ref::to(steps::credit_note_key(memo_id)),
        amount: -used,
    });
    let body = ContactAllocation {
        transaction_type_id: "CUSTOMER_ALLOCATION",
        contact_id: contact_id.clone(),
        date: subject.date.to_string(),
        allocated_artefacts: allocated,
    };
    let find = Find {
        transaction_type_id: Some("CUSTOMER_ALLOCATION".to_owned()),
        contact_id: Some(contact_id.clone()),
        ..Find::default()
    };
    Some(PlanStep::new(
        Operation::Allocate,
        "contact_allocations",
        format!("allocation:{memo_id}"),
        find,
        Body::ContactAllocation(Box::new(body)),
    ))
}

/// What the invoices owe after the order's earlier memos, which were set off in the same way.
fn still_owed(subject: Subject<'_>, originals: &[&OrderInvoice<'_>]) -> Vec<Owed> {
    let round = |invoice: &OrderInvoice<'_>| subject.currency.round(invoice.grand_total.exact());
    let mut owed: Vec<Owed> = originals
        .iter()
        .map(|invoice| Owed {
            invoice_id: invoice.entity_id,
            left: round(invoice),
        })
        .collect();
    let counts = |memo: &&OrderCreditmemo<'_>| {
        InvoiceState::from_magento(memo.state) != Some(InvoiceState::Canceled)
    };
    for memo in subject.event.order_creditmemos.iter().filter(counts) {
        let credit = subject.currency.round(memo.grand_total.exact());
        take(&mut owed, credit, memo.invoice_id);
    }
    owed
}

/// Takes a credit off the invoices in turn, or off the one it names, and says what off which.
fn take(owed: &mut [Owed], credit: Money, named: Option<u64>) -> Vec<(u64, Money)> {
    let mut left = credit;
    let mut taken = Vec::new();
    for invoice in owed
        .iter_mut()
        .filter(|invoice| named.is_none_or(|id| id == invoice.invoice_id))
    {
        let amount = left.min(invoice.left);
        if !amount.is_zero() {
            invoice.left = invoice.left - amount;
            left = left - amount;
            taken.push((invoice.invoice_id, amount));
        }
    }
    taken
}
