//! One step of a plan.

use rust_decimal::Decimal;

use crate::json::Node;

use super::json_pointer::{At, Read};
use super::{Expect, FAMILY, Op, Record, Resource, Step, VOID_REASON, refs};

/// Everything a `find` may name.
const FIND_KEYS: [&str; 7] = [
    "reference",
    "item_code",
    "email",
    "transaction_type_id",
    "contact_id",
    "bank_account_id",
    "total_amount",
];

pub(crate) fn step(at: &At<'_>) -> Read<Step> {
    at.closed(&[
        "op", "resource", "xref", "unless", "find", "body", "records", "expect",
    ])?;
    let op_at = at.field("op")?;
    let Some(op) = Op::from_word(op_at.text()?) else {
        return op_at.refuse("op_unknown", "The contract has no such operation.");
    };
    let resource_at = at.field("resource")?;
    let Some(resource) = Resource::from_path(resource_at.text()?) else {
        return resource_at.refuse(
            "resource_not_supported",
            "The contract has no such resource.",
        );
    };
    if !op.suits(resource) {
        return op_at.refuse(
            "op_not_for_resource",
            format!("The contract has no {} of {}.", op.word(), resource.path()),
        );
    }
    let xref = xref(&at.field("xref")?, op, resource)?;
    match op {
        Op::Void => return ending(at, op, resource, xref, void_reason),
        Op::Remove => return ending(at, op, resource, xref, |entity| entity.closed(&[])),
        Op::Link => return ending(at, op, resource, xref, linked_invoice),
        Op::Ensure | Op::Create | Op::Update | Op::Adjust | Op::Allocate => {}
    }
    let unless = at.maybe("unless").map(|key| key.symbol()).transpose()?;
    let find = find(&at.field("find")?, required(resource, &xref))?;
    let body_at = at.field("body")?;
    let (body, target) = body(&body_at, resource)?;
    let records = at
        .maybe("records")
        .map(|place| records(&place, &body))
        .transpose()?
        .unwrap_or_default();
    let expect = at.maybe("expect").map(|place| expect(&place)).transpose()?;
    Ok(Step {
        op,
        resource,
        xref,
        unless,
        find,
        body,
        target,
        records,
        expect,
    })
}

/// Most characters of a reason. Sage publishes no limit; this bound is ours (assumed).
const LONGEST_REASON: usize = 200;

/// What ends an object: it is known by its key only.
fn ending(
    at: &At<'_>,
    op: Op,
    resource: Resource,
    xref: String,
    check: fn(&At<'_>) -> Read<()>,
) -> Read<Step> {
    at.closed(&["op", "resource", "xref", "find", "body"])?;
    at.field("find")?.closed(&[])?;
    let body_at = at.field("body")?;
    body_at.closed(&[resource.entity()])?;
    check(&body_at.field(resource.entity())?)?;
    Ok(Step {
        op,
        resource,
        xref,
        unless: None,
        find: Vec::new(),
        body: body_at.node.clone(),
        target: None,
        records: Vec::new(),
        expect: None,
    })
}

/// A link names one invoice of ours and nothing else.
fn linked_invoice(entity: &At<'_>) -> Read<()> {
    entity.closed(&["invoice_id"])?;
    let invoice = entity.field("invoice_id")?;
    if refs::alternatives(invoice.node).is_none() {
        return invoice.wrong_type("a $ref");
    }
    scan(&invoice)
}

/// A void says why and nothing else.
fn void_reason(entity: &At<'_>) -> Read<()> {
    entity.closed(&[VOID_REASON])?;
    let reason = entity.field(VOID_REASON)?;
    let text = reason.text()?;
    if text.trim().is_empty() {
        return reason.refuse("empty", "Sage voids nothing without a reason.");
    }
    if text.chars().count() > LONGEST_REASON {
        return reason.refuse(
            "out_of_range",
            format!("A reason has at most {LONGEST_REASON} characters."),
        );
    }
    Ok(())
}

/// A key of one object, or of a family of contacts to bring up to date.
fn xref(at: &At<'_>, op: Op, resource: Resource) -> Read<String> {
    let Some(family) = at.text()?.strip_suffix(FAMILY) else {
        return at.symbol();
    };
    if (op, resource) != (Op::Update, Resource::Contacts) {
        return at.refuse(
            "invalid_format",
            "Only an update of contacts may name a family of keys.",
        );
    }
    let beginning = Node::Text(family.trim_end_matches(':').to_owned());
    let beginning = At {
        node: &beginning,
        pointer: at.pointer,
    };
    beginning.symbol()?;
    at.text().map(ToOwned::to_owned)
}

/// The keys without which an object of the resource could not be found again.
fn required(resource: Resource, xref: &str) -> &'static [&'static str] {
    if xref.ends_with(FAMILY) {
        return &[];
    }
    match resource {
        Resource::Contacts => &["reference"],
        // A reference alone could be another document's.
        Resource::SalesInvoices
        | Resource::SalesCreditNotes
        | Resource::SalesEstimates
        | Resource::SalesQuotes => &["reference", "contact_id", "total_amount"],
        Resource::ContactPayments => &[
            "reference",
            "transaction_type_id",
            "contact_id",
            "bank_account_id",
            "total_amount",
        ],
        Resource::ContactAllocations => &["transaction_type_id", "contact_id"],
        Resource::Products | Resource::Services | Resource::StockItems => &["item_code"],
        // Found by what the movement says itself.
        Resource::StockMovements => &[],
    }
}

