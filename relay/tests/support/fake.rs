//! A Sage that commits, counts, and fails on command.

mod read;
mod void;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::broken::broken;
use super::fault::Fault;
use super::shapes::commit;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) business: Option<String>,
    pub(crate) body: String,
}

#[derive(Default)]
pub(crate) struct Books {
    pub(crate) objects: BTreeMap<&'static str, Vec<Value>>,
    pub(crate) seen: Vec<Seen>,
    pub(crate) faults: VecDeque<(&'static str, Fault)>,
    pub(crate) refresh_token: String,
    pub(crate) access_token: String,
    pub(crate) refreshes: u32,
    pub(crate) revoked: bool,
    /// What every total is wrong by.
    pub(crate) error_in_totals: Decimal,
    pub(crate) ignore_idempotency: bool,
    /// Whether an error is kept under its id, so that a repetition gets it again.
    pub(crate) keeps_errors: bool,
    pub(super) kept: BTreeMap<String, u16>,
    pub(super) answers: BTreeMap<String, Value>,
    pub(super) next: u32,
}

/// A running fake.
#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) base: String,
    books: Arc<Mutex<Books>>,
    never: Arc<Notify>,
}

const FIRST_REFRESH: &str = "refresh-0";

impl Fake {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let books = Books {
            refresh_token: FIRST_REFRESH.to_owned(),
            ..Books::default()
        };
        let fake = Self {
            base,
            books: Arc::new(Mutex::new(books)),
            never: Arc::new(Notify::new()),
        };
        let router = Router::new()
            .route("/token", post(token))
            .route("/revoke", post(revoke))
            .route("/v3.1/{resource}", get(read::list).post(create))
            .route(
                "/v3.1/{resource}/{id}",
                get(read::one).put(change).delete(void::take_away),
            )
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// The next POST to this resource fails like this.
    pub(crate) fn fail(&self, resource: &'static str, fault: Fault) {
        self.books().faults.push_back((resource, fault));
    }

    pub(crate) fn count(&self, resource: &str) -> usize {
        self.books().objects.get(resource).map_or(0, Vec::len)
    }

    /// The bodies POSTed to a resource.
    pub(crate) fn posts(&self, resource: &str) -> Vec<String> {
        let path = format!("/v3.1/{resource}");
        let books = self.books();
        books
            .seen
            .iter()
            .filter(|seen| seen.method == Method::POST && seen.path == path)
            .map(|seen| seen.body.clone())
            .collect()
    }

    /// The bodies PUT to objects of a resource, with the objects' ids.
    pub(crate) fn puts(&self, resource: &str) -> Vec<(String, Value)> {
        let beginning = format!("/v3.1/{resource}/");
        let books = self.books();
        books
            .seen
            .iter()
            .filter(|seen| seen.method == Method::PUT)
            .filter_map(|seen| {
                let id = seen.path.strip_prefix(&beginning)?;
                Some((id.to_owned(), serde_json::from_str(&seen.body).unwrap()))
            })
            .collect()
    }

    /// The deletions that were asked for: what query and body say.
    pub(crate) fn voids(&self) -> Vec<(String, Value)> {
        let books = self.books();
        books
            .seen
            .iter()
            .filter(|seen| seen.method == Method::DELETE)
            .map(|seen| {
                let query = seen.path.split_once('?').map_or("", |(_, query)| query);
                (
                    query.to_owned(),
                    serde_json::from_str(&seen.body).unwrap_or_default(),
                )
            })
            .collect()
    }

    /// How often a single object of a resource was read.
    pub(crate) fn reads(&self, resource: &str) -> usize {
        let beginning = format!("/v3.1/{resource}/");
        let books = self.books();
        books
            .seen
            .iter()
            .filter(|seen| seen.method == Method::GET && seen.path.starts_with(&beginning))
            .count()
    }

    /// Changes an object as somebody else would.
    pub(crate) fn edit(&self, resource: &str, at: usize, key: &str, value: Value) {
        self.books().objects.get_mut(resource).unwrap()[at][key] = value;
    }

    /// An object of the books.
    pub(crate) fn object(&self, resource: &str, at: usize) -> Value {
        self.books().objects[resource][at].clone()
    }

    pub(crate) fn searches(&self, resource: &str) -> usize {
        let path = format!("/v3.1/{resource}");
        self.books()
            .seen
            .iter()
            .filter(|seen| seen.method == Method::GET && seen.path == path)
            .count()
    }

    /// Puts an object there as somebody else would.
    pub(crate) fn plant(&self, resource: &'static str, object: Value) {
        self.books()
            .objects
            .entry(resource)
            .or_default()
            .push(object);
    }
}

