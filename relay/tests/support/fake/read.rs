//! GET of a list and of one object.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::super::shapes::fits;
use super::{Fake, admit};

/// Finds by any part of the reference, as a fuzzy search would.
pub(super) async fn list(
    State(fake): State<Fake>,
    Path(resource): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    let mut books = fake.books();
    if let Some(refusal) = admit(
        &mut books,
        Method::GET,
        &format!("/v3.1/{resource}"),
        &headers,
        &body,
    ) {
        return refusal;
    }
    let all = books
        .objects
        .get(resource.as_str())
        .cloned()
        .unwrap_or_default();
    let items: Vec<Value> = all
        .into_iter()
        .filter(|object| fits(object, &query))
        .collect();
    axum::Json(json!({"$total": items.len(), "$page": 1, "$next": null, "$back": null, "$itemsPerPage": 200, "$items": items})).into_response()
}

pub(super) async fn one(
    State(fake): State<Fake>,
    Path((resource, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut books = fake.books();
    if let Some(refusal) = admit(
        &mut books,
        Method::GET,
        &format!("/v3.1/{resource}/{id}"),
        &headers,
        &body,
    ) {
        return refusal;
    }
    let found = books.objects.get(resource.as_str()).and_then(|all| {
        all.iter()
            .find(|object| object["id"] == id.as_str())
            .cloned()
    });
    found.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |object| axum::Json(object).into_response(),
    )
}
