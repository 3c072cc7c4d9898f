//! An operator's way to Sage: reads, one at a time, and waits when Sage asks for it.

use std::time::Duration;

use ledger_delivery::throttle;
use ledger_sage::entity::{Entity, Page};
use ledger_sage::{Answer, Business, Sage, envelope};
use ledger_store::reconciliation::CallsOfDay;
use ledger_store::{BindingId, BindingRow, clock};

use super::{OperationError, Operations, business};

/// A read that Sage refused, in Sage's own words: for the operator, not for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SageRefusal {
    /// What was read.
    pub path: String,
    /// HTTP status.
    pub status: u16,
    /// Sage's code; empty when it gave none.
    pub code: String,
    /// Sage's message; empty when it gave none.
    pub message: String,
}

impl SageRefusal {
    fn of(path: &str, answer: &Answer) -> Self {
        let body = answer.body.as_deref().unwrap_or_default();
        let first = envelope::items(body).into_iter().next().unwrap_or_default();
        Self {
            path: path.to_owned(),
            status: answer.status,
            code: first.data_code,
            message: first.message,
        }
    }

    /// Path, status and code: what may be written down anywhere.
    pub(super) fn without_message(&self) -> String {
        let code = if self.code.is_empty() { "" } else { " " };
        format!("{} ({}{code}{})", self.path, self.status, self.code)
    }
}

impl std::fmt::Display for SageRefusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} to GET {}", self.status, self.path)?;
        let words = [self.code.as_str(), self.message.as_str()];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return Ok(());
        }
        write!(formatter, ": {}", words.join(", "))
    }
}

/// After a 429 it is waited so long at most.
const LONGEST: Duration = Duration::from_secs(60);

pub(super) struct SageSession<'a> {
    operations: &'a Operations,
    binding: &'a BindingId,
    business: Business,
}

impl Operations {
    /// Takes so many calls of the day for a look into Sage; false when documents need them, or Sage
    /// asked for a pause.
    pub(super) async fn take_calls(
        &self,
        binding: &BindingId,
        calls: u32,
    ) -> Result<bool, OperationError> {
        let now = clock::now();
        let calls = CallsOfDay {
            day: throttle::day(now),
            calls,
            up_to: self.config.call_limits().of_the_last(),
        };
        Ok(self.store.take_calls(binding, calls, now).await?)
    }
}

impl<'a> SageSession<'a> {
    pub(super) fn new(
        operations: &'a Operations,
        binding: &'a BindingId,
        row: &BindingRow,
    ) -> Self {
        Self {
            operations,
            binding,
            business: business(row),
        }
    }

    /// One answer below 500 that is no 401 and no 429.
    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Answer, OperationError> {
        let tokens = &self.operations.tokens;
        let no_token =
            |error: ledger_sage::oauth::TokenError| OperationError::Sage(error.to_string());
        let mut access = tokens.access(self.binding, None).await.map_err(no_token)?;
        let (mut waits, mut renewed) = (0, false);
        loop {
            let answer = self
                .operations
                .sage
                .get(&self.business, &access, path, query)
                .await;
            let answer =
                answer.map_err(|_| OperationError::Sage(format!("no answer to GET {path}")))?;
            match answer.status {
                401 if !renewed => {
                    access = tokens
                        .access(self.binding, Some(&access))
                        .await
                        .map_err(no_token)?;
                    renewed = true;
                }
                429 if waits < self.operations.waits_on_429 => {
                    let asked = answer.retry_after.unwrap_or(Duration::from_secs(5));
                    tokio::time::sleep(asked.min(LONGEST)).await;
                    waits += 1;
                }
                401 | 429 | 500.. => {
                    return Err(OperationError::Refused(SageRefusal::of(path, &answer)));
                }
                _ => return Ok(answer),
            }
        }
    }

    /// One object; `None` when there is none.
    pub(super) async fn object(&self, path: &str) -> Result<Option<Entity>, OperationError> {
        let answer = self.get(path, &[]).await?;
        match answer.status {
            404 => Ok(None),
            200 => answer
                .body
                .as_deref()
                .and_then(Entity::parse)
                .map(Some)
                .ok_or_else(|| OperationError::Sage(format!("an unreadable answer to GET {path}"))),
            _ => Err(OperationError::Refused(SageRefusal::of(path, &answer))),
        }
    }

    /// The bytes of one object, or why Sage refuses it.
    pub(super) async fn bytes(
        &self,
        path: &str,
    ) -> Result<Result<Vec<u8>, SageRefusal>, OperationError> {
        let answer = self.get(path, &[]).await?;
        if answer.status != 200 {
            return Ok(Err(SageRefusal::of(path, &answer)));
        }
        let body = answer.body;
        body.map(Ok)
            .ok_or_else(|| OperationError::Sage(format!("half an answer to GET {path}")))
    }

    /// One page of a list, or why Sage refuses the list.
    pub(super) async fn page(
        &self,
        path: &str,
        query: &[(&str, &str)],
        number: u32,
    ) -> Result<Result<Page, SageRefusal>, OperationError> {
        let number = number.to_string();
        let mut all = query.to_vec();
        all.extend([("items_per_page", "200"), ("page", number.as_str())]);
        let answer = self.get(path, &all).await?;
        if answer.status != 200 {
            return Ok(Err(SageRefusal::of(path, &answer)));
        }
        let page = answer.body.as_deref().and_then(Page::parse);
        page.map(Ok).ok_or_else(|| {
            OperationError::Sage(format!(
                "an unreadable answer to GET {path}: it is no list of objects"
            ))
        })
    }
}
