//! What goes into the inbox and what comes out of it.

use serde::{Deserialize, Serialize};

use crate::retry::Millis;
use ledger_plan::Kind;

use super::admission::Decision;
use super::state::Event;
use super::{BindingState, Lease, Tally};

/// A binding as stored; secrets are sealed.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub(crate) struct BindingRow {
    pub(crate) api_url: String,
    pub(crate) token_url: String,
    pub(crate) business_id: String,
    pub(crate) api_key_sealed: Vec<u8>,
    pub(crate) refresh_token_sealed: Vec<u8>,
    pub(crate) access_token_sealed: Option<Vec<u8>>,
    pub(crate) access_usable_until: Option<Millis>,
    pub(crate) token_version: i64,
    /// The key before the present one, and until when it is good.
    pub(crate) former_api_key_sealed: Option<Vec<u8>>,
    pub(crate) former_api_key_until: Option<Millis>,
    /// The installation of the shop that is served.
    pub(crate) installation: Option<String>,
    /// When the shop was last seen to have been restored from a backup.
    pub(crate) shop_restored_at: Option<Millis>,
    /// Whether keys were offered to the shop that it has not proved yet.
    pub(crate) has_offers: bool,
}

/// The keys of a binding, sealed: the present one, and the one before with its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShopKeys {
    pub(crate) present: Vec<u8>,
    pub(crate) former: Option<(Vec<u8>, Millis)>,
}

impl BindingRow {
    pub(crate) fn keys(&self) -> ShopKeys {
        let former = self.former_api_key_sealed.clone();
        ShopKeys {
            present: self.api_key_sealed.clone(),
            former: former.zip(self.former_api_key_until),
        }
    }

    /// A new key in the place of the present one, which is good until an instant, if that is to
    /// come.
    pub(crate) fn keys_with(&self, new: Vec<u8>, until: Millis, now: Millis) -> ShopKeys {
        ShopKeys {
            present: new,
            former: (until > now).then(|| (self.api_key_sealed.clone(), until)),
        }
    }

    /// The keys that are good at an instant, sealed, the present one first.
    pub(crate) fn api_keys(&self, now: Millis) -> impl Iterator<Item = &[u8]> {
        let former = self.former_api_key_sealed.as_deref();
        let good = self.former_api_key_until.is_some_and(|until| now < until);
        std::iter::once(self.api_key_sealed.as_slice()).chain(former.filter(|_| good))
    }
}

/// A token pair to be stored, sealed.
#[derive(Debug, Clone)]
pub(crate) struct SealedTokens {
    pub(crate) refresh: Vec<u8>,
    pub(crate) access: Vec<u8>,
    pub(crate) access_usable_until: Millis,
}

/// The name of a bearer token, which is good for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) jti: String,
    /// Afterwards the token is refused by its age, and its name need not be kept.
    pub(crate) void_at: Millis,
}

/// A plan that passed the door.
#[derive(Debug)]
pub(crate) struct NewRun {
    pub(crate) run_id: String,
    pub(crate) key: String,
    pub(crate) kind: Kind,
    pub(crate) digest: String,
    pub(crate) plan: Vec<u8>,
    pub(crate) sequence: i64,
    pub(crate) entity_type: String,
    pub(crate) entity_id: i64,
    pub(crate) principal_xref: String,
    pub(crate) expected_total: Option<String>,
    pub(crate) expected_currency: Option<String>,
    /// What goes first within a lane: 0 before 1.
    pub(crate) priority: u8,
    /// Keys it may make known.
    pub(crate) makes: Vec<String>,
    /// Keys it needs.
    pub(crate) needs: Vec<String>,
}

/// What became of a plan at the door; the id is that of the run that stands for its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Admitted {
    pub(crate) decision: Decision,
    pub(crate) run_id: String,
}

/// What became of the plans of a request, with the newest run that was made of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Admission {
    pub(crate) admitted: Vec<Admitted>,
    pub(crate) newest_seq: i64,
}

/// A run in the hands of its lane.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Run {
    pub(crate) run_id: String,
    pub(crate) key: String,
    #[sqlx(try_from = "i64")]
    pub(crate) generation: u32,
    pub(crate) plan: Vec<u8>,
    #[sqlx(try_from = "i64")]
    pub(crate) step: u32,
    #[sqlx(try_from = "i64")]
    pub(crate) tries: u32,
    pub(crate) created_at: Millis,
    /// Whether a newer generation is here.
    pub(crate) superseded: bool,
    /// Whether anything was sent for it before it was taken up.
    pub(crate) has_sent: bool,
    /// Whether any send of the lane had no known end when it was taken up.
    pub(crate) lane_in_doubt: bool,
    /// Whether a store that is gone may have sent it: then it is looked for before it is made.
    pub(crate) may_be_sent: bool,
}

