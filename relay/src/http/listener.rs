//! Connections: how many there may be, how long they may be silent, and how they end.
//!
//! A connection costs a descriptor, and without descriptors the database cannot open its files. So
//! there is a cap on all connections and one for each address, and descriptors are kept back for
//! everything else. Above a cap a new connection is refused at once, and those who are in go on.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;

/// Descriptors for the database, Sage, pushes and files.
const KEPT_BACK: u64 = 160;
/// A listener that cannot accept, for want of descriptors say, tries again after this.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a graceful end waits for requests under way.
const GRACE: Duration = Duration::from_secs(5);
/// Refusals that are being written; beyond, a connection is closed without a word.
const REFUSALS: usize = 64;
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// What connections may do.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionLimits {
    pub(crate) all: usize,
    pub(crate) per_address: usize,
    /// Addresses of proxies, behind which every shop has the same address.
    pub(crate) proxies: Vec<IpAddr>,
    /// For the headers of a request, and for the silence before them.
    pub(crate) headers: Duration,
    /// For a single read or write.
    pub(crate) stall: Duration,
}

impl ConnectionLimits {
    /// Takes as many descriptors as the system gives, and leaves some for everything else.
    pub(crate) fn within_descriptors(mut self) -> Self {
        let resource = rustix::process::Resource::Nofile;
        let mut limits = rustix::process::getrlimit(resource);
        if limits.current < limits.maximum || limits.maximum.is_none() {
            limits.current = limits.maximum.or(limits.current);
            if let Err(error) = rustix::process::setrlimit(resource, limits) {
                tracing::debug!(error = %error, "the limit of descriptors stays as it is");
            }
        }
        if let Some(current) = rustix::process::getrlimit(resource).current {
            let room = usize::try_from(current.saturating_sub(KEPT_BACK)).unwrap_or(usize::MAX);
            if room < self.all {
                tracing::warn!(
                    descriptors = current,
                    connections = room.max(1),
                    "fewer connections than configured, for want of descriptors"
                );
                self.all = room.max(1);
            }
        }
        self
    }
}

/// Who is connected.
#[derive(Debug)]
struct Census {
    limits: ConnectionLimits,
    open: Mutex<(usize, HashMap<IpAddr, usize>)>,
}

/// A connection that counts until it is dropped.
struct Counted {
    census: Arc<Census>,
    /// Where it counts for its address.
    address: Option<IpAddr>,
}

impl Census {
    fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Counted, &'static str> {
        let address = address.to_canonical();
        let is_proxy = self.limits.proxies.contains(&address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.0 >= self.limits.all {
            return Err("all");
        }
        if !is_proxy {
            let of_address = open.1.entry(address).or_default();
            if *of_address >= self.limits.per_address {
                return Err("address");
            }
            *of_address += 1;
        }
        open.0 += 1;
        show(open.0);
        Ok(Counted {
            census: Arc::clone(self),
            address: (!is_proxy).then_some(address),
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let open = self.census.open.lock();
        let mut open = open.unwrap_or_else(PoisonError::into_inner);
        open.0 = open.0.saturating_sub(1);
        if let Some(address) = self.address
            && let Some(count) = open.1.get_mut(&address)
        {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.1.remove(&address);
            }
        }
        show(open.0);
    }
}

fn show(open: usize) {
    let open = u32::try_from(open).unwrap_or(u32::MAX);
    metrics::gauge!("ledger_relay_connections").set(f64::from(open));
}

/// Where a request came from: the other end of its connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PeerAddress(pub(crate) IpAddr);

/// Serves until `stopped` is ready, then finishes the requests under way.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    stopped: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .keep_alive(true);
    let stall = limits.stall;
    let census = Arc::new(Census {
        limits,
        open: Mutex::default(),
    });
    let refusals = Arc::new(tokio::sync::Semaphore::new(REFUSALS));
    let service = TowerToHyperService::new(router);
    let graceful = GracefulShutdown::new();
    tokio::pin!(stopped);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut stopped => break,
        };
        let counted = match census.admit(peer.ip()) {
            Ok(counted) => counted,
            Err(which) => {
                metrics::counter!("ledger_relay_connections_refused_total", "limit" => which)
                    .increment(1);
                if let Ok(permit) = Arc::clone(&refusals).try_acquire_owned() {
                    tokio::spawn(async move {
                        refuse(stream).await;
                        drop(permit);
                    });
                }
                continue;
            }
        };
        // A short answer leaves at once: waiting for more to send would cost forty milliseconds.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(error = %error, "a connection stays slow");
        }
        let mut stream = TimeoutStream::new(stream);
        stream.set_read_timeout(Some(stall));
        stream.set_write_timeout(Some(stall));
        let service = service.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(PeerAddress(peer.ip()));
            service.call(request)
        });
        let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A peer that breaks off, or is too slow, is no trouble of ours.
            if let Err(error) = connection.await {
                tracing::debug!(error = %error, "a connection ended");
            }
            drop(counted);
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests were still under way at the end");
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(error = %error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Says so before it closes, for as long as the peer takes it at once.
async fn refuse(mut stream: TcpStream) {
    let _ = tokio::time::timeout(Duration::from_millis(200), async {
        stream.write_all(REFUSAL).await?;
        stream.shutdown().await
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn census(all: usize, per_address: usize) -> Arc<Census> {
        Arc::new(Census {
            limits: ConnectionLimits {
                all,
                per_address,
                proxies: vec!["127.0.0.1".parse().unwrap()],
                headers: Duration::from_secs(1),
                stall: Duration::from_secs(1),
            },
            open: Mutex::default(),
        })
    }

    #[test]
    fn each_address_has_its_share_and_a_proxy_has_none() {
        let census = census(10, 2);
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        let first = census.admit(at("192.0.2.1")).ok().unwrap();
        let _second = census.admit(at("::ffff:192.0.2.1")).ok().unwrap();
        assert_eq!(census.admit(at("192.0.2.1")).err(), Some("address"));
        let proxied: Vec<_> = (0..8)
            .filter_map(|_| census.admit(at("127.0.0.1")).ok())
            .collect();
        assert_eq!(proxied.len(), 8);
        assert_eq!(census.admit(at("192.0.2.2")).err(), Some("all"));
        drop(first);
        assert!(census.admit(at("192.0.2.1")).is_ok());
        drop(proxied);
        assert_eq!(census.open.lock().unwrap().0, 1);
    }
}
