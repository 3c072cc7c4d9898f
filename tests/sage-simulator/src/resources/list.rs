//! Lists: filters, paging, and which attributes an entry shows.
//!
//! Documented (guide "pagination"): 20 entries a page, at most 200, a page past the end answers the last
//! page, entries show `id`, `displayed_as` and `$path` unless `attributes` asks for more.

use serde_json::{Value, json};

use crate::clock::parse_instant;
use crate::dispatch::World;
use crate::envelope::Refusal;
use crate::json::{id_of, pick, text};
use crate::store::Record;
use crate::wire::{Call, Reply};

const DEFAULT_PAGE: usize = 20;
const LARGEST_PAGE: usize = 200;

/// Parameter and the attribute whose nested id it must equal.
const BY_ID: [(&str, &str); 6] = [
    ("contact_id", "contact"),
    ("status_id", "status"),
    ("bank_account_id", "bank_account"),
    ("transaction_type_id", "transaction_type"),
    ("stock_item_id", "stock_item"),
    ("contact_type_id", "contact_types"),
];

/// `GET` of a collection of the books.
pub(crate) fn answer(world: &World, collection: &str, call: &Call) -> Result<Reply, Refusal> {
    let wanted = Wanted::read(call)?;
    let mut found: Vec<&Record> = world
        .store
        .all(collection)
        .iter()
        .filter(|record| wanted.fits(record))
        .collect();
    // Documented on some endpoints: `sort=created_at:desc`. Creation order otherwise (assumed).
    if call
        .parameter("sort")
        .is_some_and(|sort| sort.ends_with(":desc"))
    {
        found.reverse();
    }
    let values: Vec<&Value> = found.into_iter().map(|record| &record.value).collect();
    Ok(Reply::json(200, &envelope(collection, &values, call)))
}

/// A list of reference data.
pub(crate) fn page(collection: &str, entries: Vec<Value>, call: &Call) -> Value {
    envelope(collection, &entries.iter().collect::<Vec<_>>(), call)
}

fn envelope(collection: &str, entries: &[&Value], call: &Call) -> Value {
    let number = |name: &str| {
        call.parameter(name)
            .and_then(|value| value.parse::<usize>().ok())
    };
    let size = number("items_per_page")
        .unwrap_or(DEFAULT_PAGE)
        .clamp(1, LARGEST_PAGE);
    let pages = entries.len().div_ceil(size).max(1);
    let page = number("page").unwrap_or(1).clamp(1, pages);
    let items: Vec<Value> = entries
        .iter()
        .skip((page - 1) * size)
        .take(size)
        .map(|entry| shown(entry, call))
        .collect();
    let link = |to: usize| {
        (to != page && (1..=pages).contains(&to)).then(|| path_of_page(collection, to, size, call))
    };
    json!({
        "$total": entries.len(),
        "$page": page,
        "$next": link(page + 1),
        "$back": link(page.saturating_sub(1)),
        "$itemsPerPage": size,
        "$items": items,
    })
}

fn path_of_page(collection: &str, page: usize, size: usize, call: &Call) -> String {
    let mut path = format!("/{collection}?page={page}&items_per_page={size}");
    for (key, value) in &call.query {
        if key != "page" && key != "items_per_page" {
            path.push_str(&format!("&{}={}", encode(key), encode(value)));
        }
    }
    path
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn shown(entry: &Value, call: &Call) -> Value {
    const ALWAYS: [&str; 3] = ["id", "displayed_as", "$path"];
    match call.parameter("attributes") {
        Some("all") => entry.clone(),
        Some(names) => Value::Object(pick(
            entry,
            &names
                .split(',')
                .map(str::trim)
                .chain(ALWAYS)
                .collect::<Vec<_>>(),
        )),
        None => Value::Object(pick(entry, &ALWAYS)),
    }
}

/// The filters of one call. Parameters that Sage does not know are ignored (assumed).
struct Wanted<'a> {
    ids: Vec<(&'static str, &'a str)>,
    search: Option<String>,
    email: Option<&'a str>,
    from_date: Option<&'a str>,
    to_date: Option<&'a str>,
    changed_since: Option<i64>,
    deleted_since: Option<i64>,
}

impl<'a> Wanted<'a> {
    fn read(call: &'a Call) -> Result<Self, Refusal> {
        let instant = |name: &str| match call.parameter(name) {
            // Documented: ISO 8601 with a zone. What else gets is assumed: 422.
            Some(value) => parse_instant(value)
                .map(Some)
                .ok_or_else(|| Refusal::one(name, "is invalid")),
            None => Ok(None),
        };
        Ok(Self {
            ids: BY_ID
                .iter()
                .filter_map(|(name, key)| Some((*key, call.parameter(name)?)))
                .collect(),
            search: call.parameter("search").map(str::to_lowercase),
            email: call.parameter("email"),
            from_date: call.parameter("from_date"),
            to_date: call.parameter("to_date"),
            changed_since: instant("updated_or_created_since")?,
            deleted_since: instant("deleted_since")?,
        })
    }

    fn fits(&self, record: &Record) -> bool {
        let value = &record.value;
        let date = text(value, "date");
        // Documented: deleted objects are seen with `deleted_since` only.
        let alive = match self.deleted_since {
            Some(since) => record.deleted && record.updated_s >= since,
            None => !record.deleted,
        };
        // Sage's search is fuzzy (reported by several clients); here: part of a word, any case.
        alive
            && self
                .search
                .as_deref()
                .is_none_or(|search| record.search_text.contains(search))
            && self.ids.iter().all(|(key, id)| has_id(value, key, id))
            && self.email.is_none_or(|email| {
                text(value, "email").is_some_and(|found| found.eq_ignore_ascii_case(email))
            })
            && self
                .from_date
                .is_none_or(|from| date.is_some_and(|date| date >= from))
            && self
                .to_date
                .is_none_or(|to| date.is_some_and(|date| date <= to))
            && self
                .changed_since
                .is_none_or(|since| record.updated_s >= since)
    }
}

/// Whether the object, or one of the objects, under a key has an id.
fn has_id(value: &Value, key: &str, id: &str) -> bool {
    id_of(value, key) == Some(id)
        || crate::json::list(value, key)
            .iter()
            .any(|entry| text(entry, "id") == Some(id))
}
