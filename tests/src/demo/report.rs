//! What came out, document by document.

use super::documents::{Decision, Document, Step};
use super::relay::Synced;
use super::row::Row;
use super::simulator::{Booked, Books};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The operation that deletes an estimate.
const REMOVE: &str = "remove";
/// The collection of estimates.
const ESTIMATES: &str = "sales_estimates";

/// The whole result.
#[derive(Debug)]
pub struct Report {
    scenes: Vec<(&'static str, Vec<Row>)>,
    /// How many objects the ledger has, by collection.
    pub ledger: BTreeMap<&'static str, usize>,
    /// Keys that Sage would have swallowed silently.
    pub unknown_keys: Vec<String>,
    /// Invoices whose delivery address was not sent (§17).
    pub mirrored: usize,
    /// Calls to Sage.
    pub calls: u64,
}

impl Report {
    pub(super) fn new(
        decided: Vec<(&'static str, Vec<Document>)>,
        synced: &BTreeMap<String, Synced>,
        books: Books,
    ) -> Self {
        let mut ledger = BTreeMap::new();
        for booked in books.objects.values() {
            *ledger.entry(booked.collection).or_default() += 1;
        }
        let of_invoices = |booked: &&Booked| booked.collection == "sales_invoices";
        let invoices: Vec<&Booked> = books.objects.values().filter(of_invoices).collect();
        let removed: BTreeSet<String> = decided
            .iter()
            .flat_map(|(_, documents)| documents)
            .flat_map(|document| document.steps())
            .filter(|step| step.op == REMOVE)
            .map(|step| step.xref.clone())
            .collect();
        let row = |document: Document| {
            let end = match &document.decision {
                Decision::Post { key, .. } => synced.get(key),
                Decision::Skip(_) | Decision::Reject(_) => None,
            };
            let is_removed = document
                .steps()
                .iter()
                .any(|step| removed.contains(&step.xref));
            Row {
                is_removed,
                status: end.map(|end| end.status.clone()),
                error: end
                    .and_then(|end| end.error.as_ref())
                    .map(|error| error.get().to_owned()),
                sage_reference: end.and_then(|end| end.sage_reference.clone()),
                booked: end
                    .and_then(|end| end.sage_id.as_ref())
                    .and_then(|id| books.objects.get(id))
                    .cloned(),
                invoice: invoices
                    .iter()
                    .find(|booked| booked.reference.ends_with(&document.increment_id))
                    .map(|booked| (*booked).clone()),
                document,
            }
        };
        let scenes = decided
            .into_iter()
            .map(|(title, documents)| (title, documents.into_iter().map(row).collect()))
            .collect();
        Self {
            scenes,
            ledger,
            mirrored: invoices.iter().filter(|booked| booked.mirrored).count(),
            unknown_keys: books.unknown_keys,
            calls: books.calls,
        }
    }

    /// Every document, scene after scene.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.scenes.iter().flat_map(|(_, rows)| rows)
    }

    /// What does not agree, in words; nothing when all is well.
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints: Vec<String> = self
            .rows()
            .filter(|row| row.is_posted() && !row.agrees())
            .map(|row| {
                let [name, _, decision, sage_reference, magento, sage, ..] = row.cells();
                let error = row.error.as_deref().unwrap_or("no error told");
                format!(
                    "{name}: {decision} {sage_reference}, Magento {magento}, Sage {sage}; {error}"
                )
            })
            .collect();
        for (resource, planned) in self.planned() {
            let found = self.ledger.get(resource).copied().unwrap_or_default();
            if found != planned.len() {
                complaints.push(format!(
                    "the plans ask for {} {resource}, the ledger has {found}",
                    planned.len()
                ));
            }
        }
        complaints.extend(
            self.unknown_keys
                .iter()
                .map(|key| format!("Sage would swallow an unknown key: {key}")),
        );
        complaints
    }

    /// The objects that all plans together ask for: the same key is the same object.
    /// Movements of stock are left out, since none is made where the quantity is right, and so is
    /// what may turn out to be needless.
    fn planned(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut planned: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for row in self.rows() {
            let one = |step: &&Step| !step.xref.ends_with('*') && step.unless.is_none();
            for step in row.document.steps().iter().filter(one) {
                let is_removed = row.is_removed && step.resource.starts_with(ESTIMATES);
                if step.resource != "stock_movements" && !is_removed {
                    planned
                        .entry(&step.resource)
                        .or_default()
                        .insert(&step.xref);
                }
            }
        }
        planned
    }

