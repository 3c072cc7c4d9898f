//! What goes into the inbox and what comes out of it.

use serde::{Deserialize, Serialize};

use crate::retry::Millis;
use ledger_plan::Kind;

use super::admission::Decision;
use super::state::Event;
use super::{BindingState, Lease, Tally};

/// A binding as stored; secrets are sealed.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct BindingRow {
    pub api_url: String,
    pub token_url: String,
    pub business_id: String,
    pub api_key_sealed: Vec<u8>,
    pub refresh_token_sealed: Vec<u8>,
    pub access_token_sealed: Option<Vec<u8>>,
    pub access_usable_until: Option<Millis>,
    pub token_version: i64,
    /// The key before the present one, and until when it is good.
    pub former_api_key_sealed: Option<Vec<u8>>,
    pub former_api_key_until: Option<Millis>,
    /// The installation of the shop that is served.
    pub installation: Option<String>,
    /// When the shop was last seen to have been restored from a backup.
    pub shop_restored_at: Option<Millis>,
    /// Since when its plans are accepted; none while nobody has gone live with it.
    pub live_since: Option<Millis>,
    /// Whether keys were offered to the shop that it has not proved yet.
    pub has_offers: bool,
}

/// The keys of a binding, sealed: the present one, and the one before with its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopKeys {
    pub present: Vec<u8>,
    pub former: Option<(Vec<u8>, Millis)>,
}

impl BindingRow {
    pub fn keys(&self) -> ShopKeys {
        let former = self.former_api_key_sealed.clone();
        ShopKeys {
            present: self.api_key_sealed.clone(),
            former: former.zip(self.former_api_key_until),
        }
    }

    /// A new key in the place of the present one, which is good until an instant, if that is to
    /// come.
    pub fn keys_with(&self, new: Vec<u8>, until: Millis, now: Millis) -> ShopKeys {
        ShopKeys {
            present: new,
            former: (until > now).then(|| (self.api_key_sealed.clone(), until)),
        }
    }

    /// The keys that are good at an instant, sealed, the present one first.
    pub fn api_keys(&self, now: Millis) -> impl Iterator<Item = &[u8]> {
        let former = self.former_api_key_sealed.as_deref();
        let good = self.former_api_key_until.is_some_and(|until| now < until);
        std::iter::once(self.api_key_sealed.as_slice()).chain(former.filter(|_| good))
    }
}

/// A token pair to be stored, sealed.
#[derive(Debug, Clone)]
pub struct SealedTokens {
    pub refresh: Vec<u8>,
    pub access: Vec<u8>,
    pub access_usable_until: Millis,
}

/// The name of a bearer token, which is good for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUse {
    pub jti: String,
    /// Afterwards the token is refused by its age, and its name need not be kept.
    pub void_at: Millis,
}

/// A plan that was read and may be stored.
#[derive(Debug)]
pub struct NewRun {
    pub run_id: String,
    pub key: String,
    pub kind: Kind,
    pub digest: String,
    pub plan: Vec<u8>,
    pub sequence: i64,
    pub entity_type: String,
    pub entity_id: i64,
    /// Its number in the shop.
    pub increment_id: Option<String>,
    pub principal_xref: String,
    pub expected_total: Option<String>,
    pub expected_currency: Option<String>,
    /// What goes first within a lane: 0 before 1.
    pub priority: u8,
    /// Keys it may make known.
    pub makes: Vec<String>,
    /// Keys it needs.
    pub needs: Vec<String>,
}

/// What became of a plan on arrival; the id is that of the run that stands for its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    pub decision: Decision,
    pub run_id: String,
}

/// What became of the plans of a request, with the newest run that was made of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    pub admitted: Vec<Admitted>,
    pub newest_seq: i64,
}

