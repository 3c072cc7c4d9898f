//! DELETE of a document, and what it refuses.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::super::broken::broken;
use super::super::fault::Fault;
use super::{Books, End, Fake, admit};

/// DELETE of a document, which voids it; of an estimate, which deletes it.
pub(super) async fn take_away(
    State(fake): State<Fake>,
    Path((resource, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (reply, end) = {
        let mut books = fake.books();
        let path = format!("/v3.1/{resource}/{id}?{}", query.unwrap_or_default());
        if let Some(refusal) = admit(&mut books, Method::DELETE, &path, &headers, &body) {
            return refusal;
        }
        let fault = books
            .faults
            .iter()
            .position(|(name, _)| *name == resource)
            .and_then(|at| books.faults.remove(at));
        match fault.map(|(_, fault)| fault) {
            None | Some(Fault::Ordinary) => (void(&mut books, &resource, &id), End::Answer),
            Some(Fault::Answer { status, body, .. }) => (
                (StatusCode::from_u16(status).unwrap(), body).into_response(),
                End::Answer,
            ),
            Some(Fault::Drop | Fault::Redirect) => (broken(), End::Answer),
            Some(Fault::Hang) => (broken(), End::Never),
            Some(Fault::CommitThenDrop) => {
                void(&mut books, &resource, &id);
                (broken(), End::Answer)
            }
            Some(Fault::CommitThen { status, body }) => {
                void(&mut books, &resource, &id);
                (
                    (StatusCode::from_u16(status).unwrap(), body).into_response(),
                    End::Answer,
                )
            }
            Some(Fault::CommitThenHang) => (void(&mut books, &resource, &id), End::Never),
        }
    };
    if let End::Never = end {
        fake.never.notified().await;
    }
    reply
}

/// Refuses what is void already, and what is paid.
fn void(books: &mut Books, resource: &str, id: &str) -> Response {
    let all = books.objects.get_mut(resource);
    let found = all.and_then(|all| all.iter_mut().find(|object| object["id"] == id));
    let Some(object) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if resource == "sales_estimates" {
        let all = books.objects.get_mut(resource).unwrap();
        all.retain(|object| object["id"] != id);
        return StatusCode::NO_CONTENT.into_response();
    }
    let is_paid = object["total_paid"]
        .as_str()
        .is_some_and(|paid| paid != "0.0");
    if is_paid || object["status"]["id"] == "VOID" {
        let body = json!([{"$severity": "error", "$dataCode": "RecordInvalid", "$message": "This cannot be voided.", "$source": "base"}]);
        return (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(body)).into_response();
    }
    object["status"] = json!({"id": "VOID"});
    StatusCode::NO_CONTENT.into_response()
}
