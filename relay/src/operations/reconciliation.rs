//! What is reconciled: days asked of the shop, objects read from Sage, both compared.

use ledger_store::reconciliation::Days;

use crate::reconciliation::{Day, MOST_DAYS};

use super::{OperationError, Operations};

/// Most days of a reconciliation: a year and a day.
const LONGEST: i64 = 366;

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
