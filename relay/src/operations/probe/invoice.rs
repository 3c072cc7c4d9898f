//! The probe's invoices.

use serde_json::{Value, json};

use super::MARK;
use super::reply::Reply;
use super::session::{BusinessSetup, ProbeSession, Stopped};

/// Net of one line; twenty percent of it is exact.
const NET: &str = "100.00";
pub(super) const EXACT_TAX: &str = "20.00";

/// An invoice to be made; what is not asked about is as plain as can be.
pub(super) struct Draft<'a> {
    pub(super) contact: &'a str,
    pub(super) lines: usize,
    pub(super) tax: &'a str,
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
            tax: EXACT_TAX,
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
        let address = json!({"address_line_1": "1 Probe Street", "city": "Testington", "postal_code": "M1 1AE", "country_id": "GB"});
        let line = json!({
            "description": self.description,
            "ledger_account_id": setup.ledger_account_id,
            "quantity": "1",
            "unit_price": NET,
            "tax_rate_id": setup.tax_rate_id,
            "tax_amount": self.tax,
            "currency_tax_amount": self.tax,
        });
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
