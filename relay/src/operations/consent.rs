//! Consent at Sage: begin, take the answer, choose the business.
//!
//! State and verifier are random and used once, by the account that began. The tokens wait sealed
//! until the business is chosen, for half an hour at most.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};

use ledger_sage::consent::{ConsentError, ConsentRequest, ConsentedBusiness, Exchange, businesses};
use ledger_sage::oauth::{APP_SECRET, App};
use ledger_store::accounts::NewConsent;
use ledger_store::clock;
use ledger_store::retry::Millis;
use ledger_store::vault::{API_KEY, REFRESH, sha256_hex};
use ledger_store::{BindingId, BindingRow};

use super::connections::{fresh_key, refused, usable_url};
use super::passwords::random_token;
use super::{BindingSummary, OperationError, Operations};

/// How long a consent may take, from its beginning to the choice of the business.
const LIFE: Millis = 30 * 60 * 1000;

/// What came back from Sage.
#[derive(Debug)]
pub struct ConsentAnswer {
    /// As the relay sent it.
    pub state: SecretString,
    /// To be exchanged, unless the shop owner refused.
    pub code: Option<SecretString>,
    /// Sage's word for a refusal.
    pub error: Option<String>,
    /// Where Sage was told to send the shop owner.
    pub redirect_uri: String,
}

/// A consent whose business is to be chosen.
#[derive(Debug)]
pub struct Consented {
    /// Names it in the form.
    pub id: String,
    /// The binding that is connected again; none for a new one.
    pub binding: Option<String>,
    /// What there is to choose from.
    pub businesses: Vec<ConsentedBusiness>,
}

/// What was chosen.
#[derive(Debug)]
pub struct BusinessChoice {
    /// [`Consented::id`].
    pub id: String,
    /// The business.
    pub business: String,
    /// The name of a new binding; empty takes a free one after the business.
    pub binding: String,
}

impl Operations {
    /// The app id of this relay at Sage, and whether it stands in the settings; nothing when none
    /// was entered.
    ///
    /// # Errors
    /// When the database or the settings fail.
    pub async fn sage_app(&self) -> Result<Option<(String, bool)>, OperationError> {
        let configured = self.config.app()?;
        let is_configured = !configured.client_id.is_empty();
        let app = App::in_use(&configured, self.store.as_ref()).await?;
        Ok((!app.client_id.is_empty()).then_some((app.client_id, is_configured)))
    }

