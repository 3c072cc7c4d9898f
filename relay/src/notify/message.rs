//! What is told, and when.

use serde::Serialize;

use ledger_store::notifications::Told;
use ledger_store::retry::Millis;

use super::settings::NotificationSettings;

const MINUTE: Millis = 60_000;
const DAY: Millis = 24 * 60 * MINUTE;
/// The hour of the digest, of UTC.
const DIGEST_HOUR: Millis = 6 * 60 * MINUTE;
/// What is open for longer is told in the digest.
const TOO_LONG: Millis = DAY;
/// After a message, the next one is not sent before.
const PAUSE: Millis = 15 * MINUTE;
/// After a message that did not go out.
const AGAIN: Millis = 10 * MINUTE;

/// How a binding is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) binding: String,
    /// The state of the connection to Sage.
    pub(crate) state: String,
    pub(crate) is_active: bool,
    /// Documents that came to need somebody since the last message.
    pub(crate) new: i64,
    /// When the last of them did.
    pub(crate) newest: Option<Millis>,
    /// All that need somebody.
    pub(crate) attention: i64,
    /// Why, with how many, in words.
    pub(crate) reasons: Vec<(String, String, i64)>,
    pub(crate) oldest_open: Option<Millis>,
    /// Where the dashboard is; empty when nobody knows.
    pub(crate) origin: String,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Message {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    #[serde(skip)]
    pub(crate) subject: String,
    #[serde(skip)]
    pub(crate) text: String,
    pub(crate) data: Data,
}

/// The same for machines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Data {
    pub(crate) binding_id: String,
    pub(crate) connection: String,
    pub(crate) documents_needing_attention: i64,
    pub(crate) reasons: Vec<ReasonCount>,
    pub(crate) link: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ReasonCount {
    pub(crate) code: String,
    pub(crate) documents: i64,
}

/// What is to be sent now, and what is known as told once it went out.
pub(crate) fn due(
    settings: &NotificationSettings,
    facts: &Facts,
    told: &Told,
    now: Millis,
) -> (Vec<Message>, Told) {
    let mut messages = Vec::new();
    let mut then = told.clone();
    let is_lost = !facts.is_active && facts.state != told.told_state;
    if settings.at_once && (is_lost || facts.new > 0) {
        messages.push(person_needed(facts));
    }
    // Not the present: a document may be committed later than it says.
    then.told_until = facts.newest.unwrap_or(told.told_until);
    then.told_state.clone_from(&facts.state);
    let (today, time) = (now.div_euclid(DAY), now.rem_euclid(DAY));
    if settings.digest && today > told.digest_day && time >= DIGEST_HOUR {
        then.digest_day = today;
        let is_stuck = facts
            .oldest_open
            .is_some_and(|at| now.saturating_sub(at) > TOO_LONG);
        if facts.attention > 0 || !facts.is_active || is_stuck {
            messages.push(digest(facts, is_stuck));
        }
    }
    then.problem = None;
    if messages.is_empty() {
        then.next_at = now;
    } else {
        then.sent_at = Some(now);
        then.next_at = now.saturating_add(PAUSE);
    }
    (messages, then)
}

/// What is known as told after a message did not go out.
pub(crate) fn failed(told: &Told, problem: String, now: Millis) -> Told {
    Told {
        next_at: now.saturating_add(AGAIN),
        problem: Some(problem),
        ..told.clone()
    }
}

fn documents(count: i64) -> String {
    match count {
        1 => "1 document needs".to_owned(),
        count => format!("{count} documents need"),
    }
}

fn person_needed(facts: &Facts) -> Message {
    let subject = if facts.is_active {
        format!("{}: {} a person", facts.binding, documents(facts.attention))
    } else {
        format!("{}: the connection to Sage rests", facts.binding)
    };
    message("person_needed", subject, facts, "")
}

fn digest(facts: &Facts, is_stuck: bool) -> Message {
    let subject = format!(
        "{}: {} attention",
        facts.binding,
        documents(facts.attention)
    );
    let stuck = if is_stuck {
        "Some documents are on their way for more than a day.\n"
    } else {
        ""
    };
    message("daily_digest", subject, facts, stuck)
}

/// A message that only shows that messages arrive.
pub(crate) fn trial(binding: &str, origin: &str) -> Message {
    let facts = Facts {
        binding: binding.to_owned(),
        state: "active".to_owned(),
        is_active: true,
        origin: origin.to_owned(),
        ..Facts::default()
    };
    let subject = format!("{binding}: this is a test");
    message(
        "test",
        subject,
        &facts,
        "Messages of the relay arrive here.\n",
    )
}

