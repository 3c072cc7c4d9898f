//! PushSyncState: what the feed says, sent to the shop as signed calls.
//!
//! A push is a convenience: the feed stays the truth, and a shop that is never reached loses
//! nothing. Each binding has a cursor into its feed; a call carries everything after it, and the
//! cursor moves on only when the shop has answered 2xx. So a state is sent at least once, in
//! order, and never goes backwards: of two states of a key the one with the larger cursor is
//! the newer.

pub(crate) mod address;
pub(crate) mod sign;
pub(crate) mod call;
pub(crate) mod pair;
pub(crate) mod worker;
