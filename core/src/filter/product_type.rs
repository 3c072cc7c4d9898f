//! Composite products stay out: Sage has no counterpart, and their simple products go one by one.

use crate::canonical::ProductEvent;
use crate::codes;
use crate::outcome::Skip;

/// Types with a counterpart in Sage.
const SUPPORTED_TYPES: [&str; 3] = ["simple", "virtual", "downloadable"];

/// The skip for a product whose type Sage does not know.
pub(super) fn filter(event: &ProductEvent<'_>) -> Option<Skip> {
    let type_id = event.product.type_id.as_str();
    (!SUPPORTED_TYPES.contains(&type_id)).then(|| Skip {
        reason: codes::Skip::ProductTypeNotSupported,
        message: format!(
            "Sage has no counterpart for the product type {type_id:?}; its simple products are sent one by one"
        ),
    })
}
