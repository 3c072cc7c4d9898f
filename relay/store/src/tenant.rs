//! The capability of a tenant.
//!
//! A [`Tenant`] cannot be made from a name: it comes of a signature that verifies with the
//! binding's own key, or of the server key in the hands of the operator. The store's ingest takes
//! nothing else, so a forgotten check does not compile.

use chacha20poly1305::aead::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::BindingId;
use crate::vault::Vault;

/// Proof that whoever asks may see and change what is this binding's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant(BindingId);

impl Tenant {
    /// From a message signed with HMAC-SHA256 under the binding's key; `None` when it does not
    /// verify. Compares in constant time.
    pub fn signed(
        binding: &BindingId,
        key: &[u8; 32],
        message: &[u8],
        signature: &[u8],
    ) -> Option<Self> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).ok()?;
        mac.update(message);
        mac.verify_slice(signature).ok()?;
        Some(Self(binding.clone()))
    }

    /// For the operator at the command line, who holds the server key.
    pub fn operated(binding: &BindingId, _held: &Vault) -> Self {
        Self(binding.clone())
    }

    pub fn binding(&self) -> &BindingId {
        &self.0
    }
}
