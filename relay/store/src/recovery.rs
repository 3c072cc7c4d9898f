//! Where shop and store stand to each other: epochs, positions, recoveries.
//!
//! A store that was restored from a backup cannot know it by itself. The shop can tell it: it keeps
//! the last position it was given, and a position that this store has never given out comes from
//! the store as it was before. See the contracts, section 9.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;

use crate::retry::Millis;

use super::operations::NewAuditEntry;
use super::{BindingId, StoreError};

/// Hexadecimal digits that name an epoch.
const EPOCH_DIGITS: usize = 16;

/// What a shop has seen of the store: the epoch, the newest run that was acknowledged to it, and
/// its place in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub epoch: String,
    pub seq: i64,
    pub cursor: i64,
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.epoch, self.seq, self.cursor)
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('.');
        let (Some(epoch), Some(seq), Some(cursor), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(());
        };
        let is_epoch =
            epoch.len() == EPOCH_DIGITS && epoch.bytes().all(|byte| byte.is_ascii_hexdigit());
        let place = |text: &str| text.parse().ok().filter(|place: &i64| *place >= 0);
        match (is_epoch, place(seq), place(cursor)) {
            (true, Some(seq), Some(cursor)) => Ok(Self {
                epoch: epoch.to_owned(),
                seq,
                cursor,
            }),
            _ => Err(()),
        }
    }
}

/// What lies between one start of a relay and the next.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Epoch {
    pub number: i64,
    pub epoch: String,
    pub first_seq: i64,
    pub first_cursor: i64,
}

/// How far a store has come: its newest run and the end of its feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct Places {
    pub seq: i64,
    pub cursor: i64,
}

/// Whether a shop's position was given out by this store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agreement {
    /// It was; the number of the newest epoch comes with it.
    Agrees(i64),
    /// It was not: the store was taken back. Up to these places both agree.
    TakenBack(Places),
}

/// Compares a position with the epochs of the store, oldest first, and its present places.
/// `agreed` is the number of the last epoch in which this shop and the store agreed.
pub fn agreement(position: &Position, epochs: &[Epoch], agreed: i64, present: Places) -> Agreement {
    let Some(newest) = epochs.last() else {
        return Agreement::Agrees(0);
    };
    let end_after = |number: i64| {
        let next = epochs.iter().find(|epoch| epoch.number > number);
        next.map_or(present, |next| Places {
            seq: next.first_seq.saturating_sub(1),
            cursor: next.first_cursor.saturating_sub(1),
        })
    };
    let Some(own) = epochs.iter().find(|epoch| epoch.epoch == position.epoch) else {
        // An epoch of the store that is gone; it began after what both last agreed on.
        let end = end_after(agreed);
        return Agreement::TakenBack(Places {
            seq: end.seq,
            cursor: end.cursor.min(position.cursor),
        });
    };
    let end = end_after(own.number);
    if position.seq <= end.seq && position.cursor <= end.cursor {
        return Agreement::Agrees(newest.number);
    }
    Agreement::TakenBack(Places {
        seq: end.seq,
        cursor: end.cursor.min(position.cursor),
    })
}

/// A recovery of a binding.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Recovery {
    pub recovery_id: String,
    pub known_until: Millis,
    pub feed_cursor: i64,
    pub first_seq: i64,
    pub began_at: Millis,
    pub offered_at: Option<Millis>,
    pub ended_at: Option<Millis>,
    /// Plans that arrived since it began.
    pub documents: i64,
    /// Runs that must come to an end before it ends.
    pub open: i64,
    /// Objects that were found in Sage since it began.
    pub adopted: i64,
}

/// How a binding stands, for its shop.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct BindingStatus {
    pub state: String,
    pub state_since: Millis,
    pub shop_sequence: i64,
    pub waiting: i64,
    pub oldest_waiting_since: Option<Millis>,
    pub needs_person: i64,
    pub paused_until: Option<Millis>,
    /// The code of the run that waits longest for another reason than another document.
    pub waiting_code: Option<String>,
}

