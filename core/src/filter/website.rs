//! `website_filter` restricts the sync to some websites; an empty list means all.

use super::InvoiceFacts;
use crate::Step;
use crate::codes;
use crate::outcome::Skip;
use crate::policy::Settings;

pub(super) fn filter(settings: &Settings, facts: &InvoiceFacts<'_>) -> Step<Option<Skip>> {
    let allowed = &settings.policy.website_filter;
    let website = facts.event.website_id;
    Ok(
        (!allowed.is_empty() && !allowed.contains(&website)).then(|| Skip {
            reason: codes::Skip::WebsiteFiltered,
            message: format!("website {website} is not in website_filter {allowed:?}"),
        }),
    )
}
