//! Documents that importers, payment modules and people at the telephone make.
//!
//! Each is an ordinary document with one thing changed, and the settings that go with it.

use super::fixed::Fixed;
use super::render::{document_key, render};
use super::settings::Settings;
use super::spec::{Destination, Kind, Sale};
use anyhow::{Context, Result};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What is odd about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Odd {
    /// An importer left the percentages of the rows empty.
    PercentageMissing,
    /// An importer derived them from rounded amounts: 19.93 for 20.
    PercentageRederived,
    /// A row has so many cents of tax more or less, and the header with it.
    WrongTax(u8, i16),
    /// More is kept than was given back, or taken off than was sold.
    Negative(u16),
    /// No rows and no amounts.
    Empty,
    /// A memo's adjustments contain VAT.
    Inclusive,
    /// The number, the prefix of the settings, and whether it may be shortened.
    Number(String, String, bool),
    /// No e-mail address, and whether a shared contact is configured.
    NoEmail(bool),
    /// No payment method.
    NoMethod,
    /// An earlier invoice takes so many per cent of an order worth so many per cent of this
    /// invoice; whether it was canceled, and whether surplus invoices are posted.
    Invoiced(u8, u8, bool, bool),
}

/// An ordinary document and what is odd about it.
pub fn odd() -> impl Strategy<Value = (Sale, Odd)> {
    let cents = prop_oneof![1..4_i16, 1..100_i16, 100..5_000_i16];
    let wrong = (any::<u8>(), cents, any::<bool>())
        .prop_map(|(row, cents, less)| Odd::WrongTax(row, if less { -cents } else { cents }));
    let number = (
        "[0-9A-Z-]{1,12}",
        "[0-9]{4,40}",
        "[A-Z]{0,10}-?",
        any::<bool>(),
    );
    let kinds = prop_oneof![
        3 => Just(Odd::PercentageMissing),
        3 => Just(Odd::PercentageRederived),
        6 => wrong,
        1 => (1..5_000_u16).prop_map(Odd::Negative),
        1 => Just(Odd::Empty),
        3 => Just(Odd::Inclusive),
        2 => number.prop_map(|(start, end, prefix, shorten)| Odd::Number(start + &end, prefix, shorten)),
        1 => any::<bool>().prop_map(Odd::NoEmail),
        1 => Just(Odd::NoMethod),
        2 => (0..120_u8, 50..200_u8, any::<bool>(), any::<bool>())
            .prop_map(|(taken, order, canceled, post)| Odd::Invoiced(taken, order, canceled, post)),
    ];
    (super::spec::sale(), kinds).prop_map(|(sale, odd)| (suited(sale, &odd), odd))
}

/// The ordinary document, such that the oddity can show.
fn suited(mut sale: Sale, odd: &Odd) -> Sale {
    sale.lines.truncate(8);
    match odd {
        Odd::PercentageMissing | Odd::PercentageRederived | Odd::WrongTax(..) => {
            sale.destination = Destination::Home;
            sale.currency %= 3;
            sale.residue = 0;
        }
        Odd::Negative(_) => sale.tender_percent = [0; 3],
        Odd::Empty => {
            sale.lines.clear();
            sale.shipping = None;
            sale.extras_cents = [0; 2];
            sale.adjustment_cents = [0; 2];
        }
        Odd::Inclusive => {
            sale.kind = Kind::CreditmemoCreated;
            sale.residue = 0;
            sale.currency %= 3;
            let [refund, fee] = sale.adjustment_cents;
            sale.adjustment_cents = [
                refund.max(u16::from(sale.texts) * 3),
                fee.max(u16::from(sale.texts)),
            ];
        }
        Odd::Invoiced(..) => {
            // An earlier invoice has a smaller id.
            sale.id = sale.id.max(10);
            if sale.kind == Kind::CreditmemoCreated {
                sale.kind = Kind::InvoiceCreated;
            }
        }
        Odd::Number(..) | Odd::NoEmail(_) | Odd::NoMethod => {}
    }
    sale
}

/// An odd document.
#[derive(Debug)]
pub struct OddDocument {
    /// The event.
    pub event: Value,
    /// The settings it is decided under.
    pub settings: Value,
    /// What it is worth.
    pub value: Fixed,
    /// Whether every figure was a whole minor unit before the change.
    pub is_whole: bool,
    /// Decimals of its currency.
    pub decimals: u32,
}

/// The event of an odd document and its settings.
///
/// # Errors
/// When the ordinary event is not what it was.
pub fn document(sale: &Sale, odd: &Odd, settings: &Settings) -> Result<OddDocument> {
    let generated = render(sale);
    let mut odd_document = OddDocument {
        event: generated.event,
        settings: settings.for_sale(sale),
        value: generated.document.value,
        is_whole: generated.document.is_whole,
        decimals: generated.document.currencies.document.decimals,
    };
    let key = document_key(sale.kind);
    odd_document.change(key, odd)?;
    Ok(odd_document)
}

