//! Invoices: unknown ids, tax tolerance, lengths, exchange rates.

use serde_json::{Value, json};

use super::Finding;
use super::wire::{Ground, Reply, Stopped, Wire, with};

/// Net of the probe's invoices; twenty percent of it is exact.
const NET: &str = "100.00";
/// Tax amounts that miss the exact 20.00 by more and more.
const MISSES: [(&str, &str); 4] = [
    ("0.01", "20.01"),
    ("0.05", "20.05"),
    ("0.50", "20.50"),
    ("5.00", "25.00"),
];
/// Lengths of a line's description, ascending.
const LENGTHS: [usize; 6] = [200, 250, 255, 500, 1000, 2000];

pub(super) async fn ask(
    wire: &mut Wire<'_>,
    ground: &Ground,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    let broken = wire
        .post_bytes("sales_invoices", b"{\"sales_invoice\":".to_vec())
        .await?;
    findings.push(wire.finding(
        "malformed_json",
        "Which status does a body get that is no JSON?",
        broken.status.to_string(),
    ));

    let stranger = Wire::fresh_id();
    let unknown = invoice(wire, ground, &stranger, "20.00", "Line", None).await?;
    let code = unknown.codes.first().cloned().unwrap_or_default();
    findings.push(wire.finding(
        "unknown_contact_id",
        "Which status and code does an unknown id get?",
        format!("{} {code}", unknown.status),
    ));

    let reference = wire.reference();
    let body = wire.contact(&reference, &Wire::fresh_id());
    let Some(contact) = wire.post("contacts", &body).await?.id else {
        return Ok(());
    };
    tolerance(wire, ground, &contact, findings).await?;
    length(wire, ground, &contact, findings).await?;
    exchange(wire, ground, findings).await
}

async fn tolerance(
    wire: &mut Wire<'_>,
    ground: &Ground,
    contact: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    let mut largest = "0.00";
    for (miss, tax) in MISSES {
        if !invoice(wire, ground, contact, tax, "Line", None)
            .await?
            .is_created()
        {
            break;
        }
        largest = miss;
    }
    let answer = if largest == "5.00" {
        "at least 5.00".to_owned()
    } else {
        largest.to_owned()
    };
    findings.push(wire.finding(
        "tax_tolerance",
        "How far may a line's tax_amount be from its rate on a net of 100.00?",
        answer,
    ));
    Ok(())
}

async fn length(
    wire: &mut Wire<'_>,
    ground: &Ground,
    contact: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    let mut longest = 0;
    let mut cut = false;
    for length in LENGTHS {
        let text = "d".repeat(length);
        let made = invoice(wire, ground, contact, "20.00", &text, None).await?;
        if !made.is_created() {
            break;
        }
        let lines = made
            .entity
            .and_then(|invoice| invoice.list("invoice_lines"))
            .unwrap_or_default();
        cut = lines
            .first()
            .and_then(|line| line.text("description"))
            .is_some_and(|kept| kept.len() < length);
        if cut {
            break;
        }
        longest = length;
    }
    let answer = match (longest, cut) {
        (2000, _) => "at least 2000".to_owned(),
        (longest, true) => format!("cut above {longest}"),
        (longest, false) => format!("refused above {longest}"),
    };
    findings.push(wire.finding(
        "description_length",
        "How long may the description of a line be?",
        answer,
    ));
    Ok(())
}

/// One foreign invoice at a rate of 1.25 shows which way the rate counts.
async fn exchange(
    wire: &mut Wire<'_>,
    ground: &Ground,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    const QUESTION: &str = "exchange_rate_direction";
    const ASKS: &str = "Is exchange_rate base per foreign unit, or foreign per base unit?";
    if !ground.multi_currency {
        findings.push(wire.finding(QUESTION, ASKS, "not_asked: multi-currency is off"));
        return Ok(());
    }
    let currency = if ground.base_currency.as_deref() == Some("EUR") {
        "USD"
    } else {
        "EUR"
    };
    let reference = wire.reference();
    let mut body = wire.contact(&reference, &Wire::fresh_id());
    body = with(body, "currency_id", json!(currency));
    let Some(contact) = wire.post("contacts", &body).await?.id else {
        findings.push(wire.finding(QUESTION, ASKS, "not_asked: no foreign contact"));
        return Ok(());
    };
    let made = invoice(wire, ground, &contact, "20.00", "Line", Some(currency)).await?;
    let total = made
        .entity
        .and_then(|invoice| invoice.text("base_currency_total_amount"));
    let total = total.and_then(|text| crate::sage::entity::decimal(&text));
    let is = |text: &str| total.is_some() && total == crate::sage::entity::decimal(text);
    let answer = if is("150") {
        "base_per_foreign"
    } else if is("96") {
        "foreign_per_base"
    } else {
        "unclear"
    };
    findings.push(wire.finding(QUESTION, ASKS, answer));
    Ok(())
}

async fn invoice(
    wire: &mut Wire<'_>,
    ground: &Ground,
    contact: &str,
    tax: &str,
    description: &str,
    currency: Option<&str>,
) -> Result<Reply, Stopped> {
    let address = json!({"address_line_1": "1 Probe Street", "city": "Testington", "postal_code": "M1 1AE", "country_id": "GB"});
    let mut invoice = json!({
        "idempotency_id": Wire::fresh_id(),
        "contact_id": contact,
        "date": ground.date,
        "reference": wire.reference(),
        "notes": super::MARK,
        "main_address": address,
        "delivery_address": address,
        "invoice_lines": [{
            "description": description,
            "ledger_account_id": ground.ledger_account_id,
            "quantity": "1",
            "unit_price": NET,
            "tax_rate_id": ground.tax_rate_id,
            "tax_amount": tax,
            "currency_tax_amount": tax,
        }],
    });
    if let (Some(currency), Value::Object(fields)) = (currency, &mut invoice) {
        fields.insert("currency_id".to_owned(), json!(currency));
        fields.insert("exchange_rate".to_owned(), json!("1.25"));
    }
    wire.post("sales_invoices", &json!({"sales_invoice": invoice}))
        .await
}
