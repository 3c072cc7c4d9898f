//! From a JSON tree to a plan; every refusal names its place.

use crate::json::{Node, Pointer};

use super::json_pointer::{At, Read};
use super::step::step;
use super::{Kind, Op, Plan, Step, refs};

const MAX_STEPS: usize = 32;
const INVOICE_CANCELED: &str = "invoice.canceled";

pub(crate) fn plan(node: &Node) -> Read<Plan> {
    let root = At {
        node,
        pointer: Pointer::Root,
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
        "invoice.created" | "invoice.paid" | INVOICE_CANCELED | "creditmemo.created" => {
            Kind::Document
        }
        "customer.upserted" | "product.upserted" | "order.placed" | "order.invoiced"
        | "order.canceled" => Kind::Upsert,
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
    let (entity_type, entity_id, increment_id) = magento(&root.field("magento")?, event.text()?)?;
    let needs = root
        .field("needs")?
        .list()?
        .iter()
        .map(At::symbol)
        .collect::<Read<Vec<_>>>()?;
    let steps_at = root.field("steps")?;
    let steps = steps(&steps_at)?;
    only_its_own(&steps_at, &steps, event.text()?, &entity_type, entity_id)?;
    let plan = Plan {
        key,
        kind,
        sequence,
        entity_type,
        entity_id,
        increment_id,
        needs,
        steps,
    };
    if let Some(own) = plan
        .needs
        .iter()
        .position(|need| plan.makes().chain(plan.ends()).any(|own| own == need))
    {
        return At {
            node,
            pointer: Pointer::Item(&Pointer::Key(&Pointer::Root, "needs"), own),
        }
        .refuse("needs_itself", "The plan itself makes or ends this key.");
    }
    Ok(plan)
}

/// What the events of a kind of entity begin with.
const ENTITIES: [&str; 5] = ["invoice", "creditmemo", "customer", "product", "order"];

fn magento(at: &At<'_>, event: &str) -> Read<(String, i64, Option<String>)> {
    at.closed(&[
        "entity_type",
        "entity_id",
        "increment_id",
        "website_id",
        "store_id",
    ])?;
    let number = match at.maybe("increment_id") {
        Some(increment) if *increment.node != Node::Null => Some(increment.text()?.to_owned()),
        Some(_) | None => None,
    };
    for name in ["website_id", "store_id", "entity_id"] {
        let id = at.field(name)?;
        if id.integer()? < 0 {
            return id.refuse("out_of_range", "An id is never negative.");
        }
    }
    let entity = at.field("entity_type")?;
    let begins = |name: &&&str| event.split('.').next() == Some(**name);
    if ENTITIES.iter().find(begins) != Some(&entity.text()?) {
        return entity.refuse("entity_mismatch", "The event is about another entity.");
    }
    Ok((entity.symbol()?, at.field("entity_id")?.integer()?, number))
}

/// The operations that end an object, by the event that asks for them; other events have none.
fn ending(event: &str) -> &'static [Op] {
    match event {
        INVOICE_CANCELED => &[Op::Void],
        "order.invoiced" => &[Op::Link, Op::Remove],
        "order.canceled" => &[Op::Remove],
        _ => &[],
    }
}

/// An object ends because of an event of this very document, and for no other reason.
fn only_its_own(
    at: &At<'_>,
    steps: &[Step],
    event: &str,
    entity_type: &str,
    entity_id: i64,
) -> Read<()> {
    let own = format!("{entity_type}:{entity_id}");
    let ending = ending(event);
    for (step, at) in steps.iter().zip(&at.list()?) {
        let is_allowed = if step.op.ends() {
            ending.contains(&step.op)
        } else {
            ending.is_empty()
        };
        if !is_allowed {
            return at.field("op")?.refuse(
                "op_not_for_event",
                format!("The contract has no {} for {event}.", step.op.word()),
            );
        }
        if step.op.ends() && step.xref != own {
            return at
                .field("xref")?
                .refuse("entity_mismatch", "The event is about another document.");
        }
    }
    Ok(())
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
    for (index, (step, at)) in steps.iter().zip(&list).enumerate() {
        let later = names.get(index..).unwrap_or_default();
        for (node, segment) in step
            .find
            .iter()
            .map(|(key, node)| (node, format!("find/{key}")))
            .chain([(&step.body, "body".to_owned())])
        {
            if let Some(path) = refs::first_pointing_to(node, later) {
                let path = format!("/{segment}{path}");
                let below = At {
                    node,
                    pointer: Pointer::Under(&at.pointer, &path),
                };
                return below.refuse(
                    "ref_forward",
                    "The object is made by this step or a later one.",
                );
            }
        }
    }
    Ok(steps)
}
