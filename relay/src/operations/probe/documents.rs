//! Invoices: unknown ids, tax tolerance, lengths, locked days, exchange rates.

use rust_decimal::Decimal;
use serde_json::json;

use super::contact::with;
use super::invoice::Draft;
use super::session::{BusinessSetup, ProbeSession, Stopped};
use super::{Finding, MARK, estimates, lines};

/// What tax amounts miss the exact tax by, in pennies, more and more.
const MISSES: [i64; 4] = [1, 5, 50, 500];
/// Ten decimals, and the total in pennies is as at 1.25.
const RATE: &str = "1.2500000001";
const ROUND_RATE: Decimal = Decimal::from_parts(125, 0, 0, false, 2);
/// Lengths of a line's description, ascending.
const LENGTHS: [usize; 6] = [200, 250, 255, 500, 1000, 2000];

pub(super) async fn ask(
    session: &mut ProbeSession<'_>,
    setup: &BusinessSetup,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    let broken = session
        .post_bytes("sales_invoices", b"{\"sales_invoice\":".to_vec())
        .await?;
    findings.push(session.finding(
        "malformed_json",
        "Which status does a body get that is no JSON?",
        broken.status.to_string(),
    ));

    let stranger = ProbeSession::fresh_id();
    let unknown = Draft::of(&stranger).post(session, setup).await?;
    let code = unknown.codes.first().cloned().unwrap_or_default();
    findings.push(session.finding(
        "unknown_contact_id",
        "Which status and code does an unknown id get?",
        format!("{} {code}", unknown.status),
    ));

    let reference = session.reference();
    let body = session.contact(&reference, &ProbeSession::fresh_id());
    let Some(contact) = session.post("contacts", &body).await?.id else {
        return Ok(());
    };
    tolerance(session, setup, &contact, findings).await?;
    length(session, setup, &contact, findings).await?;
    lines::ask(session, setup, &contact, findings).await?;
    locked(session, setup, &contact, findings).await?;
    void_reason(session, setup, &contact, findings).await?;
    estimates::ask(session, setup, &contact, findings).await?;
    exchange(session, setup, findings).await
}

async fn tolerance(
    session: &mut ProbeSession<'_>,
    setup: &BusinessSetup,
    contact: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    let mut largest = Decimal::ZERO;
    for pennies in MISSES {
        let miss = Decimal::new(pennies, 2);
        let draft = Draft {
            tax_miss: miss,
            ..Draft::of(contact)
        };
        if !draft.post(session, setup).await?.is_created() {
            break;
        }
        largest = miss;
    }
    let answer = if largest == Decimal::new(500, 2) {
        "at least 5.00".to_owned()
    } else {
        format!("{largest:.2}")
    };
    findings.push(session.finding(
        "tax_tolerance",
        "How far may a line's tax_amount be from its rate on a net of 100.00?",
        answer,
    ));
    Ok(())
}

async fn length(
    session: &mut ProbeSession<'_>,
    setup: &BusinessSetup,
    contact: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    let mut longest = 0;
    let mut cut = false;
    for length in LENGTHS {
        let text = "d".repeat(length);
        let draft = Draft {
            description: &text,
            ..Draft::of(contact)
        };
        let made = draft.post(session, setup).await?;
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
    findings.push(session.finding(
        "description_length",
        "How long may the description of a line be?",
        answer,
    ));
    Ok(())
}

/// The specification has the reason of a void in the query, the guide in the body.
async fn void_reason(
    session: &mut ProbeSession<'_>,
    setup: &BusinessSetup,
    contact: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    const PATH: &str = "sales_invoices";
    let mut read = Vec::new();
    for (place, body) in [
        ("query", None),
        ("body", Some(json!({ "void_reason": MARK }))),
        (
            "entity in the body",
            Some(json!({ "sales_invoice": { "void_reason": MARK } })),
        ),
    ] {
        let Some(id) = Draft::of(contact).post(session, setup).await?.id else {
            continue;
        };
        let answer = match body {
            None => session.delete(PATH, &id).await?,
            Some(body) => session.void_by_body(PATH, &id, &body).await?,
        };
        if (200..300).contains(&answer.status) {
            read.push(place);
        }
    }
    let answer = if read.is_empty() {
        "nowhere".to_owned()
    } else {
        read.join(", ")
    };
    findings.push(session.finding(
        "void_reason",
        "Where may void_reason stand when an invoice is voided?",
        answer,
    ));
    Ok(())
}

/// What an invoice of a locked day gets; asked only where the business has a lock.
async fn locked(
    session: &mut ProbeSession<'_>,
    setup: &BusinessSetup,
    contact: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    const QUESTION: &str = "locked_period";
    const ASKS: &str = "What does an invoice get that is dated on the year end lockdown date?";
    let Some(lock) = setup.locked_until.as_deref() else {
        findings.push(session.finding(QUESTION, ASKS, "not_asked: nothing is locked"));
        return Ok(());
    };
    let draft = Draft {
        date: Some(lock),
        ..Draft::of(contact)
    };
    let made = draft.post(session, setup).await?;
    let code = made.codes.first().cloned().unwrap_or_default();
    let answer = if made.is_created() {
        "accepted".to_owned()
    } else {
        format!("{} {code}", made.status)
    };
    findings.push(session.finding(QUESTION, ASKS, answer));
    Ok(())
}

/// One foreign invoice shows which way the rate counts, and how much of it is kept.
async fn exchange(
    session: &mut ProbeSession<'_>,
    setup: &BusinessSetup,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    const QUESTION: &str = "exchange_rate_direction";
    const ASKS: &str = "Is exchange_rate base per foreign unit, or foreign per base unit?";
    if !setup.multi_currency {
        findings.push(session.finding(QUESTION, ASKS, "not_asked: multi-currency is off"));
        return Ok(());
    }
    let currency = if setup.base_currency.as_deref() == Some("EUR") {
        "USD"
    } else {
        "EUR"
    };
    let reference = session.reference();
    let mut body = session.contact(&reference, &ProbeSession::fresh_id());
    body = with(body, "currency_id", json!(currency));
    let Some(contact) = session.post("contacts", &body).await?.id else {
        findings.push(session.finding(QUESTION, ASKS, "not_asked: no foreign contact"));
        return Ok(());
    };
    let draft = Draft {
        foreign: Some((currency, RATE)),
        ..Draft::of(&contact)
    };
    let made = draft.post(session, setup).await?;
    let kept = made.entity.as_ref();
    let kept = kept.and_then(|invoice| invoice.text("exchange_rate"));
    let total = made
        .entity
        .and_then(|invoice| invoice.text("base_currency_total_amount"));
    let total = total.and_then(|text| ledger_sage::entity::decimal(&text));
    let gross = setup.home.gross();
    let answer = if total == Some(gross * ROUND_RATE) {
        "base_per_foreign"
    } else if total == gross.checked_div(ROUND_RATE) {
        "foreign_per_base"
    } else {
        "unclear"
    };
    let direction = session.finding(QUESTION, ASKS, answer);
    findings.push(Finding {
        question: "exchange_rate_precision",
        asks: "What is kept of an exchange_rate of 1.2500000001?",
        answer: kept.unwrap_or_else(|| "not shown".to_owned()),
        calls: direction.calls.clone(),
    });
    findings.push(direction);
    Ok(())
}
