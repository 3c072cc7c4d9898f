//! The Sage simulator as a process, and what its books say.

use crate::hosts::artefact;
use anyhow::{Context, Result};
use bigdecimal::BigDecimal;
use ledger_harness::child::Server;
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;

/// A running simulator.
#[derive(Debug)]
pub(super) struct Simulator {
    server: Server,
    http: Client,
}

/// What the user's consent gives in real life.
#[derive(Debug, Deserialize)]
pub(super) struct Grant {
    pub(super) refresh_token: String,
    pub(super) business_id: String,
}

/// Everything that plans can make, by its collection.
const COLLECTIONS: [&str; 10] = [
    "contacts",
    "sales_invoices",
    "sales_credit_notes",
    "sales_estimates",
    "sales_quotes",
    "contact_payments",
    "contact_allocations",
    "products",
    "services",
    "stock_items",
];

/// An object of the books.
#[derive(Debug, Clone, Default)]
pub(super) struct Booked {
    pub(super) collection: &'static str,
    pub(super) displayed_as: String,
    pub(super) reference: String,
    /// Nothing for contacts and items.
    pub(super) total: Option<BigDecimal>,
    /// What is still owed on an invoice or a credit note.
    pub(super) outstanding: Option<BigDecimal>,
    /// What lies in stock.
    pub(super) quantity: Option<BigDecimal>,
    /// No delivery address was sent (§17).
    pub(super) mirrored: bool,
}

/// The simulator's side of the story.
#[derive(Debug)]
pub(super) struct Books {
    /// Objects by their Sage id.
    pub(super) objects: BTreeMap<String, Booked>,
    /// Keys that Sage would have swallowed.
    pub(super) unknown_keys: Vec<String>,
    /// Calls to the simulated Sage.
    pub(super) calls: u64,
}

impl Simulator {
    /// Starts it with the committed reference data of a business, a file of `golden/profiles`.
    pub(super) fn start(http: Client, business: &str) -> Result<Self> {
        let mut command = Command::new(artefact("LEDGER_SIMULATOR_BIN")?);
        command
            .args(["--listen", "127.0.0.1:0", "--reference"])
            .arg(crate::root().join("golden/profiles").join(business));
        Ok(Self {
            server: Server::start("the Sage simulator", &mut command)?,
            http,
        })
    }

    pub(super) fn url(&self) -> String {
        self.server.url()
    }

    /// New tokens for the simulated business.
    pub(super) async fn grant(&self) -> Result<Grant> {
        let url = format!("{}/_simulator/grant", self.url());
        let answer = self
            .http
            .post(url)
            .json(&json!({}))
            .send()
            .await?
            .error_for_status()?;
        Ok(answer.json().await?)
    }

    /// Changes its behaviour.
    pub(super) async fn switch(&self, changes: &Value) -> Result<()> {
        let url = format!("{}/_simulator/switches", self.url());
        self.http
            .post(url)
            .json(changes)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }

    /// Reads the books.
    pub(super) async fn books(&self) -> Result<Books> {
        let ledger = self.get("ledger").await?;
        let mut objects = BTreeMap::new();
        for collection in COLLECTIONS {
            let list = ledger.get(collection).and_then(Value::as_array);
            let stands = |object: &&Value| object.get("deleted_at").is_none_or(Value::is_null);
            for object in list.into_iter().flatten().filter(stands) {
                objects.insert(text(object, "id").to_owned(), booked(collection, object)?);
            }
        }
        let unknown = self.get("unknown-keys").await?;
        let unknown_keys = unknown
            .get("unknown_keys")
            .and_then(Value::as_array)
            .context("no list of unknown keys")?
            .iter()
            .map(|entry| format!("{} {}", text(entry, "resource"), text(entry, "pointer")))
            .collect();
        let requests = self.get("requests").await?;
        let calls = requests
            .get("count")
            .and_then(Value::as_u64)
            .context("no count of requests")?;
        Ok(Books {
            objects,
            unknown_keys,
            calls,
        })
    }

    async fn get(&self, what: &str) -> Result<Value> {
        let answer = self
            .http
            .get(format!("{}/_simulator/{what}", self.url()))
            .send()
            .await?;
        Ok(answer.error_for_status()?.json().await?)
    }
}

fn booked(collection: &'static str, object: &Value) -> Result<Booked> {
    let amount = |key: &str| -> Result<Option<BigDecimal>> {
        let Some(amount) = object.get(key).and_then(Value::as_str) else {
            return Ok(None);
        };
        let parsed = amount.parse();
        parsed
            .map(Some)
            .with_context(|| format!("{key} {amount:?}"))
    };
    Ok(Booked {
        collection,
        displayed_as: text(object, "displayed_as").to_owned(),
        reference: text(object, "reference").to_owned(),
        total: amount("total_amount")?,
        outstanding: amount("outstanding_amount")?,
        quantity: amount("quantity_in_stock")?,
        mirrored: object
            .get("$simulator_delivery_address_mirrored")
            .and_then(Value::as_bool)
            .unwrap_or(false),
    })
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
