//! What is compared, brought together from the store.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::Value;

use ledger_plan::Resource;
use ledger_sage::entity::decimal;
use ledger_store::reconciliation::{Days, KnownRun as RunRow, SageObject};
use ledger_store::retry::Millis;
use ledger_store::{BindingId, Xref};

use crate::reconciliation::{
    Banks, Day, DayReport, DocumentId, DocumentKind, Facts, GONE, Known, KnownObject, KnownRun,
    SageDocument, SagePayment, SageRate, SageState,
};

use super::super::{OperationError, Operations};
use super::sage_object::{DocumentDetail, PaymentDetail};

/// What a customer pays with beside the payment method: Magento's column, the knob of its account.
const TENDERS: [(&str, &str); 3] = [
    ("gift_cards_amount", "gift_card_bank_account_id"),
    ("customer_balance_amount", "store_credit_bank_account_id"),
    ("reward_currency_amount", "reward_points_bank_account_id"),
];
const RECEIPT: &str = "CUSTOMER_RECEIPT";
const REFUND: &str = "CUSTOMER_REFUND";

pub(super) struct Gathered {
    pub(super) facts: Facts,
    pub(super) bank_names: BTreeMap<String, String>,
    pub(super) shop_told_at: Option<Millis>,
    /// How many days the shop told of.
    pub(super) shop_days: i64,
}

/// The key of the object that is made of a document.
pub(super) fn xref_of(kind: DocumentKind, entity_id: i64) -> String {
    match kind {
        DocumentKind::Invoice => format!("invoice:{entity_id}"),
        DocumentKind::Creditmemo => format!("creditmemo:{entity_id}"),
    }
}

fn resource_of(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Invoice => Resource::SalesInvoices.path(),
        DocumentKind::Creditmemo => Resource::SalesCreditNotes.path(),
    }
}

impl Operations {
    /// What the shop told of some days, and when it told of the first one.
    pub(super) async fn told(
        &self,
        binding: &BindingId,
        days: Days,
    ) -> Result<(Vec<(Day, DayReport)>, Option<Millis>), OperationError> {
        let rows = self.store.shop_days(binding, days).await?;
        let told_at = rows.iter().map(|row| row.received_at).min();
        let read = rows.iter().map(|row| {
            let day = Day(row.day);
            let report = serde_json::from_str(&row.body).map_err(|error| {
                OperationError::Argument(format!(
                    "what the shop told of {day} cannot be read ({error}); ask the shop for these days again"
                ))
            })?;
            Ok((day, report))
        });
        Ok((read.collect::<Result<_, OperationError>>()?, told_at))
    }

    pub(super) async fn gather(
        &self,
        binding: &BindingId,
        days: Days,
    ) -> Result<Gathered, OperationError> {
        let (told, shop_told_at) = self.told(binding, days).await?;
        let mut untold: BTreeSet<Day> = (days.from_day..=days.to_day).map(Day).collect();
        for (day, _) in &told {
            untold.remove(day);
        }
        let shop: Vec<DayReport> = told.into_iter().map(|(_, report)| report).collect();
        let known = self.known_documents(binding, &shop).await?;
        let mut objects = self.store.sage_objects(binding, days).await?;
        for kind in [DocumentKind::Invoice, DocumentKind::Creditmemo] {
            objects.extend(self.elsewhere(binding, kind, &known, &objects).await?);
        }
        let references = self.store.reference(binding).await?;
        let list = |kind: &str| -> Vec<Value> {
            let row = references.iter().find(|row| row.kind == kind);
            let read = row.and_then(|row| serde_json::from_str(&row.body).ok());
            read.unwrap_or_default()
        };
        let rates = TaxRates(list("tax_rates"));
        let mut ours = BTreeMap::new();
        for kind in [DocumentKind::Invoice, DocumentKind::Creditmemo] {
            let resource = resource_of(kind);
            let ids = objects.iter().filter(|object| object.resource == resource);
            let ids: Vec<&str> = ids.map(|object| object.sage_id.as_str()).collect();
            let owners = self.store.owners_of(binding, resource, &ids).await?;
            ours.insert(kind, owners);
        }
        let document = |object: &SageObject| {
            let kinds = [DocumentKind::Invoice, DocumentKind::Creditmemo];
            let kind = kinds
                .into_iter()
                .find(|kind| resource_of(*kind) == object.resource)?;
            let owners = ours.get(&kind)?;
            let is_ours = owners.contains_key(&object.sage_id);
            Some(in_sage(kind, object, is_ours, &rates))
        };
        let shop_days = i64::try_from(shop.len()).unwrap_or(i64::MAX);
        Ok(Gathered {
            facts: Facts {
                from: Day(days.from_day),
                to: Day(days.to_day),
                shop,
                untold,
                known,
                sage: objects.iter().filter_map(document).collect(),
                payments: objects.iter().filter_map(payment).collect(),
                banks: self.banks(binding).await?,
            },
            bank_names: names(&list("bank_accounts")),
            shop_told_at,
            shop_days,
        })
    }