fn message(kind: &'static str, subject: String, facts: &Facts, more: &str) -> Message {
    let page = if facts.attention > 0 {
        "/exceptions"
    } else {
        ""
    };
    let link = match facts.origin.as_str() {
        "" => String::new(),
        origin => format!("{origin}/b/{}{page}", facts.binding),
    };
    let mut text = format!("{subject}.\n\n{more}");
    if !facts.is_active {
        text.push_str("Documents are kept and go on when Sage is connected again.\n");
    }
    for (_, words, count) in &facts.reasons {
        text.push_str(&format!("{count} × {words}\n"));
    }
    if !link.is_empty() {
        text.push_str(&format!("\n{link}\n"));
    }
    let reasons = facts
        .reasons
        .iter()
        .map(|(code, _, documents)| ReasonCount {
            code: code.clone(),
            documents: *documents,
        });
    Message {
        kind,
        subject,
        text,
        data: Data {
            binding_id: facts.binding.clone(),
            connection: facts.state.clone(),
            documents_needing_attention: facts.attention,
            reasons: reasons.collect(),
            link,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Millis = 20_000 * DAY + DAY / 2;

    fn settings() -> NotificationSettings {
        NotificationSettings {
            at_once: true,
            digest: true,
            ..NotificationSettings::default()
        }
    }

    fn told() -> Told {
        Told {
            told_state: "active".to_owned(),
            digest_day: 20_000,
            ..Told::default()
        }
    }

    fn facts(new: i64, attention: i64) -> Facts {
        Facts {
            binding: "one".to_owned(),
            state: "active".to_owned(),
            is_active: true,
            new,
            newest: (new > 0).then_some(NOON - 1),
            attention,
            reasons: vec![(
                "sage_rejected".to_owned(),
                "Sage refused it".to_owned(),
                attention,
            )],
            origin: "https://relay.example".to_owned(),
            ..Facts::default()
        }
    }

    #[test]
    fn it_is_quiet_when_nothing_is_wrong() {
        let yesterday = Told {
            digest_day: 19_999,
            ..told()
        };
        for (facts, told) in [(facts(0, 0), yesterday), (facts(0, 3), told())] {
            let (messages, then) = due(&settings(), &facts, &told, NOON);
            assert!(messages.is_empty());
            assert_eq!((then.digest_day, then.sent_at), (20_000, None));
            assert_eq!(then.next_at, NOON);
        }
    }

    #[test]
    fn a_person_is_told_at_once_and_not_every_minute() {
        let (messages, then) = due(&settings(), &facts(2, 3), &told(), NOON);
        assert_eq!(messages[0].subject, "one: 3 documents need a person");
        assert!(messages[0].text.contains("3 × Sage refused it"));
        assert_eq!(
            messages[0].data.link,
            "https://relay.example/b/one/exceptions"
        );
        assert_eq!((then.told_until, then.next_at), (NOON - 1, NOON + PAUSE));
        let off = NotificationSettings {
            at_once: false,
            ..settings()
        };
        assert!(due(&off, &facts(2, 3), &told(), NOON).0.is_empty());
    }

    #[test]
    fn a_lost_connection_is_told_once() {
        let lost = Facts {
            state: "token_revoked".to_owned(),
            is_active: false,
            ..facts(0, 0)
        };
        let (messages, then) = due(&settings(), &lost, &told(), NOON);
        assert_eq!(messages[0].subject, "one: the connection to Sage rests");
        assert!(due(&settings(), &lost, &then, NOON).0.is_empty());
        let (messages, then) = due(&settings(), &facts(0, 0), &then, NOON);
        assert!(messages.is_empty() && then.told_state == "active");
    }

    #[test]
    fn the_digest_comes_once_a_day_in_the_morning() {
        let yesterday = Told {
            digest_day: 19_999,
            ..told()
        };
        let early = 20_000 * DAY + MINUTE;
        assert!(
            due(&settings(), &facts(0, 3), &yesterday, early)
                .0
                .is_empty()
        );
        let (messages, then) = due(&settings(), &facts(0, 3), &yesterday, NOON);
        assert_eq!(messages[0].kind, "daily_digest");
        assert!(due(&settings(), &facts(0, 3), &then, NOON).0.is_empty());
        let stuck = Facts {
            oldest_open: Some(NOON - 2 * DAY),
            ..facts(0, 0)
        };
        let (messages, _) = due(&settings(), &stuck, &yesterday, NOON);
        assert!(messages[0].text.contains("more than a day"));
    }

    #[test]
    fn what_did_not_go_out_is_not_told() {
        let then = failed(&told(), "no answer".to_owned(), NOON);
        assert_eq!(then.told_until, told().told_until);
        assert_eq!(then.next_at, NOON + AGAIN);
    }
}
