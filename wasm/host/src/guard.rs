//! Turns a panic into an error.

use crate::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `work` and turns a panic of it into [`Error::Panic`].
///
/// A panic that reaches a caller written in C ends the process, and with it every request that
/// a PHP worker would still have served. The panic's message still goes to the standard error
/// stream, through the ordinary hook.
///
/// # Errors
///
/// What `work` answers, or [`Error::Panic`].
pub fn guarded<T, E: From<Error>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    // Unwind safety: what `work` borrows is dropped or, for a loaded component, immutable.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result,
        Err(payload) => {
            let detail = payload
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| payload.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "no message".to_owned());
            Err(E::from(Error::Panic { detail }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_its_message() {
        let error = guarded::<(), Error>(|| panic!("number {}", 7)).unwrap_err();
        assert_eq!(error.code(), "panic");
        assert!(error.to_string().contains("number 7"));
    }

    #[test]
    fn an_answer_passes_unchanged() {
        assert_eq!(guarded::<_, Error>(|| Ok(7)).unwrap(), 7);
    }
}