    /// What the relay knows of the shop's documents.
    async fn known_documents(
        &self,
        binding: &BindingId,
        shop: &[DayReport],
    ) -> Result<BTreeMap<DocumentId, Known>, OperationError> {
        let ids: Vec<DocumentId> = shop
            .iter()
            .flat_map(|day| &day.documents)
            .map(|row| (row.kind, row.entity_id))
            .collect();
        let mut keys = Vec::new();
        for (kind, id) in &ids {
            match kind {
                DocumentKind::Invoice => {
                    keys.extend(
                        ["created", "paid", "canceled"].map(|what| format!("invoice.{what}:{id}")),
                    );
                }
                DocumentKind::Creditmemo => keys.push(format!("creditmemo.created:{id}")),
            }
        }
        let text: Vec<&str> = keys.iter().map(String::as_str).collect();
        let mut runs = self.store.newest_runs(binding, &text).await?;
        let xref_keys: Vec<String> = ids.iter().map(|(kind, id)| xref_of(*kind, *id)).collect();
        let text: Vec<&str> = xref_keys.iter().map(String::as_str).collect();
        let xrefs = self.store.xrefs_of(binding, &text).await?;
        let mut known = BTreeMap::new();
        for (kind, id) in ids {
            let created = match kind {
                DocumentKind::Invoice => format!("invoice.created:{id}"),
                DocumentKind::Creditmemo => format!("creditmemo.created:{id}"),
            };
            let is_invoice = kind == DocumentKind::Invoice;
            let has = |what: &str| is_invoice && runs.contains_key(&format!("invoice.{what}:{id}"));
            let (is_canceled, is_paid) = (has("canceled"), has("paid"));
            let run = runs.remove(&created).map(run);
            let object = xrefs.get(&xref_of(kind, id)).map(object);
            if run.is_some() || object.is_some() {
                let of_this = Known {
                    run,
                    object,
                    is_canceled,
                    is_paid,
                };
                known.insert((kind, id), of_this);
            }
        }
        Ok(known)
    }

    /// Objects of the shop's documents that Sage has on other days, or no more.
    async fn elsewhere(
        &self,
        binding: &BindingId,
        kind: DocumentKind,
        known: &BTreeMap<DocumentId, Known>,
        read: &[SageObject],
    ) -> Result<Vec<SageObject>, OperationError> {
        let resource = resource_of(kind);
        let here: std::collections::BTreeSet<&str> = read
            .iter()
            .filter(|object| object.resource == resource)
            .map(|object| object.sage_id.as_str())
            .collect();
        let made = known.iter().filter(|((of, _), _)| *of == kind);
        let made = made.filter_map(|(_, known)| known.object.as_ref());
        let ids: Vec<&str> = made
            .map(|object| object.sage_id.as_str())
            .filter(|id| !here.contains(id))
            .collect();
        Ok(self
            .store
            .sage_objects_by_id(binding, resource, &ids)
            .await?)
    }

