//! What a shop says of itself with every request, and what it is told: contracts, section 9.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

use ledger_store::clock;
use ledger_store::operations::NewAuditEntry;
use ledger_store::recovery::{Agreement, Position};
use ledger_store::{BindingId, BindingRow, StoreError};

use super::{ApiState, Problem};

const INSTALLATION: HeaderName = HeaderName::from_static("ledger-installation");
const SEQUENCE: HeaderName = HeaderName::from_static("ledger-sequence");
const POSITION: HeaderName = HeaderName::from_static("ledger-position");

/// Hexadecimal digits that name an installation.
const INSTALLATION_DIGITS: usize = 32;

/// What a request says of its shop.
#[derive(Debug, Clone, Default)]
pub(super) struct Presented {
    pub(super) installation: Option<String>,
    pub(super) sequence: Option<i64>,
    pub(super) position: Option<Position>,
}

impl Presented {
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let text = |name: &HeaderName| {
            let value = headers.get(name);
            value.map(|value| value.to_str().unwrap_or_default())
        };
        let read = |name: &HeaderName, good: bool| {
            if good { Ok(()) } else { Err(malformed(name)) }
        };
        let installation = text(&INSTALLATION).map(ToOwned::to_owned);
        read(
            &INSTALLATION,
            installation.as_deref().is_none_or(is_installation),
        )?;
        let sequence = text(&SEQUENCE).map(|text| text.parse().ok().filter(|at: &i64| *at >= 0));
        read(&SEQUENCE, sequence != Some(None))?;
        let position = text(&POSITION).map(|text| text.parse().ok());
        read(&POSITION, position != Some(None))?;
        Ok(Self {
            installation,
            sequence: sequence.flatten(),
            position: position.flatten(),
        })
    }
}

/// Whether a text names an installation.
pub(super) fn is_installation(text: &str) -> bool {
    text.len() == INSTALLATION_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn malformed(name: &HeaderName) -> Problem {
    let detail = format!("The header {name} cannot be read.");
    Problem::new(StatusCode::BAD_REQUEST, "header_invalid", detail)
}

/// Lets the installation in that is served; the first one that comes is.
pub(super) async fn installed(
    api: &ApiState,
    binding: &BindingId,
    row: &BindingRow,
    presented: &Presented,
) -> Result<(), Problem> {
    let is_served = match (&row.installation, &presented.installation) {
        (None, None) => true,
        (Some(served), presented) => presented.as_ref() == Some(served),
        (None, Some(first)) => {
            let audit_entry = NewAuditEntry {
                actor: "relay",
                action: "installation:first",
                subject: first,
                now: clock::now(),
            };
            let served = api
                .store
                .serve_installation(binding, first, None, audit_entry)
                .await;
            served.map_err(|error| unavailable(binding, &error))?
        }
    };
    if is_served {
        return Ok(());
    }
    metrics::counter!("ledger_relay_other_installations_total").increment(1);
    tracing::warn!(binding = %binding, "refused: another installation of the shop is served");
    Err(other_installation())
}

pub(super) fn other_installation() -> Problem {
    let detail = "Another installation of this shop uses the connection. If this is the shop itself, moved or restored, say so in its admin; if it is a copy, disconnect it there.";
    Problem::new(StatusCode::CONFLICT, "other_installation", detail)
}

/// The last position that this process has given to each shop: as long as a shop names nothing
/// beyond it, the database need not be asked.
#[derive(Debug, Default)]
pub(crate) struct Handed(Mutex<BTreeMap<BindingId, Position>>);

impl Handed {
    fn all(&self) -> MutexGuard<'_, BTreeMap<BindingId, Position>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn covers(&self, binding: &BindingId, position: &Position) -> bool {
        self.all().get(binding).is_some_and(|handed| {
            handed.epoch == position.epoch
                && position.seq <= handed.seq
                && position.cursor <= handed.cursor
        })
    }

    fn note(&self, binding: &BindingId, position: &Position) {
        let mut all = self.all();
        match all.get_mut(binding) {
            Some(handed) if handed.epoch == position.epoch => {
                handed.seq = handed.seq.max(position.seq);
                handed.cursor = handed.cursor.max(position.cursor);
            }
            _ => {
                all.insert(binding.clone(), position.clone());
            }
        }
    }
}

