//! What a consent asks of Sage, whether it began in the dashboard or at a terminal.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};

use ledger_sage::consent::{ConsentError, ConsentRequest, ConsentedBusiness, Exchange, businesses};
use ledger_sage::oauth::App;

use super::connections::{refused, usable_url};
use super::{OperationError, Operations};

impl Operations {
    /// Where a browser goes to consent.
    pub(super) async fn consent_url(
        &self,
        redirect_uri: &str,
        state: &SecretString,
        verifier: &SecretString,
    ) -> Result<String, OperationError> {
        let (client_id, _) = self
            .sage_app()
            .await?
            .ok_or_else(|| refused("Enter the app id and secret of this relay first."))?;
        let challenge = Sha256::digest(verifier.expose_secret().as_bytes());
        let request = ConsentRequest {
            authorize_url: &self.config.sage.authorize_url,
            client_id: &client_id,
            redirect_uri,
            state,
            challenge: &URL_SAFE_NO_PAD.encode(challenge),
        };
        let url = request.url().map_err(failed)?;
        usable_url("consent", &url)?;
        Ok(url)
    }

    /// Exchanges a code for the refresh token and the businesses that it covers.
    pub(super) async fn exchange(
        &self,
        code: &SecretString,
        redirect_uri: &str,
        verifier: &SecretString,
    ) -> Result<(SecretString, Vec<ConsentedBusiness>), OperationError> {
        let app = App::in_use(&self.config.app()?, self.store.as_ref()).await?;
        let exchange = Exchange {
            token_url: &self.config.sage.token_url,
            app: &app,
            code,
            redirect_uri,
            verifier,
        };
        let grant = exchange.send(&self.http).await.map_err(failed)?;
        let api_url = self.config.sage.api_url.trim_end_matches('/');
        let found = businesses(&self.http, api_url, &grant.access_token).await;
        let found = found.map_err(failed)?;
        if found.is_empty() {
            return Err(refused(
                "The Sage user who consented has no business. Sign in at Sage as a user of the business, and connect once more.",
            ));
        }
        Ok((grant.refresh_token, found))
    }
}

/// Sage's word for a refusal, in ours.
pub(super) fn refusal(error: &str) -> OperationError {
    refused(if error == "access_denied" {
        "The consent was refused at Sage. Nothing is connected; begin once more and choose “Allow”."
            .to_owned()
    } else {
        let word: String = error
            .chars()
            .filter(char::is_ascii_graphic)
            .take(60)
            .collect();
        format!("Sage did not give the consent ({word}). Nothing is connected.")
    })
}

fn failed(error: ConsentError) -> OperationError {
    match error {
        ConsentError::Address(_) => OperationError::Argument(error.to_string()),
        ConsentError::CodeRefused => refused(
            "Sage does not take the code any more: it is good once and for a minute. Nothing is connected; begin once more.",
        ),
        ConsentError::AppRefused => refused(
            "Sage does not know this relay: the app id or its secret is wrong. Correct them under “Add a business”.",
        ),
        ConsentError::Unavailable(what) => {
            OperationError::Sage(format!("{what}. Nothing is connected; begin once more"))
        }
    }
}
