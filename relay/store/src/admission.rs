//! Whether a plan that arrives is new, known, or in conflict: a pure function.

use ledger_plan::Kind;

use super::state::State;

/// The generation of a plan whose key is new.
pub const FIRST: u32 = 1;

/// The newest generation already in the inbox under the same key.
#[derive(Debug, Clone)]
pub struct Present {
    pub run_id: String,
    pub generation: u32,
    pub digest: String,
    pub sequence: i64,
    pub state: State,
    /// Whether an operator has said that another document may take the key.
    pub is_set_aside: bool,
}

/// What to do with the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Store it as this generation.
    Accept(u32),
    /// The same content is here already.
    Replay,
    /// The same key stands for other content.
    Conflict,
    /// An older state of something arrives after a newer one.
    Outdated,
}

/// Same key and digest: a replay. Another digest: a new generation for the state of something;
/// for a document only when its earlier generation was rejected, since otherwise two invoices
/// could come of one.
pub fn decide(present: &Present, kind: Kind, digest: &str, sequence: i64) -> Decision {
    if present.digest == digest {
        return Decision::Replay;
    }
    let successor = Decision::Accept(present.generation.saturating_add(1));
    match kind {
        Kind::Document if present.state == State::Rejected || present.is_set_aside => successor,
        Kind::Document => Decision::Conflict,
        // The same row again with other content: its settings were changed after a refusal.
        Kind::Upsert if sequence == present.sequence && present.state == State::Rejected => {
            successor
        }
        Kind::Upsert if sequence <= present.sequence => Decision::Outdated,
        Kind::Upsert => successor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn present(state: State) -> Present {
        Present {
            run_id: "r".to_owned(),
            generation: 1,
            digest: "a".to_owned(),
            sequence: 5,
            state,
            is_set_aside: false,
        }
    }

    #[test]
    fn documents_happen_once_unless_rejected() {
        for state in [
            State::Queued,
            State::Running,
            State::Waiting,
            State::Succeeded,
            State::Ambiguous,
            State::Parked,
        ] {
            assert_eq!(
                decide(&present(state), Kind::Document, "a", 9),
                Decision::Replay
            );
            assert_eq!(
                decide(&present(state), Kind::Document, "b", 9),
                Decision::Conflict,
                "{state:?}"
            );
        }
        assert_eq!(
            decide(&present(State::Rejected), Kind::Document, "b", 9),
            Decision::Accept(2)
        );
        assert_eq!(
            decide(&present(State::Rejected), Kind::Document, "a", 9),
            Decision::Replay
        );
    }

    #[test]
    fn a_document_that_was_set_aside_makes_room_for_another() {
        let aside = Present {
            is_set_aside: true,
            ..present(State::Succeeded)
        };
        assert_eq!(decide(&aside, Kind::Document, "b", 9), Decision::Accept(2));
        assert_eq!(decide(&aside, Kind::Document, "a", 9), Decision::Replay);
    }

    #[test]
    fn of_an_upsert_the_newest_wins() {
        assert_eq!(
            decide(&present(State::Succeeded), Kind::Upsert, "b", 6),
            Decision::Accept(2)
        );
        assert_eq!(
            decide(&present(State::Succeeded), Kind::Upsert, "b", 4),
            Decision::Outdated
        );
        assert_eq!(
            decide(&present(State::Succeeded), Kind::Upsert, "a", 4),
            Decision::Replay
        );
        assert_eq!(
            decide(&present(State::Queued), Kind::Upsert, "b", 5),
            Decision::Outdated
        );
        assert_eq!(
            decide(&present(State::Rejected), Kind::Upsert, "b", 5),
            Decision::Accept(2)
        );
    }
}
