//! Passwords: argon2id, and random tokens.
//!
//! Hashing takes 19 MiB and some milliseconds on purpose. Two at once are enough for people, and a
//! flood of attempts takes no more memory than that.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use ledger_store::vault::VaultError;

use super::OperationError;

const SHORTEST: usize = 12;
const LONGEST: usize = 200;
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Stands for the hash of an account that does not exist: of no password, with the same costs.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cyBzYWx0Li4uLg$3Zk4bGc0b2Z1bm5lcnYgYSBkZWNveSBpcyBubyBoYXM";

/// Hashes a password that somebody has chosen.
pub(super) async fn hash(password: SecretString) -> Result<String, OperationError> {
    judge(password.expose_secret())?;
    let hashed = aside(move || {
        let hashed = Argon2::default().hash_password(password.expose_secret().as_bytes());
        hashed.ok().map(|hash| hash.to_string())
    });
    hashed
        .await
        .flatten()
        .ok_or_else(|| OperationError::Argument("the password could not be hashed".to_owned()))
}

/// Whether a password is the right one. Without a hash it is never right, and takes as long.
pub(super) async fn is_right(password: SecretString, hash: Option<String>) -> bool {
    let known = hash.filter(|hash| !hash.is_empty());
    let is_known = known.is_some();
    let hash = known.unwrap_or_else(|| DECOY.to_owned());
    let matches = aside(move || {
        let Ok(hash) = PasswordHash::new(&hash) else {
            return false;
        };
        Argon2::default()
            .verify_password(password.expose_secret().as_bytes(), &hash)
            .is_ok()
    });
    matches.await.unwrap_or(false) && is_known
}

/// On a thread that may take its time, two at once.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let _permit = AT_ONCE.acquire().await.ok()?;
    tokio::task::spawn_blocking(work).await.ok()
}

fn judge(password: &str) -> Result<(), OperationError> {
    let length = password.chars().count();
    let message = if length < SHORTEST {
        format!(
            "A password has at least {SHORTEST} characters. A few words in a row are easy to remember."
        )
    } else if password.len() > LONGEST {
        format!("A password has at most {LONGEST} bytes.")
    } else {
        return Ok(());
    };
    Err(OperationError::Field {
        field: "password",
        message,
    })
}

/// 256 random bits for a link, a session or a state.
pub(crate) fn random_token() -> Result<SecretString, OperationError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| VaultError::Random)?;
    Ok(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_and_no_other() {
        let hash = hash("correct horse battery".into()).await.unwrap();
        assert!(is_right("correct horse battery".into(), Some(hash.clone())).await);
        assert!(!is_right("correct horse batter".into(), Some(hash)).await);
        assert!(!is_right("".into(), Some(String::new())).await);
    }

    #[tokio::test]
    async fn nobody_costs_as_much_as_somebody() {
        let real = hash("correct horse battery".into()).await.unwrap();
        let costs = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(costs(&real), costs(DECOY));
        let lengths = |hash: &str| hash.split('$').map(str::len).collect::<Vec<_>>();
        assert_eq!(lengths(&real), lengths(DECOY));
        assert!(PasswordHash::new(DECOY).is_ok());
        assert!(!is_right("correct horse battery".into(), None).await);
    }

    #[tokio::test]
    async fn short_and_endless_ones_are_refused() {
        assert!(hash("eleven char".into()).await.is_err());
        assert!(hash("a".repeat(201).into()).await.is_err());
    }
}
