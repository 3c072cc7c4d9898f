//! A decision as people read it: what is posted, to whom, at which rates, and why.
//!
//! Plain text of at most 120 columns, the same bytes on every host, for the command line and the
//! admin. It is written from the decision itself: what a plan does not hold and no setting or
//! column says is not explained here, so that the page cannot differ from what is sent.

mod page;
mod layout;
mod contact;
mod artefact;
mod settlement;
mod catalog;

use crate::canonical::{Event, SalesEvent};
use crate::outcome::{Decision, Outcome, Plan};
use crate::policy::Settings;
use crate::rule_id::RuleId;
use crate::sage::plan::{Body, EstimateChange, PlanStep};
use crate::translate;
use page::Page;

/// What a page is written from, besides the plan.
struct Facts<'a> {
    settings: &'a Settings<'a>,
    event: &'a Event<'a>,
    decision: &'a Decision,
}

impl<'a> Facts<'a> {
    /// The event of an invoice, a payment or a credit memo.
    fn sales(&self) -> Option<&'a SalesEvent<'a>> {
        match self.event {
            Event::InvoiceCreated(sales)
            | Event::InvoicePaid(sales)
            | Event::InvoiceCanceled(sales)
            | Event::CreditmemoCreated(sales)
            | Event::CreditmemoCanceled(sales)
            | Event::OrderPlaced(sales)
            | Event::OrderInvoiced(sales)
            | Event::OrderCanceled(sales) => Some(sales),
            Event::CustomerUpserted(_) | Event::ProductUpserted(_) => None,
        }
    }

    fn fired(&self, rule: RuleId) -> bool {
        self.decision.fired.contains(rule)
    }
}

/// The decision on an event as a readable page.
///
/// Total, like the translation it calls: text that is no event is a rejection with its page.
pub fn explain(event: &str, settings: &str) -> String {
    layout::text(&page(event, settings))
}

/// The page of [`explain`] as JSON, for programs that lay it out themselves:
/// `{"headline","sections":[{"title","entries"}]}`. An entry is `{"line"}`, `{"label","text":[…]}`
/// or `{"columns","rows"}`, whose first row is the head.
///
/// Total, like [`explain`].
pub fn sections(event: &str, settings: &str) -> String {
    page(event, settings).to_json()
}

fn page(event: &str, settings: &str) -> Page {
    let decision = translate(event, settings);
    let event = Event::parse(event).ok();
    let settings = Settings::parse(settings).ok();
    let mut page = Page::default();
    match &decision.outcome {
        Outcome::Post(plan) => {
            page.set_headline(headline("POST", Some(plan), event.as_ref()));
            // A plan exists only for texts that could be read.
            if let (Some(event), Some(settings)) = (&event, &settings) {
                let facts = Facts {
                    settings,
                    event,
                    decision: &decision,
                };
                posted(&mut page, &facts, plan);
            }
        }
        Outcome::Skip(skip) => {
            page.set_headline(headline("SKIP", None, event.as_ref()));
            page.fact("reason", skip.reason.as_str());
            page.fact("", skip.reason.meaning());
            page.fact("why", &skip.message);
        }
        Outcome::Reject(rejection) => {
            page.set_headline(headline("REJECT", None, event.as_ref()));
            page.fact("code", rejection.code.as_str());
            page.fact("", rejection.code.meaning());
            page.fact("what", &rejection.message);
            page.fact("where", where_it_is(&rejection.pointer));
            page.fact("what to do", &rejection.suggestion);
        }
    }
    rules_and_warnings(&mut page, &decision);
    page
}

fn where_it_is(pointer: &str) -> &str {
    if pointer.is_empty() {
        "the whole document"
    } else {
        pointer
    }
}

