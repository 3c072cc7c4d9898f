//! The file format of a precompiled component: wasmtime's bytes, then a trailer of our own.
//!
//! wasmtime trusts what it loads: a damaged file could run as machine code.
//! So the trailer carries what is needed to refuse anything but the file that was built,
//! and everything is checked before wasmtime sees a byte.
//! It protects against accidents and mix-ups. It is no signature: whoever may write the file
//! may run code in the process that loads it, as with any shared library.
//!
//! The trailer stands at the end so that wasmtime's bytes begin at the beginning: the file can
//! then be mapped as it is, and all processes of a machine share its pages.
//!
//! ```text
//! from the end  length
//!           88      32  SHA-256 of the component that was compiled
//!           56       8  length of wasmtime's bytes, little endian
//!           48      16  XXH3-128 of all that stands before, little endian
//!           32      20  wasmtime version, ASCII, padded with zeros
//!           12       4  format version, little endian
//!            8       8  magic "B8SAGECW"
//! ```
//!
//! The checksum is a fast one on purpose: every PHP worker computes it when it first translates.

use crate::Error;
use crate::engine::WASMTIME_VERSION;
use sha2::{Digest, Sha256};
use twox_hash::XxHash3_128;

/// Last bytes of every artefact.
pub const MAGIC: [u8; 8] = *b"B8SAGECW";
/// Version of the trailer's layout.
pub const FORMAT_VERSION: u32 = 2;
/// Length of the trailer in bytes.
pub const TRAILER_BYTES: usize = 88;
/// Length of the field that holds the wasmtime version.
const VERSION_BYTES: usize = 20;
/// Digest and length: the part of the trailer that the checksum covers.
const COVERED_BYTES: usize = 40;
/// How a WebAssembly file begins.
const WEBASSEMBLY: &[u8] = b"\0asm";

/// A verified artefact.
#[derive(Debug)]
pub struct Artefact<'a> {
    /// SHA-256 of the component, in hexadecimal: which component this is.
    pub component_sha256: String,
    /// The bytes for wasmtime, exactly as they were written.
    pub(crate) body: &'a [u8],
}

/// Puts the trailer behind compiled bytes.
#[must_use]
pub fn wrap(component: &[u8], body: &[u8]) -> Vec<u8> {
    let mut version = [0_u8; VERSION_BYTES];
    for (to, from) in version.iter_mut().zip(WASMTIME_VERSION.bytes()) {
        *to = from;
    }
    let mut bytes = Vec::with_capacity(body.len().saturating_add(TRAILER_BYTES));
    bytes.extend_from_slice(body);
    bytes.extend_from_slice(&Sha256::digest(component));
    bytes.extend_from_slice(&length(body.len()).to_le_bytes());
    let checksum = XxHash3_128::oneshot(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes.extend_from_slice(&version);
    bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
    bytes.extend_from_slice(&MAGIC);
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
    let (body, trailer) = bytes
        .split_last_chunk::<TRAILER_BYTES>()
        .ok_or_else(|| foreign(bytes))?;
    let trailer = Trailer::parse(trailer).map_err(|error| error.or_foreign(bytes))?;
    let mut hasher = XxHash3_128::new();
    hasher.write(body);
    trailer.check(length(body.len()), hasher)?;
    Ok(Artefact {
        component_sha256: trailer.component_sha256(),
        body,
    })
}

/// What a trailer says, once its versions are known to be ours.
struct Trailer {
    covered: [u8; COVERED_BYTES],
    component_sha256: [u8; 32],
    body_length: u64,
    checksum: u128,
}

/// Why a trailer is none of ours.
enum TrailerError {
    NoMagic,
    Refused(Error),
}

impl TrailerError {
    fn or_foreign(self, start: &[u8]) -> Error {
        match self {
            Self::NoMagic => foreign(start),
            Self::Refused(error) => error,
        }
    }
}

impl Trailer {
    fn parse(bytes: &[u8; TRAILER_BYTES]) -> Result<Self, TrailerError> {
        let mut rest = bytes.as_slice();
        let covered: [u8; COVERED_BYTES] = take(&mut rest)?;
        let checksum = u128::from_le_bytes(take(&mut rest)?);
        let version: [u8; VERSION_BYTES] = take(&mut rest)?;
        let format = u32::from_le_bytes(take(&mut rest)?);
        if take::<8>(&mut rest)? != MAGIC {
            return Err(TrailerError::NoMagic);
        }
        if format != FORMAT_VERSION {
            return Err(TrailerError::Refused(Error::ComponentVersionMismatch {
                what: "file format",
                expected: FORMAT_VERSION.to_string(),
                found: format.to_string(),
            }));
        }
        let version = String::from_utf8_lossy(&version);
        let version = version.trim_end_matches('\0');
        if version != WASMTIME_VERSION {
            return Err(TrailerError::Refused(Error::ComponentVersionMismatch {
                what: "wasmtime version",
                expected: WASMTIME_VERSION.to_owned(),
                found: version.escape_default().to_string(),
            }));
        }
        let mut rest = covered.as_slice();
        Ok(Self {
            component_sha256: take(&mut rest)?,
            body_length: u64::from_le_bytes(take(&mut rest)?),
            covered,
            checksum,
        })
    }

    /// Compares with what was found; `hasher` has seen the body.
    fn check(&self, body_length: u64, mut hasher: XxHash3_128) -> Result<(), Error> {
        if body_length != self.body_length {
            return Err(corrupt("its length differs from what was written"));
        }
        hasher.write(&self.covered);
        if hasher.finish_128() != self.checksum {
            return Err(corrupt("its checksum differs from what was written"));
        }
        Ok(())
    }

    fn component_sha256(&self) -> String {
        hex::encode(self.component_sha256)
    }
}

/// Splits the first `N` bytes off; the fields of a trailer fill it exactly.
fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], TrailerError> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(TrailerError::NoMagic)?;
    *rest = tail;
    Ok(*head)
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

