//! The token a shop signs its calls with (contracts, section 7), written here a second time on purpose:
//! the relay must accept what the contract says, not what its own code says.

use anyhow::{Context, Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use std::io::Read;
use std::time::{SystemTime, UNIX_EPOCH};

const DIRECTION: &[u8] = b"byte8-magento-outbound-v1";

/// A fresh bearer token of a binding.
pub fn sign(binding: &str, api_key: &str) -> Result<String> {
    sign_at(binding, api_key, 0)
}

/// The same by a clock that is so many seconds ahead of this machine's.
pub fn sign_at(binding: &str, api_key: &str, ahead_seconds: i64) -> Result<String> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the clock stands before 1970")?
        .as_secs()
        .saturating_add_signed(ahead_seconds);
    let claims = json!({ "iss": binding, "iat": now, "exp": now + 60, "jti": random_hex(16)? });
    sign_claims(&claims.to_string(), api_key)
}

/// A token with these very claims.
pub fn sign_claims(claims: &str, api_key: &str) -> Result<String> {
    let mut key = [0_u8; 32];
    Hkdf::<Sha256>::new(None, api_key.as_bytes())
        .expand(DIRECTION, &mut key)
        .map_err(|error| anyhow!("deriving the signing key: {error}"))?;
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
    let mut mac =
        Hmac::<Sha256>::new_from_slice(&key).map_err(|error| anyhow!("signing key: {error}"))?;
    mac.update(signed.as_bytes());
    Ok(format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    ))
}

/// Random bytes of the system, as hexadecimal digits.
pub fn random_hex(bytes: usize) -> Result<String> {
    let mut buffer = vec![0_u8; bytes];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut buffer))
        .context("no randomness from the system")?;
    Ok(buffer.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_three_parts_and_depend_on_key_and_claims() {
        let one = sign_claims(r#"{"iss":"a"}"#, "key").unwrap();
        assert_eq!(one.split('.').count(), 3);
        assert_eq!(one, sign_claims(r#"{"iss":"a"}"#, "key").unwrap());
        assert_ne!(one, sign_claims(r#"{"iss":"a"}"#, "other").unwrap());
        assert_ne!(one, sign_claims(r#"{"iss":"b"}"#, "key").unwrap());
    }

    #[test]
    fn random_text_has_the_length_asked_for() {
        assert_eq!(random_hex(16).unwrap().len(), 32);
        assert_ne!(random_hex(16).unwrap(), random_hex(16).unwrap());
    }
}
