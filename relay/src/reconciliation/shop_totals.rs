//! What the shop's documents come to, day by day, as the shop tells it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::amount::{Amount, Day};

/// Most days of a report.
pub const MOST_DAYS: i64 = 31;
/// Most documents and most rows of totals of a report.
const MOST_ROWS: usize = 100_000;
/// Most characters of a code, number or name.
const LONGEST: usize = 100;

/// Invoice or credit note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentKind {
    /// An invoice: adds.
    Invoice,
    /// A credit memo: takes away.
    Creditmemo,
}

/// A report as the shop sends it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShopTotals {
    schema: String,
    from: Day,
    to: Day,
    time_zone: String,
    totals: Vec<RateRow>,
    payments: Vec<PaymentRow>,
    #[serde(default)]
    refunds: Vec<PaymentRow>,
    documents: Vec<DocumentRow>,
}

/// Documents of a day, kind, currency and VAT rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateRow {
    /// In the shop's time zone.
    pub day: Day,
    /// Invoices or credit memos.
    pub kind: DocumentKind,
    /// Of the documents.
    pub currency: String,
    /// Percentage.
    pub rate: Amount,
    /// Without VAT; above zero for a credit memo too.
    pub net: Amount,
    /// VAT.
    pub tax: Amount,
    /// How many lines.
    pub count: u64,
}

/// Payments or refunds of a day, currency and method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentRow {
    /// In the shop's time zone.
    pub day: Day,
    /// Of the money.
    pub currency: String,
    /// Magento's code of the method.
    pub method: String,
    /// What came in, or went out; above zero for a refund too.
    pub amount: Amount,
    /// How many.
    pub count: u64,
}

/// One document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRow {
    /// Invoice or credit memo.
    pub kind: DocumentKind,
    /// Magento's id.
    pub entity_id: i64,
    /// Its number.
    pub increment_id: String,
    /// In the shop's time zone.
    pub day: Day,
    /// Of the document.
    pub currency: String,
    /// With VAT; above zero for a credit memo too.
    pub total: Amount,
    /// VAT.
    pub tax: Amount,
    /// Why the settings leave it out, where they do: the code of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// Why the module refused it, where it did: the code of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<String>,
    /// Whether Magento has it as paid, where the shop says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<bool>,
}

/// What is kept of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayReport {
    /// The shop's.
    pub time_zone: String,
    /// By kind, currency and rate.
    pub totals: Vec<RateRow>,
    /// What came in, by currency and method.
    pub payments: Vec<PaymentRow>,
    /// What went out, by currency and method.
    #[serde(default)]
    pub refunds: Vec<PaymentRow>,
    /// Each document.
    pub documents: Vec<DocumentRow>,
}

impl ShopTotals {
    /// Reads a report strictly.
    ///
    /// # Errors
    /// Why it is none, in words.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let report: Self = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        if report.schema != "1" {
            return Err(format!(
                "the report has schema {:?}, not \"1\"",
                report.schema
            ));
        }
        if report.to < report.from || report.to.0 - report.from.0 >= MOST_DAYS {
            return Err(format!(
                "a report has 1 to {MOST_DAYS} days; {} to {} are more, or none",
                report.from, report.to
            ));
        }
        for rows in [
            report.totals.len(),
            report.payments.len(),
            report.refunds.len(),
            report.documents.len(),
        ] {
            if rows > MOST_ROWS {
                return Err(format!("a list has more than {MOST_ROWS} rows"));
            }
        }
        report.check_rows()?;
        Ok(report)
    }

    fn check_rows(&self) -> Result<(), String> {
        let totals = self.totals.iter().map(|row| (row.day, &row.currency, "0"));
        let payments = self.payments.iter().chain(&self.refunds);
        let payments = payments.map(|row| (row.day, &row.currency, row.method.as_str()));
        let documents = self.documents.iter();
        let documents = documents.map(|row| (row.day, &row.currency, row.increment_id.as_str()));
        for (day, currency, text) in totals.chain(payments).chain(documents) {
            if day < self.from || day > self.to {
                return Err(format!(
                    "{day} is not between {} and {}",
                    self.from, self.to
                ));
            }
            if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
                return Err(format!("{currency:?} is no currency such as GBP"));
            }
            is_short(text)?;
        }
        let codes = self.documents.iter();
        let codes = codes.flat_map(|row| row.skipped.iter().chain(&row.rejected));
        for text in codes.chain([&self.time_zone]) {
            is_short(text)?;
        }
        Ok(())
    }

    /// The report day by day, as it is kept: a day without documents too.
    #[must_use]
    pub fn into_days(self) -> BTreeMap<Day, DayReport> {
        let mut days: BTreeMap<Day, DayReport> = (self.from.0..=self.to.0)
            .map(|day| {
                let report = DayReport {
                    time_zone: self.time_zone.clone(),
                    ..DayReport::default()
                };
                (Day(day), report)
            })
            .collect();
        for row in self.totals {
            days.entry(row.day).or_default().totals.push(row);
        }
        for row in self.payments {
            days.entry(row.day).or_default().payments.push(row);
        }
        for row in self.refunds {
            days.entry(row.day).or_default().refunds.push(row);
        }
        for row in self.documents {
            days.entry(row.day).or_default().documents.push(row);
        }
        days
    }
}

