//! Documents and the decisions on them, made by the real builder and the real extension.
//!
//! An invoice that is paid when it is made gives two events in the shop; the recorded rows hold
//! one snapshot of it, so its `invoice.paid` is made of that.

use anyhow::{Context, Result, bail, ensure};
use bigdecimal::BigDecimal;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::path::Path;

use crate::hosts::{Host as _, Php, Request};
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
        /// The Sage objects it asks for.
        steps: Vec<Step>,
    },
    /// Not sent, with the reason.
    Skip(String),
    /// Not sendable, with the code.
    Reject(String),
}

/// One Sage object that a plan asks for.
#[derive(Debug, Clone, Deserialize)]
pub struct Step {
    /// What is done with it.
    pub op: String,
    /// Its collection.
    pub resource: String,
    /// Its cross-reference key.
    pub xref: String,
    /// The key that makes the step needless.
    pub unless: Option<String>,
    /// What is sent, with names for ids.
    #[serde(default)]
    pub body: Value,
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

impl Document {
    /// The Sage objects it asks for.
    pub fn steps(&self) -> &[Step] {
        match &self.decision {
            Decision::Post { steps, .. } => steps,
            Decision::Skip(_) | Decision::Reject(_) => &[],
        }
    }
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
    steps: Vec<Step>,
}

/// Decides on every event in files of recorded rows.
pub(super) fn decide(files: &[String], settings: &Path) -> Result<Vec<Document>> {
    let settings = std::fs::read_to_string(settings).context("the settings")?;
    let estimates = serde_json::from_str::<Value>(&settings)?
        .pointer("/policy/sync_estimates")
        .is_some_and(|wanted| wanted == true);
    let mut events = Vec::new();
    for recorded in recorded::build(files)? {
        // The module captures orders only while estimates are wanted.
        if recorded.is_of_order() && !estimates {
            continue;
        }
        let paid = paid_at_once(&recorded);
        events.push(recorded);
        events.extend(paid);
    }
    let texts: Vec<String> = events
        .iter()
        .map(|recorded| recorded.event.to_string())
        .collect();
    let requests: Vec<Request<'_>> = texts
        .iter()
        .map(|event| Request {
            event,
            settings: &settings,
        })
        .collect();
    let lines = Php::open()?.translate(&requests)?;
    ensure!(
        lines.len() == events.len(),
        "{} events, but {} decisions",
        events.len(),
        lines.len()
    );
    let mut documents: Vec<Document> = Vec::with_capacity(events.len());
    for (event, line) in events.iter().zip(&lines) {
        let document = document(event, line)?;
        // The payment of a refused invoice would wait in the relay until that is mended.
        let waits = documents.last().is_some_and(|invoice| {
            matches!(invoice.decision, Decision::Reject(_))
                && invoice.event == "invoice.created"
                && document.event == "invoice.paid"
                && invoice.increment_id == document.increment_id
        });
        if !waits {
            documents.push(document);
        }
    }
    Ok(documents)
}

/// The second event of an invoice that was paid when it was made.
fn paid_at_once(created: &Recorded) -> Option<Recorded> {
    const PAID: u64 = 2;
    let state = created.event.pointer("/invoice/state")?.as_u64()?;
    if created.text("/event") != Some("invoice.created") || state != PAID {
        return None;
    }
    let mut event = created.event.clone();
    event
        .as_object_mut()?
        .insert("event".to_owned(), "invoice.paid".into());
    Some(Recorded {
        file: created.file.clone(),
        index: created.index,
        event,
    })
}

fn document(recorded: &Recorded, line: &str) -> Result<Document> {
    let line: Line = serde_json::from_str(line).context("the extension gave no decision")?;
    let decision = match (line.decision.as_str(), line.plan, line.reason, line.code) {
        ("post", Some(plan), _, _) => {
            let keyed: Keyed = serde_json::from_str(plan.get()).context("a plan without a key")?;
            Decision::Post {
                plan,
                key: keyed.key,
                steps: keyed.steps,
            }
        }
        ("skip", _, Some(reason), _) => Decision::Skip(reason),
        ("reject", _, _, Some(code)) => Decision::Reject(code),
        (other, ..) => bail!("a decision {other:?} without its part"),
    };
    let block = ["invoice", "creditmemo", "customer", "product", "order"]
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