async fn token(State(fake): State<Fake>, form: String) -> Response {
    let mut books = fake.books();
    let sent = form
        .split('&')
        .find_map(|pair| pair.strip_prefix("refresh_token="))
        .unwrap_or_default();
    if books.revoked || sent != books.refresh_token {
        let body = json!({"error": "invalid_grant", "error_description": "The refresh token is not valid."});
        return (StatusCode::BAD_REQUEST, axum::Json(body)).into_response();
    }
    books.refreshes += 1;
    books.refresh_token = format!("refresh-{}", books.refreshes);
    books.access_token = format!("access-{}", books.refreshes);
    let body = json!({"access_token": books.access_token, "refresh_token": books.refresh_token, "token_type": "bearer", "expires_in": 300});
    axum::Json(body).into_response()
}

async fn revoke(State(fake): State<Fake>, form: String) -> Response {
    let mut books = fake.books();
    books.revoked |= form.contains(&books.refresh_token);
    axum::Json(json!({"success": "ok"})).into_response()
}

/// Notes the request; the answer is a refusal when its token is not the newest.
fn admit(
    books: &mut Books,
    method: Method,
    path: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Option<Response> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(ToOwned::to_owned)
    };
    let seen = Seen {
        method,
        path: path.to_owned(),
        business: text("x-business"),
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    books.seen.push(seen);
    if text("authorization") == Some(format!("Bearer {}", books.access_token)) {
        return None;
    }
    let body = json!([{"$severity": "error", "$dataCode": "AuthorizationFailure", "$message": "The token expired.", "$source": ""}]);
    Some((StatusCode::UNAUTHORIZED, axum::Json(body)).into_response())
}

async fn create(
    State(fake): State<Fake>,
    Path(resource): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    write(fake, &resource, None, &headers, &body).await
}

async fn change(
    State(fake): State<Fake>,
    Path((resource, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    write(fake, &resource, Some(&id), &headers, &body).await
}

/// POST, and PUT when there is a target.
async fn write(
    fake: Fake,
    resource: &str,
    target: Option<&str>,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response {
    let (reply, end) = {
        let mut books = fake.books();
        let (method, path) = match target {
            None => (Method::POST, format!("/v3.1/{resource}")),
            Some(id) => (Method::PUT, format!("/v3.1/{resource}/{id}")),
        };
        if let Some(refusal) = admit(&mut books, method, &path, headers, body) {
            return refusal;
        }
        if let Some(status) = kept(&books, body) {
            return StatusCode::from_u16(status).unwrap().into_response();
        }
        let fault = books
            .faults
            .iter()
            .position(|(name, _)| *name == resource)
            .and_then(|at| books.faults.remove(at));
        match fault.map(|(_, fault)| fault) {
            Some(Fault::Answer {
                status,
                body: text,
                retry_after,
            }) => {
                if books.keeps_errors && status >= 500 {
                    books.kept.extend(id_of(body).map(|id| (id, status)));
                }
                let mut response = (StatusCode::from_u16(status).unwrap(), text).into_response();
                if let Some(seconds) = retry_after {
                    response
                        .headers_mut()
                        .insert(header::RETRY_AFTER, seconds.into());
                }
                (response, End::Answer)
            }
            Some(Fault::Redirect) => {
                let again = (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, path)]);
                (again.into_response(), End::Answer)
            }
            Some(Fault::Drop) => (broken(), End::Answer),
            Some(Fault::Hang) => (broken(), End::Never),
            Some(Fault::CommitThenDrop) => {
                commit(&mut books, resource, target, body);
                (broken(), End::Answer)
            }
            Some(Fault::CommitThen { status, body: text }) => {
                commit(&mut books, resource, target, body);
                (
                    (StatusCode::from_u16(status).unwrap(), text).into_response(),
                    End::Answer,
                )
            }
            Some(Fault::CommitThenHang) => (
                created(commit(&mut books, resource, target, body)),
                End::Never,
            ),
            Some(Fault::Ordinary) | None => (
                created(commit(&mut books, resource, target, body)),
                End::Answer,
            ),
        }
    };
    if let End::Never = end {
        fake.never.notified().await;
    }
    reply
}

/// The idempotency id of a request.
fn id_of(body: &Bytes) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let entity = body.as_object()?.values().next()?;
    entity["idempotency_id"].as_str().map(ToOwned::to_owned)
}

fn kept(books: &Books, body: &Bytes) -> Option<u16> {
    books.kept.get(&id_of(body)?).copied()
}

enum End {
    Answer,
    Never,
}

fn created(object: Value) -> Response {
    (
        StatusCode::CREATED,
        [("x-request-id", "req-1")],
        axum::Json(object),
    )
        .into_response()
}

/// Gives the hanging requests up when a test ends early.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_millis(300);
