//! A step of a run with all it needs, and what comes of it.

use ledger_plan::{Plan, Step};
use ledger_store::{Reason, Run};

use super::session::SageSession;

/// Whether the lane goes on with the next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    Continue,
    Stop,
    /// One object of a family was refused; the step as a whole is not settled yet.
    Refused(Box<Reason>),
}

/// A step and all it needs.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    pub(super) session: &'a SageSession<'a>,
    pub(super) run: &'a Run,
    pub(super) plan: &'a Plan,
    pub(super) step: &'a Step,
    pub(super) index: u32,
    pub(super) last: bool,
    pub(super) tries: u32,
    /// Whether other objects of the same step follow, which settle it.
    pub(super) is_part: bool,
}
