//! Writable resources: one table, one machinery, one file of rules per kind.

pub(crate) mod list;
mod addresses;
mod contacts;
mod cross_border;
mod documents;
mod lifecycle;
mod items;
mod lines;
mod offers;
mod payments;
mod table;

use serde_json::{Value, json};
use table::RESOURCES;

use crate::dispatch::World;
use crate::envelope::{Problem, Refusal};
use crate::idempotency::{self, Use};
use crate::json::{set, text};
use crate::store::Record;
use crate::wire::{Call, Reply};

/// What `DELETE` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deletion {
    /// The object disappears from view and stays in the books.
    Soft,
    /// The object stays in view with status VOID.
    Void,
    /// As soft, and what it had settled is outstanding again.
    Undo,
    /// Not offered.
    Refused,
}

/// One writable resource.
#[derive(Debug)]
pub(crate) struct Resource {
    /// Path segment and collection name.
    pub(crate) collection: &'static str,
    /// Name of the object in the request body.
    entity: &'static str,
    post_schema: &'static str,
    put_schema: &'static str,
    /// Attributes that `search` looks at.
    search: &'static [&'static str],
    deletion: Deletion,
    /// Rules beyond the schema that need no books.
    structure: fn(&Value) -> Vec<Problem>,
    /// Checks against the books and makes the answer.
    build: fn(&mut World, &Draft) -> Result<Value, Refusal>,
}

/// An object about to be stored.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) id: String,
    pub(crate) entity: Value,
    /// What is stored now, for PUT.
    pub(crate) previous: Option<Value>,
}

/// The resource of a path segment.
pub(crate) fn named(segment: &str) -> Option<&'static Resource> {
    RESOURCES
        .iter()
        .find(|resource| resource.collection == segment)
}

/// Answers a call below a resource's path.
pub(crate) fn answer(
    world: &mut World,
    resource: &'static Resource,
    call: &Call,
    rest: &[&str],
) -> Result<Reply, Refusal> {
    match (call.method.as_str(), rest) {
        ("GET", []) => list::answer(world, resource.collection, call),
        ("GET", [id]) => match world.store.find(resource.collection, id) {
            Some(record) => Ok(Reply::json(200, &record.value)),
            None => Err(Refusal::record_not_found(404)),
        },
        ("POST", []) => write(world, resource, call, None),
        ("PUT", [id]) => write(world, resource, call, Some(id)),
        ("DELETE", [id]) => delete(world, resource, call, id),
        ("POST", [id, "release"]) if resource.deletion == Deletion::Void => {
            lifecycle::release(world, resource.collection, id).map(|value| Reply::json(201, &value))
        }
        (_, [] | [_]) => Err(Refusal::coded(
            405,
            "MethodNotAllowed",
            "Method not allowed.",
        )),
        _ => Err(Refusal::record_not_found(404)),
    }
}

/// POST and PUT: parse, answer from memory, or do it and remember.
fn write(
    world: &mut World,
    resource: &'static Resource,
    call: &Call,
    id: Option<&str>,
) -> Result<Reply, Refusal> {
    // What malformed JSON gets is unknown; assumed: 400.
    let mut body: Value = serde_json::from_slice(&call.body).map_err(|error| {
        Refusal::coded(
            400,
            "UnexpectedError",
            format!("The request body is no JSON: {error}"),
        )
    })?;
    let entity = body.get(resource.entity).cloned().unwrap_or(Value::Null);
    let key = idempotency::id_in(&entity, &world.switches)?;
    let this = Use {
        resource: resource.collection,
        verb_and_path: format!("{} {}", call.method, call.path),
        body: &call.body,
        at_s: world.clock.now_s(),
    };
    if let Some(key) = &key
        && let Some(reply) = world.idempotency.recall(key, &this, &world.switches)?
    {
        return Ok(reply);
    }
    let reply = match id {
        None => create(world, resource, &mut body),
        Some(id) => update(world, resource, &mut body, id),
    }
    .unwrap_or_else(|refusal| refusal.reply());
    if let Some(key) = key {
        world
            .idempotency
            .remember(key, &this, &reply, &world.switches);
    }
    Ok(reply)
}

/// An injected server error becomes the first result under its id, where errors are remembered:
/// every repetition then gets the same error, though nothing was ever made.
pub(crate) fn remember_failure(world: &mut World, call: &Call, reply: &Reply) {
    let segments = call.segments();
    let Some(resource) = segments.get(1).and_then(|name| named(name)) else {
        return;
    };
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let entity = body.get(resource.entity).cloned().unwrap_or_default();
    let this = Use {
        resource: resource.collection,
        verb_and_path: format!("{} {}", call.method, call.path),
        body: &call.body,
        at_s: world.clock.now_s(),
    };
    if let Ok(Some(key)) = idempotency::id_in(&entity, &world.switches) {
        let switches = world.switches.clone();
        if matches!(world.idempotency.recall(&key, &this, &switches), Ok(None)) {
            world.idempotency.remember(key, &this, reply, &switches);
        }
    }
}

