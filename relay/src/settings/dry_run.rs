//! What a shop's documents of some days would become: counts, totals and problems, no document.

use serde::{Deserialize, Serialize};

/// Most rows of a list; a shop with more has a fault of its own.
const MOST_ROWS: usize = 1_000;
/// Most characters of a text.
const LONGEST_TEXT: usize = 1_000;

/// The summary of a shop's dry run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DryRunSummary {
    /// Version of this form.
    pub schema: String,
    /// First day of the documents, in the shop's time zone.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Digest of the settings that were used.
    pub settings_digest: String,
    /// Documents by kind of event and outcome.
    pub documents: Vec<DocumentCount>,
    /// What would be posted, by kind of event, currency and Sage tax rate.
    pub totals: Vec<RateTotal>,
    /// Each kind of problem once.
    pub problems: Vec<DryRunProblem>,
}

/// How many documents of a kind would be posted, skipped and rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentCount {
    /// Kind of event, such as `invoice.created`.
    pub event: String,
    /// Would be posted.
    pub post: u64,
    /// Would be left out.
    pub skip: u64,
    /// Could not be posted.
    pub reject: u64,
}

/// Net and tax at one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateTotal {
    /// Kind of event.
    pub event: String,
    /// Currency of the documents.
    pub currency: String,
    /// Sage's tax rate.
    pub rate: String,
    /// Decimal text.
    pub net: String,
    /// Decimal text.
    pub tax: String,
}

/// A reason, code or warning, with how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DryRunProblem {
    /// `skip`, `reject` or `warning`.
    pub outcome: String,
    /// Stable code.
    pub code: String,
    /// Where, in the first document that has it.
    pub pointer: String,
    /// How many documents have it.
    pub count: u64,
    /// What is wrong, in the first document that has it.
    pub message: String,
    /// What to do.
    pub suggestion: String,
    /// Number of the first document that has it.
    pub increment_id: String,
}

impl DryRunSummary {
    /// Reads a summary strictly.
    ///
    /// # Errors
    /// Why it is none, in words.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let summary: Self = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        if summary.schema != "1" {
            return Err(format!(
                "the summary has schema {:?}, not \"1\"",
                summary.schema
            ));
        }
        for day in [&summary.from, &summary.to] {
            let form = time::macros::format_description!("[year]-[month]-[day]");
            if time::Date::parse(day, form).is_err() {
                return Err(format!("{day:?} is no date such as 2026-03-31"));
            }
        }
        let rows = [
            summary.documents.len(),
            summary.totals.len(),
            summary.problems.len(),
        ];
        if rows.iter().any(|rows| *rows > MOST_ROWS) {
            return Err(format!("a list has more than {MOST_ROWS} rows"));
        }
        for total in &summary.totals {
            for amount in [&total.net, &total.tax] {
                if ledger_sage::entity::decimal(amount).is_none() {
                    return Err(format!("{amount:?} is no amount"));
                }
            }
        }
        for problem in &summary.problems {
            if !["skip", "reject", "warning"].contains(&problem.outcome.as_str()) {
                return Err(format!("{:?} is no outcome", problem.outcome));
            }
            if problem.message.chars().count() > LONGEST_TEXT {
                return Err(format!("a message has more than {LONGEST_TEXT} characters"));
            }
        }
        Ok(summary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"schema":"1","from":"2026-10-29","to":"2026-11-27","settings_digest":"ab",
        "documents":[{"event":"invoice.created","post":12,"skip":1,"reject":2}],
        "totals":[{"event":"invoice.created","currency":"GBP","rate":"GB_STANDARD","net":"100.00","tax":"20.00"}],
        "problems":[{"outcome":"reject","code":"tax_rate_not_mapped","pointer":"/invoice/items/0","count":2,
            "message":"m","suggestion":"s","increment_id":"000000033"}]}"#;

    #[test]
    fn a_summary_is_read_strictly() {
        let summary = DryRunSummary::parse(GOOD.as_bytes()).unwrap();
        assert_eq!(summary.documents[0].post, 12);
        for (from, to, says) in [
            (r#""schema":"1""#, r#""schema":"2""#, "schema"),
            ("2026-10-29", "29/10/2026", "no date"),
            (r#""100.00""#, r#""a lot""#, "no amount"),
            (
                r#""outcome":"reject""#,
                r#""outcome":"maybe""#,
                "no outcome",
            ),
            (r#""post":12"#, r#""posted":12"#, "unknown field"),
        ] {
            let broken = GOOD.replace(from, to);
            let refused = DryRunSummary::parse(broken.as_bytes()).unwrap_err();
            assert!(refused.contains(says), "{refused}");
        }
    }
}
