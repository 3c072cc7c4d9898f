//! How far the set-up of a binding is: each step looks for itself.

use crate::operations::{
    BindingOverview, DryRunSummary, Mapping, OperationError, Operations, Told,
};

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Done,
    Next,
    Waiting,
}

impl Step {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::Next => "Next",
            Self::Waiting => "Waiting",
        }
    }

    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Done => "✓",
            Self::Next => "→",
            Self::Waiting => "○",
        }
    }

    /// The class of the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Done => "good",
            Self::Next => "open",
            Self::Waiting => "quiet",
        }
    }

    pub(super) fn is_next(self) -> bool {
        self == Self::Next
    }

    fn once(is_done: bool, may_begin: bool) -> Self {
        match (is_done, may_begin) {
            (true, _) => Self::Done,
            (false, true) => Self::Next,
            (false, false) => Self::Waiting,
        }
    }
}

/// What the steps are judged by.
pub(super) struct Progress {
    pub(super) overview: BindingOverview,
    pub(super) mapping: Mapping,
    pub(super) dry_run: Option<Told<DryRunSummary>>,
}

impl Progress {
    /// Looks at a binding.
    ///
    /// # Errors
    /// When there is no such binding, or the database fails.
    pub(super) async fn of(operations: &Operations, id: &str) -> Result<Self, OperationError> {
        Ok(Self {
            overview: operations.overview(id).await?,
            mapping: operations.mapping(id).await?,
            dry_run: operations.dry_run(id).await?,
        })
    }

    pub(super) fn lists_are_read(&self) -> bool {
        self.mapping
            .reference
            .as_object()
            .is_some_and(|lists| !lists.is_empty())
    }

    pub(super) fn sage(&self) -> Step {
        let is_active = self.overview.binding.state == "active";
        Step::once(is_active && self.lists_are_read(), true)
    }

    /// A shop that was paired has an address, or has asked for something.
    pub(super) fn shop(&self) -> Step {
        let binding = &self.overview.binding;
        let has_called = binding.installation.is_some()
            || self.mapping.profile.is_some()
            || self.overview.pulse.last_arrival.is_some();
        Step::once(
            binding.push_url.is_some() || has_called,
            self.sage() == Step::Done,
        )
    }

    pub(super) fn map(&self) -> Step {
        let may_begin = self.sage() == Step::Done
            && self.shop() == Step::Done
            && self.mapping.profile.is_some();
        Step::once(self.mapping.version > 0, may_begin)
    }

    /// The last dry run, and whether it was made with the settings that stand.
    pub(super) fn run(&self) -> Option<(&DryRunSummary, bool)> {
        let run = &self.dry_run.as_ref()?.report;
        let is_present = Some(&run.settings_digest) == self.mapping.digest.as_ref();
        Some((run, is_present))
    }

    /// Documents that the dry run could not post.
    pub(super) fn refused(&self) -> u64 {
        self.run().map_or(0, |(run, _)| {
            run.documents.iter().map(|one| one.reject).sum()
        })
    }

    pub(super) fn check(&self) -> Step {
        let is_present = self.run().is_some_and(|(_, is_present)| is_present);
        let is_good = is_present && self.refused() == 0;
        let is_mapped = self.map() == Step::Done;
        // Whoever is live has looked at it, or has decided against it.
        Step::once(
            is_mapped && (is_good || self.is_live()),
            is_mapped && self.run().is_some(),
        )
    }

    fn is_live(&self) -> bool {
        self.map() == Step::Done && self.overview.binding.live_since.is_some()
    }

    /// `may_skip`: without a dry run, when a person says so.
    pub(super) fn live(&self, may_skip: bool) -> Step {
        let may_begin = self.map() == Step::Done && (self.run().is_some() || may_skip);
        Step::once(self.is_live(), may_begin)
    }

    /// Whether documents are on their way.
    pub(super) fn is_finished(&self) -> bool {
        self.is_live() && self.sage() == Step::Done
    }

    /// What is left, in a few words; nothing when it is finished.
    pub(super) fn left(&self) -> Option<&'static str> {
        if self.is_finished() {
            return None;
        }
        let steps = [
            (self.sage(), "connect Sage"),
            (self.shop(), "connect the shop"),
            (self.map(), "map accounts and tax rates"),
        ];
        let open = steps.into_iter().find(|(step, _)| *step != Step::Done);
        Some(open.map_or("go live", |(_, what)| what))
    }
}
