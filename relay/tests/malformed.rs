//! Plans of the golden corpus, spoilt at every place: each is refused on arrival with a pointer
//! to that place, and nothing of it is executed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::contract::validator;
use crate::support::rig::Rig;

/// A spoilt plan, as text because a key may stand in it twice.
struct Spoilt {
    text: String,
    /// Where it was spoilt.
    pointer: String,
    how: &'static str,
}

fn decisions(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            decisions(&path, found);
        } else if path.ends_with("sage.json") {
            found.push(path);
        }
    }
}

/// Every plan of the corpus.
fn corpus() -> Vec<Value> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden/cases");
    let mut files = Vec::new();
    decisions(&cases, &mut files);
    assert!(files.len() > 50, "the corpus is missing");
    files.sort();
    let plan = |file: &PathBuf| {
        let decision: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        decision["plan"].clone()
    };
    files.iter().map(plan).collect()
}

/// What a plan does, without what it says.
fn kind(plan: &Value) -> String {
    let step = |step: &Value| {
        let keys: Vec<_> = step.as_object().unwrap().keys().cloned().collect();
        format!("{} {} {}", step["op"], step["resource"], keys.join(","))
    };
    let steps: Vec<_> = plan["steps"].as_array().unwrap().iter().map(step).collect();
    format!("{} {} {}", plan["event"], plan["needs"], steps.join(";"))
        .chars()
        .filter(|c| !c.is_ascii_digit())
        .collect()
}

/// One plan of each kind.
fn kinds() -> Vec<Value> {
    let by_kind: BTreeMap<String, Value> = corpus()
        .into_iter()
        .map(|plan| (kind(&plan), plan))
        .collect();
    by_kind.into_values().collect()
}

/// Keys that may be left out.
const OPTIONAL: [&str; 6] = [
    "increment_id",
    "unless",
    "records",
    "expect",
    "email",
    "currency",
];

/// Places at which another type is still right.
fn takes(pointer: &str, value: &Value) -> bool {
    pointer.ends_with("/increment_id") && (value.is_null() || value.is_string())
}

/// Whether the place belongs to Sage's own document, which the relay does not judge.
fn is_body(pointer: &str) -> bool {
    pointer.split('/').nth(3) == Some("body") && pointer.split('/').count() > 5
}

fn spoil(plan: &Value) -> Vec<Spoilt> {
    let mut all = Vec::new();
    let mut places = vec![String::new()];
    while let Some(pointer) = places.pop() {
        let node = plan.pointer(&pointer).unwrap();
        let below = |key: &str| format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
        match node {
            Value::Object(entries) if !entries.contains_key("$ref") => {
                places.extend(entries.keys().map(|key| below(key)));
                if !is_body(&pointer) && !pointer.ends_with("/records") {
                    objects(plan, &pointer, node, &mut all);
                }
                twice(plan, &pointer, node, &mut all);
            }
            Value::Array(list) => places.extend((0..list.len()).map(|at| below(&at.to_string()))),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Object(_) => {}
        }
        values(plan, &pointer, node, &mut all);
    }
    all
}

/// What is right elsewhere and wrong here: words, numbers, and the order of things.
fn misplaced(plan: &Value) -> Vec<Spoilt> {
    let mut all = Vec::new();
    let mut put = |pointer: &str, value: Value, place: &str, how: &'static str| {
        all.push(Spoilt {
            text: replaced(plan, pointer, value).to_string(),
            pointer: place.to_owned(),
            how,
        });
    };
    for event in EVENTS.iter().filter(|event| plan["event"] != **event) {
        put("/event", json!(event), "/key", "another event");
    }
    for entity in ["invoice", "creditmemo", "customer", "product", "order"] {
        if plan["magento"]["entity_type"] != entity {
            let place = "/magento/entity_type";
            put(place, json!(entity), place, "another entity");
        }
    }
    for place in [
        "/sequence",
        "/magento/entity_id",
        "/magento/website_id",
        "/magento/store_id",
    ] {
        put(place, json!(-1), place, "a negative number");
        put(place, json!(9.3e18), place, "a huge number");
    }
    put("/steps", json!([]), "/steps", "no steps");
    let steps = plan["steps"].as_array().unwrap();
    put("/steps", json!(vec![&steps[0]; 33]), "/steps", "many steps");
    let twice = [&steps[..], &steps[..1]].concat();
    put("/steps", json!(twice), "/steps", "a step twice");
    for (at, step) in steps.iter().enumerate() {
        let place = format!("/steps/{at}");
        for resource in RESOURCES.iter().filter(|one| step["resource"] != **one) {
            let pointer = format!("{place}/resource");
            put(&pointer, json!(resource), &place, "another resource");
        }
        for op in OPS.iter().filter(|op| step["op"] != **op) {
            let plain = step["resource"] == "contacts"
                || step["resource"] == "products"
                || step["resource"] == "services"
                || step["resource"] == "stock_items";
            if !plain || ["adjust", "allocate"].contains(op) {
                let pointer = format!("{place}/op");
                put(&pointer, json!(op), &place, "another operation");
            }
        }
        if !step["xref"].as_str().unwrap().ends_with('*') {
            put("/needs", json!([step["xref"]]), "/needs", "needs itself");
        }
    }
    all
}

const EVENTS: [&str; 5] = [
    "invoice.created",
    "invoice.paid",
    "creditmemo.created",
    "customer.upserted",
    "product.upserted",
];
const OPS: [&str; 5] = ["ensure", "create", "update", "adjust", "allocate"];
const RESOURCES: [&str; 9] = [
    "contacts",
    "sales_invoices",
    "sales_credit_notes",
    "contact_payments",
    "contact_allocations",
    "products",
    "services",
    "stock_items",
    "stock_movements",
];

