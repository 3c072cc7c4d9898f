//! The probe's invoices.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::MARK;
use super::reply::Reply;
use super::session::{BusinessSetup, ProbeSession, Stopped};

/// Net of one line; a whole percentage of it is exact.
const NET: &str = "100.00";

/// An invoice to be made; what is not asked about is as plain as can be.
pub(super) struct Draft<'a> {
    pub(super) contact: &'a str,
    pub(super) lines: usize,
    /// How far the tax is from that of the rate.
    pub(super) tax_miss: Decimal,
    pub(super) description: &'a str,
    /// The day, when it is not the probe's.
    pub(super) date: Option<&'a str>,
    /// Currency and exchange rate.
    pub(super) foreign: Option<(&'a str, &'a str)>,
}

impl<'a> Draft<'a> {
    pub(super) fn of(contact: &'a str) -> Self {
        Self {
            contact,
            lines: 1,
            tax_miss: Decimal::ZERO,
            description: "SageSession",
            date: None,
            foreign: None,
        }
    }

    pub(super) async fn post(
        &self,
        session: &mut ProbeSession<'_>,
        setup: &BusinessSetup,
    ) -> Result<Reply, Stopped> {
        let address = setup.home.address();
        let line = line(setup, &setup.home.tax(self.tax_miss), self.description);
        let mut invoice = json!({
            "idempotency_id": ProbeSession::fresh_id(),
            "contact_id": self.contact,
            "date": self.date.unwrap_or(&setup.date),
            "reference": session.reference(),
            "notes": MARK,
            "main_address": address,
            "delivery_address": address,
            "invoice_lines": vec![line; self.lines],
        });
        if let (Some((currency, rate)), Value::Object(fields)) = (self.foreign, &mut invoice) {
            fields.insert("currency_id".to_owned(), json!(currency));
            fields.insert("exchange_rate".to_owned(), json!(rate));
        }
        let body = json!({ "sales_invoice": invoice });
        session.post("sales_invoices", &body).await
    }
}

/// A line of one piece at the standard rate.
pub(super) fn line(setup: &BusinessSetup, tax: &str, description: &str) -> Value {
    json!({
        "description": description,
        "ledger_account_id": setup.ledger_account_id,
        "quantity": "1",
        "unit_price": NET,
        "tax_rate_id": setup.tax_rate_id,
        "tax_amount": tax,
        "currency_tax_amount": tax,
    })
}
