//! Which bank account each part of a payment or refund belongs to.
//!
//! Gift cards, store credit and reward points are payments from accounts of their own;
//! what is left was paid by the order's payment method.

use super::{currency, steps};
use crate::codes::{Reject, Skip};
use crate::context::Context;
use crate::document::Subject;
use crate::money::Money;
use crate::outcome::Rejection;
use crate::outcome::Step;
use crate::rules::{
    document_reference_twenty_five_characters as document_reference, tender_subtracted_from_total,
};
use crate::sage::plan::{PlanStep, Ref};
use crate::sage::{Allocated, ContactPayment, PaymentType};

/// One part of a payment or refund.
#[derive(Debug)]
struct Tender {
    /// Ends the cross-reference key; empty for the payment method's own part.
    suffix: &'static str,
    bank_account_id: String,
    amount: Money,
}

/// Money that comes in for an invoice, or goes out for a credit note.
#[derive(Debug)]
pub(super) struct Settlement {
    pub(super) kind: PaymentType,
    /// The document it settles.
    pub(super) artefact: Ref,
    pub(super) contact_id: Ref,
    /// Of the payment method's own part.
    pub(super) bank_account_id: String,
    pub(super) total: Money,
}

/// A payment step per tender, each allocated to the document in the same call.
pub(super) fn settle(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    settlement: Settlement,
) -> Step<Vec<PlanStep>> {
    let event = subject.event;
    let foreign = currency::foreign(context, subject)?;
    let reference = document_reference::reference(context, event)?;
    let tenders = split(
        context,
        subject,
        settlement.bank_account_id,
        settlement.total,
    )?;
    Ok(tenders
        .into_iter()
        .map(|tender| {
            let payment = ContactPayment {
                transaction_type_id: settlement.kind,
                contact_id: settlement.contact_id.clone(),
                bank_account_id: tender.bank_account_id,
                date: subject.date.to_string(),
                total_amount: tender.amount,
                reference: reference.clone(),
                foreign: foreign.clone(),
                allocated_artefacts: vec![Allocated {
                    artefact_id: settlement.artefact.clone(),
                    amount: tender.amount,
                }],
            };
            let key = key(settlement.kind, event.document.entity_id, tender.suffix);
            steps::payment(subject, key, payment)
        })
        .collect())
}

/// Where the payment method's part goes.
#[derive(Debug)]
pub(super) enum Route {
    Bank(String),
    /// The merchant wants no payment in Sage, or did not say.
    LeaveUnpaid(Skip),
}

/// The bank account of the order's payment method.
pub(super) fn route(context: &Context<'_>, subject: Subject<'_>) -> Step<Route> {
    let policy = &context.settings.policy;
    let method = subject.event.payment.method();
    let (knob, id) = match policy.payment_method_map.get(method) {
        Some(Some(id)) => (format!("payment_method_map/{method}"), id),
        Some(None) => return Ok(Route::LeaveUnpaid(Skip::PaymentMethodSetToNone)),
        None => match &policy.default_bank_account_id {
            Some(id) => ("default_bank_account_id".to_owned(), id),
            None => return Ok(Route::LeaveUnpaid(Skip::PaymentMethodNotMapped)),
        },
    };
    context.settings.reference.require_bank_account(&knob, id)?;
    Ok(Route::Bank(id.to_string()))
}

/// Every part of `total` with an amount, the payment method's own first: it is what the
/// other tenders leave, so that the parts always add up.
fn split(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    bank_account_id: String,
    total: Money,
) -> Step<Vec<Tender>> {
    let document = &subject.event.document;
    let mut tenders = vec![Tender {
        suffix: "",
        bank_account_id,
        amount: total,
    }];
    if tender_subtracted_from_total::applies(context) {
        let policy = &context.settings.policy;
        let kinds = [
            (
                "gift_card",
                document.gift_cards_amount,
                "gift_card_bank_account_id",
                &policy.gift_card_bank_account_id,
            ),
            (
                "store_credit",
                document.customer_balance_amount,
                "store_credit_bank_account_id",
                &policy.store_credit_bank_account_id,
            ),
            (
                "reward_points",
                document.reward_currency_amount,
                "reward_points_bank_account_id",
                &policy.reward_points_bank_account_id,
            ),
        ];
        for (suffix, amount, knob, account) in kinds {
            let amount = subject.currency.round(amount.exact());
            if amount.is_zero() {
                continue;
            }
            let Some(account) = account else {
                return Err(missing_account(knob, amount));
            };
            context
                .settings
                .reference
                .require_bank_account(knob, account)?;
            tenders.push(Tender {
                suffix,
                bank_account_id: account.to_string(),
                amount,
            });
        }
    }
    let others: Money = tenders.iter().skip(1).map(|tender| tender.amount).sum();
    if let Some(own) = tenders.first_mut() {
        own.amount = own.amount - others;
    }
    tenders.retain(|tender| !tender.amount.is_zero());
    Ok(tenders)
}

fn missing_account(knob: &str, amount: Money) -> Rejection {
    Rejection::new(
        Reject::SettingMissing,
        format!("/settings/policy/{knob}"),
        format!("{amount} was paid this way and {knob} is not set"),
        format!("set {knob} to the bank account that holds this liability"),
    )
}

/// The cross-reference key of one part: `payment:33` or `refund:33:gift_card`.
fn key(kind: PaymentType, entity_id: u64, suffix: &str) -> String {
    let name = match kind {
        PaymentType::Receipt => "payment",
        PaymentType::Refund => "refund",
    };
    if suffix.is_empty() {
        format!("{name}:{entity_id}")
    } else {
        format!("{name}:{entity_id}:{suffix}")
    }
}