/// `POST invoice 000000033 (invoice.created:33)`.
fn headline(outcome: &str, plan: Option<&Plan>, event: Option<&Event<'_>>) -> String {
    let subject = match event {
        Some(Event::InvoiceCreated(sales)) => numbered("invoice", sales),
        Some(Event::InvoicePaid(sales)) => format!("payment of {}", numbered("invoice", sales)),
        Some(Event::InvoiceCanceled(sales)) => {
            format!("cancellation of {}", numbered("invoice", sales))
        }
        Some(Event::CreditmemoCreated(sales)) => numbered("credit memo", sales),
        Some(Event::CreditmemoCanceled(sales)) => {
            format!("cancellation of {}", numbered("credit memo", sales))
        }
        Some(Event::OrderPlaced(sales)) => numbered("order", sales),
        Some(Event::OrderInvoiced(sales)) => format!("invoiced {}", numbered("order", sales)),
        Some(Event::OrderCanceled(sales)) => {
            format!("cancellation of {}", numbered("order", sales))
        }
        Some(Event::CustomerUpserted(customer)) => {
            format!("customer {}", customer.customer.entity_id)
        }
        Some(Event::ProductUpserted(product)) => format!("product {}", product.product.entity_id),
        None => "the document".to_owned(),
    };
    match plan {
        Some(plan) => format!("{outcome} {subject} ({})", plan.key()),
        None => format!("{outcome} {subject}"),
    }
}

fn numbered(kind: &str, event: &SalesEvent<'_>) -> String {
    let number = crate::text::single_line(&event.document.increment_id);
    format!("{kind} {number}")
}

fn posted(page: &mut Page, facts: &Facts<'_>, plan: &Plan) {
    for key in plan.needs() {
        page.fact("waits for", key);
    }
    for step in plan.steps() {
        explain_step(page, facts, step);
    }
}

fn explain_step(page: &mut Page, facts: &Facts<'_>, step: &PlanStep) {
    match (&step.body, facts.sales()) {
        (Body::Contact(contact), _) => contact::step(page, facts, step, contact),
        (
            Body::SalesInvoice(artefact)
            | Body::SalesCreditNote(artefact)
            | Body::SalesEstimate(artefact)
            | Body::SalesQuote(artefact),
            Some(event),
        ) => artefact::step(page, facts, event, step, artefact),
        (Body::EstimateChange(change) | Body::QuoteChange(change), _) => {
            estimate_change(page, change);
        }
        (Body::VoidedInvoice(void), _) => {
            page.heading("Void");
            page.line("the invoice is voided if it is in Sage and no money is allocated to it; if it is still to be sent, it is not sent");
            page.fact("reason", &void.void_reason);
        }
        (Body::ContactPayment(payment), Some(event)) => {
            settlement::payment(page, facts, event, step, payment);
        }
        (Body::ContactAllocation(allocation), _) => {
            settlement::allocation(page, facts, allocation);
        }
        (Body::Product(item) | Body::Service(item) | Body::StockItem(item), _) => {
            catalog::item(page, facts, step, item);
        }
        (Body::StockMovement(movement), _) => catalog::movement(page, movement),
        // Sales documents come of sales events only.
        (
            Body::SalesInvoice(_)
            | Body::SalesCreditNote(_)
            | Body::SalesEstimate(_)
            | Body::SalesQuote(_)
            | Body::ContactPayment(_),
            None,
        ) => {}
    }
}

fn estimate_change(page: &mut Page, change: &EstimateChange) {
    page.heading("Estimate");
    match &change.invoice_id {
        Some(invoice) => page.line(&format!(
            "the order is invoiced in full: its estimate in Sage names {} as its invoice; without an estimate nothing is done",
            invoice.keys().join(" or ")
        )),
        None => page.line("the estimate of the order is deleted if it is in Sage; if it is still to be sent, it is not sent"),
    }
}

fn rules_and_warnings(page: &mut Page, decision: &Decision) {
    let mut fired = decision.fired.iter().peekable();
    if fired.peek().is_some() {
        page.heading("Rules that applied");
    }
    for rule in fired {
        let info = rule.info();
        page.fact(info.id, info.behaviour);
        page.fact("", &format!("We: {}", info.we));
    }
    if !decision.warnings.is_empty() {
        page.heading("Warnings");
    }
    for warning in &decision.warnings {
        page.line(&format!(
            "{} at {}",
            warning.code.as_str(),
            where_it_is(&warning.pointer)
        ));
        page.fact("", &warning.message);
    }
}
