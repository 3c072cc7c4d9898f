//! `store_filter` restricts the sync to some store views, on top of `website_filter`.

use super::DocumentFacts;
use crate::codes;
use crate::outcome::Skip;
use crate::outcome::Step;
use crate::policy::Settings;

pub(super) fn filter(settings: &Settings<'_>, facts: DocumentFacts<'_>) -> Step<Option<Skip>> {
    Ok(outside(settings, facts.event.store_id))
}

/// The skip for a store view the policy leaves out.
pub(super) fn outside(settings: &Settings<'_>, store: u64) -> Option<Skip> {
    let allowed = &settings.policy.store_filter;
    (!allowed.is_empty() && !allowed.contains(&store)).then(|| Skip {
        reason: codes::Skip::StoreFiltered,
        message: format!("store view {store} is not in store_filter {allowed:?}"),
    })
}
