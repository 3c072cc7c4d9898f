//! How many lines a document may have.

use super::Finding;
use super::invoice::Draft;
use super::session::{BusinessSetup, ProbeSession, Stopped};

/// Numbers of lines, ascending: more than any shop's invoice.
const COUNTS: [usize; 6] = [50, 100, 200, 300, 500, 1000];

pub(super) async fn ask(
    session: &mut ProbeSession<'_>,
    setup: &BusinessSetup,
    contact: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Stopped> {
    let takes = async |session: &mut ProbeSession<'_>, lines: usize| {
        let draft = Draft {
            lines,
            ..Draft::of(contact)
        };
        draft
            .post(session, setup)
            .await
            .map(|made| made.is_created())
    };
    let (mut most, mut refused) = (1, None);
    for count in COUNTS {
        if takes(session, count).await? {
            most = count;
        } else {
            refused = Some(count);
            break;
        }
    }
    // Between the two lies the limit.
    while let Some(above) = refused.filter(|above| above - most > 1) {
        let middle = most.midpoint(above);
        if takes(session, middle).await? {
            most = middle;
        } else {
            refused = Some(middle);
        }
    }
    let answer = match refused {
        Some(_) => most.to_string(),
        None => format!("at least {most}"),
    };
    findings.push(session.finding(
        "lines_per_document",
        "How many lines may an invoice have?",
        answer,
    ));
    Ok(())
}
