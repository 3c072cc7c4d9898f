//! Where a step that did not succeed leads, and the words for it.

use std::time::Duration;

use ledger_sage::envelope::Refusal;
use ledger_sage::oauth::TokenError;
use ledger_store::clock;
use ledger_store::retry::{Millis, later};
use ledger_store::{BindingState, Reason, SageItem, Verdict};

use super::classify::Class;
use super::search::SearchFailure;
use super::work::Work;

/// Reasons that stop the whole lane and not only one document.
const THROTTLED: &str = "sage_throttled";
const UNREACHABLE: &str = "sage_unreachable";
const NO_TOKEN: &str = "token_unavailable";

/// A lane that cannot reach Sage tries again at least this often, with whatever comes first.
const LONGEST_REST: Duration = Duration::from_secs(60);

/// Until when the lane rests after a verdict. A 429 says how long; without a way to Sage every
/// further document would only fail in the same way.
pub(super) fn rest_of_lane(verdict: &Verdict, now: Millis) -> Option<Millis> {
    let Verdict::Wait { until, reason, .. } = verdict else {
        return None;
    };
    match reason.code.as_str() {
        THROTTLED => Some(*until),
        UNREACHABLE | NO_TOKEN => Some((*until).min(later(now, LONGEST_REST))),
        _ => None,
    }
}

impl Work<'_> {
    /// Where a class other than success leads.
    pub(super) fn verdict(&self, class: Class) -> Verdict {
        match class {
            Class::Done(_) | Class::Voided | Class::Unknown => self.wait(
                Reason::new(
                    "outcome_unknown",
                    "Sage gave no usable answer; looking before resending.",
                ),
                None,
            ),
            Class::NotSent => self.wait(Reason::new(UNREACHABLE, "Sage cannot be reached."), None),
            Class::Throttled(hint) => self.throttled(hint),
            Class::Unauthorised => token_revoked("Sage refuses a fresh access token."),
            Class::Barred(state, refusal) => Verdict::Park(
                state,
                self.with_words(
                    Reason::new(state.word(), "Sage bars this connection."),
                    refusal,
                ),
            ),
            Class::Refused(refusal) => {
                let summary = refusal.items.first().map_or_else(
                    || "Sage refused the request without a readable reason.".to_owned(),
                    summary,
                );
                let reason = Reason::new("sage_rejected", summary).at(self.pointer("/body"));
                Verdict::Refuse(self.with_words(reason, refusal))
            }
        }
    }

    /// Where a search leads that neither found the object nor found nothing.
    pub(super) fn after_search(&self, failure: SearchFailure, doubted: bool) -> Verdict {
        match failure {
            SearchFailure::Stranger => self.collision(),
            SearchFailure::Several(ids) => Verdict::Doubt(Reason::new(
                "duplicate_detected",
                format!(
                    "Several objects in Sage equal this one: {}.",
                    ids.join(", ")
                ),
            )),
            SearchFailure::Different(ids) => Verdict::Doubt(Reason::new(
                "found_but_different",
                format!(
                    "Sage has a document of this number with another contact, date or total: {}. It may be this one, sent before a backup was restored, and changed since. Look at it in Sage.",
                    ids.join(", ")
                ),
            )),
            SearchFailure::NoToken(error) => self.without_token(error),
            SearchFailure::Failed(Class::Refused(refusal)) if doubted => {
                let detail = "A send had no answer and Sage refuses the search for it.";
                Verdict::Doubt(self.with_words(Reason::new("ambiguous_outcome", detail), refusal))
            }
            // A failed read changes nothing in Sage, so it is never in doubt.
            SearchFailure::Failed(Class::Unknown | Class::Done(_) | Class::Voided) => self.wait(
                Reason::new("search_failed", "Sage does not answer searches."),
                None,
            ),
            SearchFailure::Failed(class) => self.verdict(class),
        }
    }

    pub(super) fn without_token(&self, error: TokenError) -> Verdict {
        match error {
            TokenError::Revoked => {
                token_revoked("Sage refuses the refresh token; the shop owner must connect again.")
            }
            TokenError::Unavailable(_)
            | TokenError::NoBinding
            | TokenError::Store(_)
            | TokenError::Vault(_) => {
                tracing::warn!(binding = %self.binding(), error = %error, cause = ?std::error::Error::source(&error), "no access token");
                self.wait(Reason::new(NO_TOKEN, error.to_string()), None)
            }
        }
    }

    pub(super) fn wait(&self, reason: Reason, hint: Option<Duration>) -> Verdict {
        let schedule = &self.session.engine.timing.schedule;
        let failures = self.tries.saturating_add(1);
        let until = schedule.next(failures, hint, clock::jitter(), self.session.now());
        Verdict::Wait {
            until,
            counted: true,
            reason,
        }
    }

    /// A throttled send is no failure of the document: it is not counted.
    fn throttled(&self, hint: Option<Duration>) -> Verdict {
        let schedule = &self.session.engine.timing.schedule;
        let until = schedule.next(2, hint, clock::jitter(), self.session.now());
        Verdict::Wait {
            until,
            counted: false,
            reason: Reason::new(THROTTLED, "Sage asks for a pause."),
        }
    }

    pub(super) fn collision(&self) -> Verdict {
        let detail = "A contact in Sage holds this reference with another e-mail address, or with none; it is not used.";
        Verdict::Refuse(
            Reason::new("contact_reference_collision", detail).at(self.pointer("/find/email")),
        )
    }

    /// A reason with all that Sage said, in its words and in the shop's.
    fn with_words(&self, reason: Reason, refusal: Refusal) -> Reason {
        Reason {
            causes: self.causes(&refusal),
            items: refusal.items,
            ..reason
        }
    }

    pub(super) fn pointer(&self, below: &str) -> String {
        format!("/steps/{}{below}", self.index)
    }
}

fn token_revoked(detail: &str) -> Verdict {
    Verdict::Park(
        BindingState::TokenRevoked,
        Reason::new(BindingState::TokenRevoked.word(), detail),
    )
}

fn summary(item: &SageItem) -> String {
    if item.source.is_empty() {
        item.message.clone()
    } else {
        format!("{}: {}", item.source, item.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_concerns_every_document_rests_the_lane() {
        let wait = |code: &str, until| Verdict::Wait {
            until,
            counted: true,
            reason: Reason::new(code, ""),
        };
        assert_eq!(
            rest_of_lane(&wait(THROTTLED, 900_000), 0),
            Some(900_000),
            "as long as Sage says"
        );
        assert_eq!(rest_of_lane(&wait(UNREACHABLE, 900_000), 0), Some(60_000));
        assert_eq!(rest_of_lane(&wait(NO_TOKEN, 2_000), 0), Some(2_000));
        for code in ["outcome_unknown", "search_failed", "waiting_for_needs"] {
            assert_eq!(rest_of_lane(&wait(code, 2_000), 0), None, "{code}");
        }
        assert_eq!(rest_of_lane(&Verdict::Finish, 0), None);
    }
}
