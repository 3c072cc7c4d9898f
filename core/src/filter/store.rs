//! `store_filter` restricts the sync to some store views, on top of `website_filter`.

use super::InvoiceFacts;
use crate::Step;
use crate::codes;
use crate::outcome::Skip;
use crate::policy::Settings;

pub(super) fn filter(settings: &Settings, facts: &InvoiceFacts<'_>) -> Step<Option<Skip>> {
    let allowed = &settings.policy.store_filter;
    let store = facts.event.store_id;
    Ok(
        (!allowed.is_empty() && !allowed.contains(&store)).then(|| Skip {
            reason: codes::Skip::StoreFiltered,
            message: format!("store view {store} is not in store_filter {allowed:?}"),
        }),
    )
}
