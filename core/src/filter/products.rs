//! Products go to Sage only when the merchant wants them, and only the types Sage knows.

use crate::canonical::ProductEvent;
use crate::codes;
use crate::outcome::Skip;
use crate::policy::Settings;

/// Types with a counterpart in Sage.
const SUPPORTED_TYPES: [&str; 3] = ["simple", "virtual", "downloadable"];

/// The filter that leaves a product out, if any does.
pub(crate) fn product_upserted(settings: &Settings, event: &ProductEvent) -> Option<Skip> {
    if !settings.policy.sync_products {
        return Some(Skip {
            reason: codes::Skip::SyncProductsOff,
            message: "sync_products is off".to_owned(),
        });
    }
    let type_id = event.product.type_id.as_str();
    (!SUPPORTED_TYPES.contains(&type_id)).then(|| Skip {
        reason: codes::Skip::ProductTypeNotSupported,
        message: format!(
            "Sage has no counterpart for the product type {type_id:?}; its simple products are sent one by one"
        ),
    })
}
