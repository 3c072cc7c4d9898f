//! `sync_products = false`, the default, leaves all products out.

use crate::codes;
use crate::outcome::Skip;
use crate::policy::Settings;

/// The skip for any product while the merchant does not want them.
pub(super) fn filter(settings: &Settings<'_>) -> Option<Skip> {
    (!settings.policy.sync_products).then(|| Skip {
        reason: codes::Skip::SyncProductsOff,
        message: "sync_products is off".to_owned(),
    })
}
