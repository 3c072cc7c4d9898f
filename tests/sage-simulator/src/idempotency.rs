//! `idempotency_id` (documented, guide "idempotency"): a repetition within seven days answers with the
//! first result and creates nothing; use on another resource answers `IdempotencyResourceMismatch`,
//! "Entity type mismatch". Status of that error: assumed 422.
//!
//! Unknown, hence switches: whether a refusal is remembered, and what another body under a known id gets.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::config::{ChangedBody, Idempotency, Switches};
use crate::envelope::Refusal;
use crate::wire::Reply;

const LIFE_SECONDS: i64 = 7 * 86_400;

#[derive(Debug)]
struct First {
    resource: &'static str,
    verb_and_path: String,
    /// Enough to tell bodies apart; keeping them all would fill the memory of a long run.
    body_hash: u64,
    reply: Reply,
    at_s: i64,
}

/// First results by id.
#[derive(Debug, Default)]
pub(crate) struct IdempotencyMemory {
    firsts: BTreeMap<String, First>,
    replays: u64,
}

/// One use of an id.
#[derive(Debug)]
pub(crate) struct Use<'a> {
    pub(crate) resource: &'static str,
    pub(crate) verb_and_path: String,
    pub(crate) body: &'a [u8],
    pub(crate) at_s: i64,
}

/// The id inside the entity object, when there is one and the switch honours it.
///
/// Documented form: a 32-character hyphenless GUID. What another form gets is unknown; assumed: 422.
pub(crate) fn id_in(entity: &Value, switches: &Switches) -> Result<Option<String>, Refusal> {
    let Some(id) = crate::json::text(entity, "idempotency_id") else {
        return Ok(None);
    };
    if switches.idempotency == Idempotency::Ignored {
        return Ok(None);
    }
    if id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(Some(id.to_owned()))
    } else {
        Err(Refusal::one("idempotency_id", "is invalid"))
    }
}

impl IdempotencyMemory {
    /// What was answered first under this id, if that answers this use too.
    pub(crate) fn recall(
        &mut self,
        id: &str,
        this: &Use<'_>,
        switches: &Switches,
    ) -> Result<Option<Reply>, Refusal> {
        let Some(first) = self.firsts.get(id) else {
            return Ok(None);
        };
        if this.at_s.saturating_sub(first.at_s) >= LIFE_SECONDS {
            return Ok(None);
        }
        if first.resource != this.resource {
            return Err(Refusal::coded(
                422,
                "IdempotencyResourceMismatch",
                "Entity type mismatch",
            ));
        }
        let same = first.body_hash == hash(this.body) && first.verb_and_path == this.verb_and_path;
        if !same {
            match switches.idempotency_changed_body {
                ChangedBody::FirstResult => {}
                ChangedBody::Error => {
                    return Err(Refusal::one(
                        "idempotency_id",
                        "has already been used with another request",
                    ));
                }
                ChangedBody::NewObject => return Ok(None),
            }
        }
        self.replays += 1;
        Ok(Some(first.reply.clone()))
    }

    /// Remembers the first answer under this id.
    pub(crate) fn remember(
        &mut self,
        id: String,
        this: &Use<'_>,
        reply: &Reply,
        switches: &Switches,
    ) {
        if reply.status < 300 || switches.idempotency_caches_errors {
            let first = First {
                resource: this.resource,
                verb_and_path: this.verb_and_path.clone(),
                body_hash: hash(this.body),
                reply: reply.clone(),
                at_s: this.at_s,
            };
            self.firsts.insert(id, first);
        }
    }

    /// How many calls were answered from memory.
    pub(crate) fn replays(&self) -> u64 {
        self.replays
    }
}

fn hash(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}