/// What keeps shop and store in agreement.
#[async_trait]
pub trait RecoveryStore: Send + Sync {
    /// Begins an epoch: the relay serves from here on.
    async fn begin_epoch(&self, now: Millis) -> Result<(), StoreError>;
    /// The newest epoch.
    async fn epoch(&self) -> Result<String, StoreError>;
    /// How far the store has come.
    async fn places(&self) -> Result<Places, StoreError>;
    /// Whether a shop's position was given out by this store; that it was is remembered.
    async fn agree(
        &self,
        binding: &BindingId,
        position: &Position,
    ) -> Result<Agreement, StoreError>;
    /// Begins a recovery, unless one is under way; the one that is under way now.
    async fn begin_recovery(
        &self,
        binding: &BindingId,
        agreed: Places,
        now: Millis,
    ) -> Result<Recovery, StoreError>;
    /// Recoveries of a binding, newest first.
    async fn recoveries(&self, binding: &BindingId) -> Result<Vec<Recovery>, StoreError>;
    /// The shop has offered everything again, and these are its highest entities; false when no
    /// such recovery is under way.
    async fn offered(
        &self,
        binding: &BindingId,
        recovery_id: &str,
        highest: &[(String, i64)],
        now: Millis,
    ) -> Result<bool, StoreError>;
    /// Ends the recoveries that have nothing left to do; whose they were.
    async fn end_recoveries(&self, now: Millis) -> Result<Vec<BindingId>, StoreError>;
    /// Serves this installation from here on. Takes the place of `replaces`, or of none; false
    /// when another one is served.
    async fn serve_installation(
        &self,
        binding: &BindingId,
        installation: &str,
        replaces: Option<&str>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    /// Remembers the highest sequence of a shop; one that is lower than before says that the shop
    /// was restored, which is remembered as well.
    async fn hear_sequence(
        &self,
        binding: &BindingId,
        sequence: i64,
        now: Millis,
    ) -> Result<(), StoreError>;
    async fn binding_status(
        &self,
        binding: &BindingId,
        now: Millis,
    ) -> Result<Option<BindingStatus>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs() -> Vec<Epoch> {
        let epoch = |number, name: &str, first_seq, first_cursor| Epoch {
            number,
            epoch: name.repeat(EPOCH_DIGITS),
            first_seq,
            first_cursor,
        };
        vec![
            epoch(1, "a", 1, 1),
            epoch(2, "b", 101, 201),
            epoch(4, "c", 151, 301),
        ]
    }

    fn position(epoch: &str, seq: i64, cursor: i64) -> Position {
        Position {
            epoch: epoch.repeat(EPOCH_DIGITS),
            seq,
            cursor,
        }
    }

    fn places(seq: i64, cursor: i64) -> Places {
        Places { seq, cursor }
    }

    #[test]
    fn a_place_of_a_store_that_is_gone_is_seen() {
        let judge = |position: &Position| agreement(position, &epochs(), 2, places(160, 320));
        assert_eq!(judge(&position("a", 100, 200)), Agreement::Agrees(4));
        assert_eq!(judge(&position("c", 160, 320)), Agreement::Agrees(4));
        // Given out between the backup and the start that followed it.
        assert_eq!(
            judge(&position("b", 150, 305)),
            Agreement::TakenBack(places(150, 300))
        );
        assert_eq!(
            judge(&position("b", 155, 250)),
            Agreement::TakenBack(places(150, 250)),
            "accepted, not heard of yet"
        );
        assert_eq!(
            judge(&position("c", 161, 300)),
            Agreement::TakenBack(places(160, 300))
        );
        // In an epoch that began after the backup: agreed until the epoch after the last agreement.
        assert_eq!(
            judge(&position("d", 500, 900)),
            Agreement::TakenBack(places(150, 300))
        );
    }

    #[test]
    fn positions_are_read_back_and_nothing_else_is() {
        let one = position("f", 7, 9);
        assert_eq!(one.to_string().parse(), Ok(one));
        for bad in [
            "",
            "1.2",
            "ffffffffffffffff.1.2.3",
            "ffffffffffffffff.-1.2",
            "gfffffffffffffff.1.2",
            "fff.1.2",
            "ffffffffffffffff.1.x",
        ] {
            assert_eq!(bad.parse::<Position>(), Err(()), "{bad}");
        }
    }
}
