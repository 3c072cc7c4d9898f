//! Sales invoices, credit notes, estimates and quotes.

use bigdecimal::{BigDecimal, One, Zero};
use serde_json::{Value, json};

use super::{Draft, addresses, contacts, cross_border, lines, offers};
use crate::arithmetic::{self, amount};
use crate::clock::add_days;
use crate::config::ExchangeRateDirection;
use crate::dispatch::World;
use crate::envelope::Refusal;
use crate::json::{filled, id_of, pick, set, text};

/// What differs between the kinds.
pub(super) struct Kind {
    pub(super) collection: &'static str,
    lines_key: &'static str,
    pub(super) number_key: &'static str,
    pub(super) prefix_key: &'static str,
    pub(super) prefix: &'static str,
    /// Word in "… Address is required.": observed for invoices, assumed for credit notes.
    noun: &'static str,
    /// Whether it posts a transaction. Documented: estimates and quotes post none.
    posts: bool,
}

const INVOICE: Kind = Kind {
    collection: "sales_invoices",
    lines_key: "invoice_lines",
    number_key: "invoice_number",
    prefix_key: "invoice_number_prefix",
    prefix: "SI-",
    noun: "Invoice",
    posts: true,
};

const CREDIT_NOTE: Kind = Kind {
    collection: "sales_credit_notes",
    lines_key: "credit_note_lines",
    number_key: "credit_note_number",
    prefix_key: "credit_note_number_prefix",
    prefix: "SCN-",
    noun: "Credit Note",
    posts: true,
};

const ESTIMATE: Kind = Kind {
    collection: "sales_estimates",
    lines_key: "estimate_lines",
    number_key: "estimate_number",
    prefix_key: "estimate_number_prefix",
    prefix: "SE-",
    noun: "Estimate",
    posts: false,
};

const QUOTE: Kind = Kind {
    collection: "sales_quotes",
    lines_key: "quote_lines",
    number_key: "quote_number",
    prefix_key: "quote_number_prefix",
    prefix: "SQ-",
    noun: "Quote",
    posts: false,
};

/// Makes a sales invoice.
pub(crate) fn build_invoice(world: &mut World, draft: &Draft) -> Result<Value, Refusal> {
    build(world, draft, &INVOICE)
}

/// Makes a sales credit note.
pub(crate) fn build_credit_note(world: &mut World, draft: &Draft) -> Result<Value, Refusal> {
    build(world, draft, &CREDIT_NOTE)
}

/// Makes a sales estimate.
pub(crate) fn build_estimate(world: &mut World, draft: &Draft) -> Result<Value, Refusal> {
    build(world, draft, &ESTIMATE)
}

/// Makes a sales quote.
pub(crate) fn build_quote(world: &mut World, draft: &Draft) -> Result<Value, Refusal> {
    build(world, draft, &QUOTE)
}

