//! The events of an order: it becomes an estimate, which goes when the order is invoiced or canceled.
//!
//! An estimate posts no money. It has the lines, the VAT and the proof of an invoice, but neither
//! the start of the accounts nor a lock date stands in its way.

use super::artefact::Header;
use super::{artefact, contact, steps};
use crate::canonical::{Date, SalesEvent};
use crate::codes::Reject;
use crate::context::Context;
use crate::document::Subject;
use crate::filter;
use crate::outcome::{Outcome, Rejection, Step};
use crate::policy::{EstimateResource, EstimateWhenInvoiced, Settings};
use crate::sage::Lines;
use crate::sage::plan::{Plan, PlanStep};

/// An open order: its estimate is made, or brought up to date.
pub(super) fn placed(context: &mut Context<'_>, event: &SalesEvent<'_>) -> Step<Outcome> {
    let valued = super::value(context, event)?;
    if let Some(skip) = filter::order_placed(context.settings, valued.facts(event))? {
        return Ok(Outcome::Skip(skip));
    }
    let resource = resource(context.settings)?;
    let subject = super::subject(context, event, valued)?;
    let contact = contact::ensure(context, subject, valued.value)?;
    let header = Header {
        contact_id: contact.contact_id,
        original_invoice_date: None,
        expiry_date: Some(expiry_date(context.settings, subject)?),
        notes: artefact::purchase_order(event),
        lines: match resource {
            Resource::Estimates => Lines::Estimate,
            Resource::Quotes => Lines::Quote,
        },
    };
    let (estimate, total) = artefact::build(context, subject, valued.value, header)?;
    let mut plan_steps = contact.steps;
    plan_steps.push(steps::estimate(subject, resource, estimate, total));
    Ok(plan("order.placed", event, Vec::new(), plan_steps))
}

/// An order that is invoiced in full needs no estimate any more.
pub(super) fn invoiced(context: &mut Context<'_>, event: &SalesEvent<'_>) -> Step<Outcome> {
    let valued = super::value(context, event)?;
    if let Some(skip) = filter::order_invoiced(context.settings, valued.facts(event))? {
        return Ok(Outcome::Skip(skip));
    }
    let resource = resource(context.settings)?;
    let wants_link = context.settings.policy.estimate_when_invoiced == EstimateWhenInvoiced::Link;
    let invoice = last_invoice_in_sage(context.settings, event)?.filter(|_| wants_link);
    let (needs, step) = match invoice {
        Some(entity_id) => (
            vec![steps::invoice_key(entity_id)],
            steps::link_estimate(event, resource, entity_id),
        ),
        None => (Vec::new(), steps::remove_estimate(event, resource)),
    };
    Ok(plan("order.invoiced", event, needs, vec![step]))
}

/// A canceled order: its estimate is deleted.
pub(super) fn canceled(context: &mut Context<'_>, event: &SalesEvent<'_>) -> Step<Outcome> {
    let valued = super::value(context, event)?;
    if let Some(skip) = filter::order_canceled(context.settings, valued.facts(event))? {
        return Ok(Outcome::Skip(skip));
    }
    let step = steps::remove_estimate(event, resource(context.settings)?);
    Ok(plan("order.canceled", event, Vec::new(), vec![step]))
}

fn plan(
    name: &'static str,
    event: &SalesEvent<'_>,
    needs: Vec<String>,
    plan_steps: Vec<PlanStep>,
) -> Outcome {
    let origin = steps::origin(event);
    Outcome::Post(Box::new(Plan::new(
        name,
        event.sequence,
        origin,
        needs,
        plan_steps,
    )))
}

/// What an order becomes in this business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    Estimates,
    Quotes,
}

/// Sage has estimates or quotes, by the business's country and plan; the relay asks which.
fn resource(settings: &Settings<'_>) -> Step<Resource> {
    let (message, suggestion) = match settings.binding.estimates {
        Some(EstimateResource::SalesEstimates) => return Ok(Resource::Estimates),
        Some(EstimateResource::SalesQuotes) => return Ok(Resource::Quotes),
        Some(EstimateResource::None) => (
            "the Sage business has neither estimates nor quotes: its Sage plan lacks them",
            "choose a Sage plan with estimates or quotes (Accounting Plus, or Standard in the United Kingdom and Ireland), or switch sync_estimates off",
        ),
        None => (
            "it is not known yet whether the Sage business has estimates or quotes",
            "refresh the business's data from Sage, then send the document again",
        ),
    };
    Err(Rejection::new(
        Reject::EstimatesNotOffered,
        "/settings/binding/estimates",
        message,
        suggestion,
    ))
}

fn expiry_date(settings: &Settings<'_>, subject: Subject<'_>) -> Step<String> {
    let days = settings.policy.estimate_valid_days;
    let expiry = u16::try_from(days)
        .ok()
        .and_then(|days| Date::days_later(subject.date, days));
    expiry.map(|date| date.to_string()).ok_or_else(|| {
        Rejection::new(
            Reject::InvalidFormat,
            "/settings/policy/estimate_valid_days",
            format!("estimate_valid_days is {days}"),
            "set it to the number of days for which an estimate is valid, such as 30",
        )
    })
}

/// The newest invoice of the order that the policy sends to Sage.
fn last_invoice_in_sage(settings: &Settings<'_>, event: &SalesEvent<'_>) -> Step<Option<u64>> {
    let mut last = None;
    for invoice in &event.order_invoices {
        if filter::is_in_sage(settings, invoice)? {
            last = last.max(Some(invoice.entity_id));
        }
    }
    Ok(last)
}
