//! Named points at which a test lets the process die as by a power cut.
//!
//! The points exist only where debug assertions do; in a release build the macro is empty.

/// Dies here, by SIGKILL, when the environment names this point.
#[macro_export]
macro_rules! crash_point {
    ($name:literal) => {
        #[cfg(debug_assertions)]
        $crate::crash::hit($name);
    };
}

/// The environment variable: `name`, or `name:n` for the n-th time the point is passed.
#[cfg(debug_assertions)]
const VARIABLE: &str = "LEDGER_RELAY_CRASH_POINT";

/// What the macro does at this point.
#[cfg(debug_assertions)]
pub fn hit(name: &str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static PASSED: AtomicU32 = AtomicU32::new(0);
    let Ok(wanted) = std::env::var(VARIABLE) else {
        return;
    };
    let (wanted, nth) = wanted
        .split_once(':')
        .map_or((wanted.as_str(), 1), |(name, nth)| {
            (name, nth.parse().unwrap_or(1))
        });
    if wanted == name && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == nth {
        let me = rustix::process::getpid();
        // It cannot fail for oneself; should it ever, there is no going on either.
        let _ = rustix::process::kill_process(me, rustix::process::Signal::KILL);
        std::process::abort();
    }
}
