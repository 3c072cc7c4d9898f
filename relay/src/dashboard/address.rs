//! Where browsers reach the dashboard, and what follows for cookies.
//!
//! A cookie named `__Host-` needs https. On plain-http loopback, which never leaves the machine, the
//! cookie has another name and no `Secure`; anything else without https is refused at the start.

use axum::http::HeaderMap;
use axum::http::header::HOST;

use crate::config::{AddressError, Config};

/// The origin of the dashboard.
#[derive(Debug, Clone)]
pub(crate) struct PublicAddress {
    /// Without a slash at the end.
    pub(crate) origin: String,
    pub(crate) is_secure: bool,
    hosts: Vec<String>,
}

impl PublicAddress {
    /// From the settings and the address that was bound.
    pub(crate) fn of(config: &Config, bound: std::net::SocketAddr) -> Result<Self, AddressError> {
        let given = &config.dashboard.public_url;
        if given.is_empty() {
            if !bound.ip().is_loopback() {
                return Err(AddressError::NotSecure);
            }
            return Ok(Self::loopback(bound.port(), format!("http://{bound}")));
        }
        let url = reqwest::Url::parse(given).map_err(|_| AddressError::NotUsable)?;
        let host = url.host_str().ok_or(AddressError::NotUsable)?;
        let is_plain = url.path() == "/" && url.query().is_none() && url.username().is_empty();
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let origin = format!("{}://{authority}", url.scheme());
        match url.scheme() {
            "https" if is_plain => Ok(Self {
                origin,
                is_secure: true,
                hosts: vec![authority.to_lowercase()],
            }),
            "http" if is_plain && matches!(host, "127.0.0.1" | "localhost" | "[::1]") => {
                Ok(Self::loopback(url.port().unwrap_or(80), origin))
            }
            _ => Err(AddressError::NotUsable),
        }
    }

    fn loopback(port: u16, origin: String) -> Self {
        let hosts = ["127.0.0.1", "localhost", "[::1]"];
        let hosts = hosts.iter().map(|host| format!("{host}:{port}"));
        Self {
            origin,
            is_secure: false,
            hosts: hosts.collect(),
        }
    }

    /// Whether a request was meant for this site: another name that leads here, as with DNS
    /// rebinding, is not.
    pub(crate) fn is_meant(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        host.is_some_and(|host| self.hosts.contains(&host.to_lowercase()))
    }

    /// The name of the session's cookie.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.is_secure {
            "__Host-ledger"
        } else {
            "ledger_loopback"
        }
    }

    /// The header that gives the browser its token, or takes it away.
    pub(crate) fn cookie(&self, token: Option<&str>) -> String {
        let name = self.cookie_name();
        let secure = if self.is_secure { "; Secure" } else { "" };
        let (value, age) = match token {
            Some(token) => (token, ""),
            None => ("", "; Max-Age=0"),
        };
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(public_url: &str, bound: &str) -> Result<PublicAddress, AddressError> {
        let mut config = Config::default();
        config.dashboard.public_url = public_url.to_owned();
        PublicAddress::of(&config, bound.parse().unwrap())
    }

    #[test]
    fn https_has_a_host_cookie_and_loopback_has_none() {
        let public = of("https://ledger.example/", "0.0.0.0:8412").unwrap();
        assert_eq!(public.origin, "https://ledger.example");
        assert_eq!(
            public.cookie(Some("t")),
            "__Host-ledger=t; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        let local = of("", "127.0.0.1:8412").unwrap();
        assert_eq!(local.origin, "http://127.0.0.1:8412");
        assert_eq!(
            local.cookie(None),
            "ledger_loopback=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        );
    }

    #[test]
    fn plain_http_leaves_no_machine() {
        for (url, bound) in [
            ("", "0.0.0.0:8412"),
            ("http://ledger.example", "127.0.0.1:1"),
            ("https://ledger.example/path", "127.0.0.1:1"),
            ("ftp://ledger.example", "127.0.0.1:1"),
            ("ledger", "127.0.0.1:1"),
        ] {
            assert!(of(url, bound).is_err(), "{url} {bound}");
        }
    }

    #[test]
    fn another_name_is_not_meant() {
        let local = of("", "127.0.0.1:8412").unwrap();
        let asked = |host: &str| {
            let headers = [(HOST, host.parse().unwrap())].into_iter().collect();
            local.is_meant(&headers)
        };
        assert!(asked("localhost:8412") && asked("127.0.0.1:8412"));
        assert!(!asked("evil.example:8412") && !asked("127.0.0.1"));
    }
}
