//! The Sage simulator as a process, and what its books say.

use super::child::Server;
use crate::doors::artefact;
use anyhow::{Context, Result};
use bigdecimal::BigDecimal;
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

/// An invoice of the books.
#[derive(Debug, Clone)]
pub(super) struct Booked {
    pub(super) displayed_as: String,
    pub(super) reference: String,
    pub(super) total: BigDecimal,
    /// No delivery address was sent (§17).
    pub(super) mirrored: bool,
}

/// The simulator's side of the story.
#[derive(Debug)]
pub(super) struct Books {
    /// Invoices by their Sage id.
    pub(super) invoices: BTreeMap<String, Booked>,
    /// Number of contacts.
    pub(super) contacts: usize,
    /// Keys that Sage would have swallowed.
    pub(super) unknown_keys: Vec<String>,
    /// Calls to the simulated Sage.
    pub(super) calls: u64,
}

impl Simulator {
    /// Starts it with its committed reference data.
    pub(super) fn start(http: Client) -> Result<Self> {
        let mut command = Command::new(artefact("LEDGER_SIMULATOR_BIN")?);
        command.args(["--listen", "127.0.0.1:0"]);
        Ok(Self {
            server: Server::start("the Sage simulator", &mut command)?,
            http,
        })
    }

    pub(super) fn url(&self) -> &str {
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
        let list = |name: &str| {
            ledger
                .get(name)
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice)
        };
        let invoices = list("sales_invoices")
            .iter()
            .map(booked)
            .collect::<Result<_>>()?;
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
            invoices,
            contacts: list("contacts").len(),
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

fn booked(invoice: &Value) -> Result<(String, Booked)> {
    let total = text(invoice, "total_amount");
    let booked = Booked {
        displayed_as: text(invoice, "displayed_as").to_owned(),
        reference: text(invoice, "reference").to_owned(),
        total: total
            .parse()
            .with_context(|| format!("total_amount {total:?}"))?,
        mirrored: invoice
            .get("$simulator_delivery_address_mirrored")
            .and_then(Value::as_bool)
            .unwrap_or(false),
    };
    Ok((text(invoice, "id").to_owned(), booked))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
