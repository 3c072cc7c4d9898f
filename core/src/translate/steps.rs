//! From request bodies to plan steps.

use super::order::Resource;
use crate::canonical::SalesEvent;
use crate::document::Subject;
use crate::money::Money;
use crate::sage::plan::{
    Body, EstimateChange, Expect, Find, Operation, Origin, PlanStep, Ref, VoidReason,
};
use crate::sage::{ContactPayment, PaymentType, SalesArtefact, limits};
use crate::text::{cut, single_line};
use std::collections::BTreeMap;

/// The cross-reference key of an invoice.
pub(super) fn invoice_key(entity_id: u64) -> String {
    format!("invoice:{entity_id}")
}

/// The key under which the contact of an invoice as posted is remembered.
pub(super) fn invoice_contact_key(entity_id: u64) -> String {
    format!("invoice:{entity_id}:contact")
}

/// The cross-reference key of a credit note.
pub(super) fn credit_note_key(entity_id: u64) -> String {
    format!("creditmemo:{entity_id}")
}

/// The cross-reference key of the estimate or quote of an order.
fn order_key(entity_id: u64) -> String {
    format!("order:{entity_id}")
}

/// The Magento document behind a plan.
pub(super) fn origin(event: &SalesEvent<'_>) -> Origin {
    Origin {
        entity_type: event.kind.key(),
        entity_id: event.document.entity_id,
        increment_id: Some(event.document.increment_id.to_string()),
        website_id: event.website_id,
        store_id: event.store_id,
    }
}

/// Creates an invoice.
///
/// Its contact is remembered, because payments and credit notes must go to the same one.
pub(super) fn invoice(subject: Subject<'_>, artefact: SalesArtefact, total: Money) -> PlanStep {
    let entity_id = subject.event.document.entity_id;
    let records = BTreeMap::from([(invoice_contact_key(entity_id), "/sales_invoice/contact_id")]);
    PlanStep {
        records,
        ..document(
            subject,
            Operation::Create,
            "sales_invoices",
            invoice_key(entity_id),
            artefact,
            total,
            Body::SalesInvoice,
        )
    }
}

/// Creates a credit note.
pub(super) fn credit_note(subject: Subject<'_>, artefact: SalesArtefact, total: Money) -> PlanStep {
    document(
        subject,
        Operation::Create,
        "sales_credit_notes",
        credit_note_key(subject.event.document.entity_id),
        artefact,
        total,
        Body::SalesCreditNote,
    )
}

/// A document is found by its number, its contact and its total.
fn document(
    subject: Subject<'_>,
    operation: Operation,
    resource: &'static str,
    xref: String,
    artefact: SalesArtefact,
    total: Money,
    body: fn(Box<SalesArtefact>) -> Body,
) -> PlanStep {
    let find = Find {
        reference: Some(artefact.reference.clone()),
        contact_id: Some(artefact.contact_id.clone()),
        total_amount: Some(total),
        ..Find::default()
    };
    PlanStep {
        expect: Some(Expect {
            total_amount: total,
            currency: subject.currency.code(),
        }),
        ..PlanStep::new(operation, resource, xref, find, body(Box::new(artefact)))
    }
}

/// Makes the estimate of an order, or brings it up to date.
pub(super) fn estimate(
    subject: Subject<'_>,
    resource: Resource,
    artefact: SalesArtefact,
    total: Money,
) -> PlanStep {
    document(
        subject,
        Operation::Update,
        path(resource),
        order_key(subject.event.document.entity_id),
        artefact,
        total,
        match resource {
            Resource::Estimates => Body::SalesEstimate,
            Resource::Quotes => Body::SalesQuote,
        },
    )
}

/// Names the invoice on the estimate of its order.
pub(super) fn link_estimate(
    event: &SalesEvent<'_>,
    resource: Resource,
    invoice_entity_id: u64,
) -> PlanStep {
    let invoice = Ref::to(invoice_key(invoice_entity_id));
    change_estimate(event, resource, Operation::Link, Some(invoice))
}

/// Deletes the estimate of an order.
pub(super) fn remove_estimate(event: &SalesEvent<'_>, resource: Resource) -> PlanStep {
    change_estimate(event, resource, Operation::Remove, None)
}

fn change_estimate(
    event: &SalesEvent<'_>,
    resource: Resource,
    operation: Operation,
    invoice_id: Option<Ref>,
) -> PlanStep {
    let change = EstimateChange { invoice_id };
    let body = match resource {
        Resource::Estimates => Body::EstimateChange(change),
        Resource::Quotes => Body::QuoteChange(change),
    };
    let key = order_key(event.document.entity_id);
    PlanStep::new(operation, path(resource), key, Find::default(), body)
}

const fn path(resource: Resource) -> &'static str {
    match resource {
        Resource::Estimates => "sales_estimates",
        Resource::Quotes => "sales_quotes",
    }
}

/// Voids an invoice that Magento canceled.
pub(super) fn void_invoice(event: &SalesEvent<'_>) -> PlanStep {
    let number = single_line(&event.document.increment_id);
    PlanStep::new(
        Operation::Void,
        "sales_invoices",
        invoice_key(event.document.entity_id),
        Find::default(),
        Body::VoidedInvoice(VoidReason {
            void_reason: cut(
                &format!("Canceled in Magento: invoice {number}"),
                limits::VOID_REASON,
            )
            .0
            .to_owned(),
        }),
    )
}

/// Creates a payment; Sage has no search for payments, so it is found by its contents.
pub(super) fn payment(subject: Subject<'_>, xref: String, payment: ContactPayment) -> PlanStep {
    let transaction_type = match payment.transaction_type_id {
        PaymentType::Receipt => "CUSTOMER_RECEIPT",
        PaymentType::Refund => "CUSTOMER_REFUND",
    };
    let find = Find {
        reference: Some(payment.reference.clone()),
        transaction_type_id: Some(transaction_type.to_owned()),
        contact_id: Some(payment.contact_id.clone()),
        bank_account_id: Some(payment.bank_account_id.clone()),
        total_amount: Some(payment.total_amount),
        ..Find::default()
    };
    let expect = Expect {
        total_amount: payment.total_amount,
        currency: subject.currency.code(),
    };
    PlanStep {
        expect: Some(expect),
        ..PlanStep::new(
            Operation::Create,
            "contact_payments",
            xref,
            find,
            Body::ContactPayment(Box::new(payment)),
        )
    }
}
