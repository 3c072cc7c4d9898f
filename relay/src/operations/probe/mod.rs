//! `sage:probe`: asks a real Sage business what its documentation leaves open.
//!
//! Every record it makes is marked and taken away again; what cannot be taken away is listed.
//! The answers go to an evidence file that the rules can cite. A flood of calls, to see what a 429
//! looks like, is made only when it is asked for.

mod contact;
mod contacts;
mod documents;
mod estimates;
mod home;
mod idempotency;
mod invoice;
mod limits;
mod lines;
mod reply;
mod session;

use serde::Serialize;
use serde_json::Value;

pub(crate) use session::{ProbeSession, Stopped};

/// What every record of the probe begins with.
pub(crate) const MARK: &str = "LEDGER-RELAY PROBE";

/// One question with what Sage did.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// Stable name of the question.
    pub question: &'static str,
    /// The question in words.
    pub asks: &'static str,
    /// One of a few words, or a number where a limit is asked for.
    pub answer: String,
    /// Every call it took, in their order.
    pub calls: Vec<Call>,
}

/// One call and its answer. Never the body sent; of the answer what says something about Sage.
#[derive(Debug, Clone, Serialize)]
pub struct Call {
    /// HTTP method.
    pub method: String,
    /// Path below the API's base, ids replaced by `{id}`.
    pub path: String,
    /// HTTP status, or nothing when no answer came.
    pub status: Option<u16>,
    /// Sage's `x-request-id`.
    pub request_id: Option<String>,
    /// `Retry-After` in seconds.
    pub retry_after: Option<u64>,
    /// What the headers say of limits; of a 429, the names of the others as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<String>,
    /// Errors as Sage worded them.
    pub errors: Vec<Value>,
}

/// Everything a probe found out.
#[derive(Debug, Serialize)]
pub struct Evidence {
    /// Version of this form.
    pub schema: &'static str,
    /// The relay that asked.
    pub relay: &'static str,
    /// When, RFC 3339.
    pub at: String,
    /// ISO code of the business's country.
    pub country: Option<String>,
    /// Base currency of the business.
    pub base_currency: Option<String>,
    /// Names of its active subscriptions.
    pub subscriptions: Vec<String>,
    /// The answers.
    pub findings: Vec<Finding>,
    /// Calls made in all.
    pub calls: usize,
    /// Records that could not be taken away: path and id.
    pub leftovers: Vec<String>,
}

/// Asks everything, then cleans up, also when a question could not be finished.
/// `flood` is the number of calls that may be made to see a 429.
pub(crate) async fn run(
    session: &mut ProbeSession<'_>,
    at: String,
    flood: u32,
) -> Result<Evidence, Stopped> {
    let setup = session.business_setup().await?;
    let mut findings = Vec::new();
    let outcome = questions(session, &setup, flood, &mut findings).await;
    let leftovers = session.clean().await;
    outcome?;
    Ok(Evidence {
        schema: "1",
        relay: env!("CARGO_PKG_VERSION"),
        at,
        country: setup.country,
        base_currency: setup.base_currency,
        subscriptions: setup.subscriptions,
        findings,
        calls: session.calls(),
        leftovers,
    })
}

async fn questions(
    session: &mut ProbeSession<'_>,
    setup: &session::BusinessSetup,
    flood: u32,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    idempotency::ask(session, setup, findings).await?;
    contacts::ask(session, setup, findings).await?;
    documents::ask(session, setup, findings).await?;
    limits::ask(session, flood, findings).await
}
