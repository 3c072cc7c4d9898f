//! The contact an invoice is addressed to.

use super::address;
use crate::canonical::{Address, InvoiceCreated};
use crate::policy::NamePriority;
use crate::reference::{self, Buyer, normalised_email};
use crate::rules::html_entities_refused;
use crate::sage::plan::{Body, Find, Operation, PlanStep};
use crate::sage::{Contact, ContactAddress, ContactBody, ContactPerson, limits};
use crate::{Context, Step};

/// The step that finds or creates the contact.
pub(super) fn ensure(context: &mut Context<'_>, event: &InvoiceCreated) -> Step<PlanStep> {
    let email = normalised_email(&event.order.customer_email);
    let buyer = match event.order.customer_id {
        Some(customer_id) => Buyer::Registered(customer_id),
        None => Buyer::Guest(&email),
    };
    let reference = reference::contact(context, buyer);
    let billing = &event.billing_address;
    let person = person_name(event);
    let company = billing.company.as_deref().unwrap_or_default().trim();
    let name = match context.settings.policy.customer_name_priority {
        NamePriority::Company => first_filled(&[company, &person, &email]),
        NamePriority::Person => first_filled(&[&person, company, &email]),
    }
    .to_owned();
    let contact = Contact {
        name: html_entities_refused::shortened(
            context,
            &name,
            limits::CONTACT_NAME,
            "/billing_address/company",
        ),
        contact_type_ids: ["CUSTOMER"],
        reference: reference.clone(),
        main_address: contact_address(context, billing, "/billing_address", true)?,
        delivery_address: contact_address(
            context,
            event.delivery_address(),
            event.delivery_address_pointer(),
            false,
        )?,
        main_contact_person: ContactPerson {
            contact_person_type_ids: ["ACCOUNTS"],
            name: html_entities_refused::shortened(
                context,
                first_filled(&[&person, company, &email]),
                limits::CONTACT_PERSON_NAME,
                "/billing_address/lastname",
            ),
            telephone: html_entities_refused::shortened(
                context,
                billing.telephone.as_deref().unwrap_or_default(),
                limits::TELEPHONE,
                "/billing_address/telephone",
            ),
            email: html_entities_refused::shortened(
                context,
                &email,
                limits::EMAIL,
                "/order/customer_email",
            ),
            is_main_contact: true,
        },
    };
    Ok(PlanStep {
        op: Operation::Ensure,
        resource: "contacts",
        xref: format!("contact:{reference}:{}", event.invoice.order_currency_code),
        find: Find {
            reference,
            // A customer may change the address; a guest is nothing but the address.
            email: matches!(buyer, Buyer::Guest(_)).then_some(email.clone()),
            contact_id: None,
            total_amount: None,
        },
        body: Body::Contact(Box::new(ContactBody { contact })),
        expect: None,
    })
}

fn contact_address(
    context: &mut Context<'_>,
    source: &Address,
    pointer: &str,
    is_main_address: bool,
) -> Step<ContactAddress> {
    Ok(ContactAddress {
        address: address::document(context, source, pointer)?,
        is_main_address,
    })
}

/// The person on the billing address, or the one on the order.
fn person_name(event: &InvoiceCreated) -> String {
    let billing = &event.billing_address;
    let from_address = join(&[&billing.firstname, &billing.middlename, &billing.lastname]);
    if from_address.is_empty() {
        join(&[
            &event.order.customer_firstname,
            &event.order.customer_lastname,
        ])
    } else {
        from_address
    }
}

fn join(parts: &[&Option<String>]) -> String {
    let filled: Vec<&str> = parts
        .iter()
        .filter_map(|part| part.as_deref())
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    filled.join(" ")
}

fn first_filled<'a>(candidates: &[&'a str]) -> &'a str {
    candidates
        .iter()
        .copied()
        .find(|candidate| !candidate.is_empty())
        .unwrap_or_default()
}
