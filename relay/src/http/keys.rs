//! The keys that requests are signed with, kept for a moment: reading and opening them anew for
//! every request costs more than checking its signature.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::inbox::{BindingId, BindingRow};
use crate::retry::Millis;
use crate::sage::oauth::API_KEY;
use crate::vault::{Vault, VaultError};

use super::jwt::{SigningKey, signing_key};

/// For how long, in milliseconds. A key that was taken away opens the door for so long at most; a
/// new one is good at once, since a signature that none of these made sends back to the database.
const KEPT_FOR: Millis = 1_000;

/// The keys of bindings that asked a moment ago.
#[derive(Default)]
pub(crate) struct Keys(Mutex<BTreeMap<BindingId, Kept>>);

struct Kept {
    keys: Arc<[SigningKey]>,
    until: Millis,
}

impl Keys {
    /// The keys of a binding, if they were read a moment ago.
    pub(super) fn kept(&self, binding: &BindingId, now: Millis) -> Option<Arc<[SigningKey]>> {
        let all = self.all();
        let kept = all.get(binding).filter(|kept| now < kept.until)?;
        Some(Arc::clone(&kept.keys))
    }

    /// Opens every key that is good for the binding, the former one for a while as well, and keeps
    /// them for a moment.
    pub(super) fn open(
        &self,
        vault: &Vault,
        binding: &BindingId,
        row: &BindingRow,
        now: Millis,
    ) -> Result<Arc<[SigningKey]>, VaultError> {
        let open = |sealed| signing_key(&vault.open(binding, API_KEY, sealed)?);
        let keys: Arc<[SigningKey]> = row.api_keys(now).map(open).collect::<Result<_, _>>()?;
        let end = row.former_api_key_until.filter(|end| *end > now);
        let until = now.saturating_add(KEPT_FOR);
        let kept = Kept {
            keys: Arc::clone(&keys),
            until: end.map_or(until, |end| until.min(end)),
        };
        self.all().insert(binding.clone(), kept);
        Ok(keys)
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<BindingId, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    #[test]
    fn keys_are_kept_for_a_moment_and_not_beyond_the_end_of_a_former_one() {
        let vault = Vault::new(&SecretString::from("a".repeat(64))).unwrap();
        let binding = BindingId::new("one").unwrap();
        let sealed = |key: &str| vault.seal(&binding, API_KEY, &key.into()).unwrap();
        let mut row = BindingRow {
            api_key_sealed: sealed("new"),
            former_api_key_sealed: Some(sealed("old")),
            former_api_key_until: Some(10_500),
            ..BindingRow::default()
        };
        let keys = Keys::default();
        let kept = |now: Millis, row: &BindingRow| {
            let opened = keys.open(&vault, &binding, row, now).unwrap();
            let count = |at| keys.kept(&binding, at).map(|keys| keys.len());
            (
                opened.len(),
                [now, now + 499, now + 500, now + 999, now + 1_000].map(count),
            )
        };
        let (two, one, none) = (Some(2), Some(1), None);
        assert_eq!(kept(5_000, &row), (2, [two, two, two, two, none]));
        assert_eq!(kept(10_000, &row), (2, [two, two, none, none, none]));
        assert_eq!(kept(10_500, &row), (1, [one, one, one, one, none]));
        row.api_key_sealed = vec![1];
        assert!(keys.open(&vault, &binding, &row, 20_000).is_err());
        assert!(keys.kept(&BindingId::new("two").unwrap(), 10_500).is_none());
    }
}
