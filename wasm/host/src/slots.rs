//! Calls take turns when more are made at once than the pool has memories.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Counts the free memories of the pool.
#[derive(Debug)]
pub(crate) struct Slots {
    free: Mutex<u32>,
    freed: Condvar,
}

/// One memory, taken until it is dropped.
pub(crate) struct Slot<'a>(&'a Slots);

impl Slots {
    pub(crate) fn new(count: u32) -> Self {
        Self {
            free: Mutex::new(count),
            freed: Condvar::new(),
        }
    }

    /// Waits for a memory. Calls are bounded by their fuel, so the wait is too.
    pub(crate) fn take(&self) -> Slot<'_> {
        let mut free = self
            .freed
            .wait_while(self.lock(), |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free = free.saturating_sub(1);
        Slot(self)
    }

    /// A count cannot be left half-written, so a panic elsewhere does not spoil it.
    fn lock(&self) -> MutexGuard<'_, u32> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut free = self.0.lock();
        *free = free.saturating_add(1);
        drop(free);
        self.0.freed.notify_one();
    }
}
