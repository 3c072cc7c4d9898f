//! What stands before every page: session, role, form token.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{
    FromRequest as _, FromRequestParts as _, Multipart, RawPathParams, Request, State,
};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq as _;

use ledger_store::accounts::AccountRole;
use ledger_store::vault::sha256_hex;

use crate::http::listener::PeerAddress;
use crate::operations::{CurrentUser, random_token};

use super::Dashboard;
use super::error::PageError;
use super::fields::Fields;
use super::visit::Visit;

/// The largest form.
const LARGEST: usize = 256 * 1024;
/// Characters of a token.
const TOKEN: usize = 43;

/// What a page needs of whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: the way in.
    Nothing,
    /// Somebody signed in.
    Person,
    /// A role on the binding in the path.
    OnBinding(AccountRole),
    /// A role on every binding, and so on the relay itself.
    Everywhere(AccountRole),
}

/// Lets a request through to its page, or answers in its place.
pub(super) async fn guard(
    State((dashboard, need)): State<(Arc<Dashboard>, Need)>,
    request: Request,
    next: Next,
) -> Response {
    match entered(&dashboard, need, request).await {
        Ok((request, new_cookie)) => {
            let mut response = next.run(request).await;
            let headers = response.headers_mut();
            if let Some(cookie) = new_cookie.filter(|_| !headers.contains_key(header::SET_COOKIE)) {
                headers.insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(Refusal::SignIn(next)) => Redirect::to(&format!("/sign-in?{next}")).into_response(),
        Err(Refusal::SecondFactor) => Redirect::to("/account").into_response(),
        Err(Refusal::Page(error)) => error.into_response(),
    }
}

/// Where somebody gets who needs a second factor and has none yet.
const WITHOUT_SECOND_FACTOR: [&str; 3] = ["/account", "/account/second-factor/on", "/sign-out"];

enum Refusal {
    /// Everybody needs one here.
    SecondFactor,
    /// With the query that leads back.
    SignIn(String),
    Page(PageError),
}

impl From<PageError> for Refusal {
    fn from(error: PageError) -> Self {
        Self::Page(error)
    }
}

async fn entered(
    dashboard: &Dashboard,
    need: Need,
    request: Request,
) -> Result<(Request, Option<HeaderValue>), Refusal> {
    let (mut parts, body) = request.into_parts();
    let token = browser_token(&parts.headers, dashboard.address.cookie_name());
    let user = match &token {
        Some(token) => dashboard.operations.current_user(token).await,
        None => Ok(None),
    };
    let user = user.map_err(PageError::from)?;
    let params = RawPathParams::from_request_parts(&mut parts, &()).await;
    let binding = params.ok().and_then(|params| {
        let named = params.iter().find(|(name, _)| *name == "binding");
        named.map(|(_, value)| value.to_owned())
    });
    let is_read = parts.method == Method::GET || parts.method == Method::HEAD;
    allow(need, user.as_ref(), binding.as_deref()).map_err(|error| match error {
        Some(error) => Refusal::Page(error),
        None => {
            let path = parts.uri.path_and_query().filter(|_| is_read);
            let back = path.map_or("/", |path| path.as_str());
            let mut query = form_urlencoded::Serializer::new(String::new());
            Refusal::SignIn(query.append_pair("next", back).finish())
        }
    })?;
    let lacks = user
        .as_ref()
        .is_some_and(|user| !user.account.has_second_factor);
    if lacks
        && need != Need::Nothing
        && dashboard.operations.requires_second_factor()
        && !WITHOUT_SECOND_FACTOR.contains(&parts.uri.path())
    {
        return Err(Refusal::SecondFactor);
    }
    // Who is not signed in gets a token that only ties forms to this browser.
    let (token, new_cookie) = match token {
        Some(token) => (token, None),
        None => {
            let token = random_token().map_err(PageError::from)?;
            let cookie = dashboard.address.cookie(Some(token.expose_secret()));
            (token, HeaderValue::from_str(&cookie).ok())
        }
    };
    let form_token = form_token(&token);
    let fields = if is_read {
        Fields::default()
    } else {
        let fields = form(&parts.headers, body).await?;
        let sent = fields.raw("form_token").as_bytes();
        if !bool::from(sent.ct_eq(form_token.as_bytes())) {
            return Err(PageError::StaleForm.into());
        }
        fields
    };
    let peer = parts.extensions.get::<PeerAddress>().map(|peer| peer.0);
    let visit = Visit {
        user,
        token: Some(token),
        form_token,
        binding,
        address: client(peer, &parts.headers, &dashboard.proxies),
        fields,
        path: parts.uri.path().to_owned(),
        has_preview: !dashboard.preview_folder.as_os_str().is_empty(),
    };
    parts.extensions.insert(visit);
    Ok((Request::from_parts(parts, Body::empty()), new_cookie))
}

/// Whether somebody may; `None` asks to sign in. What is somebody else's is not there.
fn allow(
    need: Need,
    user: Option<&CurrentUser>,
    binding: Option<&str>,
) -> Result<(), Option<PageError>> {
    let (wanted, own) = match (need, user) {
        (Need::Nothing, _) | (Need::Person, Some(_)) => return Ok(()),
        (_, None) => return Err(None),
        (Need::OnBinding(wanted), Some(user)) => {
            let own = binding.and_then(|binding| user.account.role_on(binding));
            (wanted, Some(own.ok_or(Some(PageError::NotFound))?))
        }
        (Need::Everywhere(wanted), Some(user)) => (wanted, user.account.role_everywhere()),
    };
    if own.is_some_and(|own| own >= wanted) {
        return Ok(());
    }
    Err(Some(PageError::Forbidden(wanted)))
}

/// The token in the browser's cookie.
fn browser_token(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let pairs = cookies
        .filter_map(|cookie| cookie.to_str().ok())
        .flat_map(|cookie| cookie.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let token = pairs
        .filter(|(other, _)| *other == name)
        .map(|(_, value)| value)
        .next()?;
    let is_token = token.len() == TOKEN
        && token
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    is_token.then(|| SecretString::from(token.to_owned()))
}

/// The token of forms comes of the browser's, one way: whoever reads a page learns no cookie.
fn form_token(token: &SecretString) -> String {
    sha256_hex(format!("form/{}", token.expose_secret()).as_bytes())
}

async fn form(headers: &HeaderMap, body: Body) -> Result<Fields, PageError> {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        return with_file(kind, body).await;
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(PageError::StaleForm);
    }
    let body = to_bytes(body, LARGEST).await;
    Ok(Fields::read(&body.map_err(|_| PageError::TooLarge)?))
}

/// A form with a file, which is text like every other field.
async fn with_file(kind: &str, body: Body) -> Result<Fields, PageError> {
    let body = to_bytes(body, LARGEST)
        .await
        .map_err(|_| PageError::TooLarge)?;
    let request = Request::post("/").header(header::CONTENT_TYPE, kind);
    let request = request.body(Body::from(body));
    let request = request.map_err(|_| PageError::StaleForm)?;
    let parts = Multipart::from_request(request, &()).await;
    let mut parts = parts.map_err(|_| PageError::StaleForm)?;
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| PageError::StaleForm)? {
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(|_| PageError::StaleForm)?;
        fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok(Fields::of(fields))
}

/// Whose address counts: a proxy of ours adds the one it saw at the end of the list.
fn client(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED));
    if !proxies.contains(&peer.to_canonical()) {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let last = forwarded
        .and_then(|list| list.to_str().ok())
        .and_then(|list| list.rsplit(',').next())
        .and_then(|address| address.trim().parse().ok());
    last.unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_a_token_of_ours_or_none() {
        let token = "a".repeat(43);
        let of = |cookie: String| {
            let headers = [(header::COOKIE, cookie.parse().unwrap())];
            browser_token(&headers.into_iter().collect(), "c").is_some()
        };
        assert!(of(format!("x=1; c={token}")));
        assert!(!of(format!("d={token}")) && !of("c=short".to_owned()));
        assert!(!of(format!("c={}!", "a".repeat(42))));
    }

    #[test]
    fn only_a_proxy_says_for_whom_it_asks() {
        let proxy: IpAddr = "127.0.0.1".parse().unwrap();
        let headers = HeaderMap::from_iter([(
            "x-forwarded-for".parse().unwrap(),
            "203.0.113.9, 192.0.2.7".parse().unwrap(),
        )]);
        let of = |peer: &str| client(peer.parse().ok(), &headers, &[proxy]).to_string();
        assert_eq!(of("127.0.0.1"), "192.0.2.7");
        assert_eq!(of("198.51.100.1"), "198.51.100.1");
    }
}