fn find(at: &At<'_>, required: &[&str]) -> Read<Vec<(String, Node)>> {
    at.closed(&FIND_KEYS)?;
    for key in required {
        let place = at.field(key)?;
        if matches!(place.node, Node::Text(text) if text.trim().is_empty()) {
            return place.refuse(
                "empty",
                "Without this key the object could not be found again.",
            );
        }
    }
    for (key, node) in at.entries()? {
        let place = at.below(key, node);
        if !matches!(node, Node::Text(_)) {
            if !matches!(node, Node::Object(_)) {
                return place.wrong_type("a string or a $ref");
            }
            scan(&place)?;
            if refs::alternatives(node).is_none() {
                return place.wrong_type("a string or a $ref");
            }
        }
        if key.ends_with("_amount") {
            place.amount()?;
        }
    }
    Ok(at.entries()?.to_vec())
}

/// The body, and the quantity to reach where the resource has one.
fn body(at: &At<'_>, resource: Resource) -> Read<(Node, Option<Decimal>)> {
    at.closed(&[resource.entity()])?;
    let entity = at.field(resource.entity())?;
    entity.entries()?;
    if let Some(id) = entity.maybe("idempotency_id") {
        return id.refuse("unknown_key", "The relay sets idempotency_id.");
    }
    if resource != Resource::StockMovements {
        scan(at)?;
        return Ok((at.node.clone(), None));
    }
    let quantity = entity.field("quantity")?;
    quantity.closed(&["$to"])?;
    let target = quantity.field("$to")?.amount()?;
    if refs::alternatives(entity.field("stock_item_id")?.node).is_none() {
        return entity.field("stock_item_id")?.wrong_type("a $ref");
    }
    for (key, node) in entity.entries()? {
        if key != "quantity" {
            scan(&entity.below(key, node))?;
        }
    }
    Ok((at.node.clone(), Some(target)))
}

/// Refuses numbers (they could be re-serialised), malformed `$ref`s and `$to`s out of place.
fn scan(at: &At<'_>) -> Read<()> {
    match at.node {
        Node::Null | Node::Bool(_) | Node::Text(_) => Ok(()),
        Node::Integer(_) => at.refuse("money_not_a_string", "Numbers are written as JSON strings."),
        Node::List(_) => at.list()?.iter().try_for_each(scan),
        Node::Object(entries) => {
            if let Some(reference) = at.maybe("$ref") {
                if refs::alternatives(at.node).is_none() {
                    return reference.refuse(
                        "ref_malformed",
                        "A $ref stands alone and is a key or a list of keys.",
                    );
                }
                return keys_of(&reference);
            }
            if let Some(target) = at.maybe("$to") {
                return target.refuse(
                    "to_misplaced",
                    "A $to stands in the quantity of a stock movement only.",
                );
            }
            entries
                .iter()
                .try_for_each(|(key, node)| scan(&at.below(key, node)))
        }
    }
}

/// The keys of a `$ref` are keys of ours: the database is asked for them.
fn keys_of(at: &At<'_>) -> Read<()> {
    match at.node {
        Node::List(_) => at.list()?.iter().try_for_each(keys_of),
        Node::Null | Node::Bool(_) | Node::Integer(_) | Node::Text(_) | Node::Object(_) => {
            at.symbol().map(|_| ())
        }
    }
}

/// Further keys, each with the place of a `$ref` whose id is remembered under it.
fn records(at: &At<'_>, body: &Node) -> Read<Vec<Record>> {
    let mut records = Vec::new();
    for (key, node) in at.entries()? {
        let place = at.below(key, node);
        let name = Node::Text(key.clone());
        let name = At {
            node: &name,
            pointer: place.pointer,
        };
        let xref = name.symbol()?;
        let pointer = place.text()?;
        let is_ref = body
            .at(pointer)
            .is_some_and(|node| refs::alternatives(node).is_some());
        let resource = pointer
            .rsplit('/')
            .next()
            .and_then(|last| last.strip_suffix("_id"))
            .and_then(Resource::from_entity);
        let Some(resource) = resource.filter(|_| is_ref) else {
            return place.refuse(
                "record_malformed",
                "A record points to a $ref of the body, at a key such as contact_id.",
            );
        };
        records.push(Record {
            xref,
            pointer: pointer.to_owned(),
            resource,
        });
    }
    Ok(records)
}

fn expect(at: &At<'_>) -> Read<Expect> {
    at.closed(&["total_amount", "currency"])?;
    let total = at.field("total_amount")?;
    let total_amount = total.amount()?;
    let currency = at
        .maybe("currency")
        .map(|place| place.symbol())
        .transpose()?;
    Ok(Expect {
        total_amount,
        total_text: total.text()?.to_owned(),
        currency,
    })
}
