//! The end of a step: everything that becomes true with it.

use crate::Tally;
use crate::retry::Millis;
use crate::rows::{AttemptEnd, Reason, Verdict, Xref};

/// Everything that becomes true in one transaction.
#[derive(Debug)]
pub struct Settlement<'a> {
    pub run_id: &'a str,
    /// The step the verdict is about. Earlier ones that found everything in place were not settled.
    pub step: u32,
    pub attempt: Option<AttemptEnd>,
    pub xref: Option<Xref>,
    /// The key of an object that is not in Sage any more.
    pub forget: Option<&'a str>,
    /// Further keys that become known; one that is known already stays as it is.
    pub records: Vec<Xref>,
    pub finding: Option<Reason>,
    pub verdict: Verdict,
    /// Whether an earlier send of the step may have no known end.
    pub may_doubt: bool,
    pub pause_lane_until: Option<Millis>,
    /// What the lane has learned and spent; `None` leaves it as it is.
    pub tally: Option<Tally>,
    pub now: Millis,
}

impl<'a> Settlement<'a> {
    /// A verdict and nothing else.
    pub fn of(run_id: &'a str, step: u32, verdict: Verdict, now: Millis) -> Self {
        Self {
            run_id,
            step,
            attempt: None,
            xref: None,
            forget: None,
            records: Vec::new(),
            finding: None,
            verdict,
            may_doubt: true,
            pause_lane_until: None,
            tally: None,
            now,
        }
    }

    /// Whether it becomes known with it what stands in Sage after earlier sends of the step.
    pub fn ends_doubts(&self) -> bool {
        self.may_doubt
            && matches!(
                self.verdict,
                Verdict::StepDone | Verdict::Finish | Verdict::Refuse(_)
            )
    }
}
