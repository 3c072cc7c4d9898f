//! Which contact a document is addressed to, and the steps that make sure it exists.

use super::address;
use crate::canonical::{Address, SalesEvent, Text};
use crate::codes::{Reject, Warning};
use crate::context::Context;
use crate::document::Subject;
use crate::money::{Currency, Money};
use crate::outcome::{Rejection, Step};
use crate::policy::NamePriority;
use crate::reference::{self, Buyer, normalised_email};
use crate::rules::{
    contact_locked_to_currency, contact_reference_ten_characters, html_entities_refused,
};
use crate::sage::plan::{Body, Find, Operation, PlanStep, Ref};
use crate::sage::{Contact, ContactAddress, ContactPerson, limits};
use std::fmt::Display;

/// A contact to refer to, and what must happen before.
pub(super) struct Addressee {
    pub(super) contact_id: Ref,
    pub(super) steps: Vec<PlanStep>,
}

/// Who is written on a contact.
pub(super) struct Identity<'a> {
    pub(super) email: String,
    pub(super) person: String,
    pub(super) company: &'a str,
    pub(super) telephone: &'a str,
    /// VAT number as Magento has it, and where.
    pub(super) vat_number: Option<(&'a str, String)>,
    /// Where company and person stand.
    pub(super) pointer: String,
}

/// How a private customer's document is routed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Routing {
    /// A contact of their own.
    Individual,
    /// Their own contact when it exists already, else the shared one.
    OwnIfKnown,
}

/// The contact of a document, by the consolidation rules.
pub(super) fn ensure(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    value: Money,
) -> Step<Addressee> {
    let Some(own_key) = own_key(context, subject) else {
        return without_email(context, subject);
    };
    match routing(context, subject.event, value) {
        Routing::Individual => Ok(Addressee {
            contact_id: Ref::to(own_key.xref.clone()),
            steps: vec![own_contact(context, subject, own_key)?],
        }),
        Routing::OwnIfKnown => {
            let mut shared = shared_contact(context, subject)?;
            let contact_id = Ref::first_of(own_key.xref.clone(), shared.xref.clone());
            shared.unless = Some(own_key.xref);
            Ok(Addressee {
                contact_id,
                steps: vec![shared],
            })
        }
    }
}

/// First match wins: off, business customer, total over the threshold; a repeat customer is
/// known to the relay only, so the plan offers both contacts.
///
/// A threshold of zero is no threshold: otherwise nothing would ever be consolidated.
fn routing(context: &Context<'_>, event: &SalesEvent<'_>, value: Money) -> Routing {
    let rules = &context.settings.policy.b2c_consolidation;
    let threshold = rules.min_total_for_individual.exact();
    let company = event.billing_address.company.as_deref().unwrap_or_default();
    let is_business = !company.trim().is_empty() || reference::stated_vat_number(event).is_some();
    let individual = !rules.enabled
        || (is_business && rules.always_individual_for_b2b)
        || (!threshold.is_zero() && value.exact() >= threshold);
    if individual {
        Routing::Individual
    } else {
        Routing::OwnIfKnown
    }
}

/// Reference and cross-reference key of one currency variant of a contact.
pub(super) struct Key {
    pub(super) reference: String,
    pub(super) xref: String,
}

/// The key of the buyer's own contact, unless the order has no e-mail address.
fn own_key(context: &mut Context<'_>, subject: Subject<'_>) -> Option<Key> {
    let email = customer_email(subject.event);
    if email.is_empty() {
        return None;
    }
    let buyer = match subject.event.order.customer_id {
        Some(customer_id) => Buyer::Registered(customer_id),
        None => Buyer::Guest(&email),
    };
    Some(key(context, buyer, subject.currency))
}

fn customer_email(event: &SalesEvent<'_>) -> String {
    normalised_email(event.order.customer_email.as_deref().unwrap_or_default())
}

