//! What an answer of Sage means: a pure function.

use std::time::Duration;

use ledger_sage::entity::Entity;
use ledger_sage::envelope::Refusal;
use ledger_sage::{Answer, NoResponse};
use ledger_store::{BindingState, Outcome};

/// The meaning of what came back, or did not.
#[derive(Debug, Clone)]
pub enum Class {
    /// Done; here is the object.
    Done(Entity),
    /// Done: the object counts no more.
    Voided,
    /// No byte left: free to try again.
    NotSent,
    /// Not now.
    Throttled(Option<Duration>),
    /// The access token is not accepted.
    Unauthorised,
    /// The binding cannot send, whatever the document.
    Barred(BindingState, Refusal),
    /// Sage says no, and why.
    Refused(Refusal),
    /// It may have happened: timeout, reset, server error, a success that cannot be read.
    Unknown,
}

impl Class {
    /// The id of the object that stands in Sage now.
    pub fn made(&self) -> Option<String> {
        match self {
            Self::Done(entity) => entity.id(),
            Self::NotSent
            | Self::Voided
            | Self::Throttled(_)
            | Self::Unauthorised
            | Self::Barred(..)
            | Self::Refused(_)
            | Self::Unknown => None,
        }
    }

    /// How the attempt is recorded.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Done(_) | Self::Voided => Outcome::Created,
            Self::NotSent => Outcome::NotSent,
            Self::Throttled(_) => Outcome::Throttled,
            Self::Unauthorised => Outcome::Unauthorised,
            Self::Barred(..) | Self::Refused(_) => Outcome::Refused,
            Self::Unknown => Outcome::Unknown,
        }
    }
}

/// Whether a status says that there is no such object.
pub fn is_gone(status: u16) -> bool {
    matches!(status, 404 | 410)
}

/// Classifies the end of a DELETE, whose success may say nothing.
pub fn classify_void(end: &Result<Answer, NoResponse>) -> Class {
    match end {
        Ok(answer) if (200..300).contains(&answer.status) => Class::Voided,
        Ok(_) | Err(_) => classify(end),
    }
}

/// Classifies the end of a POST.
pub fn classify(end: &Result<Answer, NoResponse>) -> Class {
    let answer = match end {
        Ok(answer) => answer,
        Err(NoResponse::NotSent) => return Class::NotSent,
        Err(NoResponse::Lost) => return Class::Unknown,
    };
    let body = answer.body.as_deref().unwrap_or_default();
    match answer.status {
        200..=299 => match Entity::parse(body) {
            Some(entity) if entity.id().is_some() => Class::Done(entity),
            Some(_) | None => Class::Unknown,
        },
        401 => {
            let refusal = Refusal::read(body);
            let inactive = refusal
                .items
                .iter()
                .any(|item| item.message.contains("No active subscription"));
            if inactive {
                Class::Barred(BindingState::SubscriptionInactive, refusal)
            } else {
                Class::Unauthorised
            }
        }
        403 => Class::Barred(BindingState::AccessDenied, Refusal::read(body)),
        429 => Class::Throttled(answer.retry_after),
        // A refusal that says nothing readable still is one; but 408 is a timeout by another name.
        400..=407 | 409..=428 | 430..=499 => Class::Refused(Refusal::read(body)),
        _ => Class::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(status: u16, body: &str) -> Class {
        let answer = Answer {
            status,
            request_id: None,
            retry_after: Some(Duration::from_secs(3)),
            limits: Vec::new(),
            body: Some(body.into()),
        };
        classify(&Ok(answer))
    }

    #[test]
    fn the_table() {
        assert!(matches!(class(201, r#"{"id":"a"}"#), Class::Done(_)));
        assert!(matches!(
            class(201, r#"{"displayed_as":"SI-1"}"#),
            Class::Unknown
        ));
        assert!(matches!(class(201, r#"{"id":"a"#), Class::Unknown));
        assert!(matches!(class(204, ""), Class::Unknown));
        assert!(matches!(class(401, "[]"), Class::Unauthorised));
        let inactive =
            r#"[{"$dataCode":"AuthorizationFailure","$message":"No active subscription. (MSE)"}]"#;
        assert!(matches!(
            class(401, inactive),
            Class::Barred(BindingState::SubscriptionInactive, _)
        ));
        assert!(matches!(
            class(403, "[]"),
            Class::Barred(BindingState::AccessDenied, _)
        ));
        assert!(matches!(class(429, "slow down"), Class::Throttled(Some(_))));
        for status in [400, 404, 405, 409, 415, 422] {
            assert!(matches!(class(status, "[]"), Class::Refused(_)), "{status}");
        }
        for status in [301, 408, 500, 502, 503, 504] {
            assert!(matches!(class(status, "[]"), Class::Unknown), "{status}");
        }
        assert!(matches!(
            classify(&Err(NoResponse::NotSent)),
            Class::NotSent
        ));
        assert!(matches!(classify(&Err(NoResponse::Lost)), Class::Unknown));
        let truncated = Answer {
            status: 201,
            request_id: None,
            retry_after: None,
            limits: Vec::new(),
            body: None,
        };
        assert!(matches!(classify(&Ok(truncated)), Class::Unknown));
    }

    #[test]
    fn a_void_needs_no_words() {
        let ended = |status: u16| {
            let answer = Answer {
                status,
                request_id: None,
                retry_after: None,
                limits: Vec::new(),
                body: None,
            };
            classify_void(&Ok(answer))
        };
        for status in [200, 202, 204] {
            assert!(matches!(ended(status), Class::Voided), "{status}");
        }
        assert_eq!(ended(204).outcome(), Outcome::Created);
        assert!(matches!(ended(422), Class::Refused(_)));
        assert!(matches!(ended(503), Class::Unknown));
        let lost = classify_void(&Err(NoResponse::Lost));
        assert!(matches!(lost, Class::Unknown));
    }
}