fn replaced(plan: &Value, pointer: &str, value: Value) -> Value {
    let mut plan = plan.clone();
    *plan.pointer_mut(pointer).unwrap() = value;
    plan
}

/// Keys left out and keys put in.
fn objects(plan: &Value, pointer: &str, node: &Value, all: &mut Vec<Spoilt>) {
    let entries = node.as_object().unwrap();
    for key in entries.keys() {
        if OPTIONAL.contains(&key.as_str()) || is_body(&format!("{pointer}/x")) {
            continue;
        }
        let mut fewer = entries.clone();
        fewer.remove(key);
        all.push(Spoilt {
            text: replaced(plan, pointer, fewer.into()).to_string(),
            pointer: pointer.to_owned(),
            how: "a key left out",
        });
    }
    if is_body(&format!("{pointer}/x")) {
        return;
    }
    let mut more = entries.clone();
    more.insert("surplus".to_owned(), json!("x"));
    all.push(Spoilt {
        text: replaced(plan, pointer, more.into()).to_string(),
        pointer: format!("{pointer}/surplus"),
        how: "a key too many",
    });
}

/// The first key of an object once more.
fn twice(plan: &Value, pointer: &str, node: &Value, all: &mut Vec<Spoilt>) {
    let Some((key, value)) = node.as_object().unwrap().iter().next() else {
        return;
    };
    let marked = replaced(plan, pointer, json!("\u{1}here\u{1}")).to_string();
    let whole = node.to_string();
    let double = format!("{{{}:{value},{}", json!(key), &whole[1..]);
    all.push(Spoilt {
        text: marked.replacen("\"\\u0001here\\u0001\"", &double, 1),
        pointer: format!("{pointer}/{}", key.replace('/', "~1")),
        how: "a key twice",
    });
}

/// Values of every other type.
fn values(plan: &Value, pointer: &str, node: &Value, all: &mut Vec<Spoilt>) {
    let others = [
        (json!(1.5), "a decimal number"),
        (json!(7), "a whole number"),
        (json!(true), "a boolean"),
        (Value::Null, "null"),
        (json!("\u{0} no key, no amount"), "a text"),
        (json!([]), "an empty list"),
        (json!({}), "an empty object"),
        (json!({"$ref": 5}), "a malformed reference"),
        (json!({"$to": "5"}), "a target out of place"),
    ];
    for (value, how) in others {
        let decimal = how == "a decimal number";
        let text = how == "a text";
        let same_type = std::mem::discriminant(&value) == std::mem::discriminant(node);
        let still_right = if text {
            is_free_text(pointer)
        } else {
            same_type && !decimal
        };
        // Sage's own document may hold anything but numbers and malformed marks.
        let free = is_body(pointer)
            && !value.is_number()
            && !how.contains("reference")
            && !how.contains("target");
        if still_right || free || takes(pointer, &value) {
            continue;
        }
        all.push(Spoilt {
            text: replaced(plan, pointer, value).to_string(),
            pointer: pointer.to_owned(),
            how,
        });
    }
}

/// Texts that may say anything.
fn is_free_text(pointer: &str) -> bool {
    pointer.contains("/find/") && !pointer.ends_with("_amount")
        || pointer.ends_with("/currency")
        || pointer.ends_with("/increment_id")
}

/// Whether one place lies within the other.
fn related(one: &str, other: &str) -> bool {
    let within = |outer: &str, inner: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    within(one, other) || within(other, one)
}

#[tokio::test]
async fn every_spoilt_plan_is_refused_at_its_place_and_nothing_is_sent() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let plans = kinds();
    assert!(plans.len() >= 10, "{} kinds of plans", plans.len());
    let mut spoilt: Vec<Spoilt> = plans.iter().flat_map(spoil).collect();
    assert!(spoilt.len() > 1000, "only {} spoilt plans", spoilt.len());
    spoilt.extend(plans.iter().flat_map(misplaced));
    for batch in spoilt.chunks(500) {
        let texts: Vec<&str> = batch.iter().map(|one| one.text.as_str()).collect();
        let answer = shop
            .post_raw(format!("{{\"plans\":[{}]}}", texts.join(",")))
            .await;
        let answer: Value = answer.json().await.unwrap();
        let results = answer["results"].as_array().unwrap();
        assert_eq!(results.len(), batch.len());
        for (one, result) in batch.iter().zip(results) {
            let place = format!("{} at {}: {result}", one.how, one.pointer);
            assert_eq!(result["status"], "invalid", "{place}\n{}", one.text);
            let pointer = result["pointer"].as_str().unwrap();
            assert!(related(pointer, &one.pointer), "{place}");
        }
    }
    assert!(
        rig.fake.books().seen.is_empty(),
        "nothing of a refused plan is executed"
    );
    assert_eq!(shop.feed("0").await["items"], json!([]));
}

#[tokio::test]
async fn every_plan_of_the_corpus_is_taken_and_is_as_described() {
    let mut rig = Rig::prepare().await;
    rig.config.server.max_batch = 100_000;
    rig.up().await;
    let mut plans = corpus();
    for (number, plan) in plans.iter_mut().enumerate() {
        // Cases repeat ids; here each is a document of its own.
        plan["key"] = json!(format!("{}:{number}", plan["event"].as_str().unwrap()));
    }
    let described = validator(&json!({"$ref": "#/components/schemas/Plan"}));
    for plan in &plans {
        let errors: Vec<String> = described.iter_errors(plan).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}\n{plan}");
    }
    let (status, results) = rig.shop().post(&plans).await;
    assert_eq!(status.as_u16(), 202, "{results:?}");
}