    /// Every posted total agrees, every plan reached the ledger, no key was swallowed.
    pub fn is_good(&self) -> bool {
        self.complaints().is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = [
            "Document",
            "Event",
            "Decision",
            "Sage",
            "Magento total",
            "Sage total",
            "",
            "Rules fired",
        ]
        .map(ToOwned::to_owned);
        let table: Vec<[String; 8]> = self.rows().map(Row::cells).collect();
        let mut widths = [0_usize; 8];
        for cells in std::iter::once(&head).chain(&table) {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(cell.chars().count());
            }
        }
        write_row(formatter, &head, &widths)?;
        for (title, rows) in &self.scenes {
            writeln!(formatter, "── {title}")?;
            for row in rows {
                write_row(formatter, &row.cells(), &widths)?;
            }
        }
        let count = |wanted: fn(&Row) -> bool| self.rows().filter(|row| wanted(row)).count();
        writeln!(
            formatter,
            "\n{} posted, {} of them agree to the penny; {} skipped, {} rejected. {} calls to Sage.",
            count(Row::is_posted),
            count(Row::agrees),
            count(|row| matches!(row.document.decision, Decision::Skip(_))),
            count(|row| matches!(row.document.decision, Decision::Reject(_))),
            self.calls,
        )?;
        let ledger: Vec<String> = self
            .ledger
            .iter()
            .map(|(collection, count)| format!("{count} {collection}"))
            .collect();
        writeln!(
            formatter,
            "The ledger has {}.",
            ledger.join(", ").replace('_', " ")
        )?;
        for complaint in self.complaints() {
            writeln!(formatter, "✗ {complaint}")?;
        }
        Ok(())
    }
}

/// Amounts stand right-aligned in columns 4 and 5.
fn write_row(
    formatter: &mut fmt::Formatter<'_>,
    cells: &[String; 8],
    widths: &[usize; 8],
) -> fmt::Result {
    let mut line = String::new();
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
        let [before, after] = if matches!(column, 4 | 5) {
            [padding.as_str(), ""]
        } else {
            ["", padding.as_str()]
        };
        line.push_str(&format!("{before}{cell}{after}  "));
    }
    writeln!(formatter, "{}", line.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(total: &str, reference: &str, status: &str, unknown_keys: &[&str]) -> Report {
        let document = Document {
            file: "golden/magento/a.json".to_owned(),
            event: "invoice.created".to_owned(),
            increment_id: "000000033".to_owned(),
            currency: "GBP".to_owned(),
            magento_total: "23.4225".parse().ok(),
            decision: Decision::Post {
                plan: serde_json::value::to_raw_value("").unwrap(),
                key: "invoice.created:33".to_owned(),
                steps: vec![Step {
                    op: "create".to_owned(),
                    resource: "sales_invoices".to_owned(),
                    xref: "invoice:33".to_owned(),
                    unless: None,
                    body: serde_json::Value::Null,
                }],
            },
            fired: Vec::new(),
            warnings: Vec::new(),
            is_domestic_invoice: true,
        };
        let booked = Booked {
            collection: "sales_invoices",
            displayed_as: "SI-1".to_owned(),
            reference: reference.to_owned(),
            total: total.parse().ok(),
            outstanding: total.parse().ok(),
            quantity: None,
            mirrored: false,
        };
        let synced = serde_json::json!({
            "key": "invoice.created:33", "status": status, "sage_id": "a", "sage_reference": "SI-1", "error": null,
        });
        let synced = serde_json::from_value(synced).unwrap();
        let books = Books {
            objects: BTreeMap::from([("a".to_owned(), booked)]),
            unknown_keys: unknown_keys.iter().map(ToString::to_string).collect(),
            calls: 2,
        };
        let synced = BTreeMap::from([("invoice.created:33".to_owned(), synced)]);
        Report::new(vec![("here", vec![document])], &synced, books)
    }

    #[test]
    fn a_total_equal_at_the_currencys_precision_agrees() {
        let report = report("23.42", "WEB-000000033", "succeeded", &[]);
        assert!(report.is_good(), "{report}");
        let shown = report.to_string();
        assert!(shown.contains("23.42 (23.4225)       23.42  ✓"), "{shown}");
    }

    #[test]
    fn nothing_else_does() {
        for (report, complaint) in [
            (
                report("23.43", "000000033", "succeeded", &[]),
                "Magento 23.42 (23.4225), Sage 23.43",
            ),
            (
                report("23.4225", "000000033", "succeeded", &[]),
                "Sage 23.42 (23.4225)",
            ),
            (
                report("23.42", "000000034", "succeeded", &[]),
                "a.json 000000033",
            ),
            (
                report("23.42", "000000033", "ambiguous", &[]),
                "post, ambiguous",
            ),
            (
                report("23.42", "000000033", "succeeded", &["sales_invoices /x"]),
                "swallow",
            ),
        ] {
            assert!(!report.is_good(), "{report}");
            assert!(
                report.to_string().contains(complaint),
                "{complaint} in {report}"
            );
        }
    }

    #[test]
    fn an_invoice_nobody_planned_is_told() {
        let mut report = report("23.42", "000000033", "succeeded", &[]);
        report.ledger.insert("sales_invoices", 2);
        assert_eq!(
            report.complaints(),
            ["the plans ask for 1 sales_invoices, the ledger has 2"]
        );
    }
}
