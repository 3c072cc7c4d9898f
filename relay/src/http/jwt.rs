//! The token a shop signs each request with: HS256, at most a minute long.
//!
//! The signing key is never the API key itself but its HKDF subkey for this direction, so a
//! token for one direction is worthless in the other.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use ledger_store::BindingId;
use ledger_store::retry::Millis;
use ledger_store::tenant::Tenant;
use ledger_store::vault::{VaultError, subkey};

/// The purpose of the key: Magento to relay.
const DIRECTION: &str = "byte8-magento-outbound-v1";
/// What `aud`, where it is given, must say.
const AUDIENCE: &str = "ledger-relay";
/// The longest life a token may claim, in seconds.
const MAX_LIFE: i64 = 60;
/// How far the clocks of shop and relay may differ, in seconds.
const LEEWAY: i64 = 30;
const MAX_TOKEN: usize = 4096;

/// Why a token is not accepted. Says nothing that helps to forge one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Malformed,
    /// Unknown issuer and wrong signature look the same from outside.
    Untrusted,
    Expired,
    NotYetValid,
    TooLong,
    WrongAudience,
    /// It was used before.
    Replayed,
}

impl Refusal {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Malformed => "token_malformed",
            Self::Untrusted => "token_untrusted",
            Self::Expired => "token_expired",
            Self::NotYetValid => "token_not_yet_valid",
            Self::TooLong => "token_life_too_long",
            Self::WrongAudience => "token_wrong_audience",
            Self::Replayed => "token_replayed",
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

/// What a token claims.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) jti: String,
    #[serde(default)]
    pub(super) aud: Option<String>,
    /// Repeats what the relay asked for when the shop was paired.
    #[serde(default)]
    pub(crate) challenge: Option<String>,
}

/// A token taken apart; nothing in it is trusted yet.
pub(crate) struct Unverified<'t> {
    pub(crate) claims: Claims,
    signed: &'t str,
    signature: Vec<u8>,
}

/// Takes a token apart. Only HS256 is known: `none` and all others are refused here.
pub(crate) fn parse(token: &str) -> Result<Unverified<'_>, Refusal> {
    let malformed = Refusal::Malformed;
    if token.len() > MAX_TOKEN {
        return Err(malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(malformed)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed);
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| malformed)?;
    if header.alg != "HS256" {
        return Err(malformed);
    }
    let claims: Claims = serde_json::from_slice(&decode(payload)?).map_err(|_| malformed)?;
    let printable = claims.jti.bytes().all(|byte| byte.is_ascii_graphic());
    if claims.jti.is_empty() || claims.jti.len() > 128 || !printable {
        return Err(malformed);
    }
    Ok(Unverified {
        claims,
        signed,
        signature: decode(signature)?,
    })
}

/// The key for tokens from a shop to the relay.
pub(crate) fn signing_key(api_key: &SecretString) -> Result<[u8; 32], VaultError> {
    subkey(api_key.expose_secret().as_bytes(), DIRECTION)
}

/// The instant in milliseconds after which a token with this `exp` is refused by its age alone.
pub(super) fn void_at(exp: i64) -> Millis {
    exp.saturating_add(LEEWAY).saturating_mul(1000)
}

impl Unverified<'_> {
    /// Who signed, what is claimed, once times are good as well, and which of the keys it was
    /// signed with. `now` is in seconds.
    pub(crate) fn verify(
        self,
        binding: &BindingId,
        keys: &[[u8; 32]],
        now: i64,
    ) -> Result<(Tenant, Claims, usize), Refusal> {
        let message = self.signed.as_bytes();
        let signed = |(index, key)| {
            let tenant = Tenant::signed(binding, key, message, &self.signature)?;
            Some((tenant, index))
        };
        let (tenant, signed_with) = keys
            .iter()
            .enumerate()
            .find_map(signed)
            .ok_or(Refusal::Untrusted)?;
        let claims = self.claims;
        if claims.aud.as_deref().is_some_and(|aud| aud != AUDIENCE) {
            return Err(Refusal::WrongAudience);
        }
        if !(1..=MAX_LIFE).contains(&claims.exp.saturating_sub(claims.iat)) {
            return Err(Refusal::TooLong);
        }
        if now >= claims.exp.saturating_add(LEEWAY) {
            return Err(Refusal::Expired);
        }
        if claims.iat > now.saturating_add(LEEWAY) {
            return Err(Refusal::NotYetValid);
        }
        Ok((tenant, claims, signed_with))
    }
}

