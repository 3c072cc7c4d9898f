//! One document, and whether it stands in the ledger as Magento has it.

use super::amount::{rounded, shown};
use super::documents::{Decision, Document, Step};
use super::simulator::Booked;
use bigdecimal::{BigDecimal, Zero};
use std::path::Path;

/// One document and its end.
#[derive(Debug)]
pub struct Row {
    /// The document.
    pub document: Document,
    /// The relay's state of its plan.
    pub status: Option<String>,
    /// The relay's reason, when it has one.
    pub error: Option<String>,
    /// Sage's number (`SI-27`).
    pub sage_reference: Option<String>,
    pub(super) booked: Option<Booked>,
    /// Whether a removal ended its estimate.
    pub(super) is_removed: bool,
    /// The invoice that a payment is for.
    pub(super) invoice: Option<Booked>,
}

impl Row {
    /// Whether a plan was made.
    pub fn is_posted(&self) -> bool {
        matches!(self.document.decision, Decision::Post { .. })
    }

    /// Whether the document stands in the ledger as Magento has it: under its number and at its
    /// total, a paid invoice with nothing owed, a settled credit note with nothing left.
    pub fn agrees(&self) -> bool {
        if !matches!(self.status.as_deref(), Some("succeeded" | "superseded")) {
            return false;
        }
        if self.is_removed {
            return self.booked.is_none();
        }
        let Some(booked) = &self.booked else {
            return false;
        };
        match self.document.event.as_str() {
            "invoice.created" | "order.placed" => self.is(booked),
            "creditmemo.created" => {
                self.is(booked) && (!self.settles() || nothing_owed(Some(booked)))
            }
            "invoice.paid" => nothing_owed(self.invoice.as_ref()),
            _ => self
                .stock()
                .is_none_or(|stock| booked.quantity == Some(stock)),
        }
    }

    fn is(&self, booked: &Booked) -> bool {
        let document = &self.document;
        let total = document.magento_total.as_ref();
        let total = total.map(|total| rounded(total, &document.currency));
        booked.total == total
            && booked.reference.ends_with(&document.increment_id)
            && self.sage_reference.as_deref() == Some(&booked.displayed_as)
    }

    /// The quantity that the plan wants to lie in stock.
    fn stock(&self) -> Option<BigDecimal> {
        let Decision::Post { steps, .. } = &self.document.decision else {
            return None;
        };
        let target = |step: &Step| {
            let quantity = step.body.pointer("/stock_movement/quantity/$to")?;
            quantity.as_str()?.parse().ok()
        };
        steps.iter().find_map(target)
    }

    /// Whether the plan pays something back or sets something off.
    fn settles(&self) -> bool {
        let settling = |step: &Step| {
            matches!(
                step.resource.as_str(),
                "contact_payments" | "contact_allocations"
            )
        };
        matches!(&self.document.decision, Decision::Post { steps, .. } if steps.iter().any(settling))
    }

    /// The file of recorded rows the document is from.
    pub fn file(&self) -> &str {
        Path::new(&self.document.file)
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or(&self.document.file)
    }

    /// `name.json 000000033`.
    pub fn name(&self) -> String {
        format!("{} {}", self.file(), self.document.increment_id)
    }

    pub(super) fn cells(&self) -> [String; 8] {
        let document = &self.document;
        let decision = match (&document.decision, self.status.as_deref()) {
            (Decision::Skip(reason), _) => format!("skip: {reason}"),
            (Decision::Reject(code), _) => format!("reject: {code}"),
            (Decision::Post { .. }, Some("succeeded")) => "post".to_owned(),
            (Decision::Post { .. }, status) => format!("post, {}", status.unwrap_or("lost")),
        };
        let total = document
            .magento_total
            .as_ref()
            .map(|total| shown(total, &document.currency));
        let currency = if document.currency == "GBP" {
            String::new()
        } else {
            format!(" {}", document.currency)
        };
        let mark = match (self.is_posted(), self.agrees()) {
            (false, _) => "",
            (true, true) => "✓",
            (true, false) => "✗",
        };
        [
            self.name(),
            document.event.clone(),
            decision,
            self.sage_reference.clone().unwrap_or_default(),
            total
                .map(|total| format!("{total}{currency}"))
                .unwrap_or_default(),
            self.booked
                .as_ref()
                .and_then(|booked| booked.total.as_ref())
                .map(|total| shown(total, &document.currency))
                .unwrap_or_default(),
            mark.to_owned(),
            document.fired.join(" "),
        ]
    }
}

fn nothing_owed(booked: Option<&Booked>) -> bool {
    booked
        .and_then(|booked| booked.outstanding.as_ref())
        .is_some_and(Zero::is_zero)
}