fn build(world: &mut World, draft: &Draft, kind: &Kind) -> Result<Value, Refusal> {
    let entity = &draft.entity;
    let date = text(entity, "date").unwrap_or_default().to_owned();
    if kind.posts {
        check_date(world, &date)?;
    }
    let contact = contacts::customer(world, entity)?.clone();
    let currency = currency(world, entity, &contact)?;
    let status = status(world, entity)?;
    let places = arithmetic::minor_units(&currency);
    let addresses = addresses::of_document(world, entity, &contact, kind.noun)?;
    cross_border::check(world, entity, &contact, kind.lines_key)?;
    let shipping = shipping(world, entity, &date, places)?;
    let lines = lines::build(world, draft, kind.lines_key, &date, places)?;

    let net = &lines.net + &shipping.net;
    let tax = &lines.tax + &shipping.tax;
    let total = &net + &tax;
    check_sums(entity, &net, &tax, &total)?;

    let number = number(world, draft, kind, &status);
    let mut document = json!({
        "displayed_as": number.displayed_as,
        "contact": pick(&contact, &["id", "displayed_as", "$path", "reference"]),
        "contact_name": filled(entity, "contact_name").or_else(|| text(&contact, "name")),
        "contact_reference": filled(entity, "contact_reference").or_else(|| text(&contact, "reference")),
        "date": date,
        "reference": text(entity, "reference"),
        "status": world.reference.nested("artefact_statuses", &status),
        "currency": world.reference.nested("currencies", &currency),
        "main_address": addresses.main,
        "delivery_address": addresses.delivery,
        "shipping_net_amount": arithmetic::json(&shipping.net),
        "shipping_tax_amount": arithmetic::json(&shipping.tax),
        "shipping_total_amount": arithmetic::json(&(&shipping.net + &shipping.tax)),
        "shipping_tax_rate": shipping.rate,
        "net_amount": arithmetic::json(&net),
        "tax_amount": arithmetic::json(&tax),
        "total_amount": arithmetic::json(&total),
        "outstanding_amount": arithmetic::json(&total),
        "total_paid": "0.0",
        "total_quantity": arithmetic::json(&lines.quantity),
        "total_discount_amount": arithmetic::json(&lines.discount),
        "editable": true,
        "void_reason": null,
        "last_paid": null,
    });
    set(&mut document, kind.number_key, number.digits);
    set(&mut document, kind.prefix_key, number.prefix);
    set(&mut document, kind.lines_key, Value::Array(lines.values));
    // The simulator's own mark: Sage says nothing when it mirrors (§17).
    set(
        &mut document,
        "$simulator_delivery_address_mirrored",
        addresses.mirrored,
    );
    if kind.posts {
        if let Some(due) = due_date(world, entity, &contact, &date) {
            set(&mut document, "due_date", due);
        }
    } else {
        offers::as_offer(world, entity, &date, &mut document)?;
    }
    base_amounts(
        world,
        entity,
        &currency,
        &mut document,
        [&net, &tax, &total],
    )?;
    let kept = [
        "notes",
        "terms_and_conditions",
        "sent",
        "original_invoice_date",
        "vat_reverse_charge",
        "destination_consignment",
    ];
    if let Some(object) = document.as_object_mut() {
        object.extend(pick(entity, &kept));
    }
    Ok(document)
}

/// Documented: not before `financial_settings.accounts_start_date`. The wording is assumed.
fn check_date(world: &World, date: &str) -> Result<(), Refusal> {
    match text(world.reference.financial_settings(), "accounts_start_date") {
        Some(start) if date < start => Err(Refusal::one(
            "date",
            format!("must be on or after the accounts start date {start}"),
        )),
        Some(_) | None => world.check_lock(date),
    }
}

/// Documented: defaults to the contact's. Reported: a contact trades in one currency only. The wordings
/// are assumed.
fn currency(world: &World, entity: &Value, contact: &Value) -> Result<String, Refusal> {
    let of_contact = id_of(contact, "currency").unwrap_or_else(|| world.reference.base_currency());
    let wanted = filled(entity, "currency_id").unwrap_or(of_contact);
    if world.reference.find("currencies", wanted).is_none() {
        return Err(Refusal::record_not_found(
            world.switches.unknown_record_status,
        ));
    }
    if wanted != of_contact {
        return Err(Refusal::one(
            "currency",
            "must match the currency of the contact",
        ));
    }
    if wanted != world.reference.base_currency() && !world.multi_currency() {
        return Err(Refusal::one(
            "currency",
            "Multi-currency is not enabled for this business.",
        ));
    }
    Ok(wanted.to_owned())
}

/// Documented: UNPAID (default), DRAFT or PRO_FORMA on create; there is no OPEN.
fn status(world: &World, entity: &Value) -> Result<String, Refusal> {
    let status = filled(entity, "status_id").unwrap_or("UNPAID");
    if world.reference.find("artefact_statuses", status).is_none() {
        return Err(Refusal::record_not_found(
            world.switches.unknown_record_status,
        ));
    }
    if matches!(status, "UNPAID" | "DRAFT" | "PRO_FORMA") {
        Ok(status.to_owned())
    } else {
        Err(Refusal::one("status_id", "is not included in the list"))
    }
}

/// Documented: date plus the contact's credit days, else the business's default.
fn due_date(world: &World, entity: &Value, contact: &Value, date: &str) -> Option<String> {
    let days = |value: &Value, key: &str| value.get(key).and_then(Value::as_i64);
    filled(entity, "due_date").map(str::to_owned).or_else(|| {
        let of_business =
            || days(world.reference.financial_settings(), "default_credit_days").unwrap_or(0);
        add_days(
            date,
            days(contact, "credit_days").unwrap_or_else(of_business),
        )
    })
}

struct Shipping {
    net: BigDecimal,
    tax: BigDecimal,
    rate: Option<Value>,
}

