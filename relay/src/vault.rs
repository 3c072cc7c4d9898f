//! Everything that needs the server key: sealing secrets at rest, deriving ids, tagging e-mails.
//!
//! One 32-byte key lives outside the database; each purpose has its own HKDF subkey.
//! A sealed value is bound to its tenant and column, so a row copied between tenants does not open.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::inbox::BindingId;

/// The first byte of a sealed value: algorithm and key generation.
const SEALED_V1: u8 = 1;
const NONCE: usize = 24;

/// Why a secret could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultError {
    #[error("the server key must be 64 hexadecimal digits")]
    KeyMalformed,
    #[error("a subkey could not be derived")]
    Derive,
    #[error("the operating system gives no random bytes")]
    Random,
    #[error("a secret could not be sealed")]
    Seal,
    #[error("a sealed secret does not open: another server key, or a damaged row")]
    Open,
}

/// The server's keys. Its `Debug` shows none of them.
pub(crate) struct Vault {
    seal: XChaCha20Poly1305,
    ids: [u8; 32],
    tags: [u8; 32],
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Vault")
    }
}

/// 32 bytes for one purpose.
pub(crate) fn subkey(secret: &[u8], purpose: &str) -> Result<[u8; 32], VaultError> {
    let mut key = [0_u8; 32];
    Hkdf::<Sha256>::new(None, secret)
        .expand(purpose.as_bytes(), &mut key)
        .map_err(|_| VaultError::Derive)?;
    Ok(key)
}

/// HMAC-SHA256 over parts, each preceded by its length so that no two lists give the same input.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Result<[u8; 32], VaultError> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).map_err(|_| VaultError::Derive)?;
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().into())
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

impl Vault {
    /// Reads the server key: 64 hexadecimal digits.
    pub(crate) fn new(server_key: &SecretString) -> Result<Self, VaultError> {
        let bytes =
            hex::decode(server_key.expose_secret().trim()).map_err(|_| VaultError::KeyMalformed)?;
        if bytes.len() != 32 {
            return Err(VaultError::KeyMalformed);
        }
        let seal = subkey(&bytes, "ledger-relay/seal/v1")?;
        Ok(Self {
            seal: XChaCha20Poly1305::new_from_slice(&seal).map_err(|_| VaultError::Derive)?,
            ids: subkey(&bytes, "ledger-relay/idempotency/v1")?,
            tags: subkey(&bytes, "ledger-relay/tag/v1")?,
        })
    }

    /// Seals a secret for one column of one binding.
    pub(crate) fn seal(
        &self,
        binding: &BindingId,
        column: &str,
        secret: &SecretString,
    ) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0_u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| VaultError::Random)?;
        let aad = associated(binding, column);
        let payload = Payload {
            msg: secret.expose_secret().as_bytes(),
            aad: &aad,
        };
        let sealed = self
            .seal
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultError::Seal)?;
        let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
        out.push(SEALED_V1);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what `seal` made for the same binding and column.
    pub(crate) fn open(
        &self,
        binding: &BindingId,
        column: &str,
        sealed: &[u8],
    ) -> Result<SecretString, VaultError> {
        let (&version, rest) = sealed.split_first().ok_or(VaultError::Open)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE>().ok_or(VaultError::Open)?;
        if version != SEALED_V1 {
            return Err(VaultError::Open);
        }
        let aad = associated(binding, column);
        let opened = self
            .seal
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: text,
                    aad: &aad,
                },
            )
            .map_err(|_| VaultError::Open)?;
        String::from_utf8(opened)
            .map(SecretString::from)
            .map_err(|_| VaultError::Open)
    }

    /// Sage's `idempotency_id`: 32 hexadecimal digits, the same for the same step for ever,
    /// so that a restored backup sends the id it sent before.
    pub(crate) fn idempotency_id(
        &self,
        binding: &BindingId,
        key: &str,
        step: u32,
        generation: u32,
    ) -> Result<String, VaultError> {
        let full = mac(
            &self.ids,
            &[
                b"v1",
                binding.as_str().as_bytes(),
                key.as_bytes(),
                &step.to_be_bytes(),
                &generation.to_be_bytes(),
            ],
        )?;
        Ok(hex::encode(full).chars().take(32).collect())
    }

    /// A keyed hash of an e-mail address: lets a collision be seen later without keeping the address.
    pub(crate) fn email_tag(&self, binding: &BindingId, email: &str) -> Result<String, VaultError> {
        let normal = normal_email(email);
        Ok(hex::encode(mac(
            &self.tags,
            &[b"email", binding.as_str().as_bytes(), normal.as_bytes()],
        )?))
    }
}

/// An address as compared: without surrounding space, in lower case.
pub(crate) fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

fn associated(binding: &BindingId, column: &str) -> Vec<u8> {
    format!("binding\0{}\0{column}", binding.as_str()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(digit: &str) -> Vault {
        Vault::new(&SecretString::from(digit.repeat(64))).unwrap()
    }

    #[test]
    fn opens_only_for_its_binding_column_and_key() {
        let (one, two) = (
            BindingId::new("one").unwrap(),
            BindingId::new("two").unwrap(),
        );
        let sealed = vault("a").seal(&one, "refresh", &"secret".into()).unwrap();
        assert_eq!(
            vault("a")
                .open(&one, "refresh", &sealed)
                .unwrap()
                .expose_secret(),
            "secret"
        );
        assert!(vault("a").open(&two, "refresh", &sealed).is_err());
        assert!(vault("a").open(&one, "access", &sealed).is_err());
        assert!(vault("b").open(&one, "refresh", &sealed).is_err());
        assert!(vault("a").open(&one, "refresh", &[1, 2, 3]).is_err());
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
    }

    #[test]
    fn ids_are_stable_and_differ_in_every_part() {
        let (one, two) = (
            BindingId::new("one").unwrap(),
            BindingId::new("two").unwrap(),
        );
        let id = vault("a")
            .idempotency_id(&one, "invoice.created:33", 1, 1)
            .unwrap();
        assert_eq!(id.len(), 32);
        assert_eq!(
            id,
            vault("a")
                .idempotency_id(&one, "invoice.created:33", 1, 1)
                .unwrap()
        );
        let others = [
            vault("b")
                .idempotency_id(&one, "invoice.created:33", 1, 1)
                .unwrap(),
            vault("a")
                .idempotency_id(&two, "invoice.created:33", 1, 1)
                .unwrap(),
            vault("a")
                .idempotency_id(&one, "invoice.created:3", 1, 1)
                .unwrap(),
            vault("a")
                .idempotency_id(&one, "invoice.created:33", 0, 1)
                .unwrap(),
            vault("a")
                .idempotency_id(&one, "invoice.created:33", 1, 2)
                .unwrap(),
        ];
        assert!(others.iter().all(|other| *other != id));
    }

    #[test]
    fn malformed_keys_are_refused() {
        for key in ["", "abc", "zz", &"a".repeat(63), &"g".repeat(64)] {
            assert!(
                matches!(
                    Vault::new(&SecretString::from(key.to_owned())),
                    Err(VaultError::KeyMalformed)
                ),
                "{key}"
            );
        }
    }
}
