//! From a JSON tree to a plan; every refusal names its place.

use rust_decimal::Decimal;

use crate::json::{Node, pointer_segment};

use super::{Expect, Invalid, Kind, Op, Plan, Resource, Step, refs};

pub(super) const MAX_KEY: usize = 120;
const MAX_STEPS: usize = 32;

type Read<T> = Result<T, Invalid>;

/// A value and where it stands.
struct At<'n> {
    node: &'n Node,
    pointer: String,
}

impl<'n> At<'n> {
    fn refuse<T>(&self, code: &'static str, detail: impl Into<String>) -> Read<T> {
        Err(Invalid {
            code,
            pointer: self.pointer.clone(),
            detail: detail.into(),
            key: None,
        })
    }

    fn wrong_type<T>(&self, wanted: &str) -> Read<T> {
        self.refuse(
            "wrong_type",
            format!("Expected {wanted}, found {}.", self.node.kind()),
        )
    }

    fn below(&self, segment: &str, node: &'n Node) -> At<'n> {
        At {
            node,
            pointer: format!("{}/{}", self.pointer, pointer_segment(segment)),
        }
    }

    fn entries(&self) -> Read<&'n [(String, Node)]> {
        if let Node::Object(entries) = self.node {
            Ok(entries)
        } else {
            self.wrong_type("an object")
        }
    }

    fn list(&self) -> Read<Vec<At<'n>>> {
        if let Node::List(list) = self.node {
            Ok(list
                .iter()
                .enumerate()
                .map(|(index, node)| self.below(&index.to_string(), node))
                .collect())
        } else {
            self.wrong_type("a list")
        }
    }

    /// An object with these keys and no other.
    fn closed(&self, known: &[&str]) -> Read<()> {
        for (key, node) in self.entries()? {
            if !known.contains(&key.as_str()) {
                return self
                    .below(key, node)
                    .refuse("unknown_key", "The contract has no such key.");
            }
        }
        Ok(())
    }

    fn maybe(&self, name: &str) -> Option<At<'n>> {
        self.node.get(name).map(|node| self.below(name, node))
    }

    fn field(&self, name: &str) -> Read<At<'n>> {
        self.entries()?;
        if let Some(found) = self.maybe(name) {
            return Ok(found);
        }
        At {
            node: self.node,
            pointer: format!("{}/{name}", self.pointer),
        }
        .refuse("missing", "The key is required.")
    }

    fn text(&self) -> Read<&'n str> {
        if let Node::Text(text) = self.node {
            Ok(text)
        } else {
            self.wrong_type("a string")
        }
    }

    fn integer(&self) -> Read<i64> {
        if let Node::Integer(number) = self.node {
            Ok(*number)
        } else {
            self.wrong_type("a whole number")
        }
    }

    /// A key of ours: short, printable, without white space.
    fn symbol(&self) -> Read<String> {
        let text = self.text()?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._:-".contains(c);
        if text.is_empty() || text.len() > MAX_KEY || !text.chars().all(allowed) {
            return self.refuse(
                "invalid_format",
                "Allowed are 1 to 120 letters, digits and the signs . _ : -",
            );
        }
        Ok(text.to_owned())
    }
}

pub(super) fn plan(node: &Node) -> Read<Plan> {
    let root = At {
        node,
        pointer: String::new(),
    };
    root.closed(&[
        "schema", "key", "event", "sequence", "magento", "needs", "steps",
    ])?;
    let schema = root.field("schema")?;
    if schema.text()? != "1" {
        return schema.refuse(
            "schema_not_supported",
            "This relay executes plans of schema 1.",
        );
    }
    let event = root.field("event")?;
    let kind = match event.text()? {
        "invoice.created" | "invoice.paid" | "creditmemo.created" => Kind::Document,
        "customer.upserted" | "product.upserted" => Kind::Upsert,
        _ => return event.refuse("event_unknown", "The contract has no such event."),
    };
    let key_at = root.field("key")?;
    let key = key_at.symbol()?;
    if !key.starts_with(&format!("{}:", event.text()?)) {
        return key_at.refuse(
            "key_mismatch",
            "The key must begin with the event and a colon.",
        );
    }
    let sequence_at = root.field("sequence")?;
    let sequence = sequence_at.integer()?;
    if sequence < 0 {
        return sequence_at.refuse("out_of_range", "A sequence is never negative.");
    }
    let (entity_type, entity_id) = magento(&root.field("magento")?)?;
    let needs = root
        .field("needs")?
        .list()?
        .iter()
        .map(At::symbol)
        .collect::<Read<Vec<_>>>()?;
    let steps = steps(&root.field("steps")?)?;
    Ok(Plan {
        key,
        kind,
        sequence,
        entity_type,
        entity_id,
        needs,
        steps,
    })
}

