//! How a process of the relay is to end.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::random::Random;
use crate::relay::Process;

/// Every named point of the relay, and how often it may be passed before the time that kills.
const POINTS: [(&str, u64); 8] = [
    ("before-ingest-commit", 2),
    ("after-ingest-commit", 2),
    ("after-refresh-answer", 1),
    ("after-token-commit", 1),
    ("after-intent-commit", 9),
    ("after-answer", 9),
    ("before-settle-commit", 9),
    ("after-settle-commit", 9),
];
/// A point that is not reached within this time is given up for a kill from outside.
const POINT_TIMEOUT: Duration = Duration::from_secs(3);
/// Longer than a lease of the running.
const PAUSE: Duration = Duration::from_millis(1_600);

/// What is to happen.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// Killed at a named point, by itself.
    Point(&'static str, u64),
    /// Killed at any moment.
    Moment,
    /// Stopped for longer than its leases last, then killed.
    Zombie,
}

/// A process with its fault.
#[derive(Debug)]
pub(super) struct FaultyProcess {
    pub(super) process: Process,
    fault: Fault,
    next: Instant,
    stopped: bool,
}

/// What became of it by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Alive,
    /// Killed at this point.
    At(&'static str),
    AnyMoment,
}

impl Fault {
    /// In turn at a point and at any moment; now and then a zombie, where that may be.
    pub(super) fn draw(number: usize, zombies: bool, random: &mut Random) -> Self {
        if zombies && number % 7 == 3 {
            return Self::Zombie;
        }
        if number.is_multiple_of(4) {
            return Self::Moment;
        }
        // Three of four, so that every point has its turn.
        let at = (number - number / 4) % POINTS.len();
        let (name, most) = POINTS.get(at).copied().unwrap_or(("after-answer", 1));
        Self::Point(name, random.between(1, most + 1))
    }

    /// The word of the environment for it.
    pub(super) fn crash_point(&self) -> Option<String> {
        match self {
            Self::Point(name, nth) => Some(format!("{name}:{nth}")),
            Self::Moment | Self::Zombie => None,
        }
    }
}

impl FaultyProcess {
    pub(super) fn new(process: Process, fault: Fault, random: &mut Random) -> Self {
        let delay = match fault {
            Fault::Point(..) => POINT_TIMEOUT,
            Fault::Moment | Fault::Zombie => Duration::from_millis(random.between(40, 700)),
        };
        Self {
            process,
            fault,
            next: Instant::now() + delay,
            stopped: false,
        }
    }

    /// Looks whether it is dead, and does what is due.
    pub(super) async fn look(&mut self) -> Result<End> {
        if self.process.dies_within(Duration::from_millis(1)).await? {
            return Ok(match self.fault {
                Fault::Point(name, _) => End::At(name),
                Fault::Moment | Fault::Zombie => End::AnyMoment,
            });
        }
        if Instant::now() < self.next {
            return Ok(End::Alive);
        }
        match (&self.fault, self.stopped) {
            (Fault::Zombie, false) => {
                self.process.signal("STOP")?;
                self.stopped = true;
                self.next = Instant::now() + PAUSE;
                Ok(End::Alive)
            }
            (Fault::Zombie, true) => {
                self.process.signal("CONT")?;
                self.fault = Fault::Moment;
                self.next = Instant::now() + Duration::from_millis(200);
                Ok(End::Alive)
            }
            (Fault::Point(..) | Fault::Moment, _) => {
                self.process.kill()?;
                Ok(End::AnyMoment)
            }
        }
    }
}
