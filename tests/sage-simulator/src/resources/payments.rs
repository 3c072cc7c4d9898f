//! Payments of contacts and allocations between their documents.

use bigdecimal::{BigDecimal, Zero};
use serde_json::{Value, json};

use super::{Draft, contacts};
use crate::arithmetic::{self, amount};
use crate::dispatch::World;
use crate::envelope::{Problem, Refusal};
use crate::json::{filled, id_of, list, pick, set, text};
use crate::store::Record;

/// Where payments on account live; they are seen inside their payment and used by allocations.
const ON_ACCOUNT: &str = "payments_on_account";

/// One document and the amount that settles it.
struct Share {
    collection: &'static str,
    id: String,
    amount: BigDecimal,
}

/// Makes a receipt or a refund and settles what it names.
///
/// Documented: one POST with `allocated_artefacts` settles the documents; what is left over is a payment
/// on account; a refund must be allocated in full. Observed message: "You can only pay unpaid or
/// part-paid invoices."
pub(crate) fn build_payment(world: &mut World, draft: &Draft) -> Result<Value, Refusal> {
    refuse_change(draft)?;
    let entity = &draft.entity;
    let contact = contacts::customer(world, entity)?.clone();
    let not_found = || Refusal::record_not_found(world.switches.unknown_record_status);
    let kind = text(entity, "transaction_type_id").unwrap_or_default();
    let bank = text(entity, "bank_account_id").unwrap_or_default();
    let mut payment = json!({
        "transaction_type": world.reference.nested("transaction_types", kind).ok_or_else(not_found)?,
        "bank_account": world.reference.nested("bank_accounts", bank).ok_or_else(not_found)?,
        "contact": pick(&contact, &["id", "displayed_as", "$path"]),
        "currency": contact.get("currency"),
    });
    if let Some(method) = filled(entity, "payment_method_id") {
        set(
            &mut payment,
            "payment_method",
            world
                .reference
                .nested("payment_methods", method)
                .ok_or_else(not_found)?,
        );
    }
    let artefacts = match kind {
        "CUSTOMER_RECEIPT" => "sales_invoices",
        "CUSTOMER_REFUND" => "sales_credit_notes",
        _ => {
            return Err(Refusal::one(
                "transaction_type_id",
                "is not supported by the simulator",
            ));
        }
    };
    if let Some(currency) = filled(entity, "currency_id")
        && Some(currency) != id_of(&contact, "currency")
    {
        return Err(Refusal::one(
            "currency",
            "must match the currency of the contact",
        ));
    }
    let total = amount(entity, "total_amount").unwrap_or_default();
    let shares = shares(world, entity)?;
    let allocated: BigDecimal = shares.iter().map(|share| share.amount.clone()).sum();
    let mut problems = Vec::new();
    if total <= BigDecimal::zero() {
        problems.push(Problem::invalid("total_amount", "must be greater than 0"));
    }
    if allocated > total || (artefacts == "sales_credit_notes" && allocated != total) {
        problems.push(Problem::invalid(
            "total_amount",
            "must equal the sum of the allocated amounts",
        ));
    }
    for share in &shares {
        let outstanding = outstanding(world, share);
        if share.collection != artefacts
            || share.amount <= BigDecimal::zero()
            || share.amount > outstanding
        {
            problems.push(Problem::invalid(
                "base",
                "You can only pay unpaid or part-paid invoices.",
            ));
        }
    }
    if !problems.is_empty() {
        return Err(Refusal::invalid(problems));
    }
    for share in &shares {
        settle(world, share, &share.amount);
    }
    let rest = &total - &allocated;
    set(
        &mut payment,
        "displayed_as",
        filled(entity, "reference").unwrap_or(kind),
    );
    set(&mut payment, "date", text(entity, "date"));
    set(&mut payment, "reference", text(entity, "reference"));
    set(&mut payment, "total_amount", arithmetic::json(&total));
    set(&mut payment, "allocated_artefacts", as_json(&shares));
    if !rest.is_zero() {
        let on_account = keep_on_account(world, &contact, &rest);
        set(&mut payment, "payment_on_account", on_account);
    }
    Ok(payment)
}

