//! A Sage that does nothing but note when it was asked and when it answered.
//!
//! Not the simulator: its validation and books would be measured instead of the relay.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// One write as Sage saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) business: String,
    pub(crate) reference: String,
    pub(crate) asked: Instant,
    pub(crate) answered: Instant,
}

#[derive(Debug, Default)]
struct Notes {
    seen: Mutex<Vec<Seen>>,
    next: AtomicU64,
    /// How long an answer takes, in milliseconds.
    latency: AtomicU64,
}

/// A running one.
#[derive(Debug, Clone)]
pub(crate) struct Sage {
    pub(crate) url: String,
    notes: Arc<Notes>,
}

impl Sage {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let notes = Arc::new(Notes::default());
        let router = Router::new()
            .route("/token", post(token))
            .route("/v3.1/{resource}", get(nothing).post(make))
            .with_state(Arc::clone(&notes));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, notes })
    }

    pub(crate) fn answer_after(&self, latency: Duration) {
        let latency = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        self.notes.latency.store(latency, Ordering::SeqCst);
    }

    fn seen(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.notes
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes so far.
    pub(crate) fn count(&self) -> usize {
        self.seen().len()
    }

    /// Writes ever.
    pub(crate) fn total(&self) -> u64 {
        self.notes.next.load(Ordering::SeqCst)
    }

    /// Takes what was noted.
    pub(crate) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen())
    }
}

async fn token() -> Json<Value> {
    Json(json!({"access_token": "a", "refresh_token": "r", "expires_in": 3600}))
}

async fn nothing() -> Json<Value> {
    Json(json!({"$items": [], "$total": 0, "$next": null}))
}

async fn make(
    State(notes): State<Arc<Notes>>,
    Path(resource): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> impl IntoResponse {
    let asked = Instant::now();
    let latency = notes.latency.load(Ordering::SeqCst);
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    let id = notes.next.fetch_add(1, Ordering::SeqCst);
    let entity = body.as_object().and_then(|outer| outer.values().next());
    let text = |key: &str| {
        let text = entity
            .and_then(|entity| entity.get(key))
            .and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let business = headers.get("x-business");
    let business = business.and_then(|value| value.to_str().ok());
    let mut seen = notes.seen.lock().unwrap_or_else(PoisonError::into_inner);
    seen.push(Seen {
        business: business.unwrap_or_default().to_owned(),
        reference: text("reference"),
        asked,
        answered: Instant::now(),
    });
    drop(seen);
    let object = json!({
        "id": format!("{id:032x}"), "displayed_as": format!("{resource} {id}"), "reference": text("reference"),
        "total_amount": "60.00", "currency": {"id": "GBP"},
    });
    (StatusCode::CREATED, Json(object))
}
