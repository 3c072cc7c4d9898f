//! The documents of a shop, made from plans of the golden corpus, and what must stand in Sage
//! when all of them are done.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::root;

/// Plans as the core wrote them, as text in which ids can be replaced.
#[derive(Debug)]
pub(crate) struct Templates {
    invoice: String,
    receipt: String,
    refunded: String,
    set_off: String,
    customer: String,
    product: String,
    estimate: String,
    estimate_removed: String,
}

/// What a shop sends, and what it is owed.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// Key and text of every plan, in the order in which the shop sends them.
    pub(crate) plans: Vec<(String, String)>,
    pub(crate) expected: Expected,
}

/// What Sage must hold: how many objects by collection and reference, and their total.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    /// Documents by collection, reference and total.
    pub(crate) documents: BTreeMap<(&'static str, String), &'static str>,
    /// References of invoices that were canceled: each stands there once and is void, or never was.
    pub(crate) canceled: BTreeSet<String>,
    /// References of contacts, and the name of each whose changes are sent.
    pub(crate) contacts: BTreeMap<String, Option<String>>,
    /// Quantities by item code.
    pub(crate) stock: BTreeMap<String, u64>,
    /// Allocations of credit notes to invoices.
    pub(crate) allocations: usize,
}

impl Expected {
    /// Whether a later plan voids or removes what the plan of this key makes.
    pub(crate) fn has_ended(&self, key: &str) -> bool {
        if let Some(order) = key.strip_prefix("order.placed:") {
            let number = format!("3{order:0>8}");
            return !self.documents.contains_key(&("sales_estimates", number));
        }
        key.strip_prefix("invoice.created:")
            .is_some_and(|order| self.canceled.contains(&format!("1{order:0>8}")))
    }
}

fn plan(case: &str) -> Result<String> {
    let path = root().join("golden/cases").join(case).join("sage.json");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let decision: Value = serde_json::from_str(&text)?;
    Ok(decision.get("plan").context("no plan")?.to_string())
}