#[cfg(test)]
mod tests {
    use chacha20poly1305::aead::KeyInit;
    use hmac::{Hmac, Mac};
    use sha2::Sha256;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn token(header: &str, payload: &str, key: &str) -> String {
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(payload)
        );
        let key = signing_key(&SecretString::from(key.to_owned())).unwrap();
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).unwrap();
        mac.update(signed.as_bytes());
        format!(
            "{signed}.{}",
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        )
    }

    fn check(header: &str, payload: &str, key: &str) -> Result<Claims, Refusal> {
        let shop = BindingId::new("shop").unwrap();
        let key_of_shop = signing_key(&"right".into()).unwrap();
        let (tenant, claims, _) =
            parse(&token(header, payload, key))?.verify(&shop, &[key_of_shop], NOW)?;
        assert_eq!(*tenant.binding(), shop);
        Ok(claims)
    }

    fn claims(iat: i64, exp: i64, more: &str) -> String {
        format!(r#"{{"iss":"shop","iat":{iat},"exp":{exp},"jti":"j1"{more}}}"#)
    }

    #[test]
    fn accepts_a_good_token() {
        let found = check(
            r#"{"alg":"HS256","typ":"JWT"}"#,
            &claims(NOW, NOW + 60, ""),
            "right",
        )
        .unwrap();
        assert_eq!((found.iss.as_str(), found.jti.as_str()), ("shop", "j1"));
        assert!(
            check(
                r#"{"alg":"HS256"}"#,
                &claims(NOW, NOW + 60, r#","aud":"ledger-relay""#),
                "right"
            )
            .is_ok()
        );
    }

    #[test]
    fn refuses_everything_else() {
        let alg = r#"{"alg":"HS256"}"#;
        let good = claims(NOW, NOW + 60, "");
        assert_eq!(check(alg, &good, "wrong"), Err(Refusal::Untrusted));
        assert_eq!(
            check(r#"{"alg":"none"}"#, &good, "right"),
            Err(Refusal::Malformed)
        );
        assert_eq!(
            check(r#"{"alg":"HS512"}"#, &good, "right"),
            Err(Refusal::Malformed)
        );
        assert_eq!(
            check(alg, &claims(NOW - 200, NOW - 140, ""), "right"),
            Err(Refusal::Expired)
        );
        assert_eq!(
            check(alg, &claims(NOW + 100, NOW + 160, ""), "right"),
            Err(Refusal::NotYetValid)
        );
        assert_eq!(
            check(alg, &claims(NOW, NOW + 61, ""), "right"),
            Err(Refusal::TooLong)
        );
        assert_eq!(
            check(alg, &claims(NOW, NOW, ""), "right"),
            Err(Refusal::TooLong)
        );
        assert_eq!(
            check(alg, &claims(NOW, NOW + 60, r#","aud":"magento""#), "right"),
            Err(Refusal::WrongAudience)
        );
        assert_eq!(
            check(alg, r#"{"iss":"shop","iat":1,"exp":2}"#, "right"),
            Err(Refusal::Malformed)
        );
        assert_eq!(
            check(alg, &good.replace("j1", ""), "right"),
            Err(Refusal::Malformed)
        );
        for broken in ["", "a", "a.b", "a.b.c", "....", &"x".repeat(5000)] {
            assert_eq!(parse(broken).err(), Some(Refusal::Malformed), "{broken}");
        }
    }

    #[test]
    fn the_direction_is_part_of_the_key() {
        // hash_hkdf('sha256', 'right', 32, 'byte8-magento-outbound-v1') in PHP gives the same bytes.
        let key = hex::encode(signing_key(&"right".into()).unwrap());
        assert_eq!(
            key,
            "f4857f26a6beb12f80a1cca5e33bc087cf7be9a2af3c7642691d1b3852b0bccf"
        );
        assert_ne!(
            key,
            hex::encode(subkey(b"right", "byte8-magento-inbound-v1").unwrap())
        );
    }
}