impl OddDocument {
    fn change(&mut self, key: &str, odd: &Odd) -> Result<()> {
        match odd {
            Odd::Empty => {}
            Odd::PercentageMissing => self.change_percentages(key, |_| Value::Null)?,
            Odd::PercentageRederived => self.change_percentages(key, |percent| {
                let off = if percent.0 > 100_000 { -700 } else { 300 };
                json!(Fixed(percent.0 + off).to_string())
            })?,
            Odd::WrongTax(row, cents) => self.wrong_tax(key, usize::from(*row), *cents)?,
            Odd::Negative(cents) => {
                let beyond = Fixed(self.value.0.max(0) + Fixed::cents(i128::from(*cents)).0 * 100);
                self.value += -beyond;
                let column = if key == "invoice" {
                    "discount_amount"
                } else {
                    "adjustment_negative"
                };
                let sign = if key == "invoice" { -beyond } else { beyond };
                self.add(&format!("/{key}/{column}"), sign)?;
                self.add(&format!("/{key}/grand_total"), -beyond)?;
            }
            Odd::Inclusive => self.set("/settings/policy", "adjustment_vat", json!("inclusive"))?,
            Odd::Number(number, prefix, shorten) => {
                self.set(&format!("/{key}"), "increment_id", json!(number))?;
                self.set("/settings/policy", "invoice_number_prefix", json!(prefix))?;
                let knob = if *shorten { "shorten" } else { "reject" };
                self.set("/settings/policy", "document_reference", json!(knob))?;
            }
            Odd::NoEmail(shared) => {
                self.set("/order", "customer_email", Value::Null)?;
                if *shared {
                    let contact = json!({ "fallback_contact_email": "web@example.com" });
                    self.set("/settings/policy", "b2c_consolidation", contact)?;
                }
            }
            Odd::NoMethod => self.set("/payment", "method", Value::Null)?,
            Odd::Invoiced(taken, order, canceled, post) => {
                let total = super::sage::amount(&self.event, &format!("/{key}/grand_total"))?;
                let order = total.share(i128::from(*order), 100).rounded(2);
                let earlier = order.share(i128::from(*taken), 100).rounded(2);
                self.set("/order", "grand_total", json!(order.to_string()))?;
                let invoices = json!([{
                    "entity_id": 9, "increment_id": "000000009", "state": if *canceled { 3 } else { 2 },
                    "created_at": "2026-11-20 18:23:48", "local_date": "2026-11-20",
                    "grand_total": earlier.to_string(), "order_item_ids": [1],
                }]);
                self.set("", "order_invoices", invoices)?;
                let knob = if *post { "post" } else { "reject" };
                self.set("/settings/policy", "over_invoiced", json!(knob))?;
            }
        }
        Ok(())
    }

    /// Changes the percentage of every row that has one.
    fn change_percentages(&mut self, key: &str, changed: impl Fn(Fixed) -> Value) -> Result<()> {
        let rows = self.event.pointer_mut(&format!("/{key}/items"));
        for row in rows.and_then(Value::as_array_mut).into_iter().flatten() {
            let percent = super::sage::amount(row, "/order_item/tax_percent")?;
            if percent != Fixed::ZERO {
                *row.pointer_mut("/order_item/tax_percent")
                    .context("percent")? = changed(percent);
            }
        }
        Ok(())
    }

    fn wrong_tax(&mut self, key: &str, row: usize, cents: i16) -> Result<()> {
        let rows = self.event.pointer(&format!("/{key}/items"));
        let rows = rows.and_then(Value::as_array).map_or(0, Vec::len);
        if rows == 0 {
            return Ok(());
        }
        let more = Fixed::cents(i128::from(cents));
        self.value += more;
        self.add(&format!("/{key}/items/{}/tax_amount", row % rows), more)?;
        self.add(&format!("/{key}/tax_amount"), more)?;
        self.add(&format!("/{key}/grand_total"), more)
    }

    /// Adds to a figure of the event.
    fn add(&mut self, pointer: &str, more: Fixed) -> Result<()> {
        let sum = super::sage::amount(&self.event, pointer)? + more;
        *self.event.pointer_mut(pointer).context("figure")? = json!(sum.to_string());
        Ok(())
    }

    /// Sets a key of the event, or below `/settings` one of the settings.
    fn set(&mut self, pointer: &str, key: &str, value: Value) -> Result<()> {
        let object = match pointer.strip_prefix("/settings") {
            Some(pointer) => self.settings.pointer_mut(pointer),
            None => self.event.pointer_mut(pointer),
        };
        let object = object.and_then(Value::as_object_mut).context("object")?;
        object.insert(key.to_owned(), value);
        Ok(())
    }
}
