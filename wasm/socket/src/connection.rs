//! One client: requests and answers in turn, until it goes.

use crate::command_line::description;
use crate::core::{Answer, Core};
use crate::frame::{self, HEADER_BYTES, Refusal, Request, Wanted};
use std::io::{Error, ErrorKind, Result};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::sync::{Semaphore, watch};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// A client that says nothing for so long is let go; it may come back at any time.
const SILENCE: Duration = Duration::from_secs(60);

/// A client has so long to send the texts of a request, and to take an answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Texts that are too large are read and forgotten up to here, so that the client, who is still
/// sending, comes to read the refusal.
const DISCARDED_BYTES: u64 = 256 * 1024 * 1024;

/// What all connections share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) core: Arc<Core>,
    /// One permit per translation at the same time.
    pub(crate) calls: Arc<Semaphore>,
    /// Becomes true when the service ends.
    pub(crate) ending: watch::Receiver<bool>,
}

/// Texts of this length together take less than a millisecond, so they are translated on the
/// thread that serves all clients: handing them to another one and back takes longer.
const AT_ONCE_BYTES: usize = 64 * 1024;

/// Answers a client until it goes, falls silent or breaks the protocol, or the service ends.
pub(crate) async fn serve(stream: UnixStream, shared: Shared) -> Result<()> {
    let Shared {
        core,
        calls,
        mut ending,
    } = shared;
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    loop {
        line.clear();
        let most = u64::try_from(HEADER_BYTES).unwrap_or(u64::MAX);
        let mut head = (&mut stream).take(most);
        let read = head.read_until(b'\n', &mut line);
        tokio::select! {
            read = timeout(SILENCE, read) => match read {
                Err(_) | Ok(Ok(0)) => return Ok(()),
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Err(error),
            },
            // Between two requests nobody waits for an answer.
            _ = ending.wait_for(|ending| *ending) => return Ok(()),
        }
        let request = match Request::parse(&line) {
            Ok(request) => request,
            Err(refusal) => {
                // What follows cannot be told apart from texts, so the connection ends.
                return send(&mut stream, &frame::refusal(&refusal)).await;
            }
        };
        let sizes = request.check_sizes(core.limits().input_bytes);
        if let Err(error) = sizes {
            discard(&mut stream, &request).await?;
            send(&mut stream, &frame::error(&error)).await?;
            continue;
        }
        // Before the texts are read: waiting clients hold no documents in memory.
        let permit = calls.acquire().await.map_err(Error::other)?;
        let mut body = vec![0; request.bytes.iter().sum()];
        within(stream.read_exact(&mut body)).await?;
        let answer = if body.len() <= AT_ONCE_BYTES {
            decide(&core, &request, &body)
        } else {
            let core = Arc::clone(&core);
            spawn_blocking(move || decide(&core, &request, &body))
                .await
                .map_err(Error::other)?
        };
        drop(permit);
        send(&mut stream, &answer).await?;
    }
}

/// Tells a client why it is not served.
pub(crate) async fn refuse(stream: UnixStream, refusal: Refusal) -> Result<()> {
    send(&mut BufReader::new(stream), &frame::refusal(&refusal)).await
}

fn decide(core: &Core, request: &Request, body: &[u8]) -> Vec<u8> {
    match request.with(body) {
        Some(Wanted::Describe) => frame::answer(&Answer::Text(description(core))),
        Some(Wanted::Call(call)) => match core.call(call) {
            Ok(answer) => frame::answer(&answer),
            Err(error) => frame::error(&error),
        },
        None => frame::refusal(&Refusal::BadRequest),
    }
}

async fn discard(stream: &mut BufReader<UnixStream>, request: &Request) -> Result<()> {
    let total = request
        .bytes
        .iter()
        .try_fold(0_u64, |sum, bytes| {
            sum.checked_add(u64::try_from(*bytes).ok()?)
        })
        .unwrap_or(u64::MAX);
    if total > DISCARDED_BYTES {
        return Ok(());
    }
    let mut rest = stream.take(total);
    within(tokio::io::copy(&mut rest, &mut tokio::io::sink())).await?;
    Ok(())
}

async fn send(stream: &mut BufReader<UnixStream>, bytes: &[u8]) -> Result<()> {
    within(stream.write_all(bytes)).await
}

async fn within<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(TIMEOUT, work)
        .await
        .map_err(|_| Error::from(ErrorKind::TimedOut))?
}
