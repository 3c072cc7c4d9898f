//! What is reconciled: days asked of the shop, objects read from Sage, both compared.

mod gather;
mod read;
mod sage_object;

use std::collections::BTreeMap;
use std::time::Duration;

use ledger_store::reconciliation::{Days, SageReading};
use ledger_store::retry::Millis;
use ledger_store::{BindingId, clock};

use crate::reconciliation::{Day, MOST_DAYS, Reconciliation, compare};

use super::{OperationError, Operations};

/// Most days of a reconciliation: a year and a day.
const LONGEST: i64 = 366;
/// A reading that has not ended after so long was interrupted.
const GIVEN_UP: Millis = 30 * 60 * 1000;
/// How often, and how long in all, it is looked whether the shop has told its totals.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
const SHOP_LOOKS: u32 = 300;

/// Shop and Sage beside each other, and how fresh the figures are.
#[derive(Debug)]
pub struct Reconciled {
    /// The comparison.
    pub outcome: Reconciliation,
    /// Names of bank accounts, by Sage's ids.
    pub bank_names: BTreeMap<String, String>,
    /// When the shop told of the day that it told of first; none when it told of none.
    pub shop_told_at: Option<Millis>,
    /// The time zone of the shop's days.
    pub time_zone: Option<String>,
    /// Days that the shop has not told of.
    pub untold_days: i64,
    /// Whether the shop was asked for some of these days and has not answered.
    pub is_shop_asked: bool,
    /// Since when Sage's figures are good: when the newest look that ended well began.
    pub sage_read_at: Option<Millis>,
    /// A look that is under way.
    pub sage_reading_since: Option<Millis>,
    /// Why the newest look did not end well.
    pub sage_problem: Option<String>,
}

impl Operations {
    /// Asks the shop what its documents of some days come to; it tells with its next look.
    ///
    /// # Errors
    /// When there is no such binding, or the days are none or more than a year.
    pub async fn want_shop_totals(
        &self,
        id: &str,
        from: Day,
        to: Day,
    ) -> Result<(), OperationError> {
        let (binding, _) = self.known(id).await?;
        checked(from, to)?;
        let mut first = from.0;
        while first <= to.0 {
            let last = to.0.min(first + MOST_DAYS - 1);
            let days = Days {
                from_day: first,
                to_day: last,
            };
            let subject = format!("{} to {}", Day(first), Day(last));
            let audit_entry = self.audit_entry("reconciliation:ask", &subject);
            self.store
                .want_shop_days(&binding, days, audit_entry)
                .await?;
            first = last + 1;
        }
        Ok(())
    }

    /// Reads Sage, and what changed once more when the shop has told its totals: documents of these
    /// days may stand in Sage on others. A shop that does not answer within some minutes is not
    /// waited for.
    ///
    /// # Errors
    /// When Sage cannot be read.
    pub async fn read_sage_and_wait(
        &self,
        id: &str,
        (from, to): (Day, Day),
        everything: bool,
    ) -> Result<(), OperationError> {
        self.read_sage(id, from, to, everything).await?;
        let (binding, _) = self.known(id).await?;
        let days = checked(from, to)?;
        for looks in 0..SHOP_LOOKS {
            if !self.is_shop_asked(&binding, days).await? {
                // One that had told before Sage was read has nothing new.
                if looks > 0 {
                    self.read_sage(id, from, to, false).await?;
                }
                return Ok(());
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Ok(())
    }

    async fn is_shop_asked(&self, binding: &BindingId, days: Days) -> Result<bool, OperationError> {
        let wanted = self.store.wanted_shop_days(binding).await?;
        Ok(wanted
            .iter()
            .any(|wanted| wanted.from_day <= days.to_day && wanted.to_day >= days.from_day))
    }

    /// Compares what the shop told of some days with what stood in Sage when it was last read.
    ///
    /// # Errors
    /// When there is no such binding, or the days are none or more than a year.
    pub async fn reconcile(
        &self,
        id: &str,
        from: Day,
        to: Day,
    ) -> Result<Reconciled, OperationError> {
        let (binding, _) = self.known(id).await?;
        let days = checked(from, to)?;
        let readings = self.store.sage_readings(&binding, days).await?;
        let done = readings.iter().find(|reading| is_done(reading));
        let newest = readings.first();
        let now = clock::now();
        let is_running = |reading: &&SageReading| {
            reading.ended_at.is_none() && now.saturating_sub(reading.began_at) < GIVEN_UP
        };
        let gathered = self.gather(&binding, days).await?;
        let told = gathered.shop_days;
        Ok(Reconciled {
            outcome: compare(&gathered.facts),
            bank_names: gathered.bank_names,
            shop_told_at: gathered.shop_told_at,
            time_zone: gathered
                .facts
                .shop
                .last()
                .map(|day| day.time_zone.clone())
                .filter(|zone| !zone.is_empty()),
            untold_days: days.to_day - days.from_day + 1 - told,
            is_shop_asked: self.is_shop_asked(&binding, days).await?,
            sage_read_at: done.map(|reading| reading.began_at),
            sage_reading_since: newest.filter(is_running).map(|reading| reading.began_at),
            sage_problem: newest.and_then(|reading| match reading.ended_at {
                None if !is_running(&reading) => Some("The last look was interrupted.".to_owned()),
                _ => reading.problem.clone(),
            }),
        })
    }
}

fn is_done(reading: &SageReading) -> bool {
    reading.ended_at.is_some() && reading.problem.is_none()
}

fn checked(from: Day, to: Day) -> Result<Days, OperationError> {
    if to < from || to.0 - from.0 >= LONGEST {
        return Err(OperationError::Argument(format!(
            "Choose 1 to {LONGEST} days; {from} to {to} are more, or none."
        )));
    }
    Ok(Days {
        from_day: from.0,
        to_day: to.0,
    })
}
