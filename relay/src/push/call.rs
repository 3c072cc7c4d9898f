//! One signed call to a shop, to an address that was looked at first.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::KeyInit;
use hmac::{Hmac, Mac};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use ledger_store::BindingId;
use ledger_store::vault::{sha256_hex, subkey};

use super::address::is_public;
use super::sign;

/// The purpose of the key: relay to Magento.
const DIRECTION: &str = "byte8-magento-inbound-v1";
/// Life of a token, in seconds; shops allow five minutes.
const LIFE: i64 = 120;
/// No answer of a shop's is near this size; more is not read.
const MAX_ANSWER: usize = 20 * 1024;

/// Why a call was not made, or what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the address is no https URL of a public host on port 443")]
    UrlRefused,
    #[error("the host has no address")]
    Unresolved,
    #[error("the host has an address that is not public")]
    NotPublic,
    #[error("the shop did not answer")]
    Silent,
    #[error("the shop wants no more pushes")]
    Gone,
    #[error("the shop answered {0}")]
    Status(u16),
    #[error("the call could not be signed")]
    Unsigned,
}

impl Failure {
    /// For the metrics.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::UrlRefused | Self::NotPublic => "refused_address",
            Self::Unresolved => "unresolved",
            Self::Silent => "silent",
            Self::Gone => "gone",
            Self::Status(_) => "refused",
            Self::Unsigned => "unsigned",
        }
    }
}

/// Whether a URL may be pushed to at all, before its host is looked up.
pub(crate) fn usable(text: &str, private: bool) -> Result<Url, Failure> {
    let url = Url::parse(text).map_err(|_| Failure::UrlRefused)?;
    let named = url.username().is_empty() && url.password().is_none() && url.host_str().is_some();
    let plain = url.query().is_none() && url.fragment().is_none();
    let secure = url.scheme() == "https" && url.port().is_none();
    if named && plain && (secure || (private && matches!(url.scheme(), "http" | "https"))) {
        Ok(url)
    } else {
        Err(Failure::UrlRefused)
    }
}

/// All addresses of the host, if every one of them may be called: of several the client picks
/// one by itself.
fn vetted(addresses: Vec<SocketAddr>, private: bool) -> Result<Vec<SocketAddr>, Failure> {
    if addresses.is_empty() {
        return Err(Failure::Unresolved);
    }
    let good = |address: &SocketAddr| private || is_public(address.ip());
    if addresses.iter().all(good) {
        Ok(addresses)
    } else {
        Err(Failure::NotPublic)
    }
}

/// The addresses of a host, if every one of them may be called.
pub(crate) async fn addresses_of(
    host: &str,
    port: u16,
    private: bool,
) -> Result<Vec<SocketAddr>, Failure> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let addresses = match bare.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => tokio::net::lookup_host((bare, port))
            .await
            .map_err(|_| Failure::Unresolved)?
            .collect(),
    };
    vetted(addresses, private)
}

/// Calls an address with a body that the secret signs: id, seconds since 1970, body. Done when it
/// answers 2xx.
pub(crate) async fn post_signed(
    url: &str,
    (id, now, body): (&str, i64, String),
    secret: &SecretString,
    private: bool,
    timeout: Duration,
) -> Result<(), Failure> {
    let url = usable(url, private)?;
    let client = pinned(&url, private, timeout).await?;
    signed(client.post(url), (id, now, body), secret).await
}

async fn signed(
    request: RequestBuilder,
    (id, now, body): (&str, i64, String),
    secret: &SecretString,
) -> Result<(), Failure> {
    let signature = sign::signature(secret, id, now, body.as_bytes()).ok_or(Failure::Unsigned)?;
    let sent = request
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", now)
        .header("webhook-signature", signature)
        .body(body)
        .send()
        .await;
    let (status, _) = read(sent.map_err(|_| Failure::Silent)?).await;
    match status {
        200..=299 => Ok(()),
        410 => Err(Failure::Gone),
        status => Err(Failure::Status(status)),
    }
}

