//! Sage's error envelope: always an array of `{$severity, $dataCode, $message, $source}`.
//!
//! Documented (guide "frequently raised errors"); the HTTP meanings are documented in "response codes".

use serde_json::{Value, json};

use crate::wire::Reply;

/// One item of the envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) data_code: &'static str,
    pub(crate) message: String,
    pub(crate) source: String,
}

impl Problem {
    /// A validation failure of one attribute.
    pub(crate) fn invalid(source: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            data_code: "RecordInvalid",
            message: message.into(),
            source: source.into(),
        }
    }

    /// Observed wording for line attributes (cleanops c07bdf0, 00da697), used for all others by
    /// assumption.
    pub(crate) fn required(source: impl Into<String>) -> Self {
        Self::invalid(source, "This field is required.")
    }
}

/// A refused call: a status and what is wrong.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) problems: Vec<Problem>,
}

impl Refusal {
    /// 422 with every problem found.
    pub(crate) fn invalid(problems: Vec<Problem>) -> Self {
        Self {
            status: 422,
            problems,
        }
    }

    /// 422 with one problem.
    pub(crate) fn one(source: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![Problem::invalid(source, message)])
    }

    /// A refusal with a code of its own and no source.
    pub(crate) fn coded(status: u16, data_code: &'static str, message: impl Into<String>) -> Self {
        let problem = Problem {
            data_code,
            message: message.into(),
            source: String::new(),
        };
        Self {
            status,
            problems: vec![problem],
        }
    }

    /// An id that Sage does not know.
    ///
    /// Code, message and the empty `$source` are observed (Sage/sageone_api_php_sample#32). Its HTTP
    /// status is not on record: the response-code table says 404 for a bad id, so 404 is the default for
    /// ids in paths and in bodies, and `unknown_record_status` switches bodies to 422 (assumed).
    pub(crate) fn record_not_found(status: u16) -> Self {
        Self::coded(status, "RecordNotFound", "Couldn't find record.")
    }

    /// The HTTP answer.
    pub(crate) fn reply(&self) -> Reply {
        let items: Vec<Value> = self
            .problems
            .iter()
            .map(|problem| {
                json!({
                    "$severity": "error",
                    "$dataCode": problem.data_code,
                    "$message": problem.message,
                    "$source": problem.source,
                })
            })
            .collect();
        Reply::json(self.status, &Value::Array(items))
    }
}
