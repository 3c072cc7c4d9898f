//! Where the money goes: receipts, refunds and allocations.

use super::page::Page;
use super::{Facts, contact};
use crate::canonical::SalesEvent;
use crate::sage::plan::PlanStep;
use crate::sage::{Allocated, ContactAllocation, ContactPayment, PaymentType};

/// A receipt or a refund.
pub(super) fn payment(
    page: &mut Page,
    facts: &Facts<'_>,
    event: &SalesEvent<'_>,
    step: &PlanStep,
    payment: &ContactPayment,
) {
    let currency = event.document.order_currency_code.as_str();
    let (title, direction) = match payment.transaction_type_id {
        PaymentType::Receipt => ("Payment received", "into"),
        PaymentType::Refund => ("Refund paid", "out of"),
    };
    page.heading(title);
    let banks = &facts.settings.reference.bank_accounts;
    let known = banks
        .iter()
        .find(|bank| *bank.id == payment.bank_account_id);
    let name = known.and_then(|bank| bank.displayed_as.as_deref());
    page.fact(
        "amount",
        &format!(
            "{} {currency} {direction} {}, dated {}",
            payment.total_amount,
            name.unwrap_or(&payment.bank_account_id),
            payment.date
        ),
    );
    page.fact("because", &routing(facts, event, step));
    page.fact("reference", &payment.reference);
    contact::routing(page, facts, &payment.contact_id);
    if let Some(rate) = payment
        .foreign
        .as_ref()
        .and_then(|foreign| foreign.exchange_rate)
    {
        let own = &facts.settings.binding.base_currency;
        page.fact(
            "rate",
            &format!("1 {currency} is {rate} {own}, as on the document"),
        );
    }
    allocated(page, &payment.allocated_artefacts);
}

/// Which setting named the bank account: a tender's own, or the payment method's.
fn routing(facts: &Facts<'_>, event: &SalesEvent<'_>, step: &PlanStep) -> String {
    let tender = step.xref.rsplit(':').next().unwrap_or_default();
    if ["gift_card", "store_credit", "reward_points"].contains(&tender) {
        return format!(
            "paid by {}: {tender}_bank_account_id",
            tender.replace('_', " ")
        );
    }
    let method = event.payment.method();
    if method.is_empty() {
        "the order names no payment method: default_bank_account_id".to_owned()
    } else if facts
        .settings
        .policy
        .payment_method_map
        .contains_key(method)
    {
        format!("payment method {method}: payment_method_map")
    } else {
        format!("payment method {method} is not in payment_method_map: default_bank_account_id")
    }
}

/// Documents set off against each other.
pub(super) fn allocation(page: &mut Page, facts: &Facts<'_>, allocation: &ContactAllocation) {
    page.heading("Set off");
    page.line("no money moves: the credit is set against what is still owed in Sage");
    page.fact("dated", &allocation.date);
    contact::routing(page, facts, &allocation.contact_id);
    allocated(page, &allocation.allocated_artefacts);
}

fn allocated(page: &mut Page, artefacts: &[Allocated]) {
    for artefact in artefacts {
        let keys = artefact.artefact_id.keys().join(", ");
        page.fact("settles", &format!("{keys} by {}", artefact.amount));
    }
}
