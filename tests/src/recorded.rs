//! Canonical events that the module's own builder makes of recorded Magento rows.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// An event of a file of recorded rows.
#[derive(Debug, Deserialize)]
pub struct Recorded {
    /// The file, as it was named to the builder.
    pub file: String,
    /// Position in the file's `events`.
    pub index: usize,
    /// The canonical event.
    pub event: Value,
}

impl Recorded {
    /// The file's name without its folder.
    pub fn file_name(&self) -> &str {
        Path::new(&self.file)
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or(&self.file)
    }

    /// A text inside the event.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.event.pointer(pointer).and_then(Value::as_str)
    }

    /// Whether it is an event of an order, not of what comes of it.
    pub fn is_of_order(&self) -> bool {
        let event = self.text("/event").unwrap_or_default();
        event.starts_with("order.")
    }

    /// Whether it is an invoice in pounds whose goods go to the United Kingdom.
    pub fn is_domestic_invoice(&self) -> bool {
        let delivered_to = self
            .text("/shipping_address/country_id")
            .or_else(|| self.text("/billing_address/country_id"));
        self.text("/event") == Some("invoice.created")
            && self.text("/invoice/order_currency_code") == Some("GBP")
            && delivered_to == Some("GB")
    }
}

/// Builds the events of files below the repository's root.
///
/// # Errors
/// When PHP does not run or the builder refuses a file.
pub fn build(files: &[String]) -> Result<Vec<Recorded>> {
    let output = Command::new("php")
        .current_dir(crate::root())
        .arg("tests/php/events.php")
        .args(files)
        .output()
        .context("php does not start")?;
    ensure!(
        output.status.success(),
        "events.php: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)?
        .lines()
        .map(|line| serde_json::from_str(line).context("events.php printed no event"))
        .collect()
}

/// Every file of recorded rows, as paths below the root.
///
/// # Errors
/// When the folder is unreadable or empty.
pub fn files() -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(crate::root().join("golden/magento"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".json") {
            files.push(format!("golden/magento/{name}"));
        }
    }
    ensure!(!files.is_empty(), "golden/magento holds no recorded rows");
    files.sort();
    Ok(files)
}

/// Documents of these files are refused, although every usual mapping is there, with the code.
const REFUSED: [(&str, &str); 4] = [
    // Irish tax on a delivery at home, and two taxes added up to 23 %: no mapped rate gives either.
    ("addr_tax_on_billing.json", "tax_rate_not_mapped"),
    ("levy_stacked_rates.json", "tax_rate_not_mapped"),
    ("report_negative_credit_memo.json", "negative_total"),
    (
        "report_telephone_order_without_email.json",
        "customer_email_missing",
    ),
];

/// The code with which the documents of a file are refused, where they are.
pub fn refusal(file: &str) -> Option<&'static str> {
    REFUSED
        .iter()
        .find_map(|(refused, code)| (*refused == file).then_some(*code))
}