/// A run that may make a key known.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Maker {
    pub(crate) run_id: String,
    pub(crate) key: String,
    pub(crate) state: String,
    pub(crate) error: Option<String>,
}

/// The next work of a lane.
#[derive(Debug)]
pub(crate) enum Claim {
    Run(Box<Run>, Lease, Tally),
    /// Nothing before this instant.
    Until(Millis),
    /// Another process has the lane, at least until this instant.
    Held(Millis),
    /// Nothing at all until something arrives.
    Nothing,
    /// The binding cannot send.
    Stopped,
}

/// A Sage object known under an xref key.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Xref {
    pub(crate) xref_key: String,
    pub(crate) resource: String,
    pub(crate) sage_id: String,
    pub(crate) displayed_as: Option<String>,
    pub(crate) total: Option<String>,
    pub(crate) currency: Option<String>,
    pub(crate) match_tag: Option<String>,
    pub(crate) adopted: bool,
}

/// The frozen request of a step, with what is known of its sends.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Intent {
    pub(crate) sage_idempotency_id: String,
    pub(crate) body: Vec<u8>,
    pub(crate) first_sent_at: Millis,
    /// The latest instant at which a send of it began or ended.
    pub(crate) last_activity: Millis,
    /// Whether some send has no known end.
    pub(crate) in_doubt: bool,
    /// Whether some send succeeded.
    pub(crate) done: bool,
    /// The Sage id of what a send made, where that is known.
    pub(crate) made: Option<String>,
    /// How often the request was frozen anew.
    #[sqlx(try_from = "i64")]
    pub(crate) renewals: u32,
    /// Server errors answered to the request as it is now.
    #[sqlx(try_from = "i64")]
    pub(crate) server_errors: u32,
}

/// Which request of a run: a step has one, or one for each object it changes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) run_id: &'a str,
    pub(crate) step: u32,
    pub(crate) xref_key: &'a str,
    /// The Sage id of the object to change; empty for one to make.
    pub(crate) target: &'a str,
}

/// A send about to begin.
#[derive(Debug)]
pub(crate) struct OpenAttempt<'a> {
    pub(crate) request: Request<'a>,
    pub(crate) resource: &'a str,
    pub(crate) sage_idempotency_id: &'a str,
    pub(crate) body: &'a [u8],
    /// How often the request was frozen anew; one more than what is stored replaces that.
    pub(crate) renewals: u32,
    pub(crate) now: Millis,
}

/// How a send ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Created,
    Refused,
    NotSent,
    Throttled,
    Unauthorised,
    Unknown,
}

impl Outcome {
    /// The word in the database.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Refused => "refused",
            Self::NotSent => "not_sent",
            Self::Throttled => "throttled",
            Self::Unauthorised => "unauthorised",
            Self::Unknown => "unknown",
        }
    }
}

/// The end of one send.
#[derive(Debug, Clone)]
pub(crate) struct AttemptEnd {
    pub(crate) attempt_id: i64,
    pub(crate) outcome: Outcome,
    pub(crate) http_status: Option<u16>,
    pub(crate) request_id: Option<String>,
    /// The object that stands in Sage after it.
    pub(crate) sage_id: Option<String>,
}

/// A reason, as stored, reported and shown. `items` are Sage's own words, every one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reason {
    pub(crate) code: String,
    pub(crate) detail: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) pointer: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) items: Vec<SageItem>,
    /// The same in the shop's words: which field of Magento, why, and what to do.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) causes: Vec<ShopCause>,
}

/// One cause of a refusal in the shop's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ShopCause {
    pub(crate) code: String,
    /// Into the event, or into the settings when it begins with `/settings`; empty when no field
    /// is at fault.
    pub(crate) pointer: String,
    pub(crate) what: String,
    pub(crate) why: String,
    pub(crate) suggestion: String,
}

impl Reason {
    pub(crate) fn new(code: &str, detail: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            detail: detail.into(),
            ..Self::default()
        }
    }

    pub(crate) fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }
}

/// One entry of Sage's error list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SageItem {
    pub(crate) severity: String,
    pub(crate) data_code: String,
    pub(crate) message: String,
    pub(crate) source: String,
}

