//! The consent page: `GET /oauth2/auth/central`, its two buttons, and the codes they give.
//!
//! Documented (guide "authentication"): a code is good once and for 60 seconds, PKCE with S256 or plain is
//! optional, the callback brings `code`, `country` and `state`. What a refusal brings back is assumed:
//! `error=access_denied`, as in RFC 6749. Signing in is left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::config::ConsentAnswer;
use crate::dispatch::World;
use crate::json::set;
use crate::wire::{Call, Reply};

const PATH: &str = "/oauth2/auth/central";
/// Life of a code, in seconds. Documented.
pub(crate) const CODE_LIFE: i64 = 60;

/// What was consented to under a code.
#[derive(Debug)]
struct Given {
    redirect_uri: String,
    /// The challenge and its method.
    challenge: Option<(String, String)>,
    ends_ms: i64,
}

/// Codes that were not exchanged yet.
#[derive(Debug, Default)]
pub(crate) struct Codes(BTreeMap<String, Given>);

impl Codes {
    /// Uses a code up; whether it was good for this address and verifier.
    pub(crate) fn use_up(
        &mut self,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
        now_ms: i64,
    ) -> bool {
        let Some(given) = self.0.remove(code) else {
            return false;
        };
        let proved = match &given.challenge {
            None => true,
            Some((challenge, method)) if method == "plain" => challenge == verifier,
            Some((challenge, _)) => {
                *challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
            }
        };
        proved && now_ms < given.ends_ms && redirect_uri == given.redirect_uri
    }
}

impl World {
    /// The consent page and its buttons; `None` for every other path.
    pub(crate) fn consent(&mut self, call: &Call) -> Option<Reply> {
        let button = call.path.strip_prefix(PATH)?;
        if call.method != "GET" {
            return Some(Reply::json(405, &json!({ "error": "method_not_allowed" })));
        }
        let Some(redirect_uri) = call.parameter("redirect_uri") else {
            return Some(Reply::json(400, &json!({ "error": "invalid_request" })));
        };
        let state = match self.switches.consent {
            ConsentAnswer::OtherState => "another-state",
            ConsentAnswer::Asked | ConsentAnswer::Refused => {
                call.parameter("state").unwrap_or_default()
            }
        };
        match button {
            "" => Some(Reply::html(page(call))),
            "/allow" if self.switches.consent != ConsentAnswer::Refused => {
                let code = format!("GB/{}", self.ids.next());
                let challenge = call.parameter("code_challenge").map(|challenge| {
                    let method = call.parameter("code_challenge_method").unwrap_or("plain");
                    (challenge.to_owned(), method.to_owned())
                });
                let life = self.switches.code_ttl.saturating_mul(1_000);
                let given = Given {
                    redirect_uri: redirect_uri.to_owned(),
                    challenge,
                    ends_ms: self.clock.now_ms().saturating_add(life),
                };
                self.codes.0.insert(code.clone(), given);
                let query = [("code", code.as_str()), ("country", "GB"), ("state", state)];
                Some(back(redirect_uri, &query))
            }
            "/allow" | "/refuse" => Some(back(
                redirect_uri,
                &[("error", "access_denied"), ("state", state)],
            )),
            _ => Some(Reply::json(404, &json!({ "error": "not_found" }))),
        }
    }

    /// The businesses of the user: as many as the switch says, the simulated one first.
    pub(crate) fn own_businesses(&self) -> Vec<Value> {
        let business = self.business();
        let others = (2..).map(|number: usize| {
            let mut other = business.clone();
            set(&mut other, "id", format!("{number:032x}"));
            let name = format!("Another Business {number} Ltd");
            set(&mut other, "displayed_as", name.clone());
            set(&mut other, "name", name);
            other
        });
        std::iter::once(business.clone())
            .chain(others)
            .take(self.switches.businesses)
            .collect()
    }
}

fn back(redirect_uri: &str, query: &[(&str, &str)]) -> Reply {
    let joint = if redirect_uri.contains('?') { '&' } else { '?' };
    let pairs = query
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)));
    let query = pairs.collect::<Vec<_>>().join("&");
    Reply::empty(302).with("Location", format!("{redirect_uri}{joint}{query}"))
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn page(call: &Call) -> String {
    let pairs = call.query.iter();
    let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    let query = pairs.collect::<Vec<_>>().join("&amp;");
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Simulated Sage: consent</title><link rel=\"icon\" href=\"data:,\">\
         <style>body{{font:16px system-ui;max-width:28rem;margin:15vh auto}}a{{display:inline-block;margin-right:1rem;padding:.5rem 1rem;border:1px solid}}</style>\
         <h1>Simulated Sage</h1><p>An app asks for full access to your businesses.</p>\
         <p><a id=\"allow\" href=\"{PATH}/allow?{query}\">Allow</a><a id=\"refuse\" href=\"{PATH}/refuse?{query}\">Refuse</a></p></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes() -> Codes {
        // The example of RFC 7636, appendix B.
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned();
        let given = Given {
            redirect_uri: "http://127.0.0.1/back".to_owned(),
            challenge: Some((challenge, "S256".to_owned())),
            ends_ms: 60_000,
        };
        Codes(BTreeMap::from([("code".to_owned(), given)]))
    }

    #[test]
    fn a_code_is_good_once_in_time_with_its_verifier_and_address() {
        let (address, verifier) = (
            "http://127.0.0.1/back",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        );
        let mut good = codes();
        assert!(good.use_up("code", address, verifier, 59_999));
        assert!(!good.use_up("code", address, verifier, 59_999));
        assert!(!codes().use_up("code", address, verifier, 60_000));
        assert!(!codes().use_up("code", address, "another", 1));
        assert!(!codes().use_up("code", "http://127.0.0.1/elsewhere", verifier, 1));
    }
}
