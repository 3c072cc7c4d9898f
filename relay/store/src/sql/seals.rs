//! Where sealed values lie: part of what they are bound to, so that none opens in another's place.

use crate::vault::Vault;
use crate::{BindingId, Request, StoreError};

pub(super) fn plan(run_id: &str) -> String {
    format!("plan/{run_id}")
}

pub(super) fn body(request: &Request<'_>) -> String {
    let Request {
        run_id,
        step,
        xref_key,
        target,
    } = request;
    format!("body/{run_id}/{step}/{xref_key}/{target}")
}

pub(super) fn comment(run_id: &str) -> String {
    format!("comment/{run_id}")
}

pub(super) const NOTIFICATIONS: &str = "notifications";

/// What was sealed; nothing when it was thrown away.
pub(super) fn opened(
    vault: &Vault,
    binding: &BindingId,
    place: &str,
    sealed: &[u8],
) -> Result<Vec<u8>, StoreError> {
    if sealed.is_empty() {
        return Ok(Vec::new());
    }
    vault
        .open_bytes(binding, place, sealed)
        .map_err(StoreError::Sealed)
}
