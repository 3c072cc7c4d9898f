//! The life of a run, as a pure function.

/// Where a run stands. The words are those of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Durable, not begun.
    Queued,
    /// In the hands of its lane; after a restart: was in its hands.
    Running,
    /// Will be tried again at a stated time.
    Waiting,
    /// All steps stand in Sage.
    Succeeded,
    /// Refused, by Sage or by us; nothing more will be sent.
    Rejected,
    /// In doubt, and the doubt cannot be removed without a person.
    Ambiguous,
    /// Stopped for a reason of the binding, not of the document.
    Parked,
    /// A newer state of the same thing is here; this one is not sent any more.
    Superseded,
}

/// What happens to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The lane takes it up.
    Claim,
    /// A step is done and another follows.
    StepDone,
    /// The last step is done.
    Finish,
    /// To be tried again later.
    Wait,
    /// Sage or the relay says no.
    Refuse,
    /// Nobody can say what happened.
    Doubt,
    /// The binding cannot send.
    Park,
    /// The binding can send again.
    Resume,
    /// What it needed was rejected, and is there after all; or an operator wants it tried again.
    Revive,
    /// An operator sets it aside.
    Hold,
    /// A newer state of the same thing is here.
    Supersede,
}

impl State {
    const ALL: [Self; 8] = [
        Self::Queued,
        Self::Running,
        Self::Waiting,
        Self::Succeeded,
        Self::Rejected,
        Self::Ambiguous,
        Self::Parked,
        Self::Superseded,
    ];

    /// The word in the database and on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Rejected => "rejected",
            Self::Ambiguous => "ambiguous",
            Self::Parked => "parked",
            Self::Superseded => "superseded",
        }
    }

    /// The state a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// The state after an event; `None` when the event cannot happen to a run in this state.
/// `Claim` on a running run is the recovery after a crash.
pub fn next(state: State, event: Event) -> Option<State> {
    match (state, event) {
        (State::Queued | State::Waiting | State::Running, Event::Claim)
        | (State::Running, Event::StepDone) => Some(State::Running),
        (State::Running, Event::Finish) => Some(State::Succeeded),
        (State::Running, Event::Wait) => Some(State::Waiting),
        (State::Running, Event::Refuse) => Some(State::Rejected),
        (State::Running, Event::Doubt) => Some(State::Ambiguous),
        (State::Running, Event::Park) => Some(State::Parked),
        // One that is not under way may be needed no more: what it was to post was canceled.
        (
            State::Queued | State::Waiting | State::Running | State::Rejected | State::Parked,
            Event::Supersede,
        ) => Some(State::Superseded),
        (State::Queued | State::Waiting, Event::Hold) => Some(State::Parked),
        (State::Parked, Event::Resume) | (State::Rejected | State::Ambiguous, Event::Revive) => {
            Some(State::Queued)
        }
        (
            State::Queued
            | State::Running
            | State::Waiting
            | State::Succeeded
            | State::Rejected
            | State::Ambiguous
            | State::Parked
            | State::Superseded,
            Event::Claim
            | Event::StepDone
            | Event::Finish
            | Event::Wait
            | Event::Refuse
            | Event::Doubt
            | Event::Park
            | Event::Resume
            | Event::Revive
            | Event::Hold
            | Event::Supersede,
        ) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 11] = [
        Event::Claim,
        Event::StepDone,
        Event::Finish,
        Event::Wait,
        Event::Refuse,
        Event::Doubt,
        Event::Park,
        Event::Resume,
        Event::Revive,
        Event::Supersede,
        Event::Hold,
    ];

    #[test]
    fn the_whole_table() {
        let row = |state| {
            EVENTS
                .map(|event| next(state, event).map_or("-", State::word))
                .join(" ")
        };
        for (state, after) in [
            (State::Queued, "running - - - - - - - - superseded parked"),
            (State::Waiting, "running - - - - - - - - superseded parked"),
            (
                State::Running,
                "running running succeeded waiting rejected ambiguous parked - - superseded -",
            ),
            (State::Parked, "- - - - - - - queued - superseded -"),
            (State::Rejected, "- - - - - - - - queued superseded -"),
            (State::Ambiguous, "- - - - - - - - queued - -"),
        ] {
            assert_eq!(row(state), after, "{state:?}");
        }
        for end in [State::Succeeded, State::Superseded] {
            assert_eq!(row(end), ["-"; EVENTS.len()].join(" "), "{end:?} is an end");
        }
    }

    #[test]
    fn words_are_read_back() {
        for state in State::ALL {
            assert_eq!(State::from_word(state.word()), Some(state));
        }
        assert_eq!(State::from_word("done"), None);
    }
}