fn is_short(text: &str) -> Result<(), String> {
    let length = text.chars().count();
    if (1..=LONGEST).contains(&length) {
        Ok(())
    } else {
        Err(format!(
            "a text has {length} characters; 1 to {LONGEST} will do"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"schema":"1","from":"2026-10-01","to":"2026-10-31","time_zone":"Europe/London",
        "totals":[{"day":"2026-10-03","kind":"invoice","currency":"GBP","rate":"20","net":"29.99","tax":"6.00","count":3}],
        "payments":[{"day":"2026-10-03","currency":"GBP","method":"checkmo","amount":"35.99","count":1}],
        "refunds":[{"day":"2026-10-05","currency":"GBP","method":"paypal","amount":"12.00","count":1}],
        "documents":[{"kind":"invoice","entity_id":7,"increment_id":"000000007","day":"2026-10-03","currency":"GBP","total":"35.99","tax":"6.00"}]}"#;

    #[test]
    fn a_report_is_read_strictly_and_told_day_by_day() {
        let days = ShopTotals::parse(GOOD.as_bytes()).unwrap().into_days();
        assert_eq!(days.len(), 31, "a day without documents is told too");
        let third = &days[&Day::parse("2026-10-03").unwrap()];
        assert_eq!(third.documents[0].entity_id, 7);
        assert_eq!(third.time_zone, "Europe/London");
        let fifth = &days[&Day::parse("2026-10-05").unwrap()];
        assert_eq!(fifth.refunds[0].method, "paypal");
        let kept: DayReport = serde_json::from_str(&serde_json::to_string(third).unwrap()).unwrap();
        assert_eq!(&kept, third);
    }

    #[test]
    fn what_is_no_report_says_why() {
        for (from, to, says) in [
            (r#""schema":"1""#, r#""schema":"2""#, "schema"),
            ("2026-10-31", "2026-11-01", "31 days"),
            ("2026-10-31", "2026-09-30", "31 days"),
            (
                r#""day":"2026-10-03","kind""#,
                r#""day":"2026-11-03","kind""#,
                "not between",
            ),
            (r#""net":"29.99""#, r#""net":29.99"#, "a string"),
            (r#""GBP","rate""#, r#""gbp","rate""#, "no currency"),
            (r#""method":"checkmo""#, r#""method":"""#, "characters"),
            (r#""method":"paypal""#, r#""method":"""#, "characters"),
            (
                r#""kind":"invoice","entity_id""#,
                r#""kind":"order","entity_id""#,
                "order",
            ),
            (r#""count":3"#, r#""count":3,"name":"Pat""#, "unknown field"),
        ] {
            assert!(GOOD.contains(from), "{from}");
            let refused = ShopTotals::parse(GOOD.replacen(from, to, 1).as_bytes()).unwrap_err();
            assert!(refused.contains(says), "{refused}");
        }
    }
}
