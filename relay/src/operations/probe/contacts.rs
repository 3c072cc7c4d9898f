//! Contacts: references, deletion, currency.

use serde_json::json;

use super::Finding;
use super::session::{BusinessSetup, ProbeSession, Stopped};

pub(super) async fn ask(
    session: &mut ProbeSession<'_>,
    setup: &BusinessSetup,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    let reference = session.reference();
    let first = {
        let body = session.contact(&reference, &ProbeSession::fresh_id());
        session.post("contacts", &body).await?
    };
    let twin = session.contact(&reference, &ProbeSession::fresh_id());
    let second = session.post("contacts", &twin).await?;
    let answer = verdict(second.is_created(), "created", second.status);
    findings.push(session.finding(
        "duplicate_contact_reference",
        "What does a second contact with a used reference get?",
        answer,
    ));

    let Some(id) = first.id.filter(|_| !second.is_created()) else {
        return Ok(());
    };
    let removed = session.delete("contacts", &id).await?;
    if (200..300).contains(&removed.status) {
        let heir = session.contact(&reference, &ProbeSession::fresh_id());
        let heir = session.post("contacts", &heir).await?;
        let answer = verdict(heir.is_created(), "free", heir.status);
        findings.push(session.finding(
            "reference_of_deleted_contact",
            "Is the reference of a deleted contact free again?",
            answer,
        ));
    }
    currency(session, setup, findings).await
}

async fn currency(
    session: &mut ProbeSession<'_>,
    setup: &BusinessSetup,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    const QUESTION: &str = "contact_currency_change";
    const ASKS: &str = "May the currency of a contact without documents be changed?";
    if !setup.multi_currency {
        findings.push(session.finding(QUESTION, ASKS, "not_asked: multi-currency is off"));
        return Ok(());
    }
    let reference = session.reference();
    let body = session.contact(&reference, &ProbeSession::fresh_id());
    let made = session.post("contacts", &body).await?;
    let Some(id) = made.id else {
        return Ok(());
    };
    let other = if setup.base_currency.as_deref() == Some("EUR") {
        "USD"
    } else {
        "EUR"
    };
    let change = json!({"contact": {"currency_id": other}});
    let changed = session.put("contacts", &id, &change).await?;
    let shows = changed
        .entity
        .and_then(|contact| contact.nested("currency", "id"));
    let answer = match (changed.status, shows.as_deref()) {
        (200..300, Some(shown)) if shown == other => "allowed".to_owned(),
        (200..300, _) => "ignored".to_owned(),
        (status, _) => format!("refused {status}"),
    };
    findings.push(session.finding(QUESTION, ASKS, answer));
    Ok(())
}

fn verdict(yes: bool, word: &str, status: u16) -> String {
    if yes {
        word.to_owned()
    } else {
        format!("refused {status}")
    }
}
