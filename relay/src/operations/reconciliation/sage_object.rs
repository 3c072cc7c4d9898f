//! Objects of Sage's as they are kept for reconciliation: figures and numbers, no names.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use ledger_plan::Resource;
use ledger_sage::entity::{Entity, decimal};
use ledger_store::reconciliation::SageObject;
use ledger_store::retry::Millis;

use crate::reconciliation::{Amount, Day};

use super::super::OperationError;

/// What is read, each with the name of its lines.
pub(super) const READ: [(Resource, &str); 3] = [
    (Resource::SalesInvoices, "invoice_lines"),
    (Resource::SalesCreditNotes, "credit_note_lines"),
    (Resource::ContactPayments, ""),
];

/// Most letters and digits of a reference.
const LONGEST_NUMBER: usize = 25;
/// Most letters before the digits of Sage's own number.
const LONGEST_PREFIX: usize = 6;

/// What is kept of a document beside its totals.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct DocumentDetail {
    pub(super) parts: Vec<Part>,
}

/// What a document comes to at one of Sage's tax rates.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Part {
    /// Id of the tax rate; empty where a line has none.
    pub(super) rate: String,
    pub(super) net: Amount,
    pub(super) tax: Amount,
}

/// What is kept of a payment beside its amount.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct PaymentDetail {
    pub(super) bank: String,
    pub(super) kind: String,
}

/// An object as it is kept; none for a deleted one that Sage states no day of.
///
/// # Errors
/// When Sage leaves out what is compared: nothing is assumed in its place.
pub(super) fn kept(
    (resource, lines): (Resource, &str),
    entity: &Entity,
    read_at: Millis,
) -> Result<Option<SageObject>, OperationError> {
    let is_document = resource != Resource::ContactPayments;
    let is_gone = entity.is_deleted();
    let lacks = |what: &str| {
        let id = entity.id().unwrap_or_default();
        OperationError::Argument(format!(
            "Sage states no {what} of {} {id}. Look at it in Sage, and read again.",
            resource.path()
        ))
    };
    let detail = if resource == Resource::ContactPayments {
        serde_json::to_string(&PaymentDetail {
            bank: entity.value("bank_account_id").unwrap_or_default(),
            kind: entity.value("transaction_type_id").unwrap_or_default(),
        })
    } else {
        serde_json::to_string(&DocumentDetail {
            parts: parts(entity, lines),
        })
    };
    let figure = |key: &str| entity.text(key).and_then(|text| decimal(&text));
    let stated = |key: &str, is_needed: bool| match figure(key) {
        Some(amount) => Ok(amount.to_string()),
        None if is_gone || !is_needed => Ok(Decimal::ZERO.to_string()),
        None => Err(lacks(key)),
    };
    let day = entity.text("date").and_then(|text| Day::parse(&text));
    let day = match day {
        Some(day) => day.0,
        None if is_gone => return Ok(None),
        None => return Err(lacks("date")),
    };
    let currency = entity.nested("currency", "id");
    let status = if is_gone {
        crate::reconciliation::GONE.to_owned()
    } else {
        entity.value("status_id").unwrap_or_default()
    };
    Ok(Some(SageObject {
        resource: resource.path().to_owned(),
        sage_id: entity.id().ok_or_else(|| lacks("id"))?,
        number: entity
            .text("displayed_as")
            .filter(|text| is_document && is_own_number(text)),
        reference: entity.text("reference").filter(|text| is_number(text)),
        day,
        currency: currency
            .or_else(|| is_gone.then(String::new))
            .ok_or_else(|| lacks("currency"))?,
        total: stated("total_amount", true)?,
        tax: stated("tax_amount", is_document)?,
        outstanding: figure("outstanding_amount").map(|amount| amount.to_string()),
        status,
        detail: detail.unwrap_or_default(),
        updated_at: entity.text("updated_at"),
        read_at,
    }))
}

/// Net and tax by Sage's tax rate, of the lines and the carriage.
fn parts(entity: &Entity, lines: &str) -> Vec<Part> {
    let mut sums: BTreeMap<String, (Decimal, Decimal)> = BTreeMap::new();
    let mut add = |of: &Entity, [rate, net, tax]: [&str; 3]| {
        let figure = |key: &str| of.text(key).and_then(|text| decimal(&text));
        let (net, tax) = (figure(net), figure(tax));
        if net.is_none() && tax.is_none() {
            return;
        }
        let sum = sums.entry(of.value(rate).unwrap_or_default()).or_default();
        sum.0 += net.unwrap_or_default();
        sum.1 += tax.unwrap_or_default();
    };
    for line in entity.list(lines).unwrap_or_default() {
        add(&line, ["tax_rate_id", "net_amount", "tax_amount"]);
    }
    add(
        entity,
        [
            "shipping_tax_rate_id",
            "shipping_net_amount",
            "shipping_tax_amount",
        ],
    );
    let some = sums
        .into_iter()
        .filter(|(_, (net, tax))| !net.is_zero() || !tax.is_zero());
    some.map(|(rate, (net, tax))| Part {
        rate,
        net: Amount(net),
        tax: Amount(tax),
    })
    .collect()
}

