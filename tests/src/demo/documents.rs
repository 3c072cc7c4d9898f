//! Documents and the decisions on them, made by the real builder and the real extension.

use anyhow::{Context, Result, bail, ensure};
use bigdecimal::BigDecimal;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::path::Path;

use crate::doors::Php;
use crate::recorded::{self, Recorded};

/// What the core decided.
#[derive(Debug)]
pub enum Decision {
    /// The plan's own bytes and its key.
    Post {
        /// The plan, as the core wrote it.
        plan: Box<RawValue>,
        /// Its key.
        key: String,
    },
    /// Not sent, with the reason.
    Skip(String),
    /// Not sendable, with the code.
    Reject(String),
}

/// One document.
#[derive(Debug)]
pub struct Document {
    /// File of recorded rows.
    pub file: String,
    /// Which event it is.
    pub event: String,
    /// Magento's number, or `#id` for what has none.
    pub increment_id: String,
    /// Currency of the order.
    pub currency: String,
    /// What Magento says it is worth, tenders included.
    pub magento_total: Option<BigDecimal>,
    /// The decision.
    pub decision: Decision,
    /// Rules that fired.
    pub fired: Vec<String>,
    /// Codes of warnings.
    pub warnings: Vec<String>,
    /// An invoice in pounds, delivered in the United Kingdom.
    pub is_domestic_invoice: bool,
}

#[derive(Deserialize)]
struct Line {
    decision: String,
    plan: Option<Box<RawValue>>,
    reason: Option<String>,
    code: Option<String>,
    #[serde(default)]
    fired: Vec<String>,
    #[serde(default)]
    warnings: Vec<Warning>,
}

#[derive(Deserialize)]
struct Warning {
    code: String,
}

#[derive(Deserialize)]
struct Keyed {
    key: String,
}

/// Decides on every event in files of recorded rows.
pub(super) fn decide(files: &[String], settings: &Path) -> Result<Vec<Document>> {
    let events = recorded::build(files)?;
    let output = Php::open()?
        .command()
        .arg("tests/php/plan.php")
        .arg("--rows")
        .args(files)
        .arg("--settings")
        .arg(settings)
        .output()
        .context("php does not start")?;
    if !output.status.success() {
        bail!(
            "plan.php: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let text =
        String::from_utf8(output.stdout).context("plan.php printed something else than text")?;
    let lines: Vec<&str> = text.lines().collect();
    ensure!(
        lines.len() == events.len(),
        "{} events, but {} decisions",
        events.len(),
        lines.len()
    );
    events
        .iter()
        .zip(lines)
        .map(|(event, line)| document(event, line))
        .collect()
}

fn document(recorded: &Recorded, line: &str) -> Result<Document> {
    let line: Line = serde_json::from_str(line).context("plan.php printed no decision")?;
    let decision = match (line.decision.as_str(), line.plan, line.reason, line.code) {
        ("post", Some(plan), _, _) => {
            let keyed: Keyed = serde_json::from_str(plan.get()).context("a plan without a key")?;
            Decision::Post {
                plan,
                key: keyed.key,
            }
        }
        ("skip", _, Some(reason), _) => Decision::Skip(reason),
        ("reject", _, _, Some(code)) => Decision::Reject(code),
        (other, ..) => bail!("a decision {other:?} without its part"),
    };
    let block = ["invoice", "creditmemo", "customer", "product"]
        .into_iter()
        .find_map(|name| recorded.event.get(name))
        .unwrap_or(&Value::Null);
    let increment_id = match text(block, "increment_id") {
        Some(number) => number.to_owned(),
        None => format!(
            "#{}",
            recorded
                .event
                .get("magento_entity_id")
                .unwrap_or(&Value::Null)
        ),
    };
    Ok(Document {
        file: recorded.file.clone(),
        event: recorded.text("/event").unwrap_or_default().to_owned(),
        increment_id,
        currency: text(block, "order_currency_code")
            .unwrap_or_default()
            .to_owned(),
        magento_total: magento_total(block)?,
        decision,
        fired: line.fired,
        warnings: line
            .warnings
            .into_iter()
            .map(|warning| warning.code)
            .collect(),
        is_domestic_invoice: recorded.is_domestic_invoice(),
    })
}

/// The grand total plus the tenders that Magento took off it and Sage will see as payments.
fn magento_total(block: &Value) -> Result<Option<BigDecimal>> {
    let Some(grand_total) = text(block, "grand_total") else {
        return Ok(None);
    };
    let mut total: BigDecimal = grand_total
        .parse()
        .with_context(|| format!("grand_total {grand_total:?}"))?;
    for tender in [
        "customer_balance_amount",
        "gift_cards_amount",
        "reward_currency_amount",
    ] {
        if let Some(amount) = text(block, tender) {
            total += amount
                .parse::<BigDecimal>()
                .with_context(|| format!("{tender} {amount:?}"))?;
        }
    }
    Ok(Some(total))
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}
