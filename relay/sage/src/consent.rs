//! The consent of a shop owner: the way to Sage, the code that comes back, the businesses it covers.
//!
//! Authorisation code with state and PKCE S256 (guide "authentication"). A code is good once, for 60
//! seconds; a grant covers every business of the user, so one of them is chosen.

use reqwest::header::ACCEPT;
use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::app::App;
use super::entity::Page;
use super::envelope;

/// Pages of businesses that are read at most.
const MAX_PAGES: u32 = 10;

/// Why a consent did not work.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    #[error("{0} is not an address")]
    Address(String),
    #[error("Sage does not take the code: it is good once and for a minute")]
    CodeRefused,
    #[error("Sage does not know this relay: app id or secret is wrong")]
    AppRefused,
    #[error("Sage did not answer as expected ({0})")]
    Unavailable(String),
}

/// What goes with a shop owner to Sage.
#[derive(Debug)]
pub struct ConsentRequest<'a> {
    pub authorize_url: &'a str,
    pub client_id: &'a str,
    pub redirect_uri: &'a str,
    pub state: &'a SecretString,
    /// The S256 challenge of PKCE.
    pub challenge: &'a str,
}

impl ConsentRequest<'_> {
    /// Where the shop owner's browser goes.
    pub fn url(&self) -> Result<String, ConsentError> {
        let wrong = |_| ConsentError::Address(self.authorize_url.to_owned());
        let mut url = Url::parse(self.authorize_url).map_err(wrong)?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", self.client_id)
            .append_pair("redirect_uri", self.redirect_uri)
            .append_pair("scope", "full_access")
            .append_pair("state", self.state.expose_secret())
            .append_pair("code_challenge", self.challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }
}

/// A code to be exchanged.
#[derive(Debug)]
pub struct Exchange<'a> {
    pub token_url: &'a str,
    pub app: &'a App,
    pub code: &'a SecretString,
    pub redirect_uri: &'a str,
    pub verifier: &'a SecretString,
}

/// What a code was exchanged for.
#[derive(Debug, Deserialize)]
pub struct Grant {
    pub access_token: SecretString,
    pub refresh_token: SecretString,
}

impl Exchange<'_> {
    /// Asks Sage's token endpoint, once.
    pub async fn send(&self, http: &Client) -> Result<Grant, ConsentError> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", self.code.expose_secret()),
            ("redirect_uri", self.redirect_uri),
            ("code_verifier", self.verifier.expose_secret()),
        ];
        form.extend(self.app.form());
        let unavailable = |what: &str| ConsentError::Unavailable(what.to_owned());
        let request = http
            .post(self.token_url)
            .header(ACCEPT, "application/json")
            .form(&form);
        let response = request.send().await.map_err(|_| unavailable("no answer"))?;
        let status = response.status();
        let body = response.bytes().await;
        let body = body.map_err(|_| unavailable("the answer broke off"))?;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|_| unavailable("unreadable answer"));
        }
        Err(match envelope::oauth_error(&body).as_deref() {
            Some("invalid_grant") => ConsentError::CodeRefused,
            Some("invalid_client") => ConsentError::AppRefused,
            Some(word) => unavailable(word),
            None => unavailable(&format!("HTTP {}", status.as_u16())),
        })
    }
}

/// A business that a consent covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentedBusiness {
    pub id: String,
    pub name: String,
    pub country: Option<String>,
}

/// The businesses of the user who has consented.
pub async fn businesses(
    http: &Client,
    api_url: &str,
    access: &SecretString,
) -> Result<Vec<ConsentedBusiness>, ConsentError> {
    let unavailable = |what: &str| ConsentError::Unavailable(format!("GET businesses: {what}"));
    let mut found = Vec::new();
    for number in 1..=MAX_PAGES {
        let address = format!("{api_url}/businesses");
        let mut url = Url::parse(&address).map_err(|_| ConsentError::Address(address))?;
        url.query_pairs_mut()
            .append_pair("items_per_page", "200")
            .append_pair("attributes", "all")
            .append_pair("page", &number.to_string());
        let request = http
            .get(url)
            .bearer_auth(access.expose_secret())
            .header(ACCEPT, "application/json");
        let response = request.send().await.map_err(|_| unavailable("no answer"))?;
        let status = response.status().as_u16();
        let body = response.bytes().await;
        let body = body.map_err(|_| unavailable("the answer broke off"))?;
        if status != 200 {
            return Err(unavailable(&format!("HTTP {status}")));
        }
        let page = Page::parse(&body).ok_or_else(|| unavailable("no list"))?;
        found.extend(page.items.iter().filter_map(|business| {
            let id = business.id()?;
            let name = business
                .text("displayed_as")
                .or_else(|| business.text("name"));
            Some(ConsentedBusiness {
                name: name.unwrap_or_else(|| id.clone()),
                country: business.nested("country", "id"),
                id,
            })
        }));
        if !page.more {
            break;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_sage_says_all_it_must() {
        let request = ConsentRequest {
            authorize_url: "https://www.sageone.com/oauth2/auth/central?filter=apiv3.1",
            client_id: "id",
            redirect_uri: "https://ledger.example/oauth/callback",
            state: &"state".into(),
            challenge: "challenge",
        };
        assert_eq!(
            request.url().unwrap(),
            "https://www.sageone.com/oauth2/auth/central?filter=apiv3.1&response_type=code&client_id=id\
             &redirect_uri=https%3A%2F%2Fledger.example%2Foauth%2Fcallback&scope=full_access&state=state\
             &code_challenge=challenge&code_challenge_method=S256"
        );
    }
}
