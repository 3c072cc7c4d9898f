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

use crate::BindingId;

/// The columns of a binding that hold secrets; part of what a sealed value is bound to.
pub const REFRESH: &str = "refresh_token";
pub const ACCESS: &str = "access_token";
pub const API_KEY: &str = "api_key";

/// The first byte of a sealed value: under the server key, or under a seal key whose id follows.
const SEALED_V1: u8 = 1;
const SEALED_V2: u8 = 2;
const KEY_ID: usize = 4;
const NONCE: usize = 24;

/// Why a secret could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
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
pub struct Vault {
    seal: XChaCha20Poly1305,
    /// Further keys for sealing, the newest last.
    ring: Vec<SealKey>,
    ids: [u8; 32],
    tags: [u8; 32],
    nonces: [u8; 32],
}

struct SealKey {
    id: [u8; KEY_ID],
    cipher: XChaCha20Poly1305,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Vault")
    }
}

/// 32 bytes for one purpose.
pub fn subkey(secret: &[u8], purpose: &str) -> Result<[u8; 32], VaultError> {
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
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

impl Vault {
    /// Reads the server key: 64 hexadecimal digits.
    pub fn new(server_key: &SecretString) -> Result<Self, VaultError> {
        let bytes =
            hex::decode(server_key.expose_secret().trim()).map_err(|_| VaultError::KeyMalformed)?;
        if bytes.len() != 32 {
            return Err(VaultError::KeyMalformed);
        }
        let seal = subkey(&bytes, "ledger-relay/seal/v1")?;
        Ok(Self {
            seal: XChaCha20Poly1305::new_from_slice(&seal).map_err(|_| VaultError::Derive)?,
            ring: Vec::new(),
            ids: subkey(&bytes, "ledger-relay/idempotency/v1")?,
            tags: subkey(&bytes, "ledger-relay/tag/v1")?,
            nonces: subkey(&bytes, "ledger-relay/nonce/v1")?,
        })
    }

    /// Adds keys for sealing, one a line, the newest last. What was sealed before stays readable;
    /// ids and tags still come from the server key and never change.
    pub fn with_seal_keys(mut self, lines: &SecretString) -> Result<Self, VaultError> {
        let keys = lines.expose_secret().lines().map(str::trim);
        for line in keys.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let bytes = hex::decode(line).map_err(|_| VaultError::KeyMalformed)?;
            if bytes.len() != 32 {
                return Err(VaultError::KeyMalformed);
            }
            let seal = subkey(&bytes, "ledger-relay/seal/v1")?;
            let name = subkey(&bytes, "ledger-relay/seal-id/v1")?;
            let id = *name.first_chunk().ok_or(VaultError::Derive)?;
            let cipher =
                XChaCha20Poly1305::new_from_slice(&seal).map_err(|_| VaultError::Derive)?;
            self.ring.push(SealKey { id, cipher });
        }
        Ok(self)
    }

    /// Seals a secret for one column of one binding.
    pub fn seal(
        &self,
        binding: &BindingId,
        column: &str,
        secret: &SecretString,
    ) -> Result<Vec<u8>, VaultError> {
        self.seal_bytes(binding, column, secret.expose_secret().as_bytes())
    }

    /// Seals bytes for one place of one binding, with the newest key.
    pub fn seal_bytes(
        &self,
        binding: &BindingId,
        place: &str,
        bytes: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        self.seal_under(fresh_nonce()?, &associated(binding, place), bytes)
    }

    /// Seals bytes that belong to the relay itself and to no binding, for one place.
    pub fn seal_for_relay(&self, place: &str, bytes: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal_under(fresh_nonce()?, &of_the_relay(place), bytes)
    }

    /// Opens what `seal_for_relay` made for the same place.
    pub fn open_for_relay(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.open_under(&of_the_relay(place), sealed)
    }

    /// A keyed hash of something that is looked for and not kept, such as the address of an account.
    pub fn tag_for_relay(&self, purpose: &str, text: &str) -> Result<String, VaultError> {
        let parts = [b"relay".as_slice(), purpose.as_bytes(), text.as_bytes()];
        Ok(hex::encode(mac(&self.tags, &parts)?))
    }

    /// Seals the same bytes in the same place to the same value, so that two can be compared. The
    /// nonce is a keyed hash of place and bytes: it repeats only where everything does.
    pub fn seal_alike(
        &self,
        binding: &BindingId,
        place: &str,
        bytes: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let aad = associated(binding, place);
        let hash = mac(&self.nonces, &[&aad, bytes])?;
        let nonce = *hash.first_chunk().ok_or(VaultError::Derive)?;
        self.seal_under(nonce, &aad, bytes)
    }

    fn seal_under(
        &self,
        nonce: [u8; NONCE],
        aad: &[u8],
        bytes: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let payload = Payload { msg: bytes, aad };
        let mut out = self.newest_header();
        let cipher = self.ring.last().map_or(&self.seal, |key| &key.cipher);
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultError::Seal)?;
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    fn newest_header(&self) -> Vec<u8> {
        match self.ring.last() {
            Some(key) => std::iter::once(SEALED_V2).chain(key.id).collect(),
            None => vec![SEALED_V1],
        }
    }

    /// Whether a value is sealed with the newest key.
    pub fn is_newest(&self, sealed: &[u8]) -> bool {
        sealed.starts_with(&self.newest_header())
    }

    /// Opens what `seal` made for the same binding and column.
    pub fn open(
        &self,
        binding: &BindingId,
        column: &str,
        sealed: &[u8],
    ) -> Result<SecretString, VaultError> {
        String::from_utf8(self.open_bytes(binding, column, sealed)?)
            .map(SecretString::from)
            .map_err(|_| VaultError::Open)
    }

    /// Opens what `seal_bytes` made for the same binding and place, under whichever key.
    pub fn open_bytes(
        &self,
        binding: &BindingId,
        place: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        self.open_under(&associated(binding, place), sealed)
    }

    fn open_under(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (&version, rest) = sealed.split_first().ok_or(VaultError::Open)?;
        let (cipher, rest) = match version {
            SEALED_V1 => (&self.seal, rest),
            SEALED_V2 => {
                let (id, rest) = rest.split_first_chunk::<KEY_ID>().ok_or(VaultError::Open)?;
                let key = self.ring.iter().find(|key| key.id == *id);
                (&key.ok_or(VaultError::Open)?.cipher, rest)
            }
            _ => return Err(VaultError::Open),
        };
        let (nonce, text) = rest.split_first_chunk::<NONCE>().ok_or(VaultError::Open)?;
        let payload = Payload { msg: text, aad };
        cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| VaultError::Open)
    }

    /// Sage's `idempotency_id`: 32 hexadecimal digits, the same for the same step for ever,
    /// so that a restored backup sends the id it sent before.
    pub fn idempotency_id(
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
    pub fn email_tag(&self, binding: &BindingId, email: &str) -> Result<String, VaultError> {
        let normal = normal_email(email);
        Ok(hex::encode(mac(
            &self.tags,
            &[b"email", binding.as_str().as_bytes(), normal.as_bytes()],
        )?))
    }
}

/// An address as compared: without surrounding space, in lower case.
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

fn fresh_nonce() -> Result<[u8; NONCE], VaultError> {
    let mut nonce = [0_u8; NONCE];
    getrandom::fill(&mut nonce).map_err(|_| VaultError::Random)?;
    Ok(nonce)
}

fn of_the_relay(place: &str) -> Vec<u8> {
    format!("relay\0{place}").into_bytes()
}

fn associated(binding: &BindingId, column: &str) -> Vec<u8> {
    format!("binding\0{}\0{column}", binding.as_str()).into_bytes()
}

#[cfg(test)]
mod tests;
