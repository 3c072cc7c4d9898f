//! The business and its financial settings, read beside the reference data.
//!
//! A plan, or the role of the user who connected, may not allow a read; then what was known stays
//! and the report says so. Only an answer of an unknown shape is an error.

use serde_json::{Map, Value};

use crate::settings::business::{
    BusinessFacts, KIND, UnknownShape, of_business, of_financial_settings,
};
use ledger_store::operations::ReferenceRow;
use ledger_store::retry::Millis;

use super::OperationError;
use super::session::SageSession;

/// Most calls that this makes.
pub(super) const CALLS: usize = 4;

/// What came of the reads.
pub(super) struct BusinessRead {
    pub(super) facts: BusinessFacts,
    /// When the facts were read: earlier than now where a read has to be made again soon.
    pub(super) fetched_at: Millis,
    /// Whether there is anything to keep.
    pub(super) is_known: bool,
    /// For the operator, in Sage's words.
    pub(super) warnings: Vec<String>,
    /// For log and audit: paths, statuses and codes.
    pub(super) unread: Vec<String>,
}

enum Part {
    Read(Map<String, Value>),
    /// Asking again soon brings the same.
    Refused,
    NoAnswer,
}

pub(super) async fn read(
    session: &SageSession<'_>,
    business_id: &str,
    known: &[ReferenceRow],
    now: Millis,
) -> Result<BusinessRead, OperationError> {
    let before = known.iter().find(|row| row.kind == KIND);
    let mut outcome = BusinessRead {
        facts: before.map_or_else(BusinessFacts::default, |row| {
            BusinessFacts::parse(&row.body)
        }),
        fetched_at: now,
        is_known: before.is_some(),
        warnings: Vec::new(),
        unread: Vec::new(),
    };
    let business = format!("businesses/{business_id}");
    let parts: [(&str, Shape); 2] = [
        (&business, of_business),
        ("financial_settings", of_financial_settings),
    ];
    for (path, shape) in parts {
        match outcome.part(session, path, shape).await? {
            Part::Read(fields) => {
                outcome.is_known = true;
                if path == "financial_settings" {
                    outcome.facts.financial_settings = fields;
                } else {
                    outcome.facts.businesses = fields;
                }
            }
            Part::Refused => {}
            Part::NoAnswer => {
                outcome.fetched_at = before.map_or(now, |row| row.fetched_at);
            }
        }
    }
    outcome.ask_for_estimates(session, before).await?;
    Ok(outcome)
}

type Shape = fn(&[u8]) -> Result<Map<String, Value>, UnknownShape>;

impl BusinessRead {
    /// Sage has estimates or quotes, by country and plan; the one that answers is the business's.
    async fn ask_for_estimates(
        &mut self,
        session: &SageSession<'_>,
        before: Option<&ReferenceRow>,
    ) -> Result<(), OperationError> {
        let mut offered = None;
        for path in self.facts.estimate_candidates() {
            match session.get(path, &[("items_per_page", "1")]).await {
                Ok(answer) if answer.status == 200 => {
                    offered = Some(*path);
                    break;
                }
                Ok(_) => {}
                Err(OperationError::Refused(refusal)) => {
                    let short = refusal.without_message();
                    self.estimates_unread(path, &refusal, short, before);
                    return Ok(());
                }
                Err(OperationError::Sage(reason)) => {
                    let short = format!("{path} (no answer)");
                    self.estimates_unread(path, &reason, short, before);
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        self.facts.keep_estimates(offered);
        Ok(())
    }

    fn estimates_unread(
        &mut self,
        path: &str,
        reason: &dyn std::fmt::Display,
        short: String,
        before: Option<&ReferenceRow>,
    ) {
        self.warnings.push(format!(
            "{path} was not asked ({reason}): the settings keep what they say of estimates"
        ));
        self.unread.push(short);
        if let Some(row) = before {
            self.fetched_at = row.fetched_at;
        }
    }

    async fn part(
        &mut self,
        session: &SageSession<'_>,
        path: &str,
        shape: Shape,
    ) -> Result<Part, OperationError> {
        let mut tell = |reason: String, short: String| {
            self.warnings.push(format!(
                "{path} was not read ({reason}): the settings keep what they say of the business"
            ));
            self.unread.push(short);
        };
        match session.bytes(path).await {
            Ok(Ok(body)) => shape(&body).map(Part::Read).map_err(|unknown| {
                OperationError::Sage(format!("an unknown answer to GET {path}: {unknown}"))
            }),
            Ok(Err(refusal)) => {
                tell(refusal.to_string(), refusal.without_message());
                Ok(Part::Refused)
            }
            Err(OperationError::Refused(refusal)) => {
                tell(refusal.to_string(), refusal.without_message());
                Ok(Part::NoAnswer)
            }
            Err(OperationError::Sage(reason)) => {
                tell(reason, format!("{path} (no answer)"));
                Ok(Part::NoAnswer)
            }
            Err(error) => Err(error),
        }
    }
}
