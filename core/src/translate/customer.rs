//! `customer.upserted` → the customer's contact, and every currency variant of it that exists.

use super::contact::{self, Identity};
use crate::canonical::{Address, CustomerEvent};
use crate::codes::Reject;
use crate::context::Context;
use crate::filter;
use crate::money::Currency;
use crate::outcome::Step;
use crate::outcome::{Outcome, Rejection};
use crate::reference::{Buyer, normalised_email};
use crate::sage::plan::{Operation, Origin, Plan};

/// The pipeline, top to bottom.
pub(super) fn upserted(context: &mut Context<'_>, event: &CustomerEvent<'_>) -> Step<Outcome> {
    if let Some(skip) = filter::customer_upserted(context.settings, event) {
        return Ok(Outcome::Skip(skip));
    }
    context.settings.home_country()?;
    let currency = own_currency(context)?;
    let customer_id = event.customer.entity_id;
    let key = contact::key(context, Buyer::Registered(customer_id), currency);
    let billing = event.address(event.customer.default_billing);
    let delivery = event
        .address(event.customer.default_shipping)
        .or_else(|| billing.clone());
    let identity = identity(event, billing.as_ref());

    let own = match (&billing, &delivery) {
        (Some((billing, billing_pointer)), Some((delivery, delivery_pointer))) => contact::contact(
            context,
            &identity,
            currency,
            &key,
            [(billing, billing_pointer), (delivery, delivery_pointer)],
        )?,
        _ => {
            let mut bare = contact::unaddressed(context, &identity);
            bare.reference = Some(key.reference.clone());
            bare
        }
    };
    let variants = format!("contact:{}:*", key.reference);
    let mut every_variant = contact::unaddressed(context, &identity);
    every_variant.main_address.clone_from(&own.main_address);
    every_variant
        .delivery_address
        .clone_from(&own.delivery_address);
    let mut steps = vec![contact::step(Operation::Update, key, None, own)];
    steps.push(contact::variants_step(variants, every_variant));
    let origin = Origin {
        entity_type: "customer",
        entity_id: customer_id,
        increment_id: None,
        website_id: event.website_id,
        store_id: event.store_id,
    };
    Ok(Outcome::Post(Box::new(Plan::new(
        "customer.upserted",
        event.sequence,
        origin,
        Vec::new(),
        steps,
    ))))
}

/// The business's own currency.
fn own_currency(context: &Context<'_>) -> Step<Currency> {
    let code = &context.settings.binding.base_currency;
    Currency::from_code(code).ok_or_else(|| {
        Rejection::new(
            Reject::UnknownCurrency,
            "/settings/binding/base_currency",
            format!("{code:?} is no active ISO 4217 currency"),
            "refresh the business's settings from Sage",
        )
    })
}

fn identity<'a>(
    event: &'a CustomerEvent<'a>,
    billing: Option<&(&'a Address<'a>, String)>,
) -> Identity<'a> {
    let customer = &event.customer;
    let filled = |text: &&str| !text.trim().is_empty();
    let from_customer = customer
        .taxvat
        .as_deref()
        .filter(filled)
        .map(|number| (number, "/customer/taxvat".to_owned()));
    let from_address = billing.and_then(|(address, pointer)| {
        let number = address.vat_id.as_deref().filter(filled)?;
        Some((number, format!("{pointer}/vat_id")))
    });
    let address = billing.map(|(address, _)| *address);
    Identity {
        email: normalised_email(&customer.email),
        person: contact::join(&[
            &customer.firstname,
            &customer.middlename,
            &customer.lastname,
        ]),
        company: address
            .and_then(|address| address.company.as_deref())
            .unwrap_or_default()
            .trim(),
        telephone: address
            .and_then(|address| address.telephone.as_deref())
            .unwrap_or_default(),
        vat_number: from_address.or(from_customer),
        pointer: billing.map_or_else(|| "/customer".to_owned(), |(_, pointer)| pointer.clone()),
    }
}
