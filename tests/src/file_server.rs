//! A small server of static files on the loopback interface, for tests and for the playground.

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// What a page may do: run our scripts and the core, and nothing else.
pub const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

/// A running server; it ends when it is dropped.
#[derive(Debug)]
pub struct FileServer {
    address: SocketAddr,
    _runtime: Runtime,
}

impl FileServer {
    /// Serves a folder. Port 0 lets the system choose one.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(folder: &Path, port: u16) -> Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_io()
            .build()?;
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))
            .with_context(|| format!("port {port} cannot be used; name another one"))?;
        let address = listener.local_addr()?;
        let folder: Arc<Path> = folder.into();
        let service = Router::new().fallback(file).with_state(folder);
        runtime.spawn(async move { axum::serve(listener, service).await });
        Ok(Self {
            address,
            _runtime: runtime,
        })
    }

    /// The address of a path that begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

async fn file(State(folder): State<Arc<Path>>, uri: Uri, headers: HeaderMap) -> Response {
    // Browsers ask for it on their own; a page that has a picture names it.
    if uri.path() == "/favicon.ico" {
        return StatusCode::NO_CONTENT.into_response();
    }
    let Some(path) = path_of(&folder, uri.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepted = headers.get(header::ACCEPT_ENCODING);
    let takes_brotli = accepted.is_some_and(|text| {
        let text = text.to_str().unwrap_or_default();
        text.split(',').any(|coding| coding.trim() == "br")
    });
    let mut compressed = path.clone().into_os_string();
    compressed.push(".br");
    let (bytes, coding) = match tokio::fs::read(&compressed).await {
        Ok(bytes) if takes_brotli => (bytes, Some((header::CONTENT_ENCODING, "br"))),
        _ => match tokio::fs::read(&path).await {
            Ok(bytes) => (bytes, None),
            Err(_) => return StatusCode::NOT_FOUND.into_response(),
        },
    };
    let mut response = (always(&path), bytes).into_response();
    if let Some((name, value)) = coding {
        let value = header::HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

fn always(path: &Path) -> [(HeaderName, &'static str); 4] {
    [
        (header::CONTENT_TYPE, content_type(path)),
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ]
}

/// The file behind a path; nothing for a path that could lead out of the folder.
fn path_of(folder: &Path, path: &str) -> Option<PathBuf> {
    let relative = path.strip_prefix('/')?;
    let relative = if relative.is_empty() {
        "index.html"
    } else {
        relative
    };
    let relative = Path::new(relative);
    relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
        .then(|| folder.join(relative))
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_folder() {
        let folder = Path::new("/folder");
        for path in ["/../x", "/a/../../x", "//etc/passwd", "x"] {
            assert_eq!(path_of(folder, path), None, "{path}");
        }
        let index = path_of(folder, "/").unwrap();
        assert_eq!(index, folder.join("index.html"));
    }
}
