//! The service: accepts clients until it is told to stop or has nothing to do.

use crate::args::Service;
use crate::connection::{self, Shared};
use crate::core::Core;
use crate::frame::Refusal;
use crate::peers::Peers;
use listenfd::ListenFd;
use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener as StdListener;
use std::os::unix::net::UnixStream as StdStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Clients at the same time; more are told to come back.
const CLIENTS: usize = 256;

/// Clients have so long to take the answers they wait for when the service ends.
const FAREWELL: Duration = Duration::from_secs(10);

/// Runs the service.
pub(crate) fn run(core: Core, service: &Service) -> Result<ExitCode, String> {
    let peers = Peers::new(&service.allow_users)?;
    let (listener, own_path) = listener(service)?;
    let workers = usize::try_from(service.workers).unwrap_or(1);
    // One thread for all clients and one for each large translation at a time: every further
    // thread would keep memory of its own.
    let runtime = Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(workers)
        .build()
        .map_err(|error| format!("the service cannot start: {error}"))?;
    let result = runtime.block_on(accept(core, service, workers, &peers, listener));
    if let Some(path) = own_path {
        // The socket of a service that has ended only misleads.
        let _ = fs::remove_file(path);
    }
    result
}

/// systemd's socket, or one of our own with its path.
fn listener(service: &Service) -> Result<(StdListener, Option<PathBuf>), String> {
    let passed = ListenFd::from_env()
        .take_unix_listener(0)
        .map_err(|error| format!("the socket that was passed cannot be used: {error}"))?;
    let (listener, path) = match (passed, &service.socket) {
        (Some(listener), None) => (listener, None),
        (None, Some(path)) => {
            if service.idle_exit.is_some() {
                return Err(
                    "--idle-exit needs a socket passed by systemd: one of our own would be gone \
                     with the service"
                        .to_owned(),
                );
            }
            (bind(path, service.mode)?, Some(path.clone()))
        }
        (Some(_), Some(_)) => {
            return Err("there is a socket passed by systemd; leave --socket out".to_owned());
        }
        (None, None) => {
            return Err("no socket was passed by systemd; give one with --socket".to_owned());
        }
    };
    listener
        .set_nonblocking(true)
        .map_err(|error| format!("the socket cannot be used: {error}"))?;
    Ok((listener, path))
}

fn bind(path: &Path, mode: u32) -> Result<StdListener, String> {
    let named = |error: std::io::Error| format!("{}: {error}", path.display());
    let listener = match StdListener::bind(path) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            if StdStream::connect(path).is_ok() {
                return Err(format!("{}: another service answers here", path.display()));
            }
            // What a service that was killed has left.
            fs::remove_file(path).map_err(named)?;
            StdListener::bind(path).map_err(named)?
        }
        other => other.map_err(named)?,
    };
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(named)?;
    Ok(listener)
}

async fn accept(
    core: Core,
    service: &Service,
    workers: usize,
    peers: &Peers,
    listener: StdListener,
) -> Result<ExitCode, String> {
    let failed = |error: std::io::Error| format!("the service cannot go on: {error}");
    let listener = UnixListener::from_std(listener).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    eprintln!(
        "sage-translate: ready, component {}, rules {}, {workers} at a time",
        core.component_sha256(),
        core.describe().rule_table_hash
    );
    let (end, ending) = watch::channel(false);
    let shared = Shared {
        core: Arc::new(core),
        calls: Arc::new(Semaphore::new(workers)),
        ending,
    };
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let refusal = refusal(&stream, peers, clients.len());
                    let shared = shared.clone();
                    clients.spawn(async move {
                        match refusal {
                            Some(refusal) => connection::refuse(stream, refusal).await,
                            None => connection::serve(stream, shared).await,
                        }
                    });
                }
                // Out of file descriptors, or a client that is gone already: the next may do.
                Err(error) => {
                    eprintln!("sage-translate: a client was lost: {error}");
                    sleep(Duration::from_millis(50)).await;
                }
            },
            // A client that breaks off is its own affair.
            Some(_) = clients.join_next() => {}
            () = idle(service.idle_exit), if clients.is_empty() => {
                eprintln!("sage-translate: nothing to do, ending until the next client");
                return Ok(ExitCode::SUCCESS);
            }
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    drop(listener);
    end.send_replace(true);
    let finish = async { while clients.join_next().await.is_some() {} };
    if timeout(FAREWELL, finish).await.is_err() {
        eprintln!("sage-translate: {} answers were given up", clients.len());
    }
    Ok(ExitCode::SUCCESS)
}

/// Why this client is not served; nothing where it is.
fn refusal(stream: &UnixStream, peers: &Peers, clients: usize) -> Option<Refusal> {
    let user = stream.peer_cred().map_or(u32::MAX, |peer| peer.uid());
    if !peers.allow(user) {
        eprintln!("sage-translate: user {user} was refused");
        return Some(Refusal::PeerRefused(user));
    }
    (clients >= CLIENTS).then_some(Refusal::Busy)
}

/// Ends after the time; never where there is none.
async fn idle(seconds: Option<u64>) {
    match seconds {
        Some(seconds) => sleep(Duration::from_secs(seconds)).await,
        None => std::future::pending().await,
    }
}
