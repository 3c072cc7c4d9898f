//! What invoices and credit notes have in common: header, lines, shipping and the proven total.

use super::{address, currency, items, shipping, total};
use crate::canonical::{DocumentKind, SalesEvent};
use crate::codes::Reject;
use crate::context::Context;
use crate::document::{Draft, Subject};
use crate::money::Money;
use crate::outcome::Rejection;
use crate::outcome::Step;
use crate::rules::{
    adjustment_outside_lines, delivery_address_mirrored, destination_consignment,
    document_reference_twenty_five_characters as document_reference,
    fixed_product_tax_outside_lines, gift_wrap_outside_lines, goods_services_type_mixed,
    line_tax_amount_required, third_party_total,
};
use crate::sage::plan::Ref;
use crate::sage::{ArtefactLine, Lines, SalesArtefact, limits};
use crate::text::{cut, single_line};

/// The parts of the header that differ between invoices and credit notes.
pub(super) struct Header {
    pub(super) contact_id: Ref,
    pub(super) original_invoice_date: Option<String>,
    pub(super) expiry_date: Option<String>,
    pub(super) notes: Option<String>,
    /// The name that the lines have in the document.
    pub(super) lines: fn(Vec<ArtefactLine>) -> Lines,
}

/// The request body and the total Sage will answer with.
pub(super) fn build(
    context: &mut Context<'_>,
    subject: Subject<'_>,
    value: Money,
    header: Header,
) -> Step<(SalesArtefact, Money)> {
    let event = subject.event;
    let mut draft = draft(context, subject)?;
    total::settle(context, subject, value, &mut draft)?;
    if draft.lines.is_empty() {
        shipping::move_into_lines(context, subject, &mut draft)?;
    }
    if draft.lines.is_empty() {
        return Err(no_lines(subject));
    }
    let tax = draft.tax_of_document(subject.currency);
    let goods_services_type = goods_services_type_mixed::of_document(context, subject);
    let shipping = draft.shipping.take();
    let reference = document_reference::reference(context, event)?;
    let mut artefact = SalesArtefact {
        contact_id: header.contact_id,
        date: subject.date.to_string(),
        original_invoice_date: header.original_invoice_date,
        expiry_date: header.expiry_date,
        notes: notes(subject, &reference, header.notes),
        reference,
        destination_consignment: destination_consignment::of_document(context, subject),
        foreign: currency::foreign(context, subject)?,
        main_address: address::document(context, &event.billing_address, "/billing_address")?,
        delivery_address: None,
        shipping,
        lines: (header.lines)(draft.into_lines(goods_services_type.as_deref())),
    };
    line_tax_amount_required::apply(context, subject.currency, &mut artefact);
    delivery_address_mirrored::apply(context, &mut artefact, |context| {
        let pointer = event.delivery_address_pointer();
        address::document(context, event.delivery_address(), pointer)
    })?;
    let total = total::prove(subject, value, &artefact, tax)?;
    Ok((artefact, total))
}

/// Everything that makes up the grand total, part by part.
fn draft(context: &mut Context<'_>, subject: Subject<'_>) -> Step<Draft> {
    let mut draft = items::draft(context, subject)?;
    fixed_product_tax_outside_lines::add_lines(context, subject, &mut draft)?;
    gift_wrap_outside_lines::add_lines(context, subject, &mut draft)?;
    third_party_total::add_lines(context, subject, &mut draft)?;
    let mut shipping = Draft::default();
    shipping::add(context, subject, &mut shipping)?;
    if subject.event.kind == DocumentKind::Creditmemo {
        adjustment_outside_lines::add_lines(context, subject, &mut draft, &shipping)?;
    }
    draft.append(shipping);
    Ok(draft)
}

/// What Sage's fields cannot hold, before the document's own notes.
fn notes(subject: Subject<'_>, reference: &str, own: Option<String>) -> Option<String> {
    let event = subject.event;
    let moved = subject.date.to_string() != event.local_date.as_str();
    let date = moved.then(|| format!("Dated {} in Magento", event.local_date));
    let parts: Vec<String> = [document_reference::note(event, reference), date, own]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| cut(&parts.join(" — "), limits::NOTES).0.to_owned())
}

/// Internal notes: the customer's purchase order number, when there is one.
pub(super) fn purchase_order(event: &SalesEvent<'_>) -> Option<String> {
    let number = single_line(event.payment.po_number.as_deref().unwrap_or_default());
    if number.is_empty() {
        return None;
    }
    let text = format!("Purchase Order: {number}");
    Some(cut(&text, limits::NOTES).0.to_owned())
}

fn no_lines(subject: Subject<'_>) -> Rejection {
    Rejection::new(
        Reject::NoLines,
        subject.event.pointer("items"),
        "the document has no priced item, no shipping and no other total",
        "Sage needs at least one line; check the document in Magento",
    )
}
