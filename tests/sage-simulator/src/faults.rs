//! Injected trouble: what networks and servers do to a caller, on demand.
//!
//! Posted as `{"faults":[{…}]}` or as one fault. A fault without `times` strikes once; `"times": null`
//! strikes for ever; `skip` lets that many matching calls pass first; `every` strikes each n-th one.
//! Control calls are never struck.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::envelope::Refusal;
use crate::wire::{Call, Reply};

/// What a fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Answers `status` and does nothing else; `retry_after` adds the header.
    Status,
    /// Does the work, then answers `status` (500 unless given).
    StatusAfterCommit,
    /// Closes the connection without doing the work.
    DropBefore,
    /// Does the work, then closes the connection without an answer.
    DropAfterCommit,
    /// Waits `ms`, then does the work.
    SlowBefore,
    /// Does the work, waits `ms`, then answers.
    SlowAfterCommit,
    /// Does the work and sends half the body under its full length.
    TruncatedBody,
}

impl Kind {
    /// Name for counters.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::StatusAfterCommit => "status_after_commit",
            Self::DropBefore => "drop_before",
            Self::DropAfterCommit => "drop_after_commit",
            Self::SlowBefore => "slow_before",
            Self::SlowAfterCommit => "slow_after_commit",
            Self::TruncatedBody => "truncated_body",
        }
    }
}

/// One queued fault.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    /// Only calls with this method.
    #[serde(default)]
    method: Option<String>,
    /// Only calls whose path begins so.
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    skip: u64,
    #[serde(default = "one")]
    every: u64,
    #[serde(default = "once")]
    times: Option<u64>,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    retry_after: Option<u32>,
    #[serde(default)]
    ms: u64,
    /// Matching calls seen so far.
    #[serde(default, skip_deserializing)]
    seen: u64,
}

fn one() -> u64 {
    1
}

fn once() -> Option<u64> {
    Some(1)
}

impl Fault {
    /// How long a slow fault waits, in milliseconds.
    pub(crate) fn wait_ms(&self) -> u64 {
        self.ms
    }

    /// The answer of the `status` kinds.
    pub(crate) fn reply(&self) -> Reply {
        let status = self
            .status
            .unwrap_or(if self.kind == Kind::Status { 503 } else { 500 });
        // 500 is documented as "UnexpectedError"; bodies of 429 and 503 are not documented.
        let refusal = match status {
            401 => Refusal::coded(
                401,
                "AuthorizationFailure",
                "The access token is invalid or has expired.",
            ),
            429 => Refusal::coded(429, "TooManyRequests", "Too many requests."),
            other => Refusal::coded(other, "UnexpectedError", "An unexpected error occurred."),
        };
        match self.retry_after {
            Some(seconds) => refusal.reply().with("Retry-After", seconds.to_string()),
            None => refusal.reply(),
        }
    }

    fn matches(&self, call: &Call) -> bool {
        self.method
            .as_deref()
            .is_none_or(|method| method.eq_ignore_ascii_case(&call.method))
            && self
                .path
                .as_deref()
                .is_none_or(|path| call.path.starts_with(path))
    }

    /// Counts a matching call and tells whether it is struck.
    fn strike(&mut self) -> bool {
        let turn = self.seen;
        self.seen += 1;
        turn >= self.skip && (turn - self.skip).is_multiple_of(self.every.max(1))
    }

    fn is_spent(&self) -> bool {
        self.times == Some(0)
    }
}

/// Faults waiting for their call, and what has struck so far.
#[derive(Debug, Default)]
pub(crate) struct FaultQueue {
    waiting: Vec<Fault>,
    struck: BTreeMap<&'static str, u64>,
}

impl FaultQueue {
    /// Adds faults behind those waiting.
    pub(crate) fn add(&mut self, faults: Vec<Fault>) {
        self.waiting.extend(faults);
    }

    /// The fault that strikes this call, if any: the first in the queue that matches and is due.
    pub(crate) fn take(&mut self, call: &Call) -> Option<Fault> {
        let mut found = None;
        for fault in &mut self.waiting {
            if fault.matches(call) && fault.strike() && found.is_none() {
                fault.times = fault.times.map(|left| left.saturating_sub(1));
                *self.struck.entry(fault.kind.name()).or_default() += 1;
                found = Some(fault.clone());
            }
        }
        self.waiting.retain(|fault| !fault.is_spent());
        found
    }

    /// Faults that have not struck yet, or strike for ever.
    pub(crate) fn waiting(&self) -> &[Fault] {
        &self.waiting
    }

    /// How often each kind has struck.
    pub(crate) fn struck(&self) -> &BTreeMap<&'static str, u64> {
        &self.struck
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(method: &str, path: &str) -> Call {
        Call {
            method: method.to_owned(),
            path: path.to_owned(),
            query: Vec::new(),
            authorization: None,
            business: None,
            content_type: None,
            body: Vec::new(),
        }
    }

    fn strikes(fault: serde_json::Value, calls: usize) -> Vec<usize> {
        let mut queue = FaultQueue::default();
        queue.add(vec![serde_json::from_value(fault).unwrap()]);
        (0..calls)
            .filter(|_| queue.take(&call("POST", "/v3.1/contacts")).is_some())
            .collect()
    }

    #[test]
    fn a_fault_strikes_when_it_is_due() {
        assert_eq!(strikes(json!({ "kind": "drop_before" }), 4), [0]);
        assert_eq!(
            strikes(json!({ "kind": "drop_before", "skip": 2, "times": 2 }), 6),
            [2, 3]
        );
        assert_eq!(
            strikes(
                json!({ "kind": "drop_before", "every": 3, "times": null }),
                8
            ),
            [0, 3, 6]
        );
        assert_eq!(
            strikes(json!({ "kind": "drop_before", "method": "GET" }), 3),
            [0; 0]
        );
        assert_eq!(
            strikes(
                json!({ "kind": "drop_before", "path": "/v3.1/sales_invoices" }),
                3
            ),
            [0; 0]
        );
    }
}
