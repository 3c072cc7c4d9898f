//! What `idempotency_id` does beyond what the guide says.

use serde_json::json;

use super::Finding;
use super::contact::with;
use super::reply::Reply;
use super::session::{BusinessSetup, ProbeSession, Stopped};

pub(super) async fn ask(
    session: &mut ProbeSession<'_>,
    setup: &BusinessSetup,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    let id = ProbeSession::fresh_id();
    let reference = session.reference();
    let body = session.contact(&reference, &id);
    let first = session.post("contacts", &body).await?;
    if !first.is_created() {
        return Err(Stopped::Refused {
            method: "POST".to_owned(),
            path: "contacts".to_owned(),
            status: first.status,
        });
    }
    let again = session.post("contacts", &body).await?;
    let answer = compared(&first, &again);
    findings.push(session.finding(
        "idempotency_repeat",
        "Does the same request under the same id answer the first result?",
        answer,
    ));

    let name = format!("{} {} changed", super::MARK, session.tag);
    let changed = with(body.clone(), "name", json!(name));
    let changed = with(changed, "reference", json!(session.reference()));
    let other = session.post("contacts", &changed).await?;
    let answer = compared(&first, &other);
    findings.push(session.finding(
        "idempotency_changed_body",
        "What does another body under a used id get?",
        answer,
    ));

    let elsewhere = json!({"service": {
        "idempotency_id": id,
        "description": format!("{} {}", super::MARK, session.tag),
        "sales_ledger_account_id": setup.ledger_account_id,
    }});
    let mismatch = session.post("services", &elsewhere).await?;
    let code = mismatch
        .codes
        .first()
        .cloned()
        .unwrap_or_else(|| "created".to_owned());
    findings.push(session.finding(
        "idempotency_other_resource",
        "Which status and code does a used id get on another resource?",
        format!("{} {code}", mismatch.status),
    ));

    after_refusal(session, findings).await
}

/// First a request that must be refused, then the corrected one under the same id.
async fn after_refusal(
    session: &mut ProbeSession<'_>,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    let id = ProbeSession::fresh_id();
    let reference = session.reference();
    let good = session.contact(&reference, &id);
    let bad = with(good.clone(), "contact_type_ids", json!([]));
    let refused = session.post("contacts", &bad).await?;
    let corrected = session.post("contacts", &good).await?;
    let answer = match (refused.status, corrected.is_created()) {
        (422, true) => "not_cached",
        (422, false) if corrected.status == 422 => "cached",
        _ => "unclear",
    };
    findings.push(session.finding(
        "idempotency_after_422",
        "Is a refusal kept under its id, so that a corrected body needs a new one?",
        answer,
    ));
    Ok(())
}

fn compared(first: &Reply, second: &Reply) -> &'static str {
    match (second.is_created(), first.id == second.id) {
        (true, true) => "first_result",
        (true, false) => "new_object",
        (false, _) if (400..500).contains(&second.status) => "error",
        (false, _) => "unclear",
    }
}
