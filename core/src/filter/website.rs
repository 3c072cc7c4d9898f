//! `website_filter` restricts the sync to some websites; an empty list means all.

use super::DocumentFacts;
use crate::codes;
use crate::outcome::Skip;
use crate::outcome::Step;
use crate::policy::Settings;

pub(super) fn filter(settings: &Settings<'_>, facts: DocumentFacts<'_>) -> Step<Option<Skip>> {
    Ok(outside(settings, facts.event.website_id))
}

/// The skip for a website the policy leaves out.
pub(super) fn outside(settings: &Settings<'_>, website: u64) -> Option<Skip> {
    let allowed = &settings.policy.website_filter;
    (!allowed.is_empty() && !allowed.contains(&website)).then(|| Skip {
        reason: codes::Skip::WebsiteFiltered,
        message: format!("website {website} is not in website_filter {allowed:?}"),
    })
}