/// A run in the hands of its lane.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Run {
    pub run_id: String,
    pub key: String,
    #[sqlx(try_from = "i64")]
    pub generation: u32,
    pub plan: Vec<u8>,
    #[sqlx(try_from = "i64")]
    pub step: u32,
    #[sqlx(try_from = "i64")]
    pub tries: u32,
    pub created_at: Millis,
    /// Whether a newer generation is here.
    pub superseded: bool,
    /// Whether anything was sent for it before it was taken up.
    pub has_sent: bool,
    /// Whether any send of the lane had no known end when it was taken up.
    pub lane_in_doubt: bool,
    /// Whether a store that is gone may have sent it: then it is looked for before it is made.
    pub may_be_sent: bool,
}

/// A run that may make a key known.
#[derive(Debug, sqlx::FromRow)]
pub struct Maker {
    pub run_id: String,
    pub key: String,
    pub state: String,
    pub error: Option<String>,
}

/// The next work of a lane.
#[derive(Debug)]
pub enum Claim {
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
pub struct Xref {
    pub xref_key: String,
    pub resource: String,
    pub sage_id: String,
    pub displayed_as: Option<String>,
    pub total: Option<String>,
    pub currency: Option<String>,
    pub match_tag: Option<String>,
    pub adopted: bool,
}

/// The frozen request of a step, with what is known of its sends.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Intent {
    pub sage_idempotency_id: String,
    pub body: Vec<u8>,
    pub first_sent_at: Millis,
    /// The latest instant at which a send of it began or ended.
    pub last_activity: Millis,
    /// Whether some send has no known end.
    pub in_doubt: bool,
    /// Whether some send succeeded.
    pub done: bool,
    /// The Sage id of what a send made, where that is known.
    pub made: Option<String>,
    /// How often the request was frozen anew.
    #[sqlx(try_from = "i64")]
    pub renewals: u32,
    /// Server errors answered to the request as it is now.
    #[sqlx(try_from = "i64")]
    pub server_errors: u32,
}

/// Which request of a run: a step has one, or one for each object it changes.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub run_id: &'a str,
    pub step: u32,
    pub xref_key: &'a str,
    /// The Sage id of the object to change; empty for one to make.
    pub target: &'a str,
}

/// A send about to begin.
#[derive(Debug)]
pub struct OpenAttempt<'a> {
    pub request: Request<'a>,
    pub resource: &'a str,
    pub sage_idempotency_id: &'a str,
    pub body: &'a [u8],
    /// How often the request was frozen anew; one more than what is stored replaces that.
    pub renewals: u32,
    pub now: Millis,
}

/// How a send ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Created,
    Refused,
    NotSent,
    Throttled,
    Unauthorised,
    Unknown,
}

impl Outcome {
    /// The word in the database.
    pub fn word(self) -> &'static str {
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
pub struct AttemptEnd {
    pub attempt_id: i64,
    pub outcome: Outcome,
    pub http_status: Option<u16>,
    pub request_id: Option<String>,
    /// The object that stands in Sage after it.
    pub sage_id: Option<String>,
}

/// A reason, as stored, reported and shown. `items` are Sage's own words, every one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub code: String,
    pub detail: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pointer: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub items: Vec<SageItem>,
    /// The same in the shop's words: which field of Magento, why, and what to do.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub causes: Vec<ShopCause>,
}

/// One cause of a refusal in the shop's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopCause {
    pub code: String,
    /// Into the event, or into the settings when it begins with `/settings`; empty when no field
    /// is at fault.
    pub pointer: String,
    pub what: String,
    pub why: String,
    pub suggestion: String,
}

impl Reason {
    pub fn new(code: &str, detail: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            detail: detail.into(),
            ..Self::default()
        }
    }

    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }
}

/// One entry of Sage's error list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SageItem {
    pub severity: String,
    pub data_code: String,
    pub message: String,
    pub source: String,
}

/// Where a run goes.
#[derive(Debug, Clone)]
pub enum Verdict {
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
    pub fn event(&self) -> Event {
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
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::StepDone | Self::Finish | Self::Supersede => None,
            Self::Wait { reason, .. }
            | Self::Refuse(reason)
            | Self::Doubt(reason)
            | Self::Park(_, reason) => Some(reason),
        }
    }
}
