//! The file format of a precompiled component: a header of our own, then wasmtime's bytes.
//!
//! wasmtime trusts what it loads: a damaged file could run as machine code.
//! So the header carries what is needed to refuse anything but the file that was built,
//! and everything is checked before wasmtime sees a byte.
//! It protects against accidents and mix-ups. It is no signature: whoever may write the file
//! may run code in the process that loads it, as with any shared library.
//!
//! ```text
//! offset length
//!      0      8  magic "B8SAGECW"
//!      8      4  format version, little endian
//!     12     20  wasmtime version, ASCII, padded with zeros
//!     32     32  SHA-256 of the component that was compiled
//!     64      8  length of the body, little endian
//!     72     32  SHA-256 of the body
//!    104      …  body
//! ```

use crate::Error;
use crate::engine::WASMTIME_VERSION;
use sha2::{Digest, Sha256};

/// First bytes of every artefact.
pub const MAGIC: [u8; 8] = *b"B8SAGECW";
/// Version of the header's layout.
pub const FORMAT_VERSION: u32 = 1;
/// Length of the header in bytes.
pub const HEADER_BYTES: usize = 104;
/// Length of the field that holds the wasmtime version.
const VERSION_BYTES: usize = 20;

/// A verified artefact.
#[derive(Debug)]
pub struct Artefact<'a> {
    /// SHA-256 of the component, in hexadecimal: which component this is.
    pub component_sha256: String,
    /// The bytes for wasmtime, exactly as they were written.
    pub(crate) body: &'a [u8],
}

/// Puts the header in front of compiled bytes.
#[must_use]
pub fn wrap(component: &[u8], body: &[u8]) -> Vec<u8> {
    let mut version = [0_u8; VERSION_BYTES];
    for (to, from) in version.iter_mut().zip(WASMTIME_VERSION.bytes()) {
        *to = from;
    }
    let mut bytes = Vec::with_capacity(HEADER_BYTES.saturating_add(body.len()));
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
    bytes.extend_from_slice(&version);
    bytes.extend_from_slice(&Sha256::digest(component));
    bytes.extend_from_slice(&length(body).to_le_bytes());
    bytes.extend_from_slice(&Sha256::digest(body));
    bytes.extend_from_slice(body);
    bytes
}

/// Verifies an artefact.
///
/// # Errors
///
/// [`Error::ComponentEmpty`], [`Error::ComponentCorrupt`] or
/// [`Error::ComponentVersionMismatch`], and nothing else.
pub fn verify(bytes: &[u8]) -> Result<Artefact<'_>, Error> {
    if bytes.is_empty() {
        return Err(Error::ComponentEmpty);
    }
    let mut rest = bytes;
    if take::<8>(&mut rest)? != MAGIC {
        return Err(corrupt("it is no precompiled translator component"));
    }
    let format = u32::from_le_bytes(take(&mut rest)?);
    if format != FORMAT_VERSION {
        return Err(Error::ComponentVersionMismatch {
            what: "file format",
            expected: FORMAT_VERSION.to_string(),
            found: format.to_string(),
        });
    }
    let version: [u8; VERSION_BYTES] = take(&mut rest)?;
    let version = String::from_utf8_lossy(&version);
    let version = version.trim_end_matches('\0');
    if version != WASMTIME_VERSION {
        return Err(Error::ComponentVersionMismatch {
            what: "wasmtime version",
            expected: WASMTIME_VERSION.to_owned(),
            found: version.escape_default().to_string(),
        });
    }
    let component_sha256: [u8; 32] = take(&mut rest)?;
    let body_length = u64::from_le_bytes(take(&mut rest)?);
    let body_sha256: [u8; 32] = take(&mut rest)?;
    if length(rest) != body_length {
        return Err(corrupt("its length differs from what was written"));
    }
    if <[u8; 32]>::from(Sha256::digest(rest)) != body_sha256 {
        return Err(corrupt("its checksum differs from what was written"));
    }
    Ok(Artefact {
        component_sha256: hex::encode(component_sha256),
        body: rest,
    })
}

/// Splits the first `N` bytes off.
fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Error> {
    let (head, tail) = rest
        .split_first_chunk::<N>()
        .ok_or_else(|| corrupt("it ends inside its header"))?;
    *rest = tail;
    Ok(*head)
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn corrupt(detail: &str) -> Error {
    Error::ComponentCorrupt {
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        wrap(b"component", b"body")
    }

    fn code(bytes: &[u8]) -> &'static str {
        verify(bytes).unwrap_err().code()
    }

    #[test]
    fn what_was_wrapped_is_accepted() {
        let bytes = sample();
        let artefact = verify(&bytes).unwrap();
        assert_eq!(artefact.body, b"body");
        assert_eq!(bytes.len(), HEADER_BYTES + 4);
        assert_eq!(
            artefact.component_sha256,
            hex::encode(Sha256::digest(b"component"))
        );
    }

    #[test]
    fn every_shorter_file_is_refused() {
        let bytes = sample();
        assert_eq!(code(&[]), "component_empty");
        for end in 1..bytes.len() {
            assert_eq!(code(&bytes[..end]), "component_corrupt", "{end} bytes");
        }
    }

    #[test]
    fn every_flipped_byte_but_the_component_digest_is_refused() {
        for at in (0..32).chain(64..HEADER_BYTES + 4) {
            let mut bytes = sample();
            bytes[at] ^= 0x40;
            let code = code(&bytes);
            let versions = (8..32).contains(&at);
            let expected = if versions {
                "component_version_mismatch"
            } else {
                "component_corrupt"
            };
            assert_eq!(code, expected, "byte {at}");
        }
    }

    #[test]
    fn appended_bytes_are_refused() {
        let mut bytes = sample();
        bytes.push(0);
        assert_eq!(code(&bytes), "component_corrupt");
    }

    #[test]
    fn the_version_constant_is_the_locked_version() {
        let lock = include_str!("../../../Cargo.lock");
        let entry = format!("name = \"wasmtime\"\nversion = \"{WASMTIME_VERSION}\"\n");
        assert!(
            lock.contains(&entry),
            "engine::WASMTIME_VERSION must name the wasmtime of Cargo.lock"
        );
        assert!(WASMTIME_VERSION.len() <= VERSION_BYTES);
    }
}
