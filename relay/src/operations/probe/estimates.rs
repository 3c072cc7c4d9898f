//! Estimates and quotes: which of them there is, its statuses, and what a change replaces.

use serde_json::{Value, json};

use super::invoice::Draft;
use super::reply::Reply;
use super::session::{BusinessSetup, ProbeSession, Stopped};
use super::{Finding, MARK};

/// Path, entity and lines of either.
const KINDS: [[&str; 3]; 2] = [
    ["sales_estimates", "sales_estimate", "estimate_lines"],
    ["sales_quotes", "sales_quote", "quote_lines"],
];

pub(super) async fn ask(
    session: &mut ProbeSession<'_>,
    setup: &BusinessSetup,
    contact: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    let mut answers = Vec::new();
    let mut made = None;
    for [path, entity, lines] in KINDS {
        let body = offer(session, setup, contact, entity, lines);
        let reply = session.post(path, &body).await?;
        answers.push(format!("{path} {}", reply.status));
        if let (Some(id), None) = (reply.id.clone(), &made) {
            made = Some((path, entity, lines, id, status(&reply)));
        }
    }
    findings.push(session.finding(
        "estimate_resource",
        "May this business write sales_estimates, or sales_quotes?",
        answers.join(", "),
    ));
    let Some((path, entity, lines, id, open)) = made else {
        return Ok(());
    };
    let line = session_line(setup);
    let body =
        json!({ entity: { "idempotency_id": ProbeSession::fresh_id(), lines: [line, line] } });
    let changed = session.put(path, &id, &body).await?;
    let count = changed
        .entity
        .as_ref()
        .and_then(|offer| offer.list(lines))
        .map_or_else(|| "not shown".to_owned(), |lines| lines.len().to_string());
    findings.push(session.finding(
        "estimate_lines_after_change",
        "How many lines has an estimate of one line after a PUT with two?",
        if changed.is_created() {
            count
        } else {
            format!("refused with {}", changed.status)
        },
    ));

    let Some(invoice) = Draft::of(contact).post(session, setup).await?.id else {
        return Ok(());
    };
    let link =
        json!({ entity: { "idempotency_id": ProbeSession::fresh_id(), "invoice_id": invoice } });
    let linked = session.put(path, &id, &link).await?;
    let after = if linked.is_created() {
        status(&linked)
    } else {
        format!("refused with {}", linked.status)
    };
    findings.push(session.finding(
        "estimate_statuses",
        "Which status has an estimate when it is made, and after a PUT of its invoice_id?",
        format!("{open}, {after}"),
    ));
    let gone = session.delete(path, &id).await?;
    let again = session.delete(path, &id).await?;
    findings.push(session.finding(
        "estimate_deleted_twice",
        "Which status has the DELETE of an estimate, and a second one?",
        format!("{}, {}", gone.status, again.status),
    ));
    Ok(())
}

fn status(reply: &Reply) -> String {
    let offer = reply.entity.as_ref();
    offer
        .and_then(|offer| offer.nested("status", "id"))
        .unwrap_or_else(|| "none shown".to_owned())
}

fn offer(
    session: &mut ProbeSession<'_>,
    setup: &BusinessSetup,
    contact: &str,
    entity: &str,
    lines: &str,
) -> Value {
    json!({ entity: {
        "idempotency_id": ProbeSession::fresh_id(),
        "contact_id": contact,
        "date": setup.date,
        "expiry_date": setup.date,
        "reference": session.reference(),
        "notes": MARK,
        "main_address": setup.home.address(),
        lines: [session_line(setup)],
    }})
}

fn session_line(setup: &BusinessSetup) -> Value {
    let mut line = super::invoice::line(setup, &setup.home.tax(rust_decimal::Decimal::ZERO), MARK);
    if let Value::Object(fields) = &mut line {
        fields.remove("currency_tax_amount");
    }
    line
}