    /// Bank accounts by payment method, as the settings have them.
    async fn banks(&self, binding: &BindingId) -> Result<Banks, OperationError> {
        let settings = self.store.settings(binding, None).await?;
        let document: Value = settings
            .and_then(|settings| serde_json::from_str(&settings.document).ok())
            .unwrap_or_default();
        let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
        let map = document.pointer("/policy/payment_method_map");
        let map = map.and_then(Value::as_object).into_iter().flatten();
        let otherwise = document.pointer("/policy/default_bank_account_id");
        let tenders = TENDERS.map(|(column, knob)| {
            let bank = document.pointer(&format!("/policy/{knob}"));
            (column.to_owned(), bank.and_then(text))
        });
        let methods = map.map(|(method, bank)| (method.clone(), text(bank)));
        Ok(Banks {
            of_method: methods.chain(tenders).collect(),
            otherwise: otherwise.and_then(text),
        })
    }
}

fn figure(text: Option<&str>) -> Option<Decimal> {
    text.and_then(decimal)
}

fn run(row: RunRow) -> KnownRun {
    KnownRun {
        run_id: row.run_id,
        state: row.state,
        reason: row.error_code,
        expected: figure(row.expected_total.as_deref()),
    }
}

fn object(xref: &Xref) -> KnownObject {
    KnownObject {
        sage_id: xref.sage_id.clone(),
        posted: figure(xref.total.as_deref()),
    }
}

fn in_sage(
    kind: DocumentKind,
    object: &SageObject,
    is_ours: bool,
    rates: &TaxRates,
) -> SageDocument {
    let detail: DocumentDetail = serde_json::from_str(&object.detail).unwrap_or_default();
    let parts = detail.parts.into_iter().map(|part| SageRate {
        rate: rates.percentage(&part.rate, object.day),
        net: part.net.0,
        tax: part.tax.0,
    });
    SageDocument {
        kind,
        sage_id: object.sage_id.clone(),
        number: object.number.clone(),
        reference: object.reference.clone(),
        day: Day(object.day),
        currency: object.currency.clone(),
        total: figure(Some(&object.total)).unwrap_or_default(),
        tax: figure(Some(&object.tax)).unwrap_or_default(),
        outstanding: figure(object.outstanding.as_deref()),
        state: SageState::of(&object.status),
        rates: parts.collect(),
        is_ours,
    }
}

fn payment(object: &SageObject) -> Option<SagePayment> {
    if object.resource != Resource::ContactPayments.path() || object.status == GONE {
        return None;
    }
    let detail: PaymentDetail = serde_json::from_str(&object.detail).ok()?;
    let amount = figure(Some(&object.total))?;
    if ![RECEIPT, REFUND].contains(&detail.kind.as_str()) {
        return None;
    }
    Some(SagePayment {
        is_refund: detail.kind == REFUND,
        bank: detail.bank,
        currency: object.currency.clone(),
        amount,
    })
}

/// Names by id.
fn names(list: &[Value]) -> BTreeMap<String, String> {
    let text = |entry: &Value, key: &str| {
        let text = entry.get(key).and_then(Value::as_str);
        text.map(ToOwned::to_owned)
    };
    list.iter()
        .filter_map(|entry| Some((text(entry, "id")?, text(entry, "displayed_as")?)))
        .collect()
}

/// Sage's tax rates, as last read.
struct TaxRates(Vec<Value>);

impl TaxRates {
    /// The percentage of a rate on a day.
    fn percentage(&self, id: &str, day: i64) -> Option<Decimal> {
        let text = |value: &Value, key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .map(ToOwned::to_owned)
        };
        let rate = self
            .0
            .iter()
            .find(|rate| text(rate, "id").as_deref() == Some(id))?;
        let entries = rate.get("percentages").and_then(Value::as_array)?;
        let day = Day(day).to_string();
        let holds = |entry: &&Value| {
            text(entry, "from_date").is_none_or(|from| from <= day)
                && text(entry, "to_date").is_none_or(|to| day <= to)
        };
        let percentage = entries.iter().find(holds)?.get("percentage")?;
        let written = percentage
            .as_str()
            .map_or_else(|| percentage.to_string(), str::to_owned);
        decimal(&written)
    }
}
