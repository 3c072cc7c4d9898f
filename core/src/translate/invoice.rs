//! `invoice.created` → a contact and a sales invoice.

use super::{Subject, address, contact, items, shipping, total};
use crate::canonical::{Date, InvoiceCreated};
use crate::codes::Reject;
use crate::filter::{self, InvoiceFacts};
use crate::money::Currency;
use crate::outcome::{Outcome, Rejection};
use crate::rules::{
    delivery_address_mirrored, fixed_product_tax_outside_lines, gift_wrap_outside_lines,
    line_tax_amount_required, tender_subtracted_from_total, third_party_total,
};
use crate::sage::plan::{Body, Expect, Find, Operation, Origin, Plan, PlanStep, Ref};
use crate::sage::{SalesInvoice, SalesInvoiceBody, limits};
use crate::text::{cut, single_line};
use crate::vat::{self, Rates};
use crate::{Context, Step, reference};

/// Magento's states of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvoiceState {
    Open,
    Paid,
    Canceled,
}

impl InvoiceState {
    /// The state behind the column's number.
    pub(crate) fn from_magento(state: u64) -> Option<Self> {
        match state {
            1 => Some(Self::Open),
            2 => Some(Self::Paid),
            3 => Some(Self::Canceled),
            _ => None,
        }
    }
}

/// The pipeline, top to bottom.
pub(super) fn created(context: &mut Context<'_>, event: &InvoiceCreated) -> Step<Outcome> {
    let currency = currency(event)?;
    let value = currency.round(tender_subtracted_from_total::value(context, &event.invoice));
    let facts = InvoiceFacts { event, value };
    if let Some(skip) = filter::invoice(context.settings, &facts)? {
        return Ok(Outcome::Skip(skip));
    }
    vat::require_domestic(context.settings, event, currency)?;
    let day = Date::parse(&event.local_date, "/local_date")?;
    require_open_books(context, event, day)?;

    let subject = Subject {
        event,
        currency,
        rates: Rates::on(day, currency),
    };
    let mut draft = items::draft(context, subject)?;
    fixed_product_tax_outside_lines::add_lines(context, subject, &mut draft)?;
    gift_wrap_outside_lines::add_lines(context, subject, &mut draft)?;
    third_party_total::add_lines(context, subject, &mut draft)?;
    shipping::add(context, subject, &mut draft)?;

    let contact = contact::ensure(context, event)?;
    let contact_id = Ref {
        xref: contact.xref.clone(),
    };
    let reference = reference::document(
        &context.settings.policy.invoice_number_prefix,
        &event.invoice.increment_id,
    )?;
    let mut invoice = SalesInvoice {
        contact_id: contact_id.clone(),
        date: event.local_date.clone(),
        reference: reference.clone(),
        notes: notes(event),
        main_address: address::document(context, &event.billing_address, "/billing_address")?,
        delivery_address: None,
        shipping: None,
        invoice_lines: Vec::new(),
    };
    total::settle(context, subject, value, draft, &mut invoice)?;
    if invoice.invoice_lines.is_empty() {
        return Err(no_lines());
    }
    line_tax_amount_required::apply(context, currency, &mut invoice);
    delivery_address_mirrored::apply(context, event, &mut invoice)?;
    let total = total::prove(subject, value, &invoice)?;

    let step = PlanStep {
        op: Operation::Create,
        resource: "sales_invoices",
        xref: format!("invoice:{}", event.invoice.entity_id),
        find: Find {
            reference,
            email: None,
            contact_id: Some(contact_id),
            total_amount: Some(total),
        },
        body: Body::SalesInvoice(Box::new(SalesInvoiceBody {
            sales_invoice: invoice,
        })),
        expect: Some(Expect {
            total_amount: total,
            currency: currency.code(),
        }),
    };
    let origin = Origin {
        entity_type: "invoice",
        entity_id: event.invoice.entity_id,
        increment_id: event.invoice.increment_id.clone(),
        website_id: event.website_id,
        store_id: event.store_id,
    };
    Ok(Outcome::Post(Box::new(Plan::new(
        "invoice.created",
        event.sequence,
        origin,
        vec![contact, step],
    ))))
}

fn currency(event: &InvoiceCreated) -> Step<Currency> {
    let code = &event.invoice.order_currency_code;
    Currency::from_code(code).ok_or_else(|| {
        Rejection::new(
            Reject::UnknownCurrency,
            "/invoice/order_currency_code",
            format!("{:?} is no active ISO 4217 currency", cut(code, 40).0),
            "correct the store view's currency in Magento",
        )
    })
}

/// Sage refuses documents dated before its accounts begin.
fn require_open_books(context: &Context<'_>, event: &InvoiceCreated, day: Date) -> Step<()> {
    match context.settings.accounts_start_date()? {
        Some(start) if day < start => Err(Rejection::new(
            Reject::BeforeAccountsStartDate,
            "/local_date",
            format!(
                "the invoice is dated {}, before the Sage accounts begin",
                event.local_date
            ),
            "set sync_since to the accounts start date so that older documents are skipped",
        )),
        Some(_) | None => Ok(()),
    }
}

/// Internal notes: the customer's purchase order number, when there is one.
fn notes(event: &InvoiceCreated) -> Option<String> {
    let number = single_line(event.payment.po_number.as_deref().unwrap_or_default());
    if number.is_empty() {
        return None;
    }
    let text = format!("Purchase Order: {number}");
    Some(cut(&text, limits::NOTES).0.to_owned())
}

fn no_lines() -> Rejection {
    Rejection::new(
        Reject::NoLines,
        "/invoice/items",
        "the invoice has no priced item, no shipping and no other total",
        "Sage needs at least one line; check the invoice in Magento",
    )
}