fn create(
    world: &mut World,
    resource: &'static Resource,
    body: &mut Value,
) -> Result<Reply, Refusal> {
    let entity = validated(world, resource, resource.post_schema, body)?;
    let now_s = world.clock.now_s();
    let draft = Draft {
        id: world.ids.next(),
        entity,
        previous: None,
    };
    let mut value = (resource.build)(world, &draft)?;
    stamp(&mut value, resource, &draft.id, now_s, now_s);
    link(&mut value, resource, &world.pages, &draft.id);
    let reply =
        Reply::json(201, &value).with("Location", format!("/{}/{}", resource.collection, draft.id));
    world.store.insert(
        resource.collection,
        Record {
            id: draft.id,
            search_text: search_text(&value, resource),
            value,
            request: draft.entity.to_string(),
            created_s: now_s,
            updated_s: now_s,
            deleted: false,
        },
    );
    Ok(reply)
}

/// PUT replaces the attributes that it names. Assumed for lists: the sent list replaces the stored one.
fn update(
    world: &mut World,
    resource: &'static Resource,
    body: &mut Value,
    id: &str,
) -> Result<Reply, Refusal> {
    let sent = validated(world, resource, resource.put_schema, body)?;
    // A deleted contact does not accept PUT (reported: troubleshooting page, "soft-delete reservation").
    let Some(record) = world.store.find(resource.collection, id) else {
        return Err(Refusal::record_not_found(404));
    };
    let (created_s, previous) = (record.created_s, record.value.clone());
    let mut entity: Value = serde_json::from_str(&record.request).unwrap_or_default();
    if let (Some(all), Some(changes)) = (entity.as_object_mut(), sent.as_object()) {
        all.extend(changes.clone());
    }
    let problems = (resource.structure)(&entity);
    if !problems.is_empty() {
        return Err(Refusal::invalid(problems));
    }
    let now_s = world.clock.now_s();
    let draft = Draft {
        id: id.to_owned(),
        entity,
        previous: Some(previous),
    };
    let mut value = (resource.build)(world, &draft)?;
    stamp(&mut value, resource, id, created_s, now_s);
    link(&mut value, resource, &world.pages, id);
    if let Some(record) = world.store.find_mut(resource.collection, id) {
        record.value = value.clone();
        record.search_text = search_text(&value, resource);
        record.request = draft.entity.to_string();
        record.updated_s = now_s;
    }
    Ok(Reply::json(200, &value))
}

/// Drops and records unknown keys, then checks schema and structure; every problem is reported at once.
fn validated(
    world: &mut World,
    resource: &'static Resource,
    schema: &str,
    body: &mut Value,
) -> Result<Value, Refusal> {
    for pointer in world.schemas.drop_unknown(schema, body) {
        *world
            .unknown_keys
            .entry((resource.collection, pointer))
            .or_default() += 1;
    }
    let mut problems = world.schemas.problems(schema, body);
    let entity = body
        .get_mut(resource.entity)
        .map(Value::take)
        .unwrap_or_default();
    // PUT may name few attributes; its structure is checked on the merged object.
    if schema == resource.post_schema {
        for problem in (resource.structure)(&entity) {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    if problems.is_empty() {
        Ok(entity)
    } else {
        Err(Refusal::invalid(lines::with_umbrella(problems)))
    }
}

fn search_text(value: &Value, resource: &Resource) -> String {
    let texts = resource.search.iter().filter_map(|key| text(value, key));
    texts.collect::<Vec<_>>().join("\n").to_lowercase()
}

fn stamp(value: &mut Value, resource: &Resource, id: &str, created_s: i64, updated_s: i64) {
    set(value, "id", id);
    set(value, "$path", format!("/{}/{id}", resource.collection));
    set(value, "created_at", crate::clock::timestamp(created_s));
    set(value, "updated_at", crate::clock::timestamp(updated_s));
}

/// An invoice names its page in the web interface (guide "invoicing"); of other objects nothing is
/// documented.
fn link(value: &mut Value, resource: &Resource, pages: &str, id: &str) {
    if resource.collection == "sales_invoices" {
        let page =
            json!({"href": format!("{pages}/#{id}"), "rel": "alternate", "type": "text/html"});
        set(value, "links", json!([page]));
    }
}

/// Documented: 204 on DELETE; posted documents are voided, not deleted (observed, cleanops).
fn delete(
    world: &mut World,
    resource: &'static Resource,
    call: &Call,
    id: &str,
) -> Result<Reply, Refusal> {
    let now_s = world.clock.now_s();
    if world.store.find(resource.collection, id).is_none() {
        return Err(Refusal::record_not_found(404));
    }
    match resource.deletion {
        Deletion::Refused => {
            return Err(Refusal::coded(
                405,
                "MethodNotAllowed",
                "Method not allowed.",
            ));
        }
        Deletion::Void => lifecycle::void(world, resource.collection, id, call)?,
        Deletion::Undo => payments::undo(world, resource.collection, id)?,
        Deletion::Soft => {}
    }
    if let Some(record) = world.store.find_mut(resource.collection, id) {
        record.updated_s = now_s;
        if resource.deletion != Deletion::Void {
            record.deleted = true;
            set(
                &mut record.value,
                "deleted_at",
                crate::clock::timestamp(now_s),
            );
        }
    }
    Ok(Reply::empty(204))
}