/// Where a run goes.
#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    StepDone,
    Finish,
    /// Again at this instant; `counted` says whether it counts as a failure.
    Wait {
        until: Millis,
        counted: bool,
        reason: Reason,
    },
    Refuse(Reason),
    Doubt(Reason),
    /// A newer state of the same thing takes its place.
    Supersede,
    /// The run is parked and its binding with it.
    Park(BindingState, Reason),
}

impl Verdict {
    /// The event of the state machine.
    pub(crate) fn event(&self) -> Event {
        match self {
            Self::StepDone => Event::StepDone,
            Self::Finish => Event::Finish,
            Self::Wait { .. } => Event::Wait,
            Self::Refuse(_) => Event::Refuse,
            Self::Doubt(_) => Event::Doubt,
            Self::Supersede => Event::Supersede,
            Self::Park(..) => Event::Park,
        }
    }

    /// The reason that comes with it.
    pub(crate) fn reason(&self) -> Option<&Reason> {
        match self {
            Self::StepDone | Self::Finish | Self::Supersede => None,
            Self::Wait { reason, .. }
            | Self::Refuse(reason)
            | Self::Doubt(reason)
            | Self::Park(_, reason) => Some(reason),
        }
    }
}

/// Everything that becomes true in one transaction.
#[derive(Debug)]
pub(crate) struct Settlement<'a> {
    pub(crate) run_id: &'a str,
    /// The step the verdict is about. Earlier ones that found everything in place were not settled.
    pub(crate) step: u32,
    pub(crate) attempt: Option<AttemptEnd>,
    pub(crate) xref: Option<Xref>,
    /// Further keys that become known; one that is known already stays as it is.
    pub(crate) records: Vec<Xref>,
    pub(crate) finding: Option<Reason>,
    pub(crate) verdict: Verdict,
    /// Whether an earlier send of the step may have no known end.
    pub(crate) may_doubt: bool,
    pub(crate) pause_lane_until: Option<Millis>,
    /// What the lane has learned and spent; `None` leaves it as it is.
    pub(crate) tally: Option<Tally>,
    pub(crate) now: Millis,
}

impl<'a> Settlement<'a> {
    /// A verdict and nothing else.
    pub(crate) fn of(run_id: &'a str, step: u32, verdict: Verdict, now: Millis) -> Self {
        Self {
            run_id,
            step,
            attempt: None,
            xref: None,
            records: Vec::new(),
            finding: None,
            verdict,
            may_doubt: true,
            pause_lane_until: None,
            tally: None,
            now,
        }
    }

    /// Whether it becomes known with it what stands in Sage after earlier sends of the step.
    pub(crate) fn ends_doubts(&self) -> bool {
        self.may_doubt
            && matches!(
                self.verdict,
                Verdict::StepDone | Verdict::Finish | Verdict::Refuse(_)
            )
    }
}

/// A run as shown to its owner.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct RunView {
    pub(crate) run_id: String,
    pub(crate) key: String,
    #[sqlx(try_from = "i64")]
    pub(crate) generation: u32,
    pub(crate) state: String,
    #[sqlx(try_from = "i64")]
    pub(crate) step: u32,
    pub(crate) plan: Vec<u8>,
    pub(crate) principal_xref: String,
    pub(crate) next_at: Option<Millis>,
    pub(crate) error: Option<String>,
    pub(crate) finding: Option<String>,
    pub(crate) created_at: Millis,
    pub(crate) updated_at: Millis,
}

/// A send as shown.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct AttemptView {
    #[sqlx(try_from = "i64")]
    pub(crate) step: u32,
    #[sqlx(try_from = "i64")]
    pub(crate) number: u32,
    pub(crate) sent_at: Millis,
    pub(crate) outcome: Option<String>,
    pub(crate) http_status: Option<i64>,
    pub(crate) request_id: Option<String>,
}

/// A row of the feed.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ReportRow {
    pub(crate) cursor: i64,
    pub(crate) key: String,
    pub(crate) run_id: String,
    pub(crate) entity_type: String,
    pub(crate) entity_id: i64,
    pub(crate) status: String,
    pub(crate) sage_id: Option<String>,
    pub(crate) sage_reference: Option<String>,
    pub(crate) expected_total: Option<String>,
    pub(crate) sage_total: Option<String>,
    pub(crate) error: Option<String>,
    #[sqlx(skip)]
    pub(crate) contacts: Vec<ContactRow>,
}

/// A contact of a customer of the shop, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContactRow {
    pub(crate) customer_id: i64,
    pub(crate) currency: String,
    pub(crate) sage_id: String,
    pub(crate) sage_reference: Option<String>,
}
