//! What pages are drawn with. A name changes with its content, so it may be kept for ever.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use ledger_store::vault::sha256_hex;

use super::Dashboard;

const STYLE: &str = include_str!("../../dashboard/style.css");
const ICON: &str = include_str!("../../dashboard/icon.svg");
const KEYS: &str = include_str!("../../dashboard/scripts/keys.js");
const LIVE: &str = include_str!("../../dashboard/scripts/live.js");
const SETTINGS: &str = include_str!("../../dashboard/scripts/settings.js");

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Files of the core, each with its kind. The module is compressed.
const CORE: [(&str, &str); 3] = [
    ("core.js", JAVASCRIPT),
    ("ledger.js", JAVASCRIPT),
    ("ledger_bg.wasm", "application/wasm"),
];
/// Where the files of the preview are, seen from the program: in a package, beside it, in a build.
const BESIDE: [&str; 3] = [
    "../share/ledger-relay/playground",
    "playground",
    "../playground",
];

fn digest(content: &[u8]) -> String {
    sha256_hex(content).chars().take(16).collect()
}

fn path(known: &'static OnceLock<String>, content: &str, ending: &str) -> &'static str {
    known.get_or_init(|| format!("/assets/{}.{ending}", digest(content.as_bytes())))
}

/// Where the style sheet is.
pub(super) fn style_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    path(&PATH, STYLE, "css")
}

/// Where the script of the keyboard is.
pub(super) fn keys_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    path(&PATH, KEYS, "js")
}

/// Where the script of lists that change is.
pub(super) fn live_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    path(&PATH, LIVE, "js")
}

/// Where the script of the settings pages is.
pub(super) fn settings_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    path(&PATH, SETTINGS, "js")
}

/// The folder with the preview and the core for browsers: the one of the settings, or one beside the
/// program. Empty when there is none.
pub(super) fn preview_folder(configured: &Path) -> PathBuf {
    if !configured.as_os_str().is_empty() {
        return configured.to_owned();
    }
    let program = std::env::current_exe().ok();
    let folder = program.as_deref().and_then(Path::parent);
    let candidates = folder.into_iter().flat_map(|folder| {
        let named = BESIDE.iter();
        named.map(|name| folder.join(name))
    });
    let mut good = candidates.filter(|folder| folder.join("index.html").is_file());
    good.next().unwrap_or_default()
}

/// The core for browsers.
pub(super) struct BrowserCore {
    /// Where its script is, which names the others.
    pub(super) script: String,
    version: String,
    files: BTreeMap<&'static str, File>,
}

struct File {
    kind: &'static str,
    plain: Vec<u8>,
    compressed: Option<Vec<u8>>,
}

impl BrowserCore {
    /// Reads it from a folder; nothing when it is not whole.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let mut files = BTreeMap::new();
        let mut all = Vec::new();
        for (name, kind) in CORE {
            let plain = std::fs::read(folder.join(name)).ok()?;
            all.extend_from_slice(&plain);
            let compressed = std::fs::read(folder.join(format!("{name}.br"))).ok();
            let file = File {
                kind,
                plain,
                compressed,
            };
            files.insert(name, file);
        }
        let version = digest(&all);
        Some(Self {
            script: format!("/assets/core/{version}/core.js"),
            version,
            files,
        })
    }
}

/// Whether a browser takes Brotli.
pub(super) fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING);
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("br"))
}

async fn core(
    State(dashboard): State<Arc<Dashboard>>,
    UrlPath((version, name)): UrlPath<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let core = dashboard.core.as_ref();
    let core = core.filter(|core| core.version == version);
    let Some(file) = core.and_then(|core| core.files.get(name.as_str())) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kept = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.kind)),
        (header::CACHE_CONTROL, FOR_EVER),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    match file.compressed.as_ref().filter(|_| takes_brotli(&headers)) {
        Some(compressed) => {
            let encoding = [(header::CONTENT_ENCODING, "br")];
            (kept, encoding, compressed.clone()).into_response()
        }
        None => (kept, file.plain.clone()).into_response(),
    }
}

/// The files themselves: none of them is anybody's.
pub(super) fn router() -> Router<Arc<Dashboard>> {
    let fixed = |path: &str, kind: &'static str, content: &'static str| {
        let answer = async move || {
            let kind = HeaderValue::from_static(kind);
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, FOR_EVER),
            ];
            (headers, content)
        };
        Router::new().route(path, get(answer))
    };
    let icon = async || {
        let headers = [
            (header::CONTENT_TYPE, "image/svg+xml"),
            (header::CACHE_CONTROL, "public, max-age=86400"),
        ];
        (headers, ICON)
    };
    Router::new()
        .merge(fixed(style_path(), CSS, STYLE))
        .merge(fixed(keys_path(), JAVASCRIPT, KEYS))
        .merge(fixed(live_path(), JAVASCRIPT, LIVE))
        .merge(fixed(settings_path(), JAVASCRIPT, SETTINGS))
        .route("/assets/icon.svg", get(icon))
        .route("/assets/core/{version}/{file}", get(core))
}
