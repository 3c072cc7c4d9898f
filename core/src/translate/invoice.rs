//! `invoice.created` → a contact and a sales invoice.

use super::artefact::Header;
use super::{artefact, contact, steps};
use crate::canonical::SalesEvent;
use crate::context::Context;
use crate::document::Subject;
use crate::filter;
use crate::money::Money;
use crate::outcome::Outcome;
use crate::outcome::Step;
use crate::sage::Lines;
use crate::sage::plan::{Plan, PlanStep};

/// The pipeline, top to bottom.
pub(super) fn created(context: &mut Context<'_>, event: &SalesEvent<'_>) -> Step<Outcome> {
    let valued = super::value(context, event)?;
    if let Some(skip) = filter::invoice_created(context.settings, valued.facts(event))? {
        return Ok(Outcome::Skip(skip));
    }
    let subject = super::subject(context, event, valued)?;
    let plan_steps = steps(context, subject, valued.value)?;
    Ok(Outcome::Post(Box::new(Plan::new(
        "invoice.created",
        event.sequence,
        steps::origin(event),
        Vec::new(),
        plan_steps,
    ))))
}

/// The contact and the invoice.
pub(super) fn steps(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    value: Money,
) -> Step<Vec<PlanStep>> {
    let contact = contact::ensure(context, subject, value)?;
    let header = Header {
        contact_id: contact.contact_id,
        original_invoice_date: None,
        expiry_date: None,
        notes: artefact::purchase_order(subject.event),
        lines: Lines::Invoice,
    };
    let (invoice, total) = artefact::build(context, subject, value, header)?;
    let mut plan_steps = contact.steps;
    plan_steps.push(steps::invoice(subject, invoice, total));
    Ok(plan_steps)
}
