//! What Sage says of its limits: in ordinary answers, and in a 429.

use super::Finding;
use super::session::{ProbeSession, Stopped};

/// A short list that every business has.
const CHEAP: &str = "contact_types?items_per_page=1";

/// Asks for a cheap list again and again until a 429 comes, `calls` times at most; 0 only tells
/// what was seen on the way.
pub(super) async fn ask(
    session: &mut ProbeSession<'_>,
    calls: u32,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    session.once(CHEAP).await?;
    let ordinary = session.limit_headers(false);
    findings.push(session.finding(
        "rate_limit_headers",
        "Which headers of an ordinary answer speak of limits?",
        listed(&ordinary),
    ));
    let mut made = 0;
    let mut throttled = session.was_throttled();
    while !throttled && made < calls {
        throttled = session.once(CHEAP).await? == 429;
        made += 1;
    }
    let answer = match (throttled, calls) {
        (true, _) => format!(
            "after {made} calls in a row: {}",
            listed(&session.limit_headers(true))
        ),
        (false, 0) => "not_asked: no 429 came by itself".to_owned(),
        (false, _) => format!("none in {made} calls in a row"),
    };
    findings.push(session.finding(
        "throttled",
        "When does a 429 come, and what does it say?",
        answer,
    ));
    Ok(())
}

fn listed(headers: &[String]) -> String {
    if headers.is_empty() {
        "none".to_owned()
    } else {
        headers.join("; ")
    }
}