/// A client that can reach these addresses of this host and nothing else.
pub(super) async fn pinned(url: &Url, private: bool, timeout: Duration) -> Result<Client, Failure> {
    let host = url.host_str().ok_or(Failure::UrlRefused)?;
    let port = url.port_or_known_default().ok_or(Failure::UrlRefused)?;
    let addresses = addresses_of(host, port, private).await?;
    Client::builder()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        // A proxy would look the host up itself.
        .no_proxy()
        .resolve_to_addrs(
            host.trim_start_matches('[').trim_end_matches(']'),
            &addresses,
        )
        .timeout(timeout)
        .user_agent(concat!("ledger-relay/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|_| Failure::Silent)
}

/// What is to be sent, and to whom.
pub(crate) struct Message<'a> {
    pub(crate) binding: &'a BindingId,
    pub(crate) api_key: &'a SecretString,
    /// Names the message: the same content keeps it, so that a shop can tell a repetition.
    pub(crate) id: &'a str,
    /// In seconds since 1970.
    pub(crate) now: i64,
    pub(crate) body: String,
}

/// Sends a message. Done when the shop answers 2xx.
pub(crate) async fn send(
    url: &str,
    message: Message<'_>,
    private: bool,
    timeout: Duration,
) -> Result<(), Failure> {
    let url = usable(url, private)?;
    let client = pinned(&url, private, timeout).await?;
    let key = subkey(message.api_key.expose_secret().as_bytes(), DIRECTION)
        .map_err(|_| Failure::Unsigned)?;
    let secret = SecretString::from(format!("whsec_{}", STANDARD.encode(key)));
    let token = token(&key, &message).ok_or(Failure::Unsigned)?;
    let request = client.post(url).bearer_auth(token);
    signed(request, (message.id, message.now, message.body), &secret).await
}

/// Status and body, read to its end, so that the shop is not cut off while it writes.
pub(super) async fn read(mut answer: Response) -> (u16, Vec<u8>) {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            break;
        }
    }
    (answer.status().as_u16(), body)
}

/// A bearer token as shops ask for it: it names the shop and the very body.
fn token(key: &[u8; 32], message: &Message<'_>) -> Option<String> {
    let claims = serde_json::json!({
        "iss": "ledger-relay",
        "aud": message.binding.as_str(),
        "iat": message.now,
        "exp": message.now + LIFE,
        "jti": uuid::Uuid::new_v4().to_string(),
        "body": sha256_hex(message.body.as_bytes()),
    });
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).ok()?;
    mac.update(signed.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    Some(format!("{signed}.{signature}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_of_a_host_on_the_usual_port() {
        for good in [
            "https://shop.example/rest/V1/byte8/sync-state",
            "https://shop.example:443/x",
        ] {
            assert!(usable(good, false).is_ok(), "{good}");
        }
        for bad in [
            "http://shop.example/",
            "https://shop.example:8443/",
            "https://user@shop.example/",
            "https://user:word@shop.example/",
            "https://shop.example/?a=b",
            "https://shop.example/#a",
            "ftp://shop.example/",
            "shop.example",
            "",
        ] {
            assert_eq!(usable(bad, false), Err(Failure::UrlRefused), "{bad}");
        }
        assert!(usable("http://127.0.0.1:8080/x", true).is_ok());
        assert!(usable("file:///etc/passwd", true).is_err());
    }

    #[test]
    fn one_address_that_is_not_public_closes_the_host() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let public = address("1.1.1.1:443");
        assert_eq!(vetted(vec![public], false), Ok(vec![public]));
        let mixed = vec![public, address("169.254.169.254:443")];
        assert_eq!(vetted(mixed.clone(), false), Err(Failure::NotPublic));
        assert!(vetted(mixed, true).is_ok());
        assert_eq!(vetted(Vec::new(), true), Err(Failure::Unresolved));
    }

    #[tokio::test]
    async fn a_host_is_looked_up_before_it_is_called() {
        let timeout = Duration::from_secs(1);
        for url in [
            "https://localhost/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://[::ffff:10.0.0.1]/x",
            "https://2130706433/x",
            "https://0x7f.1/x",
        ] {
            let url = usable(url, false).unwrap();
            let refused = pinned(&url, false, timeout).await.err();
            assert_eq!(refused, Some(Failure::NotPublic), "{url}");
        }
    }
}