/// The shipping panel (§32). A rate is needed once there is something to tax: assumed, as on lines.
fn shipping(world: &World, entity: &Value, date: &str, places: i64) -> Result<Shipping, Refusal> {
    let net = arithmetic::round(
        &amount(entity, "shipping_net_amount").unwrap_or_default(),
        places,
    );
    let Some(rate_id) = filled(entity, "shipping_tax_rate_id") else {
        if net.is_zero() {
            return Ok(Shipping {
                net,
                tax: BigDecimal::zero(),
                rate: None,
            });
        }
        return Err(Refusal::one("shipping_tax_rate", "This field is required."));
    };
    let found = world
        .reference
        .percentage(rate_id, date)
        .zip(world.reference.nested("tax_rates", rate_id));
    let (percentage, rate) =
        found.ok_or_else(|| Refusal::record_not_found(world.switches.unknown_record_status))?;
    let tax = arithmetic::shipping_tax(&net, &percentage, places);
    Ok(Shipping {
        net,
        tax,
        rate: Some(rate),
    })
}

/// Reported ("totals invariant", §20): header sums that do not fit answer the umbrella message. A
/// negative total is refused (assumed: a credit note is the way).
fn check_sums(
    entity: &Value,
    net: &BigDecimal,
    tax: &BigDecimal,
    total: &BigDecimal,
) -> Result<(), Refusal> {
    if total < &BigDecimal::zero() {
        return Err(Refusal::one(
            "total_amount",
            "must be greater than or equal to 0",
        ));
    }
    for (key, sum) in [
        ("net_amount", net),
        ("tax_amount", tax),
        ("total_amount", total),
    ] {
        if amount(entity, key).is_some_and(|sent| &sent != sum) {
            return Err(Refusal::one(
                "line_items.description",
                "This field is required.",
            ));
        }
    }
    Ok(())
}

struct Number {
    digits: Value,
    prefix: String,
    displayed_as: String,
}

/// Documented: numbers are sequential and automatic; drafts post no transaction (that they get no number
/// is assumed). A PUT keeps the number.
fn number(world: &mut World, draft: &Draft, kind: &Kind, status: &str) -> Number {
    let prefix = filled(&draft.entity, kind.prefix_key)
        .unwrap_or(kind.prefix)
        .to_owned();
    let kept = draft
        .previous
        .as_ref()
        .and_then(|previous| filled(previous, kind.number_key))
        .map(str::to_owned);
    if status == "DRAFT" && kept.is_none() {
        return Number {
            digits: Value::Null,
            prefix,
            displayed_as: "Draft".to_owned(),
        };
    }
    let digits = kept
        .or_else(|| filled(&draft.entity, kind.number_key).map(str::to_owned))
        .unwrap_or_else(|| world.next_number(kind.collection).to_string());
    Number {
        displayed_as: format!("{prefix}{digits}"),
        digits: Value::String(digits),
        prefix,
    }
}

/// Base-currency amounts. The direction of `exchange_rate` is a switch; a missing rate counts as 1
/// (documented for payments, assumed here).
fn base_amounts(
    world: &World,
    entity: &Value,
    currency: &str,
    document: &mut Value,
    sums: [&BigDecimal; 3],
) -> Result<(), Refusal> {
    let sent = amount(entity, "exchange_rate").unwrap_or_else(BigDecimal::one);
    if sent <= BigDecimal::zero() {
        return Err(Refusal::one("exchange_rate", "must be greater than 0"));
    }
    let rate = match world.switches.exchange_rate_direction {
        ExchangeRateDirection::BasePerForeign => sent.clone(),
        ExchangeRateDirection::ForeignPerBase => BigDecimal::one() / &sent,
    };
    let base = world.reference.base_currency();
    let places = arithmetic::minor_units(base);
    set(
        document,
        "exchange_rate",
        arithmetic::json(&if currency == base {
            BigDecimal::one()
        } else {
            sent
        }),
    );
    for (key, sum) in [
        "base_currency_net_amount",
        "base_currency_tax_amount",
        "base_currency_total_amount",
    ]
    .iter()
    .zip(sums)
    {
        let in_base = if currency == base {
            sum.clone()
        } else {
            arithmetic::round(&(sum * &rate), places)
        };
        set(document, key, arithmetic::json(&in_base));
    }
    Ok(())
}

/// The kind a collection holds.
pub(super) fn kind_of(collection: &str) -> &'static Kind {
    if collection == CREDIT_NOTE.collection {
        &CREDIT_NOTE
    } else {
        &INVOICE
    }
}