/// Where the shop stands, as far as this store knows. A position that the store has never given
/// out begins a recovery. With `surely`, the database is asked in any case.
pub(super) async fn agreed_position(
    api: &ApiState,
    binding: &BindingId,
    presented: &Presented,
    surely: bool,
) -> Result<Position, Problem> {
    let failed = |error: StoreError| unavailable(binding, &error);
    let Some(position) = &presented.position else {
        let beginning = at(api, binding, 0, 0).await?;
        if surely {
            api.store.agree(binding, &beginning).await.map_err(failed)?;
        }
        return Ok(beginning);
    };
    if !surely && api.handed.covers(binding, position) {
        return Ok(position.clone());
    }
    let agreement = api.store.agree(binding, position).await.map_err(failed)?;
    let Agreement::TakenBack(agreed) = agreement else {
        return Ok(position.clone());
    };
    let begun = api
        .store
        .begin_recovery(binding, agreed, clock::now())
        .await;
    begun.map_err(failed)?;
    at(api, binding, agreed.seq, agreed.cursor).await
}

async fn at(
    api: &ApiState,
    binding: &BindingId,
    seq: i64,
    cursor: i64,
) -> Result<Position, Problem> {
    let epoch = api.store.epoch().await;
    Ok(Position {
        epoch: epoch.map_err(|error| unavailable(binding, &error))?,
        seq,
        cursor,
    })
}

/// Tells the shop where it stands after this answer.
pub(super) async fn positioned(
    api: &ApiState,
    binding: &BindingId,
    before: &Position,
    (seq, cursor): (i64, i64),
    mut response: Response,
) -> Result<Response, Problem> {
    let (seq, cursor) = (before.seq.max(seq), before.cursor.max(cursor));
    let position = at(api, binding, seq, cursor).await?;
    api.handed.note(binding, &position);
    if let Ok(value) = HeaderValue::from_str(&position.to_string()) {
        response.headers_mut().insert(POSITION, value);
    }
    Ok(response)
}

pub(super) fn unavailable(binding: &BindingId, error: &StoreError) -> Problem {
    tracing::error!(binding = %binding, error = %error, cause = ?std::error::Error::source(error), "the store failed");
    Problem::of(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let pair = |(name, value): &(HeaderName, &str)| {
            (name.clone(), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn headers_are_read_or_refused() {
        assert!(Presented::read(&HeaderMap::new()).is_ok());
        let good = Presented::read(&headers(&[
            (INSTALLATION, "0123456789abcdef0123456789abcdef"),
            (SEQUENCE, "17"),
            (POSITION, "0123456789abcdef.4.5"),
        ]))
        .unwrap();
        assert_eq!(good.sequence, Some(17));
        assert_eq!(good.position.unwrap().seq, 4);
        for (name, value) in [
            (INSTALLATION, "0123"),
            (SEQUENCE, "-1"),
            (SEQUENCE, "x"),
            (POSITION, "x.1.2"),
        ] {
            assert!(
                Presented::read(&headers(&[(name, value)])).is_err(),
                "{value}"
            );
        }
    }

    #[test]
    fn what_was_handed_out_in_this_epoch_is_known() {
        let handed = Handed::default();
        let binding = BindingId::new("shop").unwrap();
        let position = |seq, cursor| Position {
            epoch: "0".repeat(16),
            seq,
            cursor,
        };
        assert!(!handed.covers(&binding, &position(0, 0)));
        handed.note(&binding, &position(5, 2));
        handed.note(&binding, &position(3, 9));
        assert!(handed.covers(&binding, &position(5, 9)));
        assert!(!handed.covers(&binding, &position(6, 1)));
    }
}