/// The error for a file that does not end as ours do, by how it begins.
fn foreign(start: &[u8]) -> Error {
    corrupt(if start.starts_with(WEBASSEMBLY) {
        "it is WebAssembly that was not compiled; compile it with byte8-sage-compile"
    } else {
        "it is no precompiled translator component, or its end is missing"
    })
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

    fn outcome(bytes: &[u8]) -> Result<String, Error> {
        verify(bytes).map(|artefact| artefact.component_sha256)
    }

    fn code(bytes: &[u8]) -> &'static str {
        outcome(bytes).unwrap_err().code()
    }

    #[test]
    fn what_was_wrapped_is_accepted() {
        let bytes = sample();
        assert_eq!(verify(&bytes).unwrap().body, b"body");
        assert_eq!(bytes.len(), 4 + TRAILER_BYTES);
        let digest = hex::encode(Sha256::digest(b"component"));
        assert_eq!(outcome(&bytes).unwrap(), digest);
    }

    #[test]
    fn every_shorter_file_is_refused() {
        let bytes = sample();
        assert_eq!(code(&[]), "component_empty");
        for end in 1..bytes.len() {
            assert_eq!(code(&bytes[..end]), "component_corrupt", "{end} bytes");
        }
        for start in 1..bytes.len() {
            assert_eq!(code(&bytes[start..]), "component_corrupt", "from {start}");
        }
    }

    #[test]
    fn every_flipped_byte_is_refused() {
        let length = sample().len();
        for at in 0..length {
            let mut bytes = sample();
            bytes[at] ^= 0x40;
            let versions = length - 32..length - 8;
            let expected = if versions.contains(&at) {
                "component_version_mismatch"
            } else {
                "component_corrupt"
            };
            assert_eq!(code(&bytes), expected, "byte {at}");
        }
    }

    #[test]
    fn appended_bytes_are_refused() {
        let mut bytes = sample();
        bytes.push(0);
        assert_eq!(code(&bytes), "component_corrupt");
    }

    #[test]
    fn a_component_that_was_not_compiled_is_told_apart() {
        for length in [8, 8_000] {
            let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
            bytes.resize(length, 0);
            let error = outcome(&bytes).unwrap_err().to_string();
            assert!(error.contains("byte8-sage-compile"), "{error}");
        }
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
