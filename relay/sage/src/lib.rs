//! Talking to Sage Accounting v3.1.
//!
//! This crate knows Sage's URLs, tokens and error replies. It knows no plan's order and no shop.
//! It uses the store because a new pair of tokens must be on disk before it is used.
//!
//! The client sends one request and says what came back; it never retries, follows no redirect
//! and decides nothing. Every request names its business: without the header Sage takes the
//! user's lead business, which can change.

#![forbid(unsafe_code)]
#![allow(
    missing_docs,
    reason = "a crate of the relay only: most fields and variants carry the names of columns or of Sage's fields"
)]

mod app;
pub mod consent;
pub mod entity;
pub mod envelope;
pub mod oauth;

use std::time::{Duration, Instant};

use async_trait::async_trait;
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use ledger_store::retry::retry_after;

/// No answer of Sage's is near this size; more is not read.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// Times the client waits.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    pub connect: Duration,
    pub request: Duration,
}

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be set up")]
pub struct ClientError(#[source] reqwest::Error);

/// An HTTP client that does nothing on its own account.
pub fn plain_client(timeouts: Timeouts) -> Result<Client, ClientError> {
    Client::builder()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.request)
        .pool_idle_timeout(Duration::from_secs(20))
        .user_agent(concat!("ledger-relay/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(ClientError)
}

/// One Sage business, as reached by one binding.
#[derive(Debug, Clone)]
pub struct Business {
    pub api_url: String,
    pub id: String,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub request_id: Option<String>,
    pub retry_after: Option<Duration>,
    /// Headers that speak of limits; of a 429, the names of all others as well.
    pub limits: Vec<String>,
    /// `None` when the body broke off or was too long.
    pub body: Option<Vec<u8>>,
}

/// Nothing came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoResponse {
    /// No byte of the request left this machine.
    NotSent,
    /// The request may have arrived.
    Lost,
}

/// The Sage API.
#[async_trait]
pub trait Sage: Send + Sync {
    /// Sends a body as it is: to make an object, or to change the one with this id.
    async fn write(
        &self,
        business: &Business,
        access: &SecretString,
        path: &str,
        target: &str,
        body: Vec<u8>,
    ) -> Result<Answer, NoResponse>;

    /// Takes an object away, or voids it. What Sage reads of the query and what of the body differs
    /// between its specification and its guides.
    async fn delete(
        &self,
        business: &Business,
        access: &SecretString,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<Answer, NoResponse>;

    /// Reads.
    async fn get(
        &self,
        business: &Business,
        access: &SecretString,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Answer, NoResponse>;
}

/// Sage over HTTP. Permits are given in the order in which they were asked for, so no lane can
/// keep another from Sage.
#[derive(Debug)]
pub struct HttpSage {
    http: Client,
    permits: Semaphore,
}

#[async_trait]
impl Sage for HttpSage {
    async fn write(
        &self,
        business: &Business,
        access: &SecretString,
        path: &str,
        target: &str,
        body: Vec<u8>,
    ) -> Result<Answer, NoResponse> {
        let request = if target.is_empty() {
            self.http.post(url(business, path, &[])?)
        } else {
            let path = format!("{path}/{target}");
            self.http.put(url(business, &path, &[])?)
        };
        self.call(
            request.header(CONTENT_TYPE, "application/json").body(body),
            business,
            access,
        )
        .await
    }

    async fn delete(
        &self,
        business: &Business,
        access: &SecretString,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<Answer, NoResponse> {
        let mut request = self.http.delete(url(business, path, query)?);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        self.call(request, business, access).await
    }

    async fn get(
        &self,
        business: &Business,
        access: &SecretString,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Answer, NoResponse> {
        let url = url(business, path, query)?;
        self.call(self.http.get(url), business, access).await
    }
}

impl HttpSage {
    /// `at_once` is this process's share of the 150 requests that Sage allows an app at once.
    pub fn new(http: Client, at_once: usize) -> Self {
        Self {
            http,
            permits: Semaphore::new(at_once.max(1)),
        }
    }

    async fn call(
        &self,
        request: RequestBuilder,
        business: &Business,
        access: &SecretString,
    ) -> Result<Answer, NoResponse> {
        let _permit = self
            .permits
            .acquire()
            .await
            .map_err(|_| NoResponse::NotSent)?;
        let request = request
            .bearer_auth(access.expose_secret())
            .header(ACCEPT, "application/json")
            .header("X-Business", &business.id);
        let request = request.build().map_err(no_response)?;
        let (method, resource) = (request.method().clone(), resource(request.url()));
        let begun = Instant::now();
        let response = self.http.execute(request).await;
        let status = response
            .as_ref()
            .map_or(0, |response| response.status().as_u16());
        metrics::counter!("ledger_relay_sage_requests_total",
            "method" => method.to_string(), "resource" => resource, "status" => status.to_string())
        .increment(1);
        metrics::histogram!("ledger_relay_sage_request_seconds")
            .record(begun.elapsed().as_secs_f64());
        Ok(read(response.map_err(no_response)?).await)
    }
}

/// The collection a request is about: the first segment after the API's version.
fn resource(url: &Url) -> String {
    let mut segments = url.path_segments().into_iter().flatten();
    let resource = segments.find(|segment| !segment.starts_with('v') || segment.contains('_'));
    resource.unwrap_or_default().to_owned()
}

fn url(business: &Business, path: &str, query: &[(&str, &str)]) -> Result<Url, NoResponse> {
    let mut url =
        Url::parse(&format!("{}/{path}", business.api_url)).map_err(|_| NoResponse::NotSent)?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}

/// Only what is certainly unsent may be called unsent.
fn no_response(error: reqwest::Error) -> NoResponse {
    if error.is_connect() || error.is_builder() {
        NoResponse::NotSent
    } else {
        NoResponse::Lost
    }
}

fn header(headers: &HeaderMap, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| headers.get(*name))
        .and_then(|value| value.to_str().ok())
        .map(|text| text.chars().take(128).collect())
}

async fn read(mut response: Response) -> Answer {
    let headers = response.headers();
    let request_id = header(headers, &["x-request-id", "x_request_id"]);
    let text = |name| {
        let value: Option<&HeaderValue> = headers.get(name);
        value.and_then(|value| value.to_str().ok())
    };
    let retry_after = retry_after(text(RETRY_AFTER), text(DATE));
    let status = response.status().as_u16();
    let limits = limits(headers, status);
    let mut body = Vec::new();
    let body = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_ANSWER => {
                body.extend_from_slice(&chunk)
            }
            Ok(None) => break Some(body),
            Ok(Some(_)) | Err(_) => break None,
        }
    };
    Answer {
        status,
        request_id,
        retry_after,
        limits,
        body,
    }
}

/// What headers say of limits: `name: value`. Sage documents none, so on a 429 the names of the
/// others are kept too.
fn limits(headers: &HeaderMap, status: u16) -> Vec<String> {
    let shown = |(name, value): (&HeaderName, &HeaderValue)| {
        let about = ["limit", "quota", "throttl", "retry-after"];
        if about.iter().any(|word| name.as_str().contains(word)) {
            let value = value.to_str().unwrap_or("?");
            let value: String = value.chars().take(128).collect();
            return Some(format!("{name}: {value}"));
        }
        (status == 429).then(|| name.to_string())
    };
    headers.iter().filter_map(shown).collect()
}
