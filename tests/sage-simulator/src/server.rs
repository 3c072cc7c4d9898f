//! The listening socket: one task per connection, faults around every call.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use anyhow::Context;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::dispatch::World;
use crate::faults::Kind;
use crate::wire::{Call, Reply, parse_form};

const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// A running simulator; it stops when dropped.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Simulator {
    /// Binds the address and serves until dropped.
    pub async fn start(mut config: Config) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(&config.listen)
            .await
            .with_context(|| format!("listening on {}", config.listen))?;
        let address = listener.local_addr().context("address of the listener")?;
        config.listen = address.to_string();
        let world = Arc::new(Mutex::new(World::new(config)?));
        let task = tokio::spawn(async move {
            loop {
                // A failed accept concerns one caller; the next one may succeed.
                if let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, Arc::clone(&world)));
                }
            }
        });
        Ok(Self { address, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The connection is to be closed without (the rest of) an answer.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("connection dropped by an injected fault")
    }
}

impl std::error::Error for Dropped {}

async fn serve(stream: TcpStream, world: Arc<Mutex<World>>) {
    let service = service_fn(move |request| answer(request, Arc::clone(&world)));
    let connection =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // An error here is the caller's broken connection or an injected drop; both are ordinary.
    drop(connection.await);
}

fn lock(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(
    request: Request<Incoming>,
    world: Arc<Mutex<World>>,
) -> Result<Response<Answer>, Dropped> {
    let call = read(request).await?;
    if call.path == "/" || call.path.starts_with("/_simulator/") {
        let reply = lock(&world).handle_control(&call);
        return respond(reply, false);
    }
    let flight = Flight::begin(&call, world);
    let fault = flight.world().faults.take(&call);
    let kind = fault.as_ref().map(|fault| fault.kind);
    let pause = Duration::from_millis(fault.as_ref().map_or(0, crate::faults::Fault::wait_ms));

    if kind == Some(Kind::DropBefore) {
        flight.world().log(&call, None, kind);
        return Err(Dropped);
    }
    if let (Some(Kind::Status), Some(fault)) = (kind, &fault) {
        let reply = fault.reply();
        let mut world = flight.world();
        if reply.status >= 500 {
            crate::resources::remember_failure(&mut world, &call, &reply);
        }
        world.log(&call, Some(reply.status), kind);
        drop(world);
        return respond(reply, false);
    }
    if kind == Some(Kind::SlowBefore) {
        tokio::time::sleep(pause).await;
    }
    let mut reply = {
        let mut world = flight.world();
        let mut reply = world.handle(&call);
        if let (Some(Kind::StatusAfterCommit), Some(fault)) = (kind, &fault) {
            reply = fault.reply();
        }
        world.log(&call, Some(reply.status), kind);
        reply
    };
    if kind == Some(Kind::SlowAfterCommit) {
        tokio::time::sleep(pause).await;
    }
    if kind == Some(Kind::DropAfterCommit) {
        return Err(Dropped);
    }
    let truncated = kind == Some(Kind::TruncatedBody) && reply.body.len() > 1;
    if reply.status == 204 {
        reply.body.clear();
    }
    respond(reply, truncated)
}

/// Counts a call as in flight for as long as it lives, also when its task is cancelled.
struct Flight {
    world: Arc<Mutex<World>>,
    writes: bool,
}

impl Flight {
    fn begin(call: &Call, world: Arc<Mutex<World>>) -> Self {
        let writes = call.method == "POST" && call.path.starts_with("/v3.1/");
        lock(&world).requests.begin(writes);
        Self { world, writes }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        lock(&self.world).requests.end(self.writes);
    }
}

async fn read(request: Request<Incoming>) -> Result<Call, Dropped> {
    let (parts, body) = request.into_parts();
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let (authorization, business, content_type) = (
        header("authorization"),
        header("x-business"),
        header("content-type"),
    );
    let body = Limited::new(body, LARGEST_BODY)
        .collect()
        .await
        .map_err(|_| Dropped)?
        .to_bytes()
        .to_vec();
    Ok(Call {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parse_form(parts.uri.query().unwrap_or_default()),
        authorization,
        business,
        content_type,
        body,
    })
}

fn respond(reply: Reply, truncated: bool) -> Result<Response<Answer>, Dropped> {
    let mut builder = Response::builder().status(reply.status);
    if !reply.body.is_empty() {
        builder = builder.header("Content-Type", reply.content_type);
    }
    for (name, value) in reply.headers {
        builder = builder.header(name, value);
    }
    builder
        .body(Answer::new(reply.body, truncated))
        .map_err(|_| Dropped)
}

/// A body that is sent whole, or breaks off in the middle under its full length.
#[derive(Debug)]
struct Answer {
    announced: u64,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Data(Bytes),
    /// Lets the connection flush what it holds before the break.
    Pause,
    Break,
}

impl Answer {
    fn new(body: Vec<u8>, truncated: bool) -> Self {
        let announced = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let whole = Bytes::from(body);
        // Last first: parts are popped from the end.
        let parts = if truncated {
            vec![
                Part::Break,
                Part::Pause,
                Part::Data(whole.slice(..whole.len() / 2)),
            ]
        } else if whole.is_empty() {
            Vec::new()
        } else {
            vec![Part::Data(whole)]
        };
        Self { announced, parts }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        match self.parts.pop() {
            Some(Part::Data(bytes)) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Some(Part::Pause) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Part::Break) => Poll::Ready(Some(Err(Dropped))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.parts.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
