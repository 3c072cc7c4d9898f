//! The preview: the core decides on a document in the browser, with the settings of the binding.
//!
//! The page is the playground, from a folder as `cargo xtask playground` writes it. Its samples get the
//! settings that stand in the place of their own.

use std::path::Path;
use std::sync::Arc;

use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

use crate::operations::Operations;

use super::Dashboard;
use super::assets::takes_brotli;
use super::error::PageError;
use super::visit::Visit;

/// Of the preview only: it runs WebAssembly and fetches its samples.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
                      connect-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; \
                      base-uri 'none'";
/// Files that change with the settings, or that lead to all others.
const FRESH: &str = "no-store";
const KEPT: &str = "private, max-age=600";

pub(super) async fn to_page(visit: Visit) -> Result<Redirect, PageError> {
    let binding = visit.binding()?;
    Ok(Redirect::to(&format!("/b/{binding}/preview/")))
}

pub(super) async fn show(
    State(dashboard): State<Arc<Dashboard>>,
    visit: Visit,
) -> Result<Response, PageError> {
    let page = read(&dashboard.preview_folder, "index.html").await?;
    let page = String::from_utf8(page).map_err(|_| PageError::Failed)?;
    let binding = visit.binding()?;
    // A binding's name has letters, digits and the signs . _ - only.
    let back = format!(
        "<p class=\"version\"><a href=\"/b/{binding}\">← Back to {binding}</a>: samples are decided with its settings</p>\n<h1>"
    );
    Ok(answer(
        page.replacen("<h1>", &back, 1).into_bytes(),
        "text/html; charset=utf-8",
        FRESH,
    ))
}

pub(super) async fn file(
    State(dashboard): State<Arc<Dashboard>>,
    UrlPath((binding, name)): UrlPath<(String, String)>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let folder = &dashboard.preview_folder;
    let kind = kind_of(&name).ok_or(PageError::NotFound)?;
    if name.starts_with("samples/") {
        let sample = read(folder, &name).await?;
        let operations = visit.operations(&dashboard);
        let sample = with_settings(&operations, &binding, sample).await?;
        return Ok(answer(sample, kind, FRESH));
    }
    if takes_brotli(&headers)
        && let Ok(compressed) = read(folder, &format!("{name}.br")).await
    {
        let mut response = answer(compressed, kind, KEPT);
        let encoding = HeaderValue::from_static("br");
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, encoding);
        return Ok(response);
    }
    Ok(answer(read(folder, &name).await?, kind, KEPT))
}

fn answer(body: Vec<u8>, kind: &'static str, cache: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, cache),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, body).into_response()
}

/// A file of the folder; nothing outside of it has a name here.
async fn read(folder: &Path, name: &str) -> Result<Vec<u8>, PageError> {
    let is_plain = |part: &str| {
        let mut letters = part.chars();
        !part.is_empty()
            && !part.starts_with('.')
            && letters.all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    if folder.as_os_str().is_empty() || !name.split('/').all(is_plain) {
        return Err(PageError::NotFound);
    }
    let file = tokio::fs::read(folder.join(name)).await;
    file.map_err(|_| PageError::NotFound)
}

fn kind_of(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        _ => return None,
    })
}

/// A sample with the settings of the binding, where it has any.
async fn with_settings(
    operations: &Operations,
    binding: &str,
    sample: Vec<u8>,
) -> Result<Vec<u8>, PageError> {
    if operations.mapping(binding).await?.version == 0 {
        return Ok(sample);
    }
    let settings = operations.settings(binding, None).await?;
    let settings: Value = serde_json::from_str(&settings).map_err(|_| PageError::Failed)?;
    let mut sample: Value = serde_json::from_slice(&sample).map_err(|_| PageError::Failed)?;
    if let Value::Object(texts) = &mut sample {
        let text = serde_json::to_string_pretty(&settings).map_err(|_| PageError::Failed)?;
        texts.insert("settings".to_owned(), Value::String(text));
    }
    Ok(sample.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_files_of_the_folder_have_a_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("site")).unwrap();
        std::fs::write(folder.path().join("secret.json"), "s").unwrap();
        std::fs::write(folder.path().join("site/a.json"), "a").unwrap();
        let site = folder.path().join("site");
        assert_eq!(read(&site, "a.json").await.unwrap(), b"a");
        for name in [
            "../secret.json",
            "x/../../secret.json",
            "/etc/hostname",
            "",
            ".hidden",
            "a.json\0",
        ] {
            assert!(read(&site, name).await.is_err(), "{name}");
        }
        assert!(read(Path::new(""), "a.json").await.is_err(), "no folder");
    }
}
