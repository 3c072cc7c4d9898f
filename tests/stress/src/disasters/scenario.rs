//! The scenarios, and which stores each is tried with.

use anyhow::Result;

use super::disk::{self, Moment};
use super::fixture::{End, Fixture, Store};
use super::restore::{self, Age};
use super::{clock, files, neighbours, pairing, server, shop_side};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scenario {
    FullDisk(Moment),
    ReadOnlyDisk,
    NoWrites,
    RelayRestored(Age),
    ShopRestored,
    ShopCopied,
    ClockBack,
    ClockForward,
    HalfOpen,
    HostileTexts,
    Pairings,
    FileGone,
    OpenedTwice,
    ServerKilled,
}

pub(super) const ALL: [Scenario; 19] = [
    Scenario::FullDisk(Moment::Ingest),
    Scenario::FullDisk(Moment::BeforeTheAnswer),
    Scenario::FullDisk(Moment::AfterTheAnswer),
    Scenario::FullDisk(Moment::TokenRefresh),
    Scenario::ReadOnlyDisk,
    Scenario::NoWrites,
    Scenario::RelayRestored(Age::Minutes),
    Scenario::RelayRestored(Age::Hour),
    Scenario::RelayRestored(Age::TenDays),
    Scenario::ShopRestored,
    Scenario::ShopCopied,
    Scenario::ClockBack,
    Scenario::ClockForward,
    Scenario::HalfOpen,
    Scenario::HostileTexts,
    Scenario::Pairings,
    Scenario::FileGone,
    Scenario::OpenedTwice,
    Scenario::ServerKilled,
];

impl Scenario {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::FullDisk(Moment::Ingest) => "full disk at ingest",
            Self::FullDisk(Moment::BeforeTheAnswer) => "full disk before Sage's answer",
            Self::FullDisk(Moment::AfterTheAnswer) => "full disk after Sage's answer",
            Self::FullDisk(Moment::TokenRefresh) => "full disk during token refreshes",
            Self::ReadOnlyDisk => "read-only file system at the start",
            Self::NoWrites => "no writes for a while",
            Self::RelayRestored(Age::Minutes) => "relay restored, minutes ago",
            Self::RelayRestored(Age::Hour) => "relay restored, an hour ago",
            Self::RelayRestored(Age::TenDays) => "relay restored, ten days ago",
            Self::ShopRestored => "shop restored, ids used again",
            Self::ShopCopied => "shop copied",
            Self::ClockBack => "clock an hour back",
            Self::ClockForward => "clock a day forward",
            Self::HalfOpen => "half-open connections during load",
            Self::HostileTexts => "hostile texts beside ten shops",
            Self::Pairings => "pairings without proof or answer",
            Self::FileGone => "database file moved, removed, replaced",
            Self::OpenedTwice => "database file opened twice",
            Self::ServerKilled => "PostgreSQL killed during load",
        }
    }

    pub(super) fn stores(self) -> &'static [Store] {
        match self {
            Self::ReadOnlyDisk | Self::NoWrites | Self::FileGone | Self::OpenedTwice => {
                &[Store::Sqlite]
            }
            Self::FullDisk(_)
            | Self::ShopRestored
            | Self::ShopCopied
            | Self::ClockBack
            | Self::ClockForward
            | Self::HalfOpen
            | Self::HostileTexts
            | Self::Pairings => &[Store::Sqlite, Store::Postgres],
            Self::RelayRestored(_) => &[Store::Sqlite, Store::Postgres, Store::PostgresThree],
            Self::ServerKilled => &[Store::Postgres, Store::PostgresThree],
        }
    }

    pub(super) async fn run(self, fixture: &mut Fixture) -> Result<End> {
        match self {
            Self::FullDisk(moment) => disk::full(fixture, moment).await,
            Self::ReadOnlyDisk => disk::read_only(fixture).await,
            Self::NoWrites => disk::no_writes(fixture).await,
            Self::RelayRestored(age) => restore::relay(fixture, age).await,
            Self::ShopRestored => shop_side::restored(fixture).await,
            Self::ShopCopied => shop_side::copied(fixture).await,
            Self::ClockBack => clock::jump(fixture, -3_600).await,
            Self::ClockForward => clock::jump(fixture, 86_400).await,
            Self::HalfOpen => neighbours::half_open(fixture).await,
            Self::HostileTexts => neighbours::hostile(fixture).await,
            Self::Pairings => pairing::pairings(fixture).await,
            Self::FileGone => files::gone(fixture).await,
            Self::OpenedTwice => files::opened_twice(fixture).await,
            Self::ServerKilled => server::killed(fixture).await,
        }
    }
}