/// The shared contact, where the merchant has configured it: orders taken by telephone often
/// have no e-mail address, and nothing else tells one guest from another.
fn without_email(context: &mut Context<'_>, subject: Subject<'_>) -> Step<Addressee> {
    const POINTER: &str = "/order/customer_email";
    let order = &subject.event.order.increment_id;
    let shared = &context.settings.policy.b2c_consolidation;
    if !shared.enabled && shared.fallback_contact_email.is_none() {
        return Err(Rejection::new(
            Reject::CustomerEmailMissing,
            POINTER,
            format!(
                "order {} has no e-mail address of the customer",
                order.as_str()
            ),
            "enter the customer's e-mail address on the order in Magento, or choose a shared contact \
             for such orders: b2c_consolidation/fallback_contact_email in the settings",
        ));
    }
    context.warn(
        Warning::SharedContactUsed,
        POINTER,
        format!(
            "order {} has no e-mail address; the document goes to the shared contact {}",
            order.as_str(),
            context
                .settings
                .policy
                .b2c_consolidation
                .fallback_contact_name
                .as_str()
        ),
    );
    let step = shared_contact(context, subject)?;
    Ok(Addressee {
        contact_id: Ref::to(step.xref.clone()),
        steps: vec![step],
    })
}

/// The key of a buyer's contact in a currency.
pub(super) fn key(context: &mut Context<'_>, buyer: Buyer<'_>, currency: Currency) -> Key {
    let reference = contact_locked_to_currency::reference(context, buyer, currency);
    // The key names the buyer, the currency stands behind it: all variants share the beginning.
    let base = contact_reference_ten_characters::of_buyer(context, buyer);
    Key {
        xref: format!("contact:{base}:{}", currency.code()),
        reference,
    }
}

fn own_contact(context: &mut Context<'_>, subject: Subject<'_>, key: Key) -> Step<PlanStep> {
    let event = subject.event;
    let billing = &event.billing_address;
    let identity = Identity {
        email: customer_email(event),
        person: person_name(event),
        company: billing.company.as_deref().unwrap_or_default().trim(),
        telephone: billing.telephone.as_deref().unwrap_or_default(),
        vat_number: reference::stated_vat_number(event),
        pointer: "/billing_address".to_owned(),
    };
    let addresses = [
        (billing, "/billing_address"),
        (event.delivery_address(), event.delivery_address_pointer()),
    ];
    let contact = contact(context, &identity, subject.currency, &key, addresses)?;
    // A registered customer may change the address; a guest is nothing but the address.
    let email = event.order.customer_id.is_none().then_some(identity.email);
    Ok(step(Operation::Ensure, key, email, contact))
}

/// A step for one contact.
pub(super) fn step(op: Operation, key: Key, email: Option<String>, contact: Contact) -> PlanStep {
    let find = Find {
        reference: Some(key.reference),
        email,
        ..Find::default()
    };
    PlanStep::new(
        op,
        "contacts",
        key.xref,
        find,
        Body::Contact(Box::new(contact)),
    )
}

/// A step that brings every existing currency variant to `contact`; `xrefs` ends in `:*`.
///
/// Reference and currency are left out: each variant keeps its own.
pub(super) fn variants_step(xrefs: String, contact: Contact) -> PlanStep {
    PlanStep::new(
        Operation::Update,
        "contacts",
        xrefs,
        Find::default(),
        Body::Contact(Box::new(contact)),
    )
}

/// The contact that private customers share.
fn shared_contact(context: &mut Context<'_>, subject: Subject<'_>) -> Step<PlanStep> {
    let rules = &context.settings.policy.b2c_consolidation;
    let email = rules
        .fallback_contact_email
        .as_deref()
        .map(normalised_email);
    let name = rules.fallback_contact_name.clone();
    let key = key(
        context,
        Buyer::Shared(&rules.fallback_contact_reference),
        subject.currency,
    );
    let contact = Contact {
        name: name.to_string(),
        contact_type_ids: ["CUSTOMER"],
        reference: Some(key.reference.clone()),
        currency_id: contact_locked_to_currency::currency_id(context, subject.currency),
        tax_number: None,
        main_address: None,
        delivery_address: None,
        main_contact_person: email.as_ref().map(|email| ContactPerson {
            contact_person_type_ids: ["ACCOUNTS"],
            name: name.to_string(),
            telephone: String::new(),
            email: email.clone(),
            is_main_contact: true,
        }),
    };
    Ok(step(Operation::Ensure, key, email, contact))
}