/// Whether a reference is a number of a document. People write names there too.
fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    text.len() <= LONGEST_NUMBER
        && digits >= letters.max(1)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_/#.".contains(&byte))
}

/// Whether a text is a number that Sage gives: some letters, then digits.
fn is_own_number(text: &str) -> bool {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let prefix = text.len() - digits.len();
    let digits = digits.trim_start_matches('-');
    prefix <= LONGEST_PREFIX
        && !digits.is_empty()
        && digits.len() <= LONGEST_NUMBER
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_kept_by_its_rates_and_without_names() {
        let text = br#"{"id":"a1","displayed_as":"SI-7","reference":"Pat Example 3","date":"2026-10-03",
            "contact":{"id":"c","displayed_as":"Pat Example"},"contact_name":"Pat Example","status":{"id":"UNPAID"},
            "currency":{"id":"GBP"},"total_amount":"47.99","tax_amount":8.0,"outstanding_amount":"47.99",
            "shipping_tax_rate":{"id":"GB_STANDARD"},"shipping_net_amount":"5.00","shipping_tax_amount":"1.00",
            "invoice_lines":[{"description":"Pat's thing","tax_rate":{"id":"GB_STANDARD"},"net_amount":"29.99","tax_amount":"7.00"},
                {"tax_rate":{"id":"GB_ZERO"},"net_amount":"5.00","tax_amount":"0.00"}]}"#;
        let kept = kept(READ[0], &Entity::parse(text).unwrap(), 5);
        let kept = kept.unwrap().unwrap();
        assert_eq!(
            (kept.number.as_deref(), kept.reference.as_deref()),
            (Some("SI-7"), None)
        );
        assert_eq!((kept.total.as_str(), kept.tax.as_str()), ("47.99", "8.0"));
        let detail: DocumentDetail = serde_json::from_str(&kept.detail).unwrap();
        let parts = detail.parts.iter();
        let parts = parts.map(|part| {
            (
                part.rate.as_str(),
                part.net.0.to_string(),
                part.tax.0.to_string(),
            )
        });
        assert_eq!(
            parts.collect::<Vec<_>>(),
            [
                ("GB_STANDARD", "34.99".to_owned(), "8.00".to_owned()),
                ("GB_ZERO", "5.00".to_owned(), "0.00".to_owned())
            ]
        );
        assert!(!format!("{kept:?}").contains("Pat"));
    }

    #[test]
    fn what_sage_leaves_out_is_not_assumed() {
        let whole = r#"{"id":"a1","date":"2026-10-03","currency":{"id":"GBP"},"total_amount":"1.00","tax_amount":"0.00"}"#;
        for (part, what) in [
            (r#""date":"2026-10-03","#, "date"),
            (r#""currency":{"id":"GBP"},"#, "currency"),
            (r#""total_amount":"1.00","#, "total_amount"),
            (r#","tax_amount":"0.00""#, "tax_amount"),
        ] {
            assert!(whole.contains(part), "{part}");
            let text = whole.replace(part, "");
            let error = kept(READ[0], &Entity::parse(text.as_bytes()).unwrap(), 5).unwrap_err();
            let expected = format!("Sage states no {what} of sales_invoices a1");
            assert!(error.to_string().starts_with(&expected), "{error}");
        }
        let payment = whole.replace(r#","tax_amount":"0.00""#, "");
        let payment = Entity::parse(payment.as_bytes()).unwrap();
        assert_eq!(kept(READ[2], &payment, 5).unwrap().unwrap().tax, "0");
    }

    #[test]
    fn numbers_are_told_from_names() {
        for number in ["000000007", "INV-000000007", "2026/17", "#81"] {
            assert!(is_number(number), "{number}");
        }
        for name in ["", "SMITH1", "Smith 123456", "refund", "a@b.example"] {
            assert!(!is_number(name), "{name}");
        }
        assert!(is_own_number("SI-7") && is_own_number("27"));
        assert!(!is_own_number("Pat Example") && !is_own_number("CUSTOMER-7"));
    }
}