/// Replaces every one of the names, each of which must be there.
fn filled(template: &str, names: &[(&str, &str)]) -> String {
    let mut text = template.to_owned();
    for (old, new) in names {
        debug_assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    text
}

impl Templates {
    pub(crate) fn load() -> Result<Self> {
        Ok(Self {
            invoice: plan("invoice/open_invoice_is_posted_by_default")?,
            receipt: plan("payment/receipt_on_the_mapped_account")?,
            refunded: plan("credit_note/full_from_the_invoice")?,
            set_off: plan("credit_note/unpaid_invoice_is_set_off")?,
            customer: plan("customer/company_with_a_vat_number")?,
            product: plan("product/managed_stock_is_a_stock_item")?,
            estimate: plan("estimate/placed")?,
            estimate_removed: plan("estimate/invoiced_remove")?,
        })
    }

    /// At least so many documents of one shop: of ten orders all have an invoice, six are paid, two
    /// credited and refunded, one credited and set off; one has an estimate; some customers and
    /// products in between.
    pub(crate) fn work(&self, documents: usize) -> Work {
        self.work_with(documents, false)
    }

    /// The same, where the unpaid order of ten is canceled, and one that is invoiced had an estimate.
    /// Not for a relay that loses its store: what it voided and forgot it posts and voids once more,
    /// and so it does with an estimate that it removed.
    pub(crate) fn work_with(&self, documents: usize, cancels: bool) -> Work {
        let mut work = Work::default();
        let mut order = 0_u64;
        while work.plans.len() < documents {
            order += 1;
            let canceled = cancels && order % 10 == 9;
            if canceled {
                self.canceled(&mut work, order);
                self.estimate(&mut work, order);
                continue;
            }
            if cancels && order % 10 == 3 {
                self.estimate(&mut work, order);
                self.estimate_removed(&mut work, order);
            }
            self.invoice(&mut work, order);
            match order % 10 {
                0..=3 => self.receipt(&mut work, order),
                4 | 5 => {
                    self.receipt(&mut work, order);
                    self.credit(&mut work, order, true);
                }
                6 => self.credit(&mut work, order, false),
                7 => self.customer(&mut work, order),
                8 => self.product(&mut work, order),
                9 => self.estimate(&mut work, order),
                _ => {}
            }
        }
        work
    }

    /// The invoice of an order by the one guest there is.
    pub(crate) fn one_invoice(&self, order: u64) -> String {
        self.invoice_by(order, "Gfffffffff", "guest@example.com")
    }

    fn invoice_by(&self, order: u64, reference: &str, email: &str) -> String {
        filled(
            &self.invoice,
            &[
                ("G63871eb33", reference),
                ("000000135", &format!("1{order:08}")),
                ("inv.open.then.paid@example.com", email),
                ("invoice:156", &format!("invoice:{order}")),
                ("invoice.created:156", &format!("invoice.created:{order}")),
                ("\"entity_id\":156", &format!("\"entity_id\":{order}")),
            ],
        )
    }

    fn invoice(&self, work: &mut Work, order: u64) {
        // Every third order is by a guest of before.
        let guest = order - order % 3;
        let (reference, number) = (format!("G{guest:09x}"), format!("1{order:08}"));
        let text = self.invoice_by(order, &reference, &format!("guest{guest}@example.com"));
        work.plans.push((format!("invoice.created:{order}"), text));
        let expected = &mut work.expected;
        expected.contacts.insert(reference, None);
        expected
            .documents
            .insert(("sales_invoices", number), "60.00");
    }

    /// An invoice of a guest of before, and that it was canceled.
    fn canceled(&self, work: &mut Work, order: u64) {
        let before = order - 1;
        let guest = before - before % 3;
        let (reference, number) = (format!("G{guest:09x}"), format!("1{order:08}"));
        let text = self.invoice_by(order, &reference, &format!("guest{guest}@example.com"));
        work.plans.push((format!("invoice.created:{order}"), text));
        let text = json!({
            "schema": "1", "key": format!("invoice.canceled:{order}"), "event": "invoice.canceled", "sequence": order,
            "magento": {"entity_type": "invoice", "entity_id": order, "increment_id": number, "website_id": 1, "store_id": 1},
            "needs": [],
            "steps": [{
                "op": "void", "resource": "sales_invoices", "xref": format!("invoice:{order}"), "find": {},
                "body": {"sales_invoice": {"void_reason": format!("Canceled in Magento: invoice {number}")}}
            }]
        });
        let key = format!("invoice.canceled:{order}");
        work.plans.push((key, text.to_string()));
        work.expected.canceled.insert(number);
    }

    /// The order is placed.
    fn estimate(&self, work: &mut Work, order: u64) {
        let guest = order - order % 3;
        let (reference, number) = (format!("G{guest:09x}"), format!("3{order:08}"));
        let text = filled(
            &self.estimate,
            &[
                ("Gbb4093238", &reference),
                ("000000113", &number),
                ("order.cancelled@", &format!("guest{guest}@")),
                ("order.placed:130", &format!("order.placed:{order}")),
                ("order:130", &format!("order:{order}")),
                ("\"entity_id\":130", &format!("\"entity_id\":{order}")),
            ],
        );
        work.plans.push((format!("order.placed:{order}"), text));
        let expected = &mut work.expected;
        expected.contacts.insert(reference, None);
        expected
            .documents
            .insert(("sales_estimates", number), "81.45");
    }

    /// The order is invoiced, so that its estimate ends.
    fn estimate_removed(&self, work: &mut Work, order: u64) {
        let number = format!("3{order:08}");
        let text = filled(
            &self.estimate_removed,
            &[
                ("000000113", &number),
                ("order.invoiced:130", &format!("order.invoiced:{order}")),
                ("order:130", &format!("order:{order}")),
                ("\"sequence\":1,", "\"sequence\":2,"),
                ("\"entity_id\":130", &format!("\"entity_id\":{order}")),
            ],
        );
        work.plans.push((format!("order.invoiced:{order}"), text));
        let documents = &mut work.expected.documents;
        documents.remove(&("sales_estimates", number));
    }

    fn receipt(&self, work: &mut Work, order: u64) {
        let number = format!("1{order:08}");
        let text = filled(
            &self.receipt,
            &[
                ("000000135", &number),
                ("invoice.paid:156", &format!("invoice.paid:{order}")),
                ("invoice:156", &format!("invoice:{order}")),
                ("payment:156", &format!("payment:{order}")),
                ("\"entity_id\":156", &format!("\"entity_id\":{order}")),
            ],
        );
        work.plans.push((format!("invoice.paid:{order}"), text));
        let documents = &mut work.expected.documents;
        documents.insert(("contact_payments", number), "60.00");
    }

    fn credit(&self, work: &mut Work, order: u64, refunded: bool) {
        let number = format!("2{order:08}");
        let template = if refunded {
            &self.refunded
        } else {
            &self.set_off
        };
        let settlement = if refunded { "refund" } else { "allocation" };
        let text = filled(
            template,
            &[
                ("000000050", &number),
                (
                    "creditmemo.created:59",
                    &format!("creditmemo.created:{order}"),
                ),
                ("creditmemo:59", &format!("creditmemo:{order}")),
                (
                    &format!("{settlement}:59"),
                    &format!("{settlement}:{order}"),
                ),
                ("invoice:163", &format!("invoice:{order}")),
                ("\"entity_id\":59", &format!("\"entity_id\":{order}")),
            ],
        );
        work.plans
            .push((format!("creditmemo.created:{order}"), text));
        let expected = &mut work.expected;
        let documents = &mut expected.documents;
        documents.insert(("sales_credit_notes", number.clone()), "41.10");
        if refunded {
            documents.insert(("contact_payments", number), "41.10");
        } else {
            expected.allocations += 1;
        }
    }

    fn customer(&self, work: &mut Work, order: u64) {
        // Twice the same customer, the later state with another name.
        let customer = order - order % 20 + 1;
        let text = filled(
            &self.customer,
            &[
                ("M12", &format!("M{customer}")),
                (
                    "customer.upserted:12",
                    &format!("customer.upserted:{customer}"),
                ),
                ("\"entity_id\":12", &format!("\"entity_id\":{customer}")),
                ("\"sequence\":4", &format!("\"sequence\":{order}")),
                ("Example Widgets Ltd", &format!("Example Widgets {order}")),
            ],
        );
        work.plans
            .push((format!("customer.upserted:{customer}"), text));
        let name = Some(format!("Example Widgets {order}"));
        work.expected.contacts.insert(format!("M{customer}"), name);
    }

    fn product(&self, work: &mut Work, order: u64) {
        let product = order - order % 40 + 1;
        let (code, quantity) = (format!("sku-{product}"), order % 90 + 1);
        let text = filled(
            &self.product,
            &[
                ("products_basic-01", &code),
                (
                    "product.upserted:714",
                    &format!("product.upserted:{product}"),
                ),
                ("stock:714:1", &format!("stock:{product}:{order}")),
                ("product:714", &format!("product:{product}")),
                ("\"entity_id\":714", &format!("\"entity_id\":{product}")),
                ("\"sequence\":1,", &format!("\"sequence\":{order},")),
                ("{\"$to\":\"42\"}", &format!("{{\"$to\":\"{quantity}\"}}")),
            ],
        );
        work.plans
            .push((format!("product.upserted:{product}"), text));
        work.expected.stock.insert(code, quantity);
    }
}