fn magento(at: &At<'_>) -> Read<(String, i64)> {
    at.closed(&[
        "entity_type",
        "entity_id",
        "increment_id",
        "website_id",
        "store_id",
    ])?;
    if let Some(increment) = at.maybe("increment_id")
        && *increment.node != Node::Null
    {
        increment.text()?;
    }
    at.field("website_id")?.integer()?;
    at.field("store_id")?.integer()?;
    Ok((
        at.field("entity_type")?.symbol()?,
        at.field("entity_id")?.integer()?,
    ))
}

fn steps(at: &At<'_>) -> Read<Vec<Step>> {
    let list = at.list()?;
    if list.is_empty() {
        return at.refuse("empty", "A plan has at least one step.");
    }
    if list.len() > MAX_STEPS {
        return at.refuse(
            "out_of_range",
            format!("A plan has at most {MAX_STEPS} steps."),
        );
    }
    let mut steps: Vec<Step> = Vec::with_capacity(list.len());
    for one in &list {
        let step = step(one)?;
        if steps.iter().any(|earlier| earlier.xref == step.xref) {
            return one
                .field("xref")?
                .refuse("duplicate_xref", "Two steps name the same object.");
        }
        steps.push(step);
    }
    let names: Vec<&str> = steps.iter().map(|step| step.xref.as_str()).collect();
    for (index, (step, place)) in steps.iter().zip(&list).enumerate() {
        let later = names.get(index..).unwrap_or_default();
        for (node, segment) in step
            .find
            .iter()
            .map(|(key, node)| (node, format!("find/{key}")))
            .chain([(&step.body, "body".to_owned())])
        {
            if let Some(path) = refs::first_pointing_to(node, later) {
                let place = At {
                    node,
                    pointer: format!("{}/{segment}{path}", place.pointer),
                };
                return place.refuse(
                    "ref_forward",
                    "The object is made by this step or a later one.",
                );
            }
        }
    }
    Ok(steps)
}

fn step(at: &At<'_>) -> Read<Step> {
    at.closed(&["op", "resource", "xref", "find", "body", "expect"])?;
    let op_at = at.field("op")?;
    let op = match op_at.text()? {
        "ensure" => Op::Ensure,
        "create" => Op::Create,
        "update" | "adjust" | "allocate" => {
            return op_at.refuse(
                "op_not_supported_yet",
                "This release executes ensure and create.",
            );
        }
        _ => return op_at.refuse("op_unknown", "The contract has no such operation."),
    };
    let resource_at = at.field("resource")?;
    let Some(resource) = Resource::from_path(resource_at.text()?) else {
        return resource_at.refuse(
            "resource_not_supported",
            "This release posts contacts, sales_invoices and sales_credit_notes.",
        );
    };
    let xref = at.field("xref")?.symbol()?;
    let find = find(&at.field("find")?)?;
    let body = body(&at.field("body")?, resource)?;
    let expect = at.maybe("expect").map(|place| expect(&place)).transpose()?;
    Ok(Step {
        op,
        resource,
        xref,
        find,
        body,
        expect,
    })
}

fn find(at: &At<'_>) -> Read<Vec<(String, Node)>> {
    let reference = at.field("reference")?;
    if reference.text()?.trim().is_empty() {
        return reference.refuse(
            "empty",
            "Without a reference the object could not be found again.",
        );
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
        if key.ends_with("_amount") && place.text()?.parse::<Decimal>().is_err() {
            return place.refuse(
                "invalid_format",
                "An amount is a decimal number in a string.",
            );
        }
    }
    Ok(at.entries()?.to_vec())
}

fn body(at: &At<'_>, resource: Resource) -> Read<Node> {
    at.closed(&[resource.entity()])?;
    let entity = at.field(resource.entity())?;
    entity.entries()?;
    if let Some(id) = entity.maybe("idempotency_id") {
        return id.refuse("unknown_key", "The relay sets idempotency_id.");
    }
    scan(at)?;
    Ok(at.node.clone())
}

/// Refuses numbers (they could be re-serialised) and malformed `$ref`s.
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
                return Ok(());
            }
            entries
                .iter()
                .try_for_each(|(key, node)| scan(&at.below(key, node)))
        }
    }
}

fn expect(at: &At<'_>) -> Read<Expect> {
    at.closed(&["total_amount", "currency"])?;
    let total = at.field("total_amount")?;
    let text = total.text()?;
    let Ok(total_amount) = text.parse::<Decimal>() else {
        return total.refuse(
            "invalid_format",
            "An amount is a decimal number in a string.",
        );
    };
    let currency = at
        .maybe("currency")
        .map(|place| place.text().map(ToOwned::to_owned))
        .transpose()?;
    Ok(Expect {
        total_amount,
        total_text: text.to_owned(),
        currency,
    })
}