/// A contact with two addresses; `addresses` are billing and delivery, each with its pointer.
pub(super) fn contact(
    context: &mut Context<'_>,
    identity: &Identity<'_>,
    currency: Currency,
    key: &Key,
    addresses: [(&Address<'_>, &str); 2],
) -> Step<Contact> {
    let [(billing, billing_pointer), (delivery, delivery_pointer)] = addresses;
    let main_address = contact_address(context, billing, billing_pointer, true)?;
    let delivery_address = contact_address(context, delivery, delivery_pointer, false)?;
    Ok(Contact {
        reference: Some(key.reference.clone()),
        currency_id: contact_locked_to_currency::currency_id(context, currency),
        main_address: Some(main_address),
        delivery_address: Some(delivery_address),
        ..unaddressed(context, identity)
    })
}

/// The part of a contact that needs no address and no reference.
pub(super) fn unaddressed(context: &mut Context<'_>, identity: &Identity<'_>) -> Contact {
    let Identity {
        email,
        person,
        company,
        ..
    } = identity;
    let name = match context.settings.policy.customer_name_priority {
        NamePriority::Company => first_filled(&[company, person, email]),
        NamePriority::Person => first_filled(&[person, company, email]),
    };
    let company_pointer = format_args!("{}/company", identity.pointer);
    let name =
        html_entities_refused::shortened(context, name, limits::CONTACT_NAME, &company_pointer);
    Contact {
        name,
        contact_type_ids: ["CUSTOMER"],
        reference: None,
        currency_id: None,
        tax_number: reference::vat_number(context, identity.vat_number.as_ref()),
        main_address: None,
        delivery_address: None,
        main_contact_person: Some(contact_person(context, identity)),
    }
}

fn contact_person(context: &mut Context<'_>, identity: &Identity<'_>) -> ContactPerson {
    let Identity {
        email,
        person,
        company,
        telephone,
        pointer,
        ..
    } = identity;
    let mut field = |text: &str, limit: usize, pointer: &dyn Display| {
        html_entities_refused::shortened(context, text, limit, pointer)
    };
    ContactPerson {
        contact_person_type_ids: ["ACCOUNTS"],
        name: field(
            first_filled(&[person, company, email]),
            limits::CONTACT_PERSON_NAME,
            &format_args!("{pointer}/lastname"),
        ),
        telephone: field(
            telephone,
            limits::TELEPHONE,
            &format_args!("{pointer}/telephone"),
        ),
        email: field(email, limits::EMAIL, &"/order/customer_email"),
        is_main_contact: true,
    }
}

fn contact_address(
    context: &mut Context<'_>,
    source: &Address<'_>,
    pointer: &str,
    is_main_address: bool,
) -> Step<ContactAddress> {
    Ok(ContactAddress {
        address: address::document(context, source, pointer)?,
        is_main_address,
    })
}

/// The person on the billing address, or the one on the order.
fn person_name(event: &SalesEvent<'_>) -> String {
    let from_address = full_name(&event.billing_address);
    if from_address.is_empty() {
        join(&[
            &event.order.customer_firstname,
            &event.order.customer_lastname,
        ])
    } else {
        from_address
    }
}

/// First, middle and last name of an address.
pub(super) fn full_name(address: &Address<'_>) -> String {
    join(&[&address.firstname, &address.middlename, &address.lastname])
}

/// The filled parts of a name, one space between them.
pub(super) fn join(parts: &[&Option<Text<'_>>]) -> String {
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