    /// Keeps the app id and secret of this relay, sealed.
    ///
    /// # Errors
    /// When one of them is empty, or they stand in the settings.
    pub async fn set_sage_app(
        &self,
        client_id: &str,
        client_secret: &SecretString,
    ) -> Result<(), OperationError> {
        let field = |field, message: &str| OperationError::Field {
            field,
            message: message.to_owned(),
        };
        if !self.config.sage.client_id.is_empty() {
            return Err(refused(
                "The app id stands in the settings of the relay: change it there.",
            ));
        }
        let is_plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic());
        if !is_plain(client_id) {
            return Err(field(
                "client_id",
                "Paste the client id as developer.sage.com shows it.",
            ));
        }
        if !is_plain(client_secret.expose_secret()) {
            return Err(field(
                "client_secret",
                "Paste the client secret as developer.sage.com shows it.",
            ));
        }
        let kept = App::to_secret(client_id, client_secret);
        let audit_entry = self.audit_entry("sage:app", client_id);
        self.store
            .set_relay_secret(APP_SECRET, &kept, audit_entry)
            .await?;
        Ok(())
    }

    /// Begins a consent of an account, for a new binding or to connect one again; where its browser
    /// goes.
    ///
    /// # Errors
    /// When there is no such binding, or no app was entered.
    pub async fn begin_consent(
        &self,
        account_id: &str,
        id: Option<&str>,
        redirect_uri: &str,
    ) -> Result<String, OperationError> {
        let binding = match id {
            Some(id) => Some(self.known(id).await?.0),
            None => None,
        };
        let (state, verifier) = (random_token()?, random_token()?);
        let url = self.consent_url(redirect_uri, &state, &verifier).await?;
        let audit_entry = self.audit_entry("oauth:consent begun", id.unwrap_or("a new binding"));
        let consent = NewConsent {
            state_hash: &state_hash(&state),
            account_id,
            binding: binding.as_ref(),
            verifier: &verifier,
            ends_at: audit_entry.now.saturating_add(LIFE),
        };
        self.store.begin_consent(consent, audit_entry).await?;
        Ok(url)
    }

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

    /// Takes the answer of a consent: exchanges the code and asks for the businesses.
    ///
    /// # Errors
    /// When the state is not one that this account began and that is still open, when the shop owner
    /// or Sage refused, or when the consent covers no business.
    pub async fn answer_consent(
        &self,
        account_id: &str,
        answer: &ConsentAnswer,
    ) -> Result<Consented, OperationError> {
        let id = state_hash(&answer.state);
        let begun = self.store.answer_consent(&id, account_id, clock::now());
        let begun = begun.await?.ok_or_else(|| {
            refused(
                "This answer belongs to no consent that you began here in the last half hour, or it was used. Nothing is connected; begin once more.",
            )
        })?;
        let subject = begun
            .binding
            .as_ref()
            .map_or("a new binding", BindingId::as_str);
        if let Some(error) = &answer.error {
            self.store
                .note(
                    begun.binding.as_ref(),
                    self.audit_entry("oauth:consent refused", subject),
                )
                .await?;
            return Err(refusal(error));
        }
        let code = answer.code.as_ref();
        let code = code
            .ok_or_else(|| refused("Sage sent no code. Nothing is connected; begin once more."))?;
        let (refresh_token, found) = self
            .exchange(code, &answer.redirect_uri, &begun.verifier)
            .await?;
        self.store
            .note(
                begun.binding.as_ref(),
                self.audit_entry("oauth:consent granted", subject),
            )
            .await?;
        let list = serde_json::to_string(&found).unwrap_or_default();
        self.store.keep_consent(&id, &refresh_token, &list).await?;
        Ok(Consented {
            id,
            binding: begun.binding.map(|binding| binding.as_str().to_owned()),
            businesses: found,
        })
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

    /// A consent whose business is to be chosen.
    ///
    /// # Errors
    /// When this account has no such consent, or it is too old.
    pub async fn consented(&self, account_id: &str, id: &str) -> Result<Consented, OperationError> {
        let granted = self.store.granted_consent(id, account_id, clock::now());
        let granted = granted.await?.ok_or_else(too_old)?;
        Ok(Consented {
            id: id.to_owned(),
            binding: granted.binding.map(|binding| binding.as_str().to_owned()),
            businesses: serde_json::from_str(&granted.businesses).unwrap_or_default(),
        })
    }

    /// Connects a binding with what was consented: a new one, or the one that the consent was for,
    /// whose documents then go on.
    ///
    /// # Errors
    /// When the consent is too old, does not cover the business, or is of another business than the
    /// binding; when the name of a new binding cannot be used.
    pub async fn choose_business(
        &self,
        account_id: &str,
        choice: &BusinessChoice,
    ) -> Result<BindingSummary, OperationError> {
        let granted = self
            .store
            .granted_consent(&choice.id, account_id, clock::now())
            .await?
            .ok_or_else(too_old)?;
        let covered: Vec<ConsentedBusiness> =
            serde_json::from_str(&granted.businesses).unwrap_or_default();
        let chosen = covered.iter().find(|one| one.id == choice.business);
        let chosen = chosen.ok_or_else(|| OperationError::Field {
            field: "business",
            message: "Choose one of the businesses.".to_owned(),
        })?;
        let id = match granted.binding {
            Some(binding) => {
                self.connect_again(&binding, &choice.business, &granted.refresh)
                    .await?;
                binding.as_str().to_owned()
            }
            None => {
                let name = match choice.binding.as_str() {
                    "" => self.free_name(&chosen.name).await?,
                    typed => typed.to_owned(),
                };
                self.connect_new(&name, &choice.business, &granted.refresh, false)
                    .await?;
                name
            }
        };
        self.store.end_consent(&choice.id).await?;
        self.binding(&id).await
    }

    pub(super) async fn connect_again(
        &self,
        binding: &BindingId,
        business: &str,
        refresh: &SecretString,
    ) -> Result<(), OperationError> {
        let (_, row) = self.known(binding.as_str()).await?;
        if row.business_id != business {
            return Err(OperationError::Field {
                field: "business",
                message: "This shop posts to another business of yours. Choose that one, or connect a new shop.".to_owned(),
            });
        }
        let sealed = self.vault.seal(binding, REFRESH, refresh)?;
        let audit_entry = self.audit_entry("binding:reconnect", binding.as_str());
        self.store.reconnect(binding, &sealed, audit_entry).await?;
        Ok(())
    }

    /// A name after the business that no binding has yet.
    pub(super) async fn free_name(&self, business: &str) -> Result<String, OperationError> {
        let taken = self.bindings().await?;
        let name = name_of(business);
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        let free = names.find(|name| taken.iter().all(|line| line.id != *name));
        Ok(free.unwrap_or(name))
    }

    pub(super) async fn connect_new(
        &self,
        name: &str,
        business: &str,
        refresh: &SecretString,
        is_live: bool,
    ) -> Result<(), OperationError> {
        let field = |message: &str| OperationError::Field {
            field: "binding",
            message: message.to_owned(),
        };
        let binding = BindingId::new(name)
            .ok_or_else(|| field("A name has 1 to 64 letters, digits and the signs . _ -"))?;
        let audit_entry = self.audit_entry("binding:add", name);
        let row = BindingRow {
            api_url: self.config.sage.api_url.trim_end_matches('/').to_owned(),
            token_url: self.config.sage.token_url.clone(),
            business_id: business.to_owned(),
            api_key_sealed: self.vault.seal(&binding, API_KEY, &fresh_key()?)?,
            refresh_token_sealed: self.vault.seal(&binding, REFRESH, refresh)?,
            live_since: is_live.then_some(audit_entry.now),
            ..BindingRow::default()
        };
        if self.store.add_binding(&binding, &row, audit_entry).await? {
            return Ok(());
        }
        Err(field("There is a shop of this name already."))
    }
}

/// A name for a binding, of the name of a business.
fn name_of(business: &str) -> String {
    let lower = business.to_lowercase();
    let parts = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let name: String = parts.join("-").chars().take(40).collect();
    if name.is_empty() {
        "shop".to_owned()
    } else {
        name
    }
}

fn state_hash(state: &SecretString) -> String {
    sha256_hex(state.expose_secret().as_bytes())
}

fn too_old() -> OperationError {
    refused("This consent is older than half an hour, or was used. Connect once more.")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_is_named_after_its_business() {
        assert_eq!(name_of("Example Trading Ltd."), "example-trading-ltd");
        assert_eq!(name_of("Ünïcödé & Co"), "n-c-d-co");
        assert_eq!(name_of("株式会社"), "shop");
    }
}
