//! Which contact the document is addressed to, and by which rule.

use super::Facts;
use super::page::Page;
use crate::canonical::Text;
use crate::money::plain;
use crate::policy::NamePriority;
use crate::sage::Contact;
use crate::sage::plan::{Operation, PlanStep, Ref};

/// A step that makes sure of a contact.
pub(super) fn step(page: &mut Page, facts: &Facts<'_>, step: &PlanStep, contact: &Contact) {
    let all_variants = contact.reference.is_none();
    page.heading(if all_variants {
        "Contact, every currency variant that exists"
    } else {
        "Contact"
    });
    let how = match step.op {
        Operation::Update => "is found by its reference and brought to this, or created",
        Operation::Ensure
        | Operation::Create
        | Operation::Adjust
        | Operation::Allocate
        | Operation::Void
        | Operation::Remove
        | Operation::Link => "is found by its reference, or created",
    };
    if let Some(reference) = &contact.reference {
        page.fact("reference", &format!("{reference}; the contact {how}"));
    }
    if step.find.email.is_some() {
        page.fact(
            "",
            "a contact with the same reference and another e-mail is reported, never used",
        );
    }
    if let Some(key) = &step.unless {
        page.fact("only if", &format!("{key} is not in Sage"));
    }
    let priority = match facts.settings.policy.customer_name_priority {
        NamePriority::Company => "Company: the company, and the person when there is none",
        NamePriority::Person => "Person: the person, and the company when there is none",
    };
    page.fact("name", &contact.name);
    if step.unless.is_none() {
        page.fact("", &format!("customer_name_priority is {priority}"));
    }
    if let Some(currency) = contact.currency_id {
        page.fact("currency", currency);
    }
    if let Some(number) = &contact.tax_number {
        page.fact("VAT number", number);
    }
}

/// Whom a document goes to, in one fact.
pub(super) fn routing(page: &mut Page, facts: &Facts<'_>, contact_id: &Ref) {
    let keys = contact_id.keys();
    let text = match keys {
        [own, shared] => format!("{own} if it is in Sage (repeat customer), else {shared}"),
        [key] if key.ends_with(":contact") => {
            format!("{key}: the contact of the invoice as posted")
        }
        _ => keys.join(", "),
    };
    page.fact("contact", &text);
    let as_posted = keys.iter().any(|key| key.ends_with(":contact"));
    if !as_posted {
        page.fact("", &consolidation(facts, keys.len() > 1));
    }
}

/// The settings and the facts the routing rules look at; the rule itself is the translation's.
fn consolidation(facts: &Facts<'_>, consolidated: bool) -> String {
    let rules = &facts.settings.policy.b2c_consolidation;
    if !rules.enabled {
        return "b2c_consolidation is off: every buyer has a contact of their own".to_owned();
    }
    let Some(event) = facts.sales() else {
        return String::new();
    };
    let given = |text: &Option<Text<'_>>| match text.as_deref().map(str::trim) {
        Some("") | None => "none",
        Some(_) => "given",
    };
    let outcome = if consolidated {
        "consolidates this document"
    } else {
        "leaves this document on the buyer's own contact"
    };
    format!(
        "b2c_consolidation {outcome}: company {}, VAT number {} or {}, always_individual_for_b2b {}, min_total_for_individual {}",
        given(&event.billing_address.company),
        given(&event.billing_address.vat_id),
        given(&event.order.customer_taxvat),
        if rules.always_individual_for_b2b {
            "on"
        } else {
            "off"
        },
        plain(rules.min_total_for_individual.exact()),
    )
}
