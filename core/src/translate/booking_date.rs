//! The day a document is booked on: its own, unless Sage's accounts are closed on it.

use crate::canonical::{Date, DocumentKind, SalesEvent};
use crate::codes::{Reject, Warning};
use crate::context::Context;
use crate::outcome::{Rejection, Step};
use crate::policy::LockedPeriod;

const POINTER: &str = "/local_date";

/// The booking date of a document dated `day`.
pub(super) fn of(context: &mut Context<'_>, event: &SalesEvent<'_>, day: Date) -> Step<Date> {
    // An estimate is booked nowhere.
    if event.kind == DocumentKind::Order {
        return Ok(day);
    }
    require_open_books(context, event, day)?;
    let Some(locked_until) = context.settings.locked_until()? else {
        return Ok(day);
    };
    if day > locked_until {
        return Ok(day);
    }
    let open = locked_until.next_day();
    let (Some(open), LockedPeriod::NextOpenDay) = (open, context.settings.policy.locked_period)
    else {
        return Err(Rejection::new(
            Reject::LockedPeriod,
            POINTER,
            format!(
                "the document is dated {day}, and the accounts in Sage are locked up to and including {locked_until}"
            ),
            "ask the accountant: unlock the period in Sage and send the document again, or set locked_period to next_open_day",
        ));
    };
    context.warn(
        Warning::DateMoved,
        POINTER,
        format!(
            "{} {} of {day} is booked on {open}: Sage's accounts are locked up to and including {locked_until}",
            event.kind.noun(),
            event.document.increment_id.as_str()
        ),
    );
    Ok(open)
}

/// Sage refuses documents dated before its accounts begin.
fn require_open_books(context: &Context<'_>, event: &SalesEvent<'_>, day: Date) -> Step<()> {
    match context.settings.accounts_start_date()? {
        Some(start) if day < start => Err(Rejection::new(
            Reject::BeforeAccountsStartDate,
            POINTER,
            format!(
                "the document is dated {}, before the Sage accounts begin on {start}",
                event.local_date
            ),
            "set sync_since to the accounts start date so that older documents are skipped",
        )),
        Some(_) | None => Ok(()),
    }
}