/// Sets documents of one contact against each other. Documented: the amounts sum to zero, invoices
/// positive, credit notes and payments on account negative.
pub(crate) fn build_allocation(world: &mut World, draft: &Draft) -> Result<Value, Refusal> {
    refuse_change(draft)?;
    let entity = &draft.entity;
    let contact = contacts::customer(world, entity)?.clone();
    let shares = shares(world, entity)?;
    let sum: BigDecimal = shares.iter().map(|share| share.amount.clone()).sum();
    if !sum.is_zero() || shares.is_empty() {
        return Err(Refusal::one(
            "allocated_artefacts",
            "The allocated amounts must sum to 0.",
        ));
    }
    for share in &shares {
        let positive = share.amount > BigDecimal::zero();
        let is_invoice = share.collection == "sales_invoices";
        if positive != is_invoice || share.amount.abs() > outstanding(world, share) {
            return Err(Refusal::one("allocated_artefacts", "is invalid"));
        }
    }
    for share in &shares {
        settle(world, share, &share.amount.abs());
    }
    Ok(json!({
        "displayed_as": "Allocation",
        "contact": pick(&contact, &["id", "displayed_as", "$path"]),
        "transaction_type": world.reference.nested("transaction_types", text(entity, "transaction_type_id").unwrap_or_default()),
        "date": text(entity, "date"),
        "allocated_artefacts": as_json(&shares),
    }))
}

/// `DELETE`: what was settled is outstanding again.
pub(crate) fn undo(world: &mut World, collection: &str, id: &str) -> Result<(), Refusal> {
    let Some(record) = world.store.find(collection, id) else {
        return Err(Refusal::record_not_found(404));
    };
    let value = record.value.clone();
    for share in shares(world, &value)? {
        let back = -share.amount.abs();
        settle(world, &share, &back);
    }
    if let Some(on_account) = id_of(&value, "payment_on_account")
        && let Some(record) = world.store.find_mut(ON_ACCOUNT, on_account)
    {
        record.deleted = true;
    }
    Ok(())
}

/// Changing a payment or an allocation is documented and not simulated yet.
fn refuse_change(draft: &Draft) -> Result<(), Refusal> {
    match draft.previous {
        Some(_) => Err(Refusal::one(
            "base",
            "The simulator does not change payments; delete and create.",
        )),
        None => Ok(()),
    }
}

/// The documents under `allocated_artefacts`, in the request's shape or in the answer's.
fn shares(world: &World, entity: &Value) -> Result<Vec<Share>, Refusal> {
    list(entity, "allocated_artefacts")
        .iter()
        .map(|entry| {
            let id = text(entry, "artefact_id")
                .or_else(|| id_of(entry, "artefact"))
                .unwrap_or_default();
            let collection = world
                .store
                .home(id)
                .filter(|home| ["sales_invoices", "sales_credit_notes", ON_ACCOUNT].contains(home))
                .filter(|home| world.store.find(home, id).is_some());
            let collection = collection
                .ok_or_else(|| Refusal::record_not_found(world.switches.unknown_record_status))?;
            Ok(Share {
                collection,
                id: id.to_owned(),
                amount: amount(entry, "amount").unwrap_or_default(),
            })
        })
        .collect()
}

fn outstanding(world: &World, share: &Share) -> BigDecimal {
    world
        .store
        .find(share.collection, &share.id)
        .and_then(|record| amount(&record.value, "outstanding_amount"))
        .unwrap_or_default()
}

/// Takes an amount off what is outstanding and sets the status that follows (documented: PAID only
/// through payment or allocation).
fn settle(world: &mut World, share: &Share, paid: &BigDecimal) {
    let left = outstanding(world, share) - paid;
    let now_s = world.clock.now_s();
    let Some(record) = world.store.find(share.collection, &share.id) else {
        return;
    };
    let total = amount(&record.value, "total_amount").unwrap_or_default();
    let status = if left.is_zero() {
        "PAID"
    } else if left == total {
        "UNPAID"
    } else {
        "PART_PAID"
    };
    let status = world.reference.nested("artefact_statuses", status);
    if let Some(record) = world.store.find_mut(share.collection, &share.id) {
        set(
            &mut record.value,
            "total_paid",
            arithmetic::json(&(&total - &left)),
        );
        set(
            &mut record.value,
            "outstanding_amount",
            arithmetic::json(&left),
        );
        set(&mut record.value, "status", status);
        record.updated_s = now_s;
    }
}

fn keep_on_account(world: &mut World, contact: &Value, rest: &BigDecimal) -> Value {
    let id = world.ids.next();
    let now_s = world.clock.now_s();
    let value = json!({
        "id": id,
        "displayed_as": "Payment on Account",
        "contact": pick(contact, &["id", "displayed_as", "$path"]),
        "total_amount": arithmetic::json(rest),
        "outstanding_amount": arithmetic::json(rest),
    });
    let record = Record {
        id,
        search_text: String::new(),
        value: value.clone(),
        request: String::new(),
        created_s: now_s,
        updated_s: now_s,
        deleted: false,
    };
    world.store.insert(ON_ACCOUNT, record);
    value
}

fn as_json(shares: &[Share]) -> Value {
    shares
        .iter()
        .map(|share| json!({ "artefact": { "id": share.id, "$path": format!("/{}/{}", share.collection, share.id) }, "amount": arithmetic::json(&share.amount) }))
        .collect()
}
